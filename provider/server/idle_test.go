package server_test

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/server"
)

func reporting(c *provider.Client) { c.ReportsActivity = true }

// active has the application say that the person did something; at is "" for now.
func (a *app) active(token, at string) *answer {
	a.t.Helper()
	return a.h.Send("POST", "/session/activity", map[string]string{"Authorization": "Bearer " + token, "Content-Type": formType},
		with(url.Values{}, "at", orDash(at)).Encode())
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// times asks how long the session lasts.
func (a *app) times(token string) *answer {
	a.t.Helper()
	return a.h.Send("GET", "/session/activity", map[string]string{"Authorization": "Bearer " + token}, "")
}

func (a *answer) moment(name string) time.Time {
	a.t.Helper()
	at, err := time.Parse(time.RFC3339, a.Str(name))
	must(a.t, err)
	return at
}

func (h *house) sessionOf(tokens *answer) provider.Session {
	h.t.Helper()
	_, claims := joseParts(h.t, tokens.Str("access_token"))
	s, err := h.Store.Session(h.t.Context(), claims["sid"].(string))
	must(h.t, err)
	return s
}

func (h *house) keep() {
	h.t.Helper()
	must(h.t, h.House.Housekeep(h.t.Context(), h.now()))
}

// TestIdle_TheActiveStay: who does something is never thrown out before the absolute end, through a working day; the application
// refreshes its tokens all the while.
func TestIdle_TheActiveStay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", reporting)
	tokens := a.Tokens(h.Browser())
	for passed := time.Duration(0); passed < 11*time.Hour; passed += 14 * time.Minute {
		h.Passes(14 * time.Minute)
		h.keep()
		tokens = a.Refresh(tokens.Str("refresh_token")).Is(200, "")
		said := a.active(tokens.Str("access_token"), "").Is(200, "")
		if left := said.moment("idle_ends_at").Sub(h.now()); left < 14*time.Minute+50*time.Second || left > 15*time.Minute {
			t.Fatalf("%s are left", left)
		}
	}
	h.Passes(time.Hour)
	h.keep()
	a.Refresh(tokens.Str("refresh_token")).Is(400, "invalid_grant")
	if s := h.sessionOf(tokens); s.EndedAt.IsZero() {
		t.Error("a session that outlives its absolute end")
	}
}

// TestIdle_TheAbandonedScreenIsOver: an application that goes on by itself (refresh, introspection, userinfo, asking for the times)
// keeps nobody signed in; then nothing is given out, everywhere, and the house ends the session for all its applications.
func TestIdle_TheAbandonedScreenIsOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a, other := h.App("records", reporting), h.App("scheduling")
	b := h.Browser()
	tokens, others := a.Tokens(b), other.Tokens(b)
	began := h.now()
	for range 14 {
		h.Passes(time.Minute)
		h.keep()
		tokens = a.Refresh(tokens.Str("refresh_token")).Is(200, "")
		h.Userinfo(tokens.Str("access_token")).Is(200, "")
		if !a.Active(tokens.Str("access_token")) {
			t.Fatal("not active before its time")
		}
		if end := a.times(tokens.Str("access_token")).Is(200, "").moment("idle_ends_at"); end.After(began.Add(15 * time.Minute)) {
			t.Fatalf("asking put the end off: %s", end)
		}
	}
	h.Passes(time.Minute)
	a.Refresh(tokens.Str("refresh_token")).Is(400, "invalid_grant")
	h.Userinfo(tokens.Str("access_token")).Is(401, "invalid_token")
	a.times(tokens.Str("access_token")).Is(401, "invalid_token")
	a.active(tokens.Str("access_token"), "").Is(401, "invalid_token")
	if a.Active(tokens.Str("access_token")) || a.Active(tokens.Str("refresh_token")) {
		t.Error("still active")
	}
	if s := h.sessionOf(tokens); !s.EndedAt.IsZero() {
		t.Error("ended by nobody")
	}
	other.Refresh(others.Str("refresh_token")).Is(200, "") // it does not report: nobody has ended the session yet
	h.keep()
	if s := h.sessionOf(tokens); s.EndedWhy != provider.EndedIdle {
		t.Errorf("ended as %q", s.EndedWhy)
	}
	other.Refresh(others.Str("refresh_token")).Is(400, "invalid_grant")
	b.Get("/account").Shows(t, 200, "You were away for 15 minutes, so we signed you out.")
}

// TestIdle_WhoDoesNotReportKeepsWhatItHas: where no application tells, nobody knows that the person is away.
func TestIdle_WhoDoesNotReportKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("scheduling")
	tokens := a.Tokens(h.Browser())
	h.Passes(5 * time.Hour)
	h.keep()
	tokens = a.Refresh(tokens.Str("refresh_token")).Is(200, "")
	a.times(tokens.Str("access_token")).Is(403, "insufficient_scope")
	a.active(tokens.Str("access_token"), "").Is(403, "insufficient_scope")
	if s := h.sessionOf(tokens); !s.EndedAt.IsZero() {
		t.Errorf("ended as %q", s.EndedWhy)
	}
}

