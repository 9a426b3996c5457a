package storagetest

import (
	"context"
	"errors"
	"strings"
	"time"

	"gatehouse/provider"
)

var markPromises = []promise{
	{"a key is consumed once: ErrUsed", func(h house) {
		h.ok(h.Consume(h.ctx(), "jti", "k", began()))
		h.refused(h.Consume(h.ctx(), "jti", "k", began().Add(time.Hour)), provider.ErrUsed)
	}},
	{"purposes and keys are apart", func(h house) {
		h.ok(h.Consume(h.ctx(), "a", "bc", began()))
		h.ok(h.Consume(h.ctx(), "ab", "c", began()))
		h.ok(h.Consume(h.ctx(), "a", "c", began()))
		h.ok(h.Consume(h.ctx(), "a", "BC", began()))
		h.ok(h.Consume(h.ctx(), "a", "bc ", began()))
	}},
	{"a key may be long, empty, or no text", func(h house) {
		for _, key := range []string{"", strings.Repeat("x", 100_000), "\x00", "\x00\xff"} {
			h.ok(h.Consume(h.ctx(), "jti", key, began()))
			h.refused(h.Consume(h.ctx(), "jti", key, began()), provider.ErrUsed)
		}
	}},
	{"what was consumed is used, and nothing else", func(h house) {
		h.ok(h.Consume(h.ctx(), "jti", "k", began()))
		for key, want := range map[string]bool{"k": true, "l": false} {
			got, err := h.Used(h.ctx(), "jti", key)
			h.ok(err)
			h.same(got, want)
		}
		got, err := h.Used(h.ctx(), "another purpose", "k")
		h.ok(err)
		h.same(got, false)
	}},
	{"a mark whose time is over still counts until it is swept", func(h house) {
		h.ok(h.Consume(h.ctx(), "jti", "k", began().Add(-24*time.Hour)))
		h.refused(h.Consume(h.ctx(), "jti", "k", began().Add(time.Hour)), provider.ErrUsed)
	}},
}

var recordPromises = []promise{
	{"an event is read as it was recorded, numbered by the store", func(h house) {
		e := provider.Event{At: began(), Kind: "session.began", Account: "a", Client: "c", Session: "s", Grant: "g", Actor: "account:a",
			Detail: map[string]string{"level": "aal2", "é": "\"<&>"}}
		h.ok(h.Record(h.ctx(), e))
		got, err := h.Events(h.ctx(), "", 10)
		h.ok(err)
		if len(got) != 1 || got[0].Seq <= 0 {
			h.Fatalf("%+v", got)
		}
		e.Seq = got[0].Seq
		h.same(got[0], e)
	}},
	{"events come newest first, of one account or all, at most as many as asked", func(h house) {
		for _, account := range []provider.AccountID{"a", "b", "", "a", "b", "a"} {
			e := event("x")
			e.Account, e.Detail = account, nil
			h.ok(h.Record(h.ctx(), e))
		}
		for _, c := range []struct {
			account provider.AccountID
			limit   int
			want    int
		}{{"", 10, 6}, {"", 2, 2}, {"a", 10, 3}, {"a", 1, 1}, {"none", 10, 0}, {"", 0, 0}} {
			got, err := h.Events(h.ctx(), c.account, c.limit)
			h.ok(err)
			h.same(len(got), c.want)
			for i, e := range got {
				if c.account != "" && e.Account != c.account || i > 0 && e.Seq >= got[i-1].Seq {
					h.Fatalf("%+v", got)
				}
			}
		}
	}},
	{"an event without a kind or a time, or too big, is refused", func(h house) {
		unnamed, undated, long := event(""), event("x"), event("x")
		undated.At, long.Client = time.Time{}, strings.Repeat("x", 10_000)
		for _, e := range []provider.Event{unnamed, undated, long, unrecordable()} {
			if h.Record(h.ctx(), e) == nil {
				h.Fatal("an event was kept that should not be")
			}
		}
		got, err := h.Events(h.ctx(), "", 10)
		h.ok(err)
		h.same(len(got), 0)
	}},
	{"there is no keyring at first", func(h house) {
		doc, rev, err := h.Keyring(h.ctx())
		h.ok(err)
		if doc != nil || rev != 0 {
			h.Fatal(doc, rev)
		}
		h.refused(h.SwapKeyring(h.ctx(), []byte("x"), 1, event("keys.changed")), provider.ErrStale)
	}},
	{"the keyring is swapped from the revision that was read: ErrStale", func(h house) {
		h.ok(h.SwapKeyring(h.ctx(), []byte("one"), 0, event("keys.changed")))
		h.refused(h.SwapKeyring(h.ctx(), []byte("other"), 0, event("keys.changed")), provider.ErrStale)
		doc, rev, err := h.Keyring(h.ctx())
		h.ok(err)
		h.same(string(doc), "one")
		h.ok(h.SwapKeyring(h.ctx(), []byte("two"), rev, event("keys.changed")))
		h.refused(h.SwapKeyring(h.ctx(), []byte("other"), rev, event("keys.changed")), provider.ErrStale)
		doc, _, err = h.Keyring(h.ctx())
		h.ok(err)
		h.same(string(doc), "two")
		h.same(h.events("keys.changed"), 2)
	}},
}

var storePromises = []promise{
	{"an open store is ready, and has a clock", func(h house) {
		h.ok(h.Ready(h.ctx()))
		first, err := h.Clock(h.ctx())
		h.ok(err)
		second, err := h.Clock(h.ctx())
		h.ok(err)
		if first.Year() < 2025 || second.Before(first) || second.Sub(first) > time.Minute {
			h.Fatal(first, second)
		}
	}},
	{"a closed store is not ready, and every method fails closed", func(h house) {
		g := h.grant()
		h.ok(h.Close())
		if h.Ready(h.ctx()) == nil {
			h.Fatal("ready after Close")
		}
		_, err := h.Standing(h.ctx(), g.ID, "")
		h.inTrouble(err)
		h.inTrouble(h.Consume(h.ctx(), "jti", "k", began()))
		h.inTrouble(h.AdvanceGrant(h.ctx(), g.ID, 0, began()))
		h.inTrouble(h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed")))
	}},
	{"a caller that has gone gets nothing done", func(h house) {
		ctx, cancel := context.WithCancel(h.ctx())
		cancel()
		_, err := h.Client(ctx, "records")
		h.refused(err, context.Canceled)
		h.refused(h.Consume(ctx, "jti", "k", began()), context.Canceled)
		used, err := h.Used(h.ctx(), "jti", "k")
		h.ok(err)
		h.same(used, false)
	}},
}

// inTrouble wants an error that is none of those that decide something.
func (h house) inTrouble(err error) {
	h.Helper()
	for _, named := range []error{nil, provider.ErrNotFound, provider.ErrStale, provider.ErrUsed, provider.ErrTaken} {
		if errors.Is(err, named) {
			h.Fatalf("got %v, want the error of a store in trouble", err)
		}
	}
}
