package server

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/signin"
	"gatehouse/provider/support"
	"gatehouse/provider/web"
	"gatehouse/provider/web/metrics"
	"gatehouse/templates"
)

// slowness is what staff say of channels, as this replica last read it.
type slowness struct {
	store provider.StaffStore
	known atomic.Pointer[[]provider.Channel]
}

// refresh reads it again: at each round of housekeeping, and when it was said here.
func (s *slowness) refresh(ctx context.Context, at time.Time) error {
	all, err := s.store.SlowChannels(ctx, at)
	if err == nil {
		s.known.Store(&all)
	}
	return err
}

// says reports whether staff say that a channel is slow.
func (s *slowness) says(c provider.Channel) bool {
	known := s.known.Load()
	return known != nil && slices.Contains(*known, c)
}

// parts are what the console shares with the house of patients.
type parts struct {
	pages      *templates.Set // of patients: their letters
	ceremonies *signin.SignIn
	codes      *oob.Codes
	guard      web.Limiter
	meter      *metrics.Metrics
	slow       *slowness
	machine    func(context.Context, string, time.Time) (provider.Client, []string, []string, error) // reads an application's own token
}

// console is the staff console, with a listener, an origin and cookies of its own; nil where the operator names no origin for it.
func (c Config) console(p parts) (http.Handler, error) {
	if c.SupportOrigin == "" {
		return nil, nil
	}
	words, err := templates.NewConsole(c.Brand)
	if err != nil {
		return nil, err
	}
	host := hostOf(c.SupportOrigin)
	if _, err := netip.ParseAddr(host); err == nil || host == "" {
		return nil, fmt.Errorf("support origin %q: passkeys need a name, not an address", c.SupportOrigin)
	}
	keys, err := passkey.New(passkey.Config{ID: host, Name: c.Brand.Name, Origins: []string{c.SupportOrigin}, Keys: c.Keyset, Proven: true})
	if err != nil {
		return nil, fmt.Errorf("support origin: %w", err)
	}
	issuer := activation.Issuer{Keys: c.Keyset, Facts: c.Facts, Lang: c.Languages[0]}
	room := support.New(support.Config{
		Store: c.Store, Tickets: c.Keyset, Codes: p.codes, Phones: c.Phones, Passkeys: keys, Lanes: c.Lanes, Wait: c.Wait, Issuer: c.Issuer,
		Searches: c.SupportSearches, Security: c.SupportSecurity, Words: words.Text, Preview: c.writer(p.pages), WaitNotice: p.ceremonies.WaitNotice,
		Follow: issuer.Follow, Invite: c.invite(issuer), Caller: p.caller, Origin: c.SupportOrigin,
		Knows: func(a provider.Activation, f provider.Fact, said string) bool {
			fact := map[provider.Fact]activation.Fact{provider.FactBirthdate: activation.BirthDate, provider.FactName: activation.LastName}[f]
			return issuer.Knows(a, fact, said)
		},
		Hours:  c.SupportHours,
		Slowed: func(ctx context.Context, at time.Time) { _ = p.slow.refresh(ctx, at) }, // housekeeping reads it in a minute anyway
	})
	routes := append(room.Routes(), room.APIRoutes()...)
	if c.Dev {
		routes = append(routes,
			web.Route{Pattern: "GET /dev/gallery", Handle: consoleIndex},
			web.Route{Pattern: "GET /dev/gallery/{id}/{variant}", Handle: consoleState})
	}
	return web.New(web.Config{
		Issuer: c.SupportOrigin, Templates: words, Log: c.Log, TrustedProxies: c.TrustedProxies, Forwarded: c.Forwarded, Limiter: p.guard,
		Metrics: p.meter, Now: c.Now, Dev: c.Dev, Console: true,
	}, routes...)
}

func consoleIndex(*web.Request) (web.Response, error) {
	return web.Show(templates.GalleryIndex{States: templates.GallerySupport()}), nil
}

// consoleState shows one state of one page of the console; ?lang= chooses the language.
func consoleState(r *web.Request) (web.Response, error) {
	r.UILocales(r.Query().Get("lang"))
	for _, state := range templates.GallerySupport() {
		if state.ID == r.Path("id") && state.Variant == r.Path("variant") {
			return web.Show(state.Page), nil
		}
	}
	return web.Response{}, &provider.Problem{Kind: provider.NotFound}
}
