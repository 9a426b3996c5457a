package storagetest

import (
	"errors"
	"time"

	"gatehouse/provider"
)

func newCall(key string) provider.Call {
	return provider.Call{Client: "desk", Key: key, Request: []byte("unlock ada"), BegunAt: began()}
}

func (h house) begins(c provider.Call) {
	h.Helper()
	_, err := h.BeginCall(h.ctx(), c)
	h.ok(err)
}

var callPromises = []promise{
	{"a call is begun once, and answered again as it was", func(h house) {
		c := newCall("k1")
		h.begins(c)
		was, err := h.BeginCall(h.ctx(), c)
		h.refused(err, provider.ErrTaken)
		h.same(was, c) // and has no answer yet
		done := c
		done.Status, done.Answer = 201, []byte(`{"code":"x"}`)
		h.ok(h.EndCall(h.ctx(), done))
		h.refused(h.EndCall(h.ctx(), done), provider.ErrUsed)
		later := c
		later.BegunAt = began().Add(provider.CallKept - time.Microsecond)
		was, err = h.BeginCall(h.ctx(), later)
		h.refused(err, provider.ErrTaken)
		h.same(was, done)
	}},
	{"a key is for one request of one application", func(h house) {
		c := newCall("k1")
		h.begins(c)
		other := c
		other.Request = []byte("unlock bob")
		_, err := h.BeginCall(h.ctx(), other)
		h.refused(err, provider.ErrStale)
		other = c
		other.Client = "ward"
		h.begins(other)
		other = c
		other.Client, other.Key = "desk k1", ""
		h.begins(other)
	}},
	{"a key is free again after a day, and an answer to who had it is not kept", func(h house) {
		c := newCall("k1")
		h.begins(c)
		next := c
		next.BegunAt, next.Request = began().Add(provider.CallKept), []byte("pause ada")
		h.begins(next)
		c.Status, c.Answer = 200, []byte("late")
		h.refused(h.EndCall(h.ctx(), c), provider.ErrUsed)
	}},
	{"of eight calls at once with one key one is the first", func(h house) {
		c, firsts := newCall("k1"), 0
		for _, err := range race(func(int) error {
			_, err := h.BeginCall(h.ctx(), c)
			return err
		}) {
			if err == nil {
				firsts++
			} else if !errors.Is(err, provider.ErrTaken) {
				h.Error(err)
			}
		}
		h.same(firsts, 1)
	}},
	{"a system has many cases open, which end with it", func(h house) {
		sys := newStaff("desk", provider.Agent)
		sys.ID, sys.EnrollHash, sys.EnrollUntil = provider.SystemOf("desk"), nil, time.Time{}
		h.ok(h.AddStaff(h.ctx(), sys, event("staff.added")))
		h.refused(h.AddStaff(h.ctx(), sys, event("staff.added")), provider.ErrTaken)
		one, two := newCase(sys), newCase(sys)
		one.ID, two.ID = "one", "two"
		h.ok(h.opensCase(one))
		h.ok(h.opensCase(two))
		h.same(h.readCase("one").EndedAt.IsZero() && h.readCase("two").EndedAt.IsZero(), true)
		sys = h.readStaff(sys.ID)
		sys.DisabledAt = began()
		h.ok(h.UpdateStaff(h.ctx(), sys, event("staff.disabled")))
		h.same(h.readCase("one").EndedAt.IsZero() || h.readCase("two").EndedAt.IsZero(), false)
		three := newCase(sys)
		three.ID = "three"
		h.refused(h.opensCase(three), provider.ErrStale)
	}},
}

var callSweeps = []promise{
	{"calls go after a day", func(h house) {
		h.begins(newCall("k1"))
		h.sweepAll(began().Add(provider.CallKept-time.Microsecond), 0)
		h.same(h.rows("api_calls"), 1)
		h.sweepAll(began().Add(provider.CallKept), 0)
		h.same(h.rows("api_calls"), 0)
	}},
}

func (h house) touchCalls() {
	h.Helper()
	c := newCall("k1")
	h.begins(c)
	c.Status, c.Answer = 200, []byte("{}")
	h.ok(h.EndCall(h.ctx(), c))
	_, err := h.BeginCall(h.ctx(), c)
	h.refused(err, provider.ErrTaken)
}
