package notify_test

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/notify"
	"gatehouse/storage"
	"gatehouse/storage/storagetest/servers"
)

// BenchmarkDelivery is what the outbox carries, to a relay and a carrier on this machine: messages a second where many wait,
// and the delay from the request that sends one until its carrier has it, at two hundred a second.
//
//	go test -run '^$' -bench Delivery -benchtime 3000x ./provider/notify
func BenchmarkDelivery(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { deliveries(b, newStore) })
	b.Run("postgres", func(b *testing.B) {
		server, err := servers.StartPostgres()
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(server.Stop)
		deliveries(b, func(t testing.TB) provider.Store { return newPostgres(t, server) })
	})
}

func newPostgres(t testing.TB, server *servers.Postgres) provider.Store {
	t.Helper()
	ctx := context.Background()
	keyset, err := keys.NewKeyset(noon)
	if err != nil {
		t.Fatal(err)
	}
	name := provider.NewID()
	if err := server.Exec(ctx, "postgres", `CREATE DATABASE "`+name+`"`); err != nil {
		t.Fatal(err)
	}
	options := storage.Options{Database: server.URL(name), Keyset: keyset}
	if _, err := storage.Migrate(ctx, options); err != nil {
		t.Fatal(err)
	}
	store, err := storage.Open(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func deliveries(b *testing.B, open func(testing.TB) provider.Store) {
	for name, channel := range map[string]provider.Channel{"texts": provider.ByText, "mails": provider.ByEmail} {
		b.Run(name+"/waiting", func(b *testing.B) { newLine(b, open(b)).waiting(b, channel) })
		b.Run(name+"/paced", func(b *testing.B) { newLine(b, open(b)).paced(b, channel) })
	}
}

// postLine is a worker that runs, with this machine's clock.
type postLine struct {
	store  provider.Store
	worker *notify.Worker
	mu     sync.Mutex
	delays []time.Duration
	left   sync.WaitGroup
}

func newLine(b *testing.B, store provider.Store) *postLine {
	l := &postLine{store: store}
	c, r := newCarrier(b, time.Now), newRelay(b)
	twilio := c.twilio(func(c *notify.TwilioConfig) { c.Now = time.Now })
	l.worker = notify.NewWorker(notify.WorkerConfig{
		Store: store, Write: written, Code: func(string) string { return "012345" }, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Senders: map[provider.Channel]notify.Sender{provider.ByText: twilio.Texts(), provider.ByEmail: r.sender("smtp://localhost:PORT")},
		Meter: notify.Meter{Delay: func(took time.Duration, _ string) {
			l.mu.Lock()
			l.delays = append(l.delays, took)
			l.mu.Unlock()
			l.left.Done()
		}},
	})
	return l
}

func (l *postLine) run(b *testing.B) {
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		l.worker.Run(ctx)
	}()
	b.Cleanup(func() {
		stop()
		<-over
	})
}

func (l *postLine) tell(b *testing.B, channel provider.Channel) {
	now := time.Now()
	m := provider.Message{
		ID: provider.NewID(), Channel: channel, To: "+16175550101", Account: "ana", Template: notify.SignInCode, Lang: "en",
		Challenge: provider.NewID(), At: now, Expires: now.Add(10 * time.Minute),
	}
	if channel == provider.ByEmail {
		m.To = "ana@example.com"
	}
	l.left.Add(1)
	err := l.store.Record(context.Background(), provider.Event{At: now, Kind: "code.sent", Actor: "house", Tell: []provider.Message{m}})
	if err != nil {
		b.Error(err)
		l.left.Done()
	}
}

func (l *postLine) waiting(b *testing.B, channel provider.Channel) {
	for range b.N {
		l.tell(b, channel)
	}
	b.ResetTimer()
	l.run(b)
	l.left.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

func (l *postLine) paced(b *testing.B, channel provider.Channel) {
	l.run(b)
	b.ResetTimer()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range b.N {
		<-tick.C
		l.tell(b, channel)
	}
	l.left.Wait()
	slices.Sort(l.delays)
	for name, share := range map[string]float64{"p50-ms": .5, "p99-ms": .99, "max-ms": 1} {
		at := l.delays[min(int(share*float64(len(l.delays))), len(l.delays)-1)]
		b.ReportMetric(float64(at.Microseconds())/1000, name)
	}
}
