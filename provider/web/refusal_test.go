package web

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/templates"
)

// shelf keeps references in memory, or fails.
type shelf struct {
	mutex sync.Mutex
	kept  []provider.Reference
	fault error
}

func (s *shelf) KeepReference(_ context.Context, r provider.Reference) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.kept = append(s.kept, r)
	return s.fault
}

// TestWhatIsRefusedIsKept: what a room names, and what errors say by themselves, under the code that the page shows; nothing of pages that
// refuse nothing, of busy houses, and of answers that are no pages. A fault of the shelf changes no answer.
func TestWhatIsRefusedIsKept(t *testing.T) {
	until := time.Date(2031, 1, 1, 12, 30, 0, 0, time.UTC)
	named := provider.Refusal{Rule: provider.RulePaused, Account: "ada", Count: 3, Of: 5, LiftsAt: until}
	problem := func(kind provider.ProblemKind) Handler {
		return func(*Request) (Response, error) { return Response{}, &provider.Problem{Kind: kind, Until: until} }
	}
	for name, each := range map[string]struct {
		handle Handler
		want   provider.RefusalRule
	}{
		"named":        {func(r *Request) (Response, error) { r.Refuse(named); return ShowStatus(422, templates.Help{}), nil }, provider.RulePaused},
		"nothing":      {plainPage, ""},
		"no page":      {func(r *Request) (Response, error) { r.Refuse(named); return SeeOther("/"), nil }, ""},
		"limited":      {problem(provider.Limited), provider.RuleTooMany},
		"expired":      {problem(provider.Expired), provider.RuleExpired},
		"nothing left": {problem(provider.Recover), provider.RuleNothingLeft},
		"not allowed":  {problem(provider.NotAllowed), provider.RuleNotAllowed},
		"unmet":        {problem(provider.Unmet), provider.RuleUnmet},
		"broken":       {func(*Request) (Response, error) { return Response{}, errors.New("x") }, provider.RuleOurFault},
		"busy":         {problem(provider.Busy), ""},
		"not found":    {problem(provider.NotFound), ""},
	} {
		for _, fault := range []error{nil, errors.New("the disk is full")} {
			s := &shelf{fault: fault}
			f := open(t, func(c *Config) { c.References = s }, Route{Pattern: "GET /page", Handle: each.handle})
			response := f.ask("GET", "/page", "").Body.String()
			if each.want == "" {
				if len(s.kept) != 0 {
					t.Errorf("%s: kept %v", name, s.kept)
				}
				continue
			}
			if len(s.kept) != 1 || s.kept[0].Rule != each.want || !strings.Contains(response, s.kept[0].Code) {
				t.Errorf("%s: kept %v", name, s.kept)
			}
		}
	}
}

// TestRefusalsAreKeptWithinBounds: of one network, and of all; each comes back with time, and no more networks are remembered than so many.
func TestRefusalsAreKeptWithinBounds(t *testing.T) {
	at := time.Date(2031, 1, 1, 12, 0, 0, 0, time.UTC)
	one, all := provider.ReferenceRates()
	var l ledger
	admitted := func(from netip.Addr, at time.Time) (n int) {
		for l.admits(from, at) {
			n++
		}
		return n
	}
	if n := admitted(netip.MustParseAddr("203.0.113.7"), at); n != one.Burst {
		t.Errorf("one network: %d", n)
	}
	if l.admits(netip.MustParseAddr("203.0.113.8"), at) || !l.admits(netip.MustParseAddr("203.0.113.8"), at.Add(one.Every)) {
		t.Error("a neighbour has a rate of its own, or none ever again")
	}
	total := 0
	for i := range 100 {
		total += admitted(netip.AddrFrom4([4]byte{198, 51, byte(i), 1}), at.Add(one.Every))
	}
	if total > all.Burst {
		t.Errorf("%d of everybody, want at most %d", total, all.Burst)
	}
	later := at.Add(time.Hour)
	for i := range 3 * mostNetworks {
		l.admits(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}), later.Add(time.Duration(i)*all.Every))
	}
	if len(l.networks) > mostNetworks {
		t.Errorf("%d networks are remembered", len(l.networks))
	}
}
