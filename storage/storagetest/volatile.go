package storagetest

import (
	"time"

	"gatehouse/provider"
)

var volatilePromises = []promise{
	{"a ceremony is read as it began, with revision 1 and an id", func(h house) {
		c := newCeremony()
		id, err := h.BeginCeremony(h.ctx(), c)
		h.ok(err)
		got, err := h.Ceremony(h.ctx(), id)
		h.ok(err)
		c.ID, c.Rev = id, 1
		h.same(got, c)
	}},
	{"two ceremonies have two ids, that begin alike", func(h house) {
		one, err := h.BeginCeremony(h.ctx(), newCeremony())
		h.ok(err)
		two, err := h.BeginCeremony(h.ctx(), newCeremony())
		h.ok(err)
		if one == two || one[0] != two[0] || len(one) < 22 {
			h.Fatal(one, two)
		}
	}},
	{"an unknown ceremony is ErrNotFound", func(h house) {
		id, err := h.BeginCeremony(h.ctx(), newCeremony())
		h.ok(err)
		c := newCeremony()
		c.ID, c.Rev = id[:1]+provider.NewID(), 1
		_, err = h.Ceremony(h.ctx(), c.ID)
		h.refused(err, provider.ErrNotFound)
		h.refused(h.SwapCeremony(h.ctx(), c), provider.ErrNotFound)
	}},
	{"a ceremony is swapped, and its revision moves by 1", func(h house) {
		c := h.ceremony()
		c.Account, c.ChosenAt = "ada", began().Add(time.Minute)
		c.Proofs = []provider.Proof{{Account: "ada", Authenticator: "p", Kind: provider.Password, At: began()}}
		h.ok(h.SwapCeremony(h.ctx(), c))
		got, err := h.Ceremony(h.ctx(), c.ID)
		h.ok(err)
		c.Rev++
		h.same(got, c)
	}},
	{"a ceremony changed meanwhile is ErrStale", func(h house) {
		c := h.ceremony()
		h.ok(h.SwapCeremony(h.ctx(), c))
		h.refused(h.SwapCeremony(h.ctx(), c), provider.ErrStale)
	}},
}

func (h house) ceremony() provider.Ceremony {
	h.Helper()
	id, err := h.BeginCeremony(h.ctx(), newCeremony())
	h.ok(err)
	c, err := h.Ceremony(h.ctx(), id)
	h.ok(err)
	return c
}
