package postgres

import (
	"context"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/storagetest"
)

func BenchmarkReads(b *testing.B) {
	s := openEmpty(b, newKeyset(b))
	p := furnish(b, s, 1000)[500]
	execute(b, s, `ANALYZE`)
	reads := []struct {
		name string
		read func(ctx context.Context) error
	}{
		{"Used", func(ctx context.Context) error { _, err := s.Used(ctx, "jti", "k"); return err }},
		{"SessionBySecret", func(ctx context.Context) error { _, err := s.SessionBySecret(ctx, p.session.SecretHash); return err }},
		{"Client", func(ctx context.Context) error { _, err := s.Client(ctx, "records"); return err }},
		{"Account", func(ctx context.Context) error { _, err := s.Account(ctx, p.account); return err }},
		{"FindAccounts", func(ctx context.Context) error {
			_, err := s.FindAccounts(ctx, provider.Username, string(p.account))
			return err
		}},
		{"Authenticators", func(ctx context.Context) error { _, err := s.Authenticators(ctx, p.account); return err }},
		{"GrantByCode", func(ctx context.Context) error { _, err := s.GrantByCode(ctx, p.grant.CodeHash); return err }},
		{"Standing", func(ctx context.Context) error { _, err := s.Standing(ctx, p.grant.ID, "jti"); return err }},
	}
	for _, r := range reads {
		b.Run(r.name, func(b *testing.B) { measure(b, r.read) })
	}
}

func BenchmarkWrites(b *testing.B) {
	s := openEmpty(b, newKeyset(b))
	p := furnish(b, s, 1000)[500]
	execute(b, s, `ANALYZE`)
	e := provider.Event{At: noon(), Kind: "bench", Account: p.account}
	generation := int64(0)
	writes := []struct {
		name  string
		write func(ctx context.Context) error
	}{
		{"Consume", func(ctx context.Context) error { return s.Consume(ctx, "jti", provider.NewID(), noon()) }},
		{"AdvanceGrant", func(ctx context.Context) error {
			generation++
			return s.AdvanceGrant(ctx, p.grant.ID, generation-1, noon())
		}},
		{"IssueCode", func(ctx context.Context) error {
			g := p.grant
			g.ID, g.CodeHash = provider.NewID(), provider.HashSecret(provider.NewSecret())
			return s.IssueCode(ctx, g)
		}},
		{"IssueAndRedeemCode", func(ctx context.Context) error {
			g := p.grant
			g.ID, g.CodeHash = provider.NewID(), provider.HashSecret(provider.NewSecret())
			if err := s.IssueCode(ctx, g); err != nil {
				return err
			}
			return s.RedeemCode(ctx, g.ID, noon(), e)
		}},
		{"BeginCeremony", func(ctx context.Context) error {
			_, err := s.BeginCeremony(ctx, provider.Ceremony{Room: "oidc", Deadline: noon()})
			return err
		}},
		{"CountFailure", func(ctx context.Context) error { _, err := s.CountFailure(ctx, p.password.ID, e); return err }},
		{"CountFailureOfNobody", func(ctx context.Context) error { _, err := s.CountFailure(ctx, "", e); return err }},
		{"CompleteCeremony", func(ctx context.Context) error {
			begun := p.session
			begun.ID, begun.SecretHash = provider.NewID(), provider.HashSecret(provider.NewSecret())
			return s.CompleteCeremony(ctx, provider.Completion{Ceremony: provider.NewID(), Session: begun, Proofs: p.shown(), At: noon()}, e)
		}},
		{"SweepOfNothing", func(ctx context.Context) error {
			_, err := s.Sweep(ctx, noon().Add(-time.Hour), 100, time.Hour)
			return err
		}},
	}
	for _, w := range writes {
		b.Run(w.name, func(b *testing.B) { measure(b, w.write) })
	}
	b.Run("ConsumeParallel", func(b *testing.B) {
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := s.Consume(context.Background(), "jti", provider.NewID(), noon()); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func measure(b *testing.B, do func(ctx context.Context) error) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	b.ReportAllocs()
	for b.Loop() {
		if err := do(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOutbox(b *testing.B) {
	storagetest.BenchmarkOutbox(b, func(b *testing.B) provider.Store { return openEmpty(b, newKeyset(b)) })
}

func BenchmarkImport(b *testing.B) {
	storagetest.BenchmarkImport(b, func(b *testing.B) provider.Store { return openEmpty(b, newKeyset(b)) })
}
