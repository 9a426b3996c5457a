package notify_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/storage"
	"gatehouse/templates"
)

var pages = sync.OnceValues(func() (*templates.Set, error) { return templates.New(templates.DefaultBrand(), nil) })

// serve puts routes on the house's public listener and answers its address.
func serve(t *testing.T, routes []web.Route) string {
	t.Helper()
	pages, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	public, err := web.New(web.Config{Issuer: "https://id.example.org", Templates: pages, Log: slog.New(slog.DiscardHandler)}, routes...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(public)
	t.Cleanup(server.Close)
	return server.URL
}

// post office: a worker on a real database, with a clock of its own.
type office struct {
	testing.TB
	store  provider.Store
	worker *notify.Worker
	log    *lines
	clock  atomic.Int64

	mu      sync.Mutex
	settled map[string]int // channel outcome class
}

// lines is a log that goroutines share.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newOffice(t testing.TB, senders map[provider.Channel]notify.Sender, change ...func(*notify.WorkerConfig)) *office {
	t.Helper()
	o := &office{TB: t, store: newStore(t), log: new(lines), settled: map[string]int{}}
	o.clock.Store(noon.UnixMicro())
	config := notify.WorkerConfig{
		Store: o.store, Write: written, Code: func(challenge string) string { return "012345" }, Senders: senders, Now: o.now,
		Log: slog.New(slog.NewJSONHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Meter: notify.Meter{Settled: func(channel, outcome, class string) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.settled[channel+" "+outcome+" "+class]++
		}},
	}
	for _, do := range change {
		do(&config)
	}
	o.worker = notify.NewWorker(config)
	return o
}

func newStore(t testing.TB) provider.Store {
	t.Helper()
	keyset, err := keys.NewKeyset(noon)
	if err != nil {
		t.Fatal(err)
	}
	options := storage.Options{Database: "sqlite:" + filepath.Join(t.TempDir(), "gatehouse.db"), Keyset: keyset}
	if _, err := storage.Migrate(context.Background(), options); err != nil {
		t.Fatal(err)
	}
	store, err := storage.Open(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func (o *office) now() time.Time { return time.UnixMicro(o.clock.Load()).UTC() }

func (o *office) pass(d time.Duration) { o.clock.Add(int64(d / time.Microsecond)) }

// written is a message in words of its own.
func written(m provider.Message, code string) (notify.Outgoing, error) {
	return notify.Outgoing{Message: m, Subject: "Your code", Text: "Code " + code + " of " + m.ID, HTML: "<p>Code " + code + "</p>"}, nil
}

// tell puts messages in and answers the challenge of the last.
func (o *office) tell(messages ...provider.Message) {
	o.Helper()
	if err := o.store.Record(context.Background(), provider.Event{At: o.now(), Kind: "code.sent", Actor: "house", Tell: messages}); err != nil {
		o.Fatal(err)
	}
}

// code is a message with a code, and notice one without.
func (o *office) code(channel provider.Channel) provider.Message {
	m := provider.Message{
		ID: provider.NewID(), Channel: channel, To: "+16175550101", Account: "ana", Template: notify.SignInCode, Lang: "en",
		Challenge: provider.NewID(), At: o.now(), Expires: o.now().Add(10 * time.Minute),
	}
	if channel == provider.ByEmail {
		m.To = "ana@example.com"
	}
	return m
}

func (o *office) notice() provider.Message {
	m := o.code(provider.ByEmail)
	m.Template, m.Challenge, m.Expires = notify.PasswordChanged, "", o.now().Add(24*time.Hour)
	return m
}

// once delivers what is due and wants so many messages to be settled.
func (o *office) once(want int) {
	o.Helper()
	got, err := o.worker.Once(context.Background())
	if err != nil || got != want {
		o.Fatalf("%d settled, %v; want %d\n%s", got, err, want, o.log)
	}
}

func (o *office) state(m provider.Message) provider.Delivery {
	o.Helper()
	d, err := o.store.DeliveryOf(context.Background(), m.Challenge)
	if err != nil {
		o.Fatal(err)
	}
	return d
}

// is wants a message to be in a state.
func (o *office) is(m provider.Message, state provider.MessageState, fault provider.SendFault) {
	o.Helper()
	if d := o.state(m); d.State != state || d.Fault != fault {
		o.Errorf("%s %s, want %s %s\n%s", d.State, d.Fault, state, fault, o.log)
	}
}

func (o *office) count(key string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.settled[key]
}

func (o *office) waiting() int {
	o.Helper()
	n, _, err := o.store.Backlog(context.Background())
	if err != nil {
		o.Fatal(err)
	}
	return n
}