// TestIdle_OfflineLivesOn: what was given for when the person is away is not over when they are, reports nothing, and so says nothing
// of who is away either: that application cannot tell that somebody is there.
func TestIdle_OfflineLivesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", reporting)
	b := h.Browser()
	b.Get(a.Ask("scope", "openid offline_access", "prompt", "consent"))
	b.SignIn("ana", anasPassword)
	tokens := a.Redeem(a.Back(b.Choose("/consent", "allow", "scope", "offline_access")).Get("code")).Is(200, "")
	a.active(tokens.Str("access_token"), "").Is(403, "insufficient_scope")
	h.Passes(20 * time.Minute)
	h.keep()
	a.Refresh(tokens.Str("refresh_token")).Is(200, "")
	if s := h.sessionOf(tokens); !s.EndedAt.IsZero() {
		t.Errorf("ended as %q", s.EndedWhy)
	}
}

// TestIdle_SilenceIsNobody: an application that renews what it has without anybody, silently or by a navigation that nobody began,
// keeps no abandoned screen signed in; nor does who asks to leave, or a page of another that fetches ours. A press does.
func TestIdle_SilenceIsNobody(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]struct {
		do    func(*browser, *app)
		stays bool
	}{
		"silently": {func(b *browser, a *app) { b.Get(a.Ask("prompt", "none")) }, false},
		"by itself": {func(b *browser, a *app) {
			b.fetch = map[string]string{"Sec-Fetch-Dest": "document"}
			b.Get(a.Ask())
		}, false},
		"leaving": {func(b *browser, _ *app) { b.Get("/logout") }, false},
		"as a picture": {func(b *browser, _ *app) {
			b.fetch = map[string]string{"Sec-Fetch-Dest": "image"}
			b.Get("/account")
		}, false},
		"by a press": {func(b *browser, a *app) {
			b.fetch = map[string]string{"Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1"}
			b.Get(a.Ask())
		}, true},
		"a page of ours": {func(b *browser, _ *app) { b.Get("/account") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.Person("ana")
			records := h.App("records", reporting)
			b := h.Browser()
			tokens := records.Tokens(b)
			other := h.App("other")
			for range 5 {
				h.Passes(10 * time.Minute)
				ask.do(b, other)
				h.keep()
			}
			if s := h.sessionOf(tokens); s.EndedAt.IsZero() != ask.stays {
				t.Errorf("ended as %q", s.EndedWhy)
			}
		})
	}
}

// TestIdle_WhatIsReported: now, or a moment past; never the future, and never before what was reported last.
func TestIdle_WhatIsReported(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", reporting)
	token := a.Tokens(h.Browser()).Str("access_token")
	began := h.now()
	h.Passes(4 * time.Minute)
	ends := func(at string) time.Duration {
		t.Helper()
		return a.active(token, at).Is(200, "").moment("idle_ends_at").Sub(began).Round(time.Minute)
	}
	if got := ends(began.Add(2 * time.Minute).UTC().Format(time.RFC3339)); got != 17*time.Minute {
		t.Errorf("two minutes ago: ends after %s", got)
	}
	if got := ends(began.Add(-time.Hour).UTC().Format(time.RFC3339)); got != 17*time.Minute {
		t.Errorf("long ago: ends after %s", got)
	}
	for _, at := range []string{h.now().Add(time.Minute).UTC().Format(time.RFC3339), "yesterday", "1700000000"} {
		a.active(token, at).Is(400, "invalid_request")
	}
	h.Send("POST", "/session/activity", map[string]string{"Authorization": "Bearer " + token, "Content-Type": formType}, "at=1&at=2").Is(400, "invalid_request")
	if got := ends(h.now().Add(2 * time.Second).UTC().Format(time.RFC3339)); got != 19*time.Minute { // its clock is a little ahead
		t.Errorf("now: ends after %s", got)
	}
	said := a.times(token).Is(200, "")
	if warn, end := said.moment("warn_at"), said.moment("idle_ends_at"); end.Sub(warn) != 2*time.Minute {
		t.Errorf("warned %s before", end.Sub(warn))
	}
	if in := said.JSON["idle_ends_in"].(float64); in < 895 || in > 900 {
		t.Errorf("%v seconds are left", in)
	}
}

