package provider_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	. "gatehouse/provider"
)

// friday is an afternoon before a weekend.
func friday() time.Time { return time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC) }

func TestNextWorkDay(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2026-11-19T15:00": "2026-11-20T15:00", // Thursday, Friday
		"2026-11-20T15:00": "2026-11-23T15:00", // Friday, Monday
		"2026-11-20T23:59": "2026-11-23T23:59",
		"2026-11-21T00:00": "2026-11-24T00:00", // the weekend counts from Monday's beginning
		"2026-11-21T12:00": "2026-11-24T00:00",
		"2026-11-22T23:59": "2026-11-24T00:00",
		"2026-11-23T00:00": "2026-11-24T00:00",
		"2026-10-31T12:00": "2026-11-03T00:00", // over the end of summer time
		"2026-12-31T09:00": "2027-01-01T09:00", // holidays are not known
	} {
		for _, zone := range []*time.Location{time.UTC, newYork} {
			from, err := time.ParseInLocation("2006-01-02T15:04", at, zone)
			if err != nil {
				t.Fatal(err)
			}
			if got := NextWorkDay(from).Format("2006-01-02T15:04"); got != want {
				t.Errorf("%s in %s: %s, want %s", at, zone, got, want)
			}
		}
	}
}

// TestAReviewIsDueAfterADayOfWork: from any hour of two weeks, the hours of work until then are a day's.
func TestAReviewIsDueAfterADayOfWork(t *testing.T) {
	for h := range 14 * 24 {
		at := friday().Add(time.Duration(h) * time.Hour)
		due, worked := NextWorkDay(at), 0
		for hour := at; hour.Before(due); hour = hour.Add(time.Hour) {
			if day := hour.Weekday(); day != time.Saturday && day != time.Sunday {
				worked++
			}
		}
		if day := due.Weekday(); day == time.Saturday || day == time.Sunday || worked != 24 {
			t.Errorf("%s: due %s, after %d hours of work", at.Format(time.RFC1123), due.Format(time.RFC1123), worked)
		}
	}
}

// glassOf is one that may be broken.
func glassOf() Glass {
	boss := Staff{ID: "sue", Role: Supervisor, Account: "sues"}
	return Glass{Staff: boss, Case: Case{ID: "c", Staff: "sue", Account: "ada", OpenedAt: friday()}, Reason: "the ward asks after a fire", Hold: false}
}

