package storagetest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
)

// judged reads the whole trail and judges every link of it by the rules: hashes, and numbers without a gap from the cuts to the heads.
func (h house) judged() []provider.TrailRow {
	h.Helper()
	heads, err := h.ChainHeads(h.ctx())
	h.ok(err)
	var rows []provider.TrailRow
	for after := int64(0); ; after = rows[len(rows)-1].Seq {
		some, err := h.Trail(h.ctx(), provider.TrailQuery{After: after, Limit: 100})
		h.ok(err)
		rows = append(rows, some...)
		if len(some) < 100 {
			break
		}
	}
	inOrder := slices.Clone(rows)
	slices.SortFunc(inOrder, func(a, b provider.TrailRow) int { return int(a.N - b.N) })
	subjects := map[provider.AccountID]int64{}
	for _, head := range heads {
		n, hash := head.CutN, head.CutHash
		if n == 0 {
			hash = provider.FirstLink()
		}
		for _, r := range inOrder {
			if r.Chain != head.Chain {
				continue
			}
			n, hash = n+1, provider.HashLink(hash, r)
			if r.N != n || !bytes.Equal(r.Hash, hash) {
				h.Fatalf("%s is link %d of chain %d, want %d with another hash", r.Kind, r.N, r.Chain, n)
			}
			if _, known := subjects[r.Account]; !known && head.CutN > 0 {
				subjects[r.Account] = r.SubjectN - 1 // those before it were swept
			}
			if r.Account != "" {
				subjects[r.Account]++
			}
			if r.Account == "" && r.SubjectN != 0 || r.Account != "" && r.SubjectN != subjects[r.Account] {
				h.Fatalf("%s is number %d of %s, want %d", r.Kind, r.SubjectN, r.Account, subjects[r.Account])
			}
		}
		if n != head.N || n > 0 && !bytes.Equal(hash, head.Hash) {
			h.Fatalf("chain %d ends at %d, its head says %d", head.Chain, n, head.N)
		}
	}
	return rows
}

// linked is how many rows of the trail there are.
func (h house) linked() int {
	h.Helper()
	return len(h.judged())
}

