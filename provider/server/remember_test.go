package server_test

import (
	"context"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/limit"
)

// TestC14_Remember: a ticked browser is not asked for the second step for thirty days, where two steps are enough.
func TestC14_Remember(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	a, downloads := h.App("records", twoStep), h.App("downloads", strong)
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword).Shows(t, 200, `name="remember"`)
	b.Fill("/text", "code", h.CodeFor(provider.ByText, anasPhone), "remember", "on")
	b.Out()

	b.Get(a.Ask())
	a.proves(b.SignIn("ana", anasPassword), "two-step", "pwd")
	if len(h.Told("M-01")) != 0 {
		t.Error("a code was sent all the same")
	}
	b.Get(downloads.Ask()).Shows(t, 200, "•••43") // never for aal2
	b.Out()
	b.Get(downloads.Ask())
	if p := b.SignIn("ana", anasPassword); p.To != nil {
		t.Error("a remembered browser was enough for aal2")
	}
	if p := b.last; p.Status == 200 {
		if hasBox(p) {
			t.Error("the box is offered where it would not count")
		}
	}
	for what, ask := range map[string][]string{"prompt=login": {"prompt", "login"}, "max_age": {"max_age", "60"}} {
		fresh := b.Twin()
		fresh.Get(a.Ask(ask...))
		if p := fresh.SignIn("ana", anasPassword); p.To != nil {
			t.Errorf("%s: a remembered browser was enough", what)
		}
	}
	h.Passes(31 * 24 * time.Hour)
	late := b.Twin()
	late.Get(a.Ask())
	if p := late.SignIn("ana", anasPassword); p.To != nil {
		t.Error("remembered for longer than was said")
	}
}

func hasBox(p *page) bool { return containsAll(p.Body, `name="remember"`) }

// TestC14_NotTicked: a browser is remembered by who ticks the box, and by nobody else.
func TestC14_NotTicked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	h.Phoned("bruno")
	a := h.App("records", twoStep)
	b := h.Browser()
	signIn := func(who string, more ...string) *page {
		b.Get(a.Ask())
		b.SignIn(who, anasPassword)
		if b.last.To == nil {
			b.Fill("/text", append([]string{"code", h.CodeFor(provider.ByText, anasPhone)}, more...)...)
			b.Out()
			return nil
		}
		p := b.last
		b.Out()
		return p
	}
	signIn("ana")
	if signIn("ana", "remember", "on") != nil {
		t.Error("remembered without a tick")
	}
	if signIn("bruno") != nil {
		t.Error("ana's tick counts for bruno")
	}
	if signIn("ana") == nil {
		t.Error("ana's tick does not count for ana")
	}
	other := h.Browser()
	other.Get(a.Ask())
	if p := other.SignIn("ana", anasPassword); p.To != nil {
		t.Error("another browser is remembered")
	}
}

// TestC14_EndedByNewPassword: a new password ends all remembering, also where it was merely old.
func TestC14_EndedByNewPassword(t *testing.T) {
	t.Parallel()
	for _, owed := range []string{"leaked", "expired"} {
		t.Run(owed, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			ana := h.Phoned("ana")
			a := h.App("records", twoStep)
			b, laptop := h.Browser(), h.Browser()
			for _, x := range []*browser{b, laptop} {
				x.Get(a.Ask())
				x.SignIn("ana", anasPassword)
				x.Fill("/text", "code", h.CodeFor(provider.ByText, anasPhone), "remember", "on")
				x.Out()
			}
			h.Owe(ana.ID, owed)
			b.Get(a.Ask())
			b.SignIn("ana", anasPassword)
			b.NewPassword(anasNewPassword)
			if b.last.To != nil {
				t.Fatal("the remembering of the old password went on with the new one")
			}
			if told := h.Told("M-08"); len(told) == 0 {
				t.Error("nobody was told")
			}
			laptop.Get(a.Ask())
			if p := laptop.SignIn("ana", anasNewPassword); p.To != nil || p.Status != 200 {
				t.Errorf("the laptop is still remembered: %d %s", p.Status, title(p))
			}
		})
	}
}

// TestM14_NewDevice: the first browser of all is no news; each further one is told, once.
func TestM14_NewDevice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	first, second := h.Browser().In("ana"), h.Browser()
	if told := h.Told("M-14"); len(told) != 0 {
		t.Errorf("the first browser: %+v", told)
	}
	second.In("ana")
	told := h.Told("M-14")
	if len(told) != 1 || told[0].To != "ana@example.org" || told[0].Channel != provider.ByEmail {
		t.Errorf("the second browser: %+v", told)
	}
	for _, b := range []*browser{first, second} {
		b.Out()
		b.In("ana")
	}
	if told := h.Told("M-14"); len(told) != 0 {
		t.Errorf("known browsers: %+v", told)
	}
	h.Person("bruno")
	second.Out()
	second.In("bruno")
	if told := h.Told("M-14"); len(told) != 0 {
		t.Errorf("bruno's first, in ana's browser: %+v", told)
	}
}

// TestC14_Burnt: a remembered browser in which somebody has guessed too often stands in for nothing any more.
func TestC14_Burnt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Phoned("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	b.Fill("/text", "code", h.CodeFor(provider.ByText, anasPhone), "remember", "on")
	b.Out()
	d, err := h.Store.Devices(context.Background(), ana.ID)
	must(t, err)
	rule := limit.Default().Device
	for range rule.InARow {
		h.Passes(rule.Window)
		_, err := h.Store.TryLane(context.Background(), provider.DeviceLane(d[0]), rule, h.now())
		must(t, err)
	}
	h.Passes(rule.Window)
	b.Get(a.Ask())
	if p := b.SignIn("ana", anasPassword); p.To != nil {
		t.Error("it signed in with the password alone")
	}
	b.last.Shows(t, 200, "•••43")
}