// TestGlassIsBrokenOnlyWhereNothingForbidsIt: all faults, alone and with one another.
func TestGlassIsBrokenOnlyWhereNothingForbidsIt(t *testing.T) {
	faults := []struct {
		why  error
		make func(*Glass)
	}{ // the first that holds is told
		{RefusedRole, func(g *Glass) { g.Staff.Role = Agent }},
		{RefusedRole, func(g *Glass) { g.Staff.DisabledAt = friday() }},
		{RefusedOver, func(g *Glass) { g.Case.EndedAt = friday() }},
		{RefusedOver, func(g *Glass) { g.Case.Staff = "another" }},
		{RefusedNobody, func(g *Glass) { g.Case.Account = "" }},
		{RefusedOwn, func(g *Glass) { g.Staff.Account = g.Case.Account }},
		{RefusedStaff, func(g *Glass) { g.Whose = Staff{ID: "sam"} }},
		{RefusedBroken, func(g *Glass) { g.Case.Glass = true }},
		{RefusedWords, func(g *Glass) { g.Reason = "because" }},
		{RefusedLaw, func(g *Glass) { g.Hold, g.Held = true, "law" }},
	}
	for set := range 1 << len(faults) {
		g, want := glassOf(), error(nil)
		for i := len(faults) - 1; i >= 0; i-- {
			if set&(1<<i) != 0 {
				faults[i].make(&g)
			}
		}
		for i, f := range faults {
			if set&(1<<i) != 0 && want == nil {
				want = f.why
			}
		}
		if got := g.Permits(friday()); !errors.Is(got, want) {
			t.Fatalf("%010b: %v, want %v", set, got, want)
		}
	}
	held := glassOf()
	held.Hold, held.Held = true, "an order of the county court"
	if err := held.Permits(friday()); err != nil {
		t.Error(err)
	}
	for _, role := range Roles() {
		g := glassOf()
		g.Staff.Role = role
		if err := g.Permits(friday()); (err == nil) != (role == Supervisor) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

// TestBrokenGlassShowsAndUnlocksNothing: in any case, what may be seen is at most L2 by it, and what may be done is what it was.
func TestBrokenGlassShowsAndUnlocksNothing(t *testing.T) {
	for _, c := range []Case{
		{}, {Facts: []Fact{FactName, FactEmail}}, {Facts: []Fact{FactName, FactEmail}, LiveAt: friday()},
		{Channel: AtDesk, Facts: []Fact{FactName, FactBirthdate}, Document: Passport, DocumentEnd: "1234"},
	} {
		c.Account, c.Staff, c.OpenedAt = "ada", "sue", friday()
		broken := c
		broken.Glass = true
		if c.Sees(friday()) != c.Level(friday()) || broken.Level(friday()) != c.Level(friday()) {
			t.Errorf("%v: sees %d at level %d, broken level %d", c.Facts, c.Sees(friday()), c.Level(friday()), broken.Level(friday()))
		}
		if want := max(c.Level(friday()), L2); broken.Sees(friday()) != want {
			t.Errorf("%v: broken sees %d, want %d", c.Facts, broken.Sees(friday()), want)
		}
		for _, rule := range HelpRules() {
			help := Help{Staff: glassOf().Staff, Case: c, Action: rule.Action, Reason: "other"}
			before := fmt.Sprint(help.Permits(friday()))
			help.Case = broken
			if after := fmt.Sprint(help.Permits(friday())); after != before {
				t.Errorf("%s: %s, and by broken glass %s", rule.Action, before, after)
			}
		}
		over, nobody := broken, broken
		over.EndedAt, nobody.Account = friday(), ""
		if over.Sees(friday()) != L0 || nobody.Sees(friday()) != L0 || broken.Sees(friday().Add(CaseLasts)) != L0 {
			t.Error("broken glass shows somebody in a case that is over, or nobody's")
		}
	}
}

func TestWorded(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "because": false, "a b c": false, "1 2 3 4 5 6 7 8 9 10 11 12": false, "............... . .": false, "the ward asks after a fire": true,
		"solicitud del juzgado número": true, "internationalization": false,
	} {
		if Worded(text) != want {
			t.Errorf("%q says something: %t", text, !want)
		}
	}
	long := ""
	for range MostLetters {
		long += "ab "
	}
	if Worded(long) {
		t.Error("a reason without end is one")
	}
}

// TestReviewsAreClosedByOthers: not by who did it, nor by whose account it is, nor twice.
func TestReviewsAreClosedByOthers(t *testing.T) {
	v := Review{ID: "r", Staff: "sue", Account: "ada", OpenedAt: friday(), DueAt: NextWorkDay(friday())}
	kim := Staff{ID: "kim", Role: Supervisor}
	out, own := kim, kim
	out.DisabledAt, own.Account = friday(), "ada"
	closed := v
	closed.ClosedAt = friday()
	for name, c := range map[string]struct {
		v    Review
		by   Staff
		want error
	}{
		"another":      {v, kim, nil},
		"who did it":   {v, Staff{ID: "sue", Role: Supervisor}, RefusedSelf},
		"whose it is":  {v, own, RefusedOwn},
		"disabled":     {v, out, RefusedRole},
		"an agent":     {v, Staff{ID: "sam", Role: Agent}, RefusedRole},
		"an auditor":   {v, Staff{ID: "vic", Role: Auditor}, RefusedRole},
		"an admin":     {v, Staff{ID: "ann", Role: Administrator}, RefusedRole},
		"once more":    {closed, kim, RefusedState},
		"of no number": {Review{Staff: "sue"}, kim, nil},
	} {
		if got := c.v.Permits(c.by); !errors.Is(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if v.Late(v.DueAt.Add(-time.Second)) || !v.Late(v.DueAt) || closed.Late(v.DueAt) {
		t.Error("late at another time than when it is due and open")
	}
}

// TestWatching: a supervisor puts on the account of their open case, and another one takes it off.
func TestWatching(t *testing.T) {
	good := Watching{Staff: glassOf().Staff, Case: glassOf().Case, Why: WatchVIP}
	for name, c := range map[string]struct {
		change func(*Watching)
		want   error
	}{
		"a supervisor": {func(*Watching) {}, nil},
		"an agent":     {func(w *Watching) { w.Staff.Role = Agent }, RefusedRole},
		"disabled":     {func(w *Watching) { w.Staff.DisabledAt = friday() }, RefusedRole},
		"over":         {func(w *Watching) { w.Case.EndedAt = friday() }, RefusedOver},
		"another's":    {func(w *Watching) { w.Case.Staff = "sam" }, RefusedOver},
		"nobody":       {func(w *Watching) { w.Case.Account = "" }, RefusedNobody},
		"their own":    {func(w *Watching) { w.Staff.Account = "ada" }, RefusedOwn},
		"some reason":  {func(w *Watching) { w.Why = "curious" }, RefusedReason},
	} {
		w := good
		c.change(&w)
		if got := w.Permits(friday()); !errors.Is(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	on := Watch{Account: "ada", By: "sue"}
	for name, c := range map[string]struct {
		by   Staff
		want error
	}{
		"another":     {Staff{ID: "kim", Role: Supervisor}, nil},
		"who put it":  {Staff{ID: "sue", Role: Supervisor}, RefusedSelf},
		"whose it is": {Staff{ID: "kim", Role: Supervisor, Account: "ada"}, RefusedOwn},
		"disabled":    {Staff{ID: "kim", Role: Supervisor, DisabledAt: friday()}, RefusedRole},
		"an admin":    {Staff{ID: "kim", Role: Administrator}, RefusedRole},
	} {
		if got := on.Leaves(c.by); !errors.Is(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestActivityCounts: each line of the trail is counted once, as what it is.
func TestActivityCounts(t *testing.T) {
	var a Activity
	for _, c := range []StaffCount{
		{Kind: "case.opened", N: 4}, {Kind: "case.searched", Outcome: "hit", N: 3}, {Kind: "case.searched", Outcome: "none", N: 2},
		{Kind: "case.searched", Outcome: "limit", N: 1}, {Kind: "case.searched", Outcome: "wildcard", N: 1}, {Kind: "case.searched", Outcome: "forged", N: 1},
		{Kind: "case.found", N: 3}, {Kind: "case.checked", Outcome: "counted", N: 9}, {Kind: "case.checked", Outcome: "matched", N: 5},
		{Kind: "case.glass", N: 1}, {Kind: "case.glass_held", N: 1}, {Kind: "watch.opened", N: 1}, {Kind: "help.refused", Outcome: "refused", Acted: true, N: 2},
		{Kind: "case.view_refused", N: 1}, {Kind: "approval.denied", Acted: true, N: 1}, {Kind: "approval.asked", Acted: true, N: 7},
		{Kind: "lane.unlocked", Outcome: "done", Acted: true, N: 2}, {Kind: "help.send_username", Outcome: "done", Acted: true, N: 1}, {Kind: "staff.signed_in", N: 8},
	} {
		a.Add(c)
	}
	want := Activity{Cases: 4, Searches: 7, Limits: 3, Picks: 3, Checks: 9, Misses: 4, Refusals: 4, Acts: 3, Glass: 2, Watched: 1}
	if a != want {
		t.Errorf("%+v, want %+v", a, want)
	}
}

func TestOddPatterns(t *testing.T) {
	busy := Activity{Cases: 200, Searches: 220, Picks: 190, Checks: 400, Misses: 40, Refusals: 20, Acts: 180, Glass: 1, Same: 3, Off: 2}
	if odd := busy.Odd(); len(odd) > 0 {
		t.Errorf("a busy agent is odd: %v", odd)
	}
	if odd := (Activity{}).Odd(); len(odd) > 0 {
		t.Errorf("who did nothing is odd: %v", odd)
	}
	for want, a := range map[Oddity]Activity{
		OddSearches: {Searches: 10, Picks: 4}, OddLimits: {Searches: 1, Picks: 1, Limits: 1}, OddMisses: {Checks: 12, Misses: 4}, OddSame: {Same: 4},
		OddHours: {Off: 3}, OddWatched: {Watched: 1}, OddRefusals: {Refusals: 5, Acts: 4}, OddGlass: {Glass: 3},
	} {
		if odd := a.Odd(); !slices.Equal(odd, []Oddity{want}) {
			t.Errorf("%s: %v", want, odd)
		}
	}
	for name, a := range map[string]Activity{
		"few searches": {Searches: 9}, "half of them": {Searches: 10, Picks: 5}, "few checks": {Checks: 9, Misses: 9}, "some misses": {Checks: 12, Misses: 3},
		"refused, and more done": {Refusals: 5, Acts: 5},
	} {
		if odd := a.Odd(); len(odd) > 0 {
			t.Errorf("%s: %v", name, odd)
		}
	}
}

func TestWorkHours(t *testing.T) {
	zone := time.FixedZone("", -5*3600)
	day := WorkHours{Zone: zone, From: 7, To: 19}
	night := WorkHours{Zone: zone, From: 22, To: 6}
	for name, c := range map[string]struct {
		hours WorkHours
		at    time.Time
		want  bool
	}{
		"nobody said":        {WorkHours{From: 7, To: 19}, friday().Add(-12 * time.Hour), false},
		"in the day":         {day, time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), false}, // 7 there
		"before it":          {day, time.Date(2026, 11, 20, 11, 59, 0, 0, time.UTC), true},
		"after it":           {day, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), true}, // 19 of Friday there
		"on Saturday":        {day, time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC), true},
		"on a worked one":    {WorkHours{Zone: zone, From: 7, To: 19, Weekends: true}, time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC), false},
		"by night":           {night, time.Date(2026, 11, 20, 4, 0, 0, 0, zone), false},
		"by day at night":    {night, time.Date(2026, 11, 20, 12, 0, 0, 0, zone), true},
		"all round":          {WorkHours{Zone: zone, From: 0, To: 0}, time.Date(2026, 11, 20, 3, 0, 0, 0, zone), false},
		"all round by a day": {WorkHours{Zone: zone, From: 0, To: 24}, time.Date(2026, 11, 20, 23, 0, 0, 0, zone), false},
	} {
		if got := c.hours.Outside(c.at); got != c.want {
			t.Errorf("%s: outside %t", name, got)
		}
	}
}