// TestRFC6750_Activity: the errors of a bearer endpoint, and no cookie.
func TestRFC6750_Activity(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a, m := h.App("records", reporting), h.App("jobs", machine, reporting)
	b := h.Browser()
	tokens := a.Tokens(b)
	bare := h.Send("GET", "/session/activity", nil, "").Is(401, "")
	if got := bare.Header.Get("Www-Authenticate"); got != `Bearer realm="gatehouse"` {
		t.Errorf("challenge %q", got)
	}
	h.Send("GET", "/session/activity", map[string]string{"Cookie": "__Host-session=" + b.Session()}, "").Is(401, "")
	a.times("nonsense").Is(401, "invalid_token")
	a.times(tokens.Str("id_token")).Is(401, "invalid_token")
	a.times(tokens.Str("refresh_token")).Is(401, "invalid_token")
	a.times(m.Post("/token", "grant_type", "client_credentials").Str("access_token")).Is(403, "insufficient_scope")
	h.Send("GET", "/session/activity?access_token="+tokens.Str("access_token"), nil, "").Is(401, "")
	got := a.times(tokens.Str("access_token")).Is(200, "")
	if got.Header.Get("Access-Control-Allow-Origin") != "" || got.Header.Get("Cache-Control") != "no-store" || len(got.Header["Set-Cookie"]) > 0 {
		t.Errorf("headers %v", got.Header)
	}
	limited := 0
	for range 40 {
		if again := a.times(tokens.Str("access_token")); again.Status == 429 {
			limited++
			if again.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		}
	}
	if limited == 0 {
		t.Error("a session can be asked about without end")
	}
	h.Passes(10 * time.Second)
	a.times(tokens.Str("access_token")).Is(200, "")
	h.SetStatus(h.sessionOf(tokens).Account, provider.Paused)
	a.active(tokens.Str("access_token"), "").Is(401, "invalid_token")
}

// TestIdle_NoReportRevives: fifty report while the session is ended; what is over stays over.
func TestIdle_NoReportRevives(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", reporting)
	tokens := a.Tokens(h.Browser())
	h.Passes(4 * time.Minute)
	s := h.sessionOf(tokens)
	var turn = make(chan struct{}, 50)
	got := AtOnce(50, func() int {
		turn <- struct{}{}
		if len(turn) == 10 {
			endSession(h, family{session: s.ID}, s.Account)
		}
		return a.active(tokens.Str("access_token"), "").Status
	})
	over := h.sessionOf(tokens)
	if over.EndedAt.IsZero() || over.EndedWhy != "by_staff" {
		t.Fatalf("session %+v", over)
	}
	if slices.ContainsFunc(got, func(status int) bool { return status != 200 && status != 401 && status != 429 }) {
		t.Errorf("answers %v", got)
	}
	h.Passes(2 * time.Minute)
	a.active(tokens.Str("access_token"), "").Is(401, "invalid_token")
	if again := h.sessionOf(tokens); !again.SeenAt.Equal(over.SeenAt) || !again.EndedAt.Equal(over.EndedAt) {
		t.Error("an ended session was touched")
	}
}

// TestIdle_WhatIsOverStaysOver: who signs in again after they were away begins anew, however they come; what applications that report
// hold to be over is not good again, and all that were part of it are told that it has ended.
func TestIdle_WhatIsOverStaysOver(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]func(b *browser, a *app){
		"at home":            func(b *browser, _ *app) { b.Get("/account/devices") },
		"from an app":        func(b *browser, a *app) { b.Get(a.Ask()) },
		"asked to sign in":   func(b *browser, a *app) { b.Get(a.Ask("prompt", "login")) },
		"in a tab of before": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEars(t)
			h := newHouse(t, e.reach)
			ana := h.Person("ana")
			a, other := h.App("records", reporting, e.heardAt), h.App("scheduling", e.heardAt)
			b := h.Browser()
			tokens, others := a.Tokens(b), other.Tokens(b)
			if again == nil {
				b.Get(a.Ask("prompt", "login"))
			}
			h.Passes(20 * time.Minute)
			a.Refresh(tokens.Str("refresh_token")).Is(400, "invalid_grant")
			if again != nil {
				again(b, a)
			}
			b.SignIn("ana", anasPassword)
			if again == nil { // who they are is asked as well by now
				b.SignIn("ana", anasPassword)
			}
			a.Refresh(tokens.Str("refresh_token")).Is(400, "invalid_grant")
			other.Refresh(others.Str("refresh_token")).Is(400, "invalid_grant")
			h.Userinfo(tokens.Str("access_token")).Is(401, "invalid_token")
			old, now := h.sessionOf(tokens), h.sessionOf(a.Tokens(b))
			if old.EndedWhy != provider.EndedIdle || now.ID == old.ID || !now.EndedAt.IsZero() {
				t.Errorf("ended as %q; another: %v", old.EndedWhy, now.ID != old.ID)
			}
			h.tells()
			if n := e.count(); !maps.Equal(n, map[string]int{"records": 1, "scheduling": 1}) {
				t.Errorf("told %v", n)
			}
			said := h.Recorded(ana.ID, "session.ended")
			if len(said) != 1 || said[0].Session != old.ID || said[0].Detail["why"] != provider.EndedIdle || said[0].Actor != "house" {
				t.Errorf("on record %+v", said)
			}
		})
	}
}

