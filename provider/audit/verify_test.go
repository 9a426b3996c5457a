package audit_test

import (
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// TestAHouseThatGoesOnIsNoFault: of several chains, rows come out of order, and while they are read more are written, of which one may
// be missed. What the heads had seen before the reading may not be missing.
func TestAHouseThatGoesOnIsNoFault(t *testing.T) {
	keyset, err := keys.NewKeyset(time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	var rows []provider.TrailRow
	prev := provider.FirstLink()
	for n := int64(1); n <= 6; n++ {
		r := provider.TrailRow{Seq: n, At: n, Kind: "session.began", Account: "ada", Link: provider.Link{Chain: 1, N: n, SubjectN: n}}
		prev = provider.HashLink(prev, r)
		r.Hash = prev
		rows = append(rows, r)
	}
	at := func(n int64) []provider.ChainHead {
		return []provider.ChainHead{{Chain: 0, Hash: provider.FirstLink()}, {Chain: 1, N: n, Hash: rows[n-1].Hash}}
	}
	for name, c := range map[string]struct {
		read  []int
		after int64
		bad   bool
	}{
		"in order":                 {read: []int{0, 1, 2}, after: 3},
		"out of order":             {read: []int{1, 2, 0}, after: 3},
		"grown":                    {read: []int{0, 1, 2, 3, 4}, after: 6},
		"grown, and one missed":    {read: []int{0, 1, 2, 4}, after: 6},
		"one of before missing":    {read: []int{0, 2, 3}, after: 6, bad: true},
		"more than the head knows": {read: []int{0, 1, 2, 3, 4}, after: 4, bad: true},
		"the newest missing":       {read: []int{0, 1}, after: 3, bad: true},
	} {
		v := audit.NewVerifier(keyset.AuditKey().Public(), at(3), time.Unix(0, 0))
		for _, i := range c.read {
			v.Add(rows[i])
		}
		v.Grown(at(c.after))
		if got := v.Finish(); (got.Fault != nil) != c.bad {
			t.Errorf("%s: %+v", name, got.Fault)
		}
	}
}
