package server_test

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/server"
	"gatehouse/storage"
	"gatehouse/templates"
)

// days runs a story in a house whose time is that of a synctest bubble: weeks pass in a moment, for everything that reads a clock
// or sleeps, and the chores of the house are done on each day. Nothing listens: browsers call the house itself.
func days(t *testing.T, story func(t *testing.T, h *house, a *app)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouseOfDays(t)
		client, secret := h.Client("records")
		story(t, h, &app{t: t, h: h, Client: client, Secret: secret, Verifier: oauth2.GenerateVerifier()})
	})
}

func newHouseOfDays(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), Log: &syncBuffer{}, skew: new(atomic.Int64), URL: "https://localhost"}
	keyset, err := keys.NewKeyset(time.Now())
	must(t, err)
	options := storage.Options{Database: "sqlite:" + filepath.Join(h.dir, "gatehouse.db"), Keyset: keyset}
	_, err = storage.Migrate(t.Context(), options)
	must(t, err)
	h.Store, err = storage.Open(t.Context(), options)
	must(t, err)
	t.Cleanup(func() { _ = h.Store.Close() })
	h.Keyset = keyset
	h.Ring, err = server.OpenRing(t.Context(), h.Store, keyset, time.Now(), audit.House, server.AsPlanned)
	must(t, err)
	config := server.Config{
		Issuer: h.URL, Store: h.Store, Keyset: keyset, Ring: h.Ring, Sender: "no-reply@example.org", Log: slog.New(slog.NewJSONHandler(h.Log, nil)),
		Brand: templates.DefaultBrand(),
	}
	quick(&config)
	h.House, err = server.New(config)
	must(t, err)
	h.wire = called{h.House.Public}
	return h
}

// called is a wire without a network.
type called struct{ http.Handler }

func (c called) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr, in.TLS, in.Host = r.URL.RequestURI(), "192.0.2.1:1024", &tls.ConnectionState{}, r.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	out := httptest.NewRecorder()
	c.ServeHTTP(out, in)
	return out.Result(), nil
}

// sleeps lets time pass, and does what the house does meanwhile.
func (h *house) sleeps(d time.Duration) {
	h.t.Helper()
	const day = 24 * time.Hour
	for ; d > 0; d -= day {
		time.Sleep(min(d, day))
		must(h.t, h.House.Housekeep(context.Background(), time.Now()))
	}
}

// closed is for how long a stranger who knows the password is turned away: 0 for not at all.
func (a *app) closed(name string) time.Duration {
	a.t.Helper()
	p := a.stranger().SignIn(name, anasPassword)
	if p.Gave() != "" {
		return 0
	}
	p.Shows(a.t, 429)
	seconds, err := strconv.Atoi(p.Header.Get("Retry-After"))
	must(a.t, err)
	return time.Duration(seconds) * time.Second
}

// TestDaysOfAnAttack: pauses double up to a day, a day has room for fifty, a hundred in a row stop strangers for as long as it
// takes; the owner's link ends that, and support's unlock. What was a quiet day ago is forgotten, and a stop after 400.
func TestDaysOfAnAttack(t *testing.T) {
	days(t, func(t *testing.T, h *house, a *app) {
		ana := h.Person("ana")
		sum := 0
		for i, want := range []time.Duration{
			30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 16*time.Hour + 30*time.Minute, 16 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour,
		} {
			looked := a.attack("ana", 12)
			if sum += looked; looked != 10 {
				t.Fatalf("round %d: %d were looked at", i+1, looked)
			}
			if got := a.closed("ana"); got > want || got < want-2*time.Second {
				t.Errorf("round %d: closed for %v, want %v", i+1, got, want)
			}
			h.sleeps(want)
		}
		if looked := a.attack("ana", 100); looked != 10 || sum+looked != 100 {
			t.Fatalf("%d more were looked at", looked)
		}
		h.Mail()
		h.sleeps(60 * 24 * time.Hour)
		if a.closed("ana") == 0 {
			t.Fatal("time opens a lane that is stopped")
		}
		told := h.Told("M-28")
		if len(told) != 1 {
			t.Fatalf("told %d times", len(told))
		}
		h.sleeps(24*time.Hour + time.Second)
		h.Browser().Get(told[0].Data["link"]).Shows(t, 410)
		a.closed("ana")
		a.linked(h.Told("M-28")[0], "ana")
		if a.closed("ana") != 0 {
			t.Error("the link did not end the stop")
		}

		h.sleeps(24 * time.Hour)
		a.attack("ana", 10)
		if got := a.closed("ana"); got > 30*time.Minute || got < 29*time.Minute {
			t.Errorf("after quiet days: %v", got)
		}
		must(t, h.Store.UnlockLane(t.Context(), provider.StrangersLane(ana.ID), time.Now(), audit.LaneUnlocked(time.Now(), ana.ID, "paused", audit.Operator)))
		if a.closed("ana") != 0 {
			t.Error("unlocked, and closed")
		}
	})
}

// TestStopIsForgotten: 400 days after the last try that was looked at a lane is new, whoever knocked meanwhile; so is that of a name
// which nobody has.
func TestStopIsForgotten(t *testing.T) {
	days(t, func(t *testing.T, h *house, a *app) {
		h.Person("ana")
		names := []string{"ana", "nobody-at-all"}
		for range 12 {
			for _, name := range names {
				a.attack(name, 11)
			}
			h.sleeps(25 * time.Hour)
		}
		for _, name := range names {
			if a.attack(name, 1) != 0 {
				t.Fatalf("%s is not stopped", name)
			}
		}
		h.sleeps(390 * 24 * time.Hour)
		for _, name := range names {
			if a.attack(name, 1) != 0 {
				t.Errorf("%s: forgotten too early", name)
			}
		}
		h.sleeps(10 * 24 * time.Hour)
		for _, name := range names {
			if looked := a.attack(name, 11); looked != 10 {
				t.Errorf("%s: %d were looked at after 400 days", name, looked)
			}
		}
	})
}

// TestDaysOfAPatient: a session ends when nobody has used it for a quarter of an hour, and after twelve hours in any case; a page may
// wait for half an hour; a browser is known for 400 days after it was last seen, whatever strangers do meanwhile.
func TestDaysOfAPatient(t *testing.T) {
	days(t, func(t *testing.T, h *house, a *app) {
		h.Person("ana")
		own := h.Browser()
		a.Code(own)
		asked := func() bool { return own.Get(a.Ask()).Gave() == "" }
		for passed := time.Duration(0); passed < 11*time.Hour+45*time.Minute; passed += 14 * time.Minute {
			if asked() {
				t.Fatalf("asked anew after %v, though never away for long", passed)
			}
			h.sleeps(14 * time.Minute)
		}
		h.sleeps(14 * time.Minute)
		if !asked() {
			t.Error("a session lasts longer than twelve hours")
		}
		h.sleeps(31 * time.Minute)
		own.SignIn("ana", anasPassword).Shows(t, 200, "away")
		a.Code(own)
		h.sleeps(16 * time.Minute)
		if !asked() {
			t.Error("a session outlives a quarter of an hour of rest")
		}

		h.sleeps(399 * 24 * time.Hour)
		a.attack("ana", 11)
		own.Get(a.Ask())
		if p := own.SignIn("ana", anasPassword); p.Gave() == "" {
			t.Errorf("a browser is not known after 399 days: %d", p.Status)
		}
		h.sleeps(401 * 24 * time.Hour)
		a.attack("ana", 11)
		own.Get(a.Ask())
		own.SignIn("ana", anasPassword).Shows(t, 429)
	})
}