// TestIdle_ProvenAgainGoesOn: who is there and proves more goes on with the session that they have; so does who was away from Gatehouse
// alone, where no application would have told that they are busy in it.
func TestIdle_ProvenAgainGoesOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		how  []func(*provider.Client)
		away time.Duration
	}{
		"there":     {[]func(*provider.Client){reporting}, 14 * time.Minute},
		"untold of": {nil, 20 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEars(t)
			h := newHouse(t, e.reach)
			h.Person("ana")
			a := h.App("records", append(c.how, e.heardAt)...)
			b := h.Browser()
			tokens := a.Tokens(b)
			h.Passes(c.away)
			b.Get(a.Ask("prompt", "login"))
			b.SignIn("ana", anasPassword)
			a.Refresh(tokens.Str("refresh_token")).Is(200, "")
			h.tells()
			if s := h.sessionOf(tokens); !s.EndedAt.IsZero() || s.SeenAt.Before(h.now().Add(-time.Minute)) || len(e.count()) != 0 {
				t.Errorf("session %+v, told %v", s, e.count())
			}
		})
	}
}

// unending is a store in which some sessions cannot be ended.
type unending struct {
	provider.Store
	tried map[string]int
	fails func(session string) bool
}

func (s unending) EndIdle(ctx context.Context, session string, now time.Time, idle time.Duration, e provider.Event) (bool, error) {
	s.tried[session]++
	if s.fails(session) {
		return false, errors.New("no end of " + session)
	}
	return s.Store.EndIdle(ctx, session, now, idle, e)
}

// TestIdle_OneThatCannotEndKeepsNoOther: the others are ended, and of each that could not be it is said; it is tried once a round.
func TestIdle_OneThatCannotEndKeepsNoOther(t *testing.T) {
	t.Parallel()
	for _, all := range []bool{false, true} {
		s := unending{tried: map[string]int{}}
		h := newHouse(t, func(c *server.Config) { s.Store = c.Store; c.Store = &s })
		a := h.App("records", reporting)
		var sessions []string
		for _, name := range []string{"ana", "ben", "cleo"} {
			h.Person(name)
			b := h.Browser()
			b.In(name)
			sessions = append(sessions, h.sessionOf(a.Redeem(a.Code(b)).Is(200, "")).ID)
			h.Passes(time.Second)
		}
		s.fails = func(session string) bool { return all || session != sessions[1] }
		h.Passes(20 * time.Minute)
		said := h.House.Housekeep(t.Context(), h.now())
		for i, id := range sessions {
			kept, err := h.Store.Session(t.Context(), id)
			must(t, err)
			fails := all || i != 1
			if s.tried[id] != 1 || kept.EndedAt.IsZero() != fails || fails != (said != nil && strings.Contains(said.Error(), "no end of "+id)) {
				t.Errorf("session %d was tried %d times, ended as %q: %v", i, s.tried[id], kept.EndedWhy, said)
			}
		}
	}
}

// TestIdle_Discovery: applications find the place in the discovery document.
func TestIdle_Discovery(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if got := h.Send("GET", "/.well-known/openid-configuration", nil, "").Str("session_activity_endpoint"); !strings.HasSuffix(got, "/session/activity") {
		t.Errorf("named as %q", got)
	}
}

// TestE01_AskingDoesNotCount: the script of a page of the account may ask as often as it likes; a press of "Stay signed in" counts.
func TestE01_AskingDoesNotCount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	b := h.Browser()
	b.Get("/account")
	b.SignIn("ana", anasPassword).Shows(t, 200, "If you do nothing here, we will sign you out on", `id="stay"`)
	for range 13 {
		h.Passes(time.Minute)
		b.Get("/account/session").Shows(t, 200, `"end_in"`)
	}
	b.Post("/account/session", nil).Shows(t, 200, `"end_in":900`)
	for range 14 {
		h.Passes(time.Minute)
		b.Get("/account/session").Shows(t, 200, `"end_in"`)
	}
	h.Passes(time.Minute)
	b.Get("/account/session").Shows(t, 401, "{}")
	b.Post("/account/session", nil).Shows(t, 401, "{}") // too late
	b.Get("/account/devices").Shows(t, 200, "You were away for 15 minutes, so we signed you out.")
	h.Browser().Get("/account/session").Shows(t, 401, "{}")
}
