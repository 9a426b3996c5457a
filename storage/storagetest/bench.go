package storagetest

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"gatehouse/provider"
)

// BenchmarkOutbox measures a message's way: told, claimed and settled, alone and behind what waits on another channel.
func BenchmarkOutbox(b *testing.B, open func(b *testing.B) provider.Store) {
	for name, waiting := range map[string]int{"Alone": 0, "BehindTenThousand": 10_000} {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			for range waiting / 50 {
				e := event("told")
				for range 50 {
					e.Tell = append(e.Tell, newMessage("c1"))
				}
				if err := s.Record(b.Context(), e); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				passOne(b, s)
			}
		})
	}
}

// passOne sends an e-mail.
func passOne(b *testing.B, s provider.Store) {
	b.Helper()
	m := newMessage("c2")
	m.Channel = provider.ByEmail
	err := s.Record(b.Context(), told(m))
	if err != nil {
		b.Fatal(err)
	}
	claims, err := s.ClaimMessages(b.Context(), []provider.Channel{provider.ByEmail}, began(), time.Minute, 10)
	if err != nil || len(claims) != 1 {
		b.Fatal(len(claims), err)
	}
	err = s.SettleMessage(b.Context(), claims[0], provider.Settled{State: provider.MessageSent, Ref: m.ID, At: began()})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkImport measures what an import adds, five hundred accounts with each round: 200 rounds (-benchtime=200x) are 100,000. It
// tells the accounts of a second, and the most memory that was in use after a round.
func BenchmarkImport(b *testing.B, open func(b *testing.B) provider.Store) {
	const atOnce = 500
	s := open(b)
	var most uint64
	n := 0
	for b.Loop() {
		all := make([]provider.Import, 0, atOnce)
		for range atOnce {
			n++
			all = append(all, newImport(fmt.Sprint("u", n)))
		}
		err := s.ImportAccounts(b.Context(), all)
		if err != nil {
			b.Fatal(err)
		}
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapInuse)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "accounts/s")
	b.ReportMetric(float64(most)/(1<<20), "most-MiB")
}