var trailPromises = []promise{
	{"every event is linked to the one before, whatever is in it", func(h house) {
		a := h.account("ada")
		h.begin(newSession(a.ID))
		for _, text := range []string{"", "plain", "señora 王 \U0001F600", `"\\{}`, "\n\t' --", strings.Repeat("x", 200)} {
			e := event("odd")
			e.Account, e.Client, e.Session, e.Grant, e.Actor = a.ID, text, text, text, text
			e.Detail = map[string]string{"text": text, text: "key"}
			h.ok(h.Record(h.ctx(), e))
		}
		h.ok(h.Record(h.ctx(), provider.Event{At: began(), Kind: "bare"}))
		nul := event("nul")
		nul.Client = "a\x00b"
		if h.Record(h.ctx(), nul) == nil {
			h.Fatal("a text that not every database can hold was taken")
		}
		rows := h.judged()
		all, err := h.Events(h.ctx(), "", 100)
		h.ok(err)
		h.same(len(rows), len(all))
	}},
	{"an act that is refused leaves no link and no gap", func(h house) {
		a := h.account("ada")
		before := len(h.judged())
		stale := a
		stale.Rev = 99
		h.refused(h.UpdateAccount(h.ctx(), stale, event("no.act")), provider.ErrStale)
		if h.Record(h.ctx(), unrecordable()) == nil {
			h.Fatal("it was kept")
		}
		h.same(len(h.judged()), before)
		h.ok(h.Record(h.ctx(), event("after")))
		h.same(len(h.judged()), before+1)
	}},
	{"fifty acts at once, of one account and of many, are linked one after the other", func(h house) {
		a := h.account("ada")
		for _, err := range race(func(i int) error {
			e := event("at.once")
			if i%2 == 0 {
				e.Account = a.ID
			} else {
				e.Account = provider.AccountID(fmt.Sprint("another ", i))
			}
			return h.Record(h.ctx(), e)
		}) {
			h.ok(err)
		}
		h.judged()
	}},
	{"fifty people take over a browser from one another, two accounts in each act: all are linked", func(h house) {
		var pair [2]provider.Account
		var sessions [runners]provider.Session
		for i := range pair {
			pair[i] = h.account(fmt.Sprint("p", i))
		}
		for i := range sessions {
			sessions[i] = h.begin(newSession(pair[i%2].ID))
		}
		for _, err := range race(func(i int) error {
			c := completion(newSession(pair[(i+1)%2].ID))
			c.Ends, c.Ended = sessions[i].ID, event("session.replaced")
			c.Ended.Account = pair[i%2].ID
			e := event("session.began")
			e.Account = c.Session.Account
			return h.CompleteCeremony(h.ctx(), c, e)
		}) {
			h.ok(err)
		}
		h.judged()
	}},
	{"the rows of an account, of an actor, since a time", func(h house) {
		a := h.account("ada")
		for i, actor := range []string{"staff:s", "house", "staff:s"} {
			e := event(fmt.Sprint("x", i))
			e.Actor, e.At = actor, began().Add(time.Duration(i)*time.Hour)
			if i > 0 {
				e.Account = a.ID
			}
			h.ok(h.Record(h.ctx(), e))
		}
		kinds := func(q provider.TrailQuery) (all []string) {
			q.Limit = 10
			rows, err := h.Trail(h.ctx(), q)
			h.ok(err)
			for _, r := range rows {
				if strings.HasPrefix(r.Kind, "x") {
					all = append(all, r.Kind)
				}
			}
			return all
		}
		h.same(kinds(provider.TrailQuery{Actor: "staff:s"}), []string{"x0", "x2"})
		h.same(kinds(provider.TrailQuery{Account: a.ID}), []string{"x1", "x2"})
		h.same(kinds(provider.TrailQuery{Account: a.ID, Actor: "staff:s"}), []string{"x2"})
		h.same(kinds(provider.TrailQuery{Since: began().Add(time.Hour)}), []string{"x1", "x2"})
		h.same(kinds(provider.TrailQuery{Actor: "staff:s", Since: began().Add(time.Minute)}), []string{"x2"})
		h.same(kinds(provider.TrailQuery{Actor: "house", Since: began().Add(time.Minute)}), []string{"x1"})
		h.same(len(kinds(provider.TrailQuery{Account: "nobody"})), 0)
	}},
	{"the rows since a time are all of them, wherever they begin", func(h house) {
		const hours = 60
		for i := range hours {
			e := event(fmt.Sprint("hour ", i))
			e.At = began().Add(time.Duration(i) * time.Hour)
			if i == 17 || i == 41 {
				e.At = began().Add(1000 * time.Hour) // a clock that was ahead
			}
			if i == 30 {
				e.At = began() // and one that was behind
			}
			h.ok(h.Record(h.ctx(), e))
		}
		rows, err := h.Trail(h.ctx(), provider.TrailQuery{Limit: 1000})
		h.ok(err)
		for i := range hours + 2 {
			since := began().Add(time.Duration(i)*time.Hour - time.Minute)
			var want, got []int64
			for _, r := range rows {
				if r.At >= since.UnixMicro() {
					want = append(want, r.Seq)
				}
			}
			for after := int64(0); ; after = got[len(got)-1] {
				page, err := h.Trail(h.ctx(), provider.TrailQuery{Since: since, After: after, Limit: 7})
				h.ok(err)
				for _, r := range page {
					got = append(got, r.Seq)
				}
				if len(page) < 7 {
					break
				}
			}
			h.same(got, want)
		}
	}},
	{"personal data are sealed, read back, and erased without breaking the chain", func(h house) {
		private := map[string]string{"from": "192.0.2.7", "before": "m•••@example.org"}
		for _, account := range []provider.AccountID{"ada", "bob"} {
			e := event("private." + string(account))
			e.Account, e.Private = account, private
			h.ok(h.Record(h.ctx(), e))
		}
		read := func(account provider.AccountID) map[string]string {
			rows, err := h.Trail(h.ctx(), provider.TrailQuery{Account: account, Limit: 1})
			h.ok(err)
			if bytes.Contains(rows[0].Private, []byte("192.0.2.7")) || rows[0].PrivateHash == nil {
				h.Fatal("it is not sealed, or not hashed")
			}
			data, err := h.OpenPrivate(rows[0])
			h.ok(err)
			return data
		}
		h.same(read("ada"), private)
		h.judged()
		h.ok(h.ErasePrivate(h.ctx(), "ada", event("trail.erased")))
		h.same(len(read("ada")), 0)
		h.same(read("bob"), private)
		h.judged()
		c := h.account("cyd")
		e := event("private.cyd")
		e.Account, e.Private = c.ID, private
		h.ok(h.Record(h.ctx(), e))
		closing := provider.Closing{ID: "cls", Account: c.ID, AskedAt: began(), DueAt: began(), NoticeAt: began()}
		h.ok(h.AskClosing(h.ctx(), closing, event("closing.asked")))
		h.ok(h.CloseAccount(h.ctx(), closing, "closed", began(), event("account.closed")))
		gone, err := h.Trail(h.ctx(), provider.TrailQuery{Account: c.ID, Limit: 10})
		h.ok(err)
		for _, r := range gone {
			if r.Private != nil || r.Kind == "private.cyd" && r.PrivateHash == nil {
				h.Fatal("personal data outlived the account, or what their hash was did not")
			}
		}
		h.same(read("bob"), private)
		h.judged()
		big := event("big")
		big.Private = map[string]string{"x": strings.Repeat("x", 1<<16)}
		if h.Record(h.ctx(), big) == nil {
			h.Fatal("no bound")
		}
	}},
	{"what is swept is the beginning of each chain, and the rest goes on from there", func(h house) {
		for i := range 60 {
			e := event("x")
			e.Account = provider.AccountID(fmt.Sprint(i % 7))
			e.At = began().Add(time.Duration(i) * day)
			if i == 10 {
				e.At = began().Add(200 * day) // a clock that was wrong: what is after it in its chain stays for now
			}
			h.ok(h.Record(h.ctx(), e))
		}
		h.sweepAll(began().Add(90*day), 50*day)
		left := h.linked()
		if left == 0 || left >= 60 {
			h.Fatalf("%d are left", left)
		}
		h.ok(h.Record(h.ctx(), event("after")))
		h.linked()
		h.sweepAll(began().Add(1000*day), day)
		h.same(h.linked(), 0)
		h.ok(h.Record(h.ctx(), event("again")))
		h.same(h.linked(), 1)
	}},
	{"a checkpoint is kept once", func(h house) {
		doc, err := h.LastCheckpoint(h.ctx())
		h.ok(err)
		h.same(len(doc), 0)
		h.ok(h.SaveCheckpoint(h.ctx(), 1, began(), []byte("one")))
		h.refused(h.SaveCheckpoint(h.ctx(), 1, began(), []byte("other")), provider.ErrTaken)
		h.ok(h.SaveCheckpoint(h.ctx(), 2, began(), []byte("two")))
		doc, err = h.LastCheckpoint(h.ctx())
		h.ok(err)
		h.same(string(doc), "two")
		docs, err := h.Checkpoints(h.ctx(), 0, 10)
		h.ok(err)
		h.same(docs, [][]byte{[]byte("one"), []byte("two")})
		docs, err = h.Checkpoints(h.ctx(), 1, 10)
		h.ok(err)
		h.same(docs, [][]byte{[]byte("two")})
	}},
	{"checkpoints go with the events that they spoke of, and the newest stays", func(h house) {
		for n := range int64(5) {
			h.ok(h.SaveCheckpoint(h.ctx(), n+1, began().Add(time.Duration(n)*day), []byte{byte(n + 1)}))
		}
		h.sweepAll(began().Add(12*day), 10*day)
		docs, err := h.Checkpoints(h.ctx(), 0, 10)
		h.ok(err)
		h.same(docs, [][]byte{{4}, {5}})
		h.sweepAll(began().Add(1000*day), 0)
		h.sweepAll(began().Add(1000*day), day)
		docs, err = h.Checkpoints(h.ctx(), 0, 10)
		h.ok(err)
		h.same(docs, [][]byte{{5}})
	}},
}
