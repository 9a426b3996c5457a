package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// sealedOf is what the newest event of a kind holds sealed, about an account.
func (h *house) sealedOf(account provider.AccountID, kind string) map[string]string {
	h.t.Helper()
	rows, err := h.Store.Trail(context.Background(), provider.TrailQuery{Account: account, Limit: 1000})
	must(h.t, err)
	var found map[string]string
	for _, r := range rows {
		if r.Kind != kind {
			continue
		}
		if strings.Contains(r.Detail, "•") || strings.Contains(r.Detail, "@") {
			h.t.Errorf("%s holds it in clear: %s", kind, r.Detail)
		}
		found, err = h.Store.OpenPrivate(r)
		must(h.t, err)
	}
	return found
}

// TestTheCutOfTheTrailIsOnRecord: old events go once a day, after it was written down, and what is left is judged whole.
func TestTheCutOfTheTrailIsOnRecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(t, h.Store.Record(context.Background(), audit.ClientChanged(h.now(), "app")))
	must(t, h.House.Housekeep(context.Background(), h.now()))
	swept := func() (n, old int) {
		all, err := h.Store.Trail(context.Background(), provider.TrailQuery{Limit: 1000})
		must(t, err)
		for _, r := range all {
			if r.Kind == "trail.swept" {
				n++
			}
			if r.Kind == "client.changed" {
				old++
			}
		}
		return n, old
	}
	if n, there := swept(); n != 0 || there != 1 {
		t.Fatal("nothing was old")
	}
	later := h.now().AddDate(7, 0, 0)
	must(t, h.House.Housekeep(context.Background(), later))
	must(t, h.House.Housekeep(context.Background(), later.Add(time.Minute)))
	if n, left := swept(); n != 1 || left != 0 {
		t.Fatalf("%d records of it, %d old rows are left", n, left)
	}
	heads, err := h.Store.ChainHeads(context.Background())
	must(t, err)
	v := audit.NewVerifier(nil, heads, later.AddDate(-6, 0, 0))
	all, err := h.Store.Trail(context.Background(), provider.TrailQuery{Limit: 1000})
	must(t, err)
	for _, r := range all {
		v.Add(r)
	}
	if verdict := v.Finish(); verdict.Fault != nil {
		t.Errorf("%+v", *verdict.Fault)
	}
}
