package storagetest

import (
	"slices"
	"time"

	"gatehouse/provider"
)

func (h house) after(id provider.AccountID, limit int) []provider.AccountID {
	h.Helper()
	all, err := h.AccountsAfter(h.ctx(), id, limit)
	h.ok(err)
	return all
}

var tellOncePromises = []promise{
	{"accounts are listed by id, a page at a time, each once and of any status", func(h house) {
		h.same(len(h.after("", 10)), 0)
		var want []provider.AccountID
		for _, name := range []string{"ada", "bob", "eve", "fay", "gil"} {
			want = append(want, h.account(name).ID)
		}
		a, err := h.Account(h.ctx(), want[2])
		h.ok(err)
		a.Status = provider.Locked
		h.ok(h.UpdateAccount(h.ctx(), a, event("account.disabled")))
		slices.Sort(want)
		var got []provider.AccountID
		for page := h.after("", 2); len(page) > 0; page = h.after(page[len(page)-1], 2) {
			got = append(got, page...)
		}
		h.same(got, want)
		h.same(h.after("", 10), want)
		h.same(len(h.after("", 0)), 0)
	}},
	{"what is told once is told once, whatever was swept since", func(h house) {
		until := began().Add(400 * day)
		once := func(key string) error { return h.TellOnce(h.ctx(), "notice", key, until, told(newMessage(""))) }
		h.ok(once("a"))
		h.refused(once("a"), provider.ErrUsed)
		h.ok(once("b"))
		h.ok(h.TellOnce(h.ctx(), "another", "a", until, told(newMessage(""))))
		h.same(len(h.claim(began(), 10)), 3)
		_, err := h.Sweep(h.ctx(), began().Add(399*day), 1000, time.Hour)
		h.ok(err)
		h.refused(once("a"), provider.ErrUsed)
		h.same(len(h.claim(began().Add(399*day), 10)), 0)
		used, err := h.Used(h.ctx(), "notice", "b")
		h.ok(err)
		h.same(used, true)
	}},
	{"of many who tell at once one does", func(h house) {
		h.oneWinner(provider.ErrUsed, func(int) error {
			return h.TellOnce(h.ctx(), "notice", "a", began().Add(day), told(newMessage("")))
		})
		h.same([]int{h.events("told"), len(h.claim(began(), 100))}, []int{1, 1})
	}},
}
