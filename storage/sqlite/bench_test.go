package sqlite

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/storagetest"
)

// furnished is a store with a thousand accounts, a session and a grant each, and one of them.
func furnished(b *testing.B) (*Store, provider.Grant, provider.Session) {
	s := openAt(b, filepath.Join(b.TempDir(), fileName), newKeyset(b))
	ctx, at := b.Context(), time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	e := provider.Event{At: at, Kind: "bench"}
	must(s.CreateClient(ctx, provider.Client{ID: "records", RedirectURIs: []string{"https://a.example.org/"}, Scopes: []string{"openid"}, CreatedAt: at}, e))
	var g provider.Grant
	var session provider.Session
	for i := range 1000 {
		id := provider.AccountID(provider.NewID())
		password := provider.Authenticator{ID: provider.NewID(), Account: id, Kind: provider.Password, Data: make([]byte, 100), CreatedAt: at}
		name := provider.Identifier{Kind: provider.Username, Value: strconv.Itoa(i), Canonical: strconv.Itoa(i)}
		must(s.CreateAccount(ctx, provider.Account{ID: id, Status: provider.Active, Identifiers: []provider.Identifier{name}, CreatedAt: at}, []provider.Authenticator{password}, e))
		proofs := []provider.Proof{{Account: id, Authenticator: password.ID, Kind: provider.Password, At: at}}
		session = provider.Session{ID: provider.NewID(), SecretHash: provider.HashSecret(provider.NewSecret()), Account: id, Proofs: proofs, CreatedAt: at, EndsAt: at.Add(time.Hour)}
		must(s.CompleteCeremony(ctx, provider.Completion{Ceremony: provider.NewID(), Session: session, At: at}, e))
		g = provider.Grant{ID: provider.NewID(), Account: id, Client: "records", Session: session.ID, Scopes: []string{"openid", "profile"}, AMR: []string{"pwd"}, CreatedAt: at, ExpiresAt: at.Add(time.Hour), CodeHash: provider.HashSecret(provider.NewSecret()), CodeExpiresAt: at.Add(time.Hour)}
		must(s.IssueCode(ctx, g))
		must(s.GiveConsent(ctx, provider.Consent{Account: id, Client: "records", Scopes: g.Scopes, GivenAt: at, ExpiresAt: at.Add(time.Hour)}, e))
	}
	return s, g, session
}

func BenchmarkReads(b *testing.B) {
	s, g, session := furnished(b)
	reads := []struct {
		name string
		read func(ctx context.Context) error
	}{
		{"Used", func(ctx context.Context) error { _, err := s.Used(ctx, "jti", "k"); return err }},
		{"SessionBySecret", func(ctx context.Context) error { _, err := s.SessionBySecret(ctx, session.SecretHash); return err }},
		{"Client", func(ctx context.Context) error { _, err := s.Client(ctx, "records"); return err }},
		{"Account", func(ctx context.Context) error { _, err := s.Account(ctx, g.Account); return err }},
		{"FindAccounts", func(ctx context.Context) error { _, err := s.FindAccounts(ctx, provider.Username, "7"); return err }},
		{"Authenticators", func(ctx context.Context) error { _, err := s.Authenticators(ctx, g.Account); return err }},
		{"GrantByCode", func(ctx context.Context) error { _, err := s.GrantByCode(ctx, g.CodeHash); return err }},
		{"Standing", func(ctx context.Context) error { _, err := s.Standing(ctx, g.ID, "jti"); return err }},
	}
	for _, r := range reads {
		b.Run(r.name, func(b *testing.B) {
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			b.ReportAllocs()
			for b.Loop() {
				if err := r.read(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWrites(b *testing.B) {
	s, g, session := furnished(b)
	at := session.CreatedAt
	e := provider.Event{At: at, Kind: "bench", Account: g.Account}
	held, err := s.Authenticators(b.Context(), g.Account)
	if err != nil {
		b.Fatal(err)
	}
	generation := int64(0)
	writes := []struct {
		name  string
		write func(ctx context.Context) error
	}{
		{"Consume", func(ctx context.Context) error { return s.Consume(ctx, "jti", provider.NewID(), at) }},
		{"AdvanceGrant", func(ctx context.Context) error {
			generation++
			return s.AdvanceGrant(ctx, g.ID, generation-1, at)
		}},
		{"BeginCeremony", func(ctx context.Context) error {
			_, err := s.BeginCeremony(ctx, provider.Ceremony{Room: "oidc", Deadline: at})
			return err
		}},
		{"CountFailure", func(ctx context.Context) error { _, err := s.CountFailure(ctx, held[0].ID, e); return err }},
		{"CountFailureOfNobody", func(ctx context.Context) error { _, err := s.CountFailure(ctx, "", e); return err }},
		{"CompleteCeremony", func(ctx context.Context) error {
			begun := session
			begun.ID, begun.SecretHash = provider.NewID(), provider.HashSecret(provider.NewSecret())
			return s.CompleteCeremony(ctx, provider.Completion{Ceremony: provider.NewID(), Session: begun, Proofs: []provider.Proof{{Account: held[0].Account, Authenticator: held[0].ID, Kind: held[0].Kind, At: at, SetAt: held[0].CreatedAt}}, At: at}, e)
		}},
	}
	for _, w := range writes {
		b.Run(w.name, func(b *testing.B) {
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			b.ReportAllocs()
			for b.Loop() {
				if err := w.write(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("ConsumeParallel", func(b *testing.B) {
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := s.Consume(context.Background(), "jti", provider.NewID(), at); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkOutbox(b *testing.B) {
	storagetest.BenchmarkOutbox(b, func(b *testing.B) provider.Store {
		return openAt(b, filepath.Join(b.TempDir(), fileName), newKeyset(b))
	})
}

func BenchmarkImport(b *testing.B) {
	storagetest.BenchmarkImport(b, func(b *testing.B) provider.Store {
		return openAt(b, filepath.Join(b.TempDir(), fileName), newKeyset(b))
	})
}
