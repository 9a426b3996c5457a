package provider_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "gatehouse/provider"
)

// console is what the inventory of the support console asks of each action: the level, whether a second person must approve, whether it is
// always allowed, being in the safe direction, and the letter. It is written by hand from there, and not from the rules. The letter of a reset
// that staff begin is not the code (M-03): that goes to the browser in which the patient asks for it.
const console = `
	send_username      L0  alone   -     M-04
	send_reset         L0  alone   -     M-31
	end_sessions       L0  alone   safe  M-21
	pause              L0  alone   safe  M-16
	resend_activation  L1  alone   -     M-06
	unlock             L1  alone   -     M-16
	new_activation     L1  alone   -     M-05
	remove_factor      L2  alone   -     M-17
	revoke_app         L2  alone   -     M-19
	reset_factors      L3  second  -     M-18
	change_contact     L3  second  -     M-09
	reopen             L3  second  -     M-17
`

// row is one line of it.
type row struct {
	action       HelpAction
	level        int
	second, safe bool
	letter       string
}

func consoleRows(t *testing.T) []row {
	t.Helper()
	var all []row
	for line := range strings.Lines(strings.TrimSpace(console)) {
		f := strings.Fields(line)
		if len(f) != 5 {
			t.Fatalf("%q", line)
		}
		all = append(all, row{HelpAction(f[0]), int(f[1][1] - '0'), f[2] == "second", f[3] == "safe", f[4]})
	}
	return all
}

// TestRulesAreThoseOfTheInventory: no action is missing, and none asks for less.
func TestRulesAreThoseOfTheInventory(t *testing.T) {
	rows := consoleRows(t)
	if len(rows) != len(HelpRules()) {
		t.Errorf("%d actions, want %d", len(HelpRules()), len(rows))
	}
	for _, want := range rows {
		got, ok := HelpRuleOf(want.action)
		if !ok || int(got.Level) != want.level || got.Second != want.second || got.Safe != want.safe || got.Letter != want.letter {
			t.Errorf("%s: %+v, want %+v", want.action, got, want)
		}
	}
	if rule, _ := HelpRuleOf(NewActivation); rule.Steady != 30*24*time.Hour {
		t.Errorf("a new code goes to an address that is the same for %v", rule.Steady)
	}
	if rule, _ := HelpRuleOf(ResetFactors); rule.Waits < 24*time.Hour {
		t.Errorf("a reset waits for %v", rule.Waits)
	}
}

// knownCase is an open contact of sam, in which the caller is known as well as that.
func knownCase(level int) Case {
	c := Case{ID: "case", Staff: "sam", OpenedAt: noon(), Channel: ByCall, Account: "ada", FoundBy: []Fact{FactRecord, FactBirthdate}}
	switch level {
	case 1:
		c.Facts = []Fact{FactName, FactPhone}
	case 2:
		c.Facts, c.LiveAt = []Fact{FactName, FactPhone}, noon()
	case 3:
		c.Channel, c.Facts, c.Document, c.DocumentEnd = AtDesk, []Fact{FactName}, Passport, "12ab"
	}
	return c
}

// TestLevels: what a caller is known by, and for how long.
func TestLevels(t *testing.T) {
	at := func(level int, change func(*Case)) Case {
		c := knownCase(level)
		change(&c)
		return c
	}
	for name, each := range map[string]struct {
		c     Case
		after time.Duration
		want  HelpLevel
	}{
		"nobody proven":                         {knownCase(0), 0, L0},
		"two facts":                             {knownCase(1), 0, L1},
		"one fact":                              {at(1, func(c *Case) { c.Facts = c.Facts[:1] }), 0, L0},
		"one fact twice":                        {at(1, func(c *Case) { c.Facts = []Fact{FactName, FactName} }), 0, L0},
		"one fact, and one they were found by":  {at(1, func(c *Case) { c.Facts = []Fact{FactName, FactBirthdate} }), 0, L0},
		"one fact, and the end of an ID number": {at(1, func(c *Case) { c.Facts = []Fact{FactName, FactIDLast4} }), 0, L0},
		"a fact that there is not":              {at(1, func(c *Case) { c.Facts = []Fact{FactName, "voice"} }), 0, L0},
		"three facts":                           {at(1, func(c *Case) { c.Facts = append(c.Facts, FactEmail) }), 0, L1},
		"nobody was found":                      {at(3, func(c *Case) { c.Account = "" }), 0, L0},
		"a live proof":                          {knownCase(2), 0, L2},
		"a live proof without facts":            {at(2, func(c *Case) { c.Facts = nil }), 0, L0},
		"a live proof, a moment before its end": {knownCase(2), 30*time.Minute - 1, L2},
		"a live proof that is over":             {knownCase(2), 30 * time.Minute, L1},
		"a photo ID in person":                  {knownCase(3), 0, L3},
		"a photo ID by video":                   {at(3, func(c *Case) { c.Channel = ByVideo }), 0, L3},
		"a photo ID over the phone":             {at(3, func(c *Case) { c.Channel = ByCall }), 0, L0},
		"a photo ID over no channel":            {at(3, func(c *Case) { c.Channel = "" }), 0, L0},
		"a photo ID of somebody else":           {at(3, func(c *Case) { c.Facts = nil }), 0, L0},
		"a photo ID, and another fact":          {at(3, func(c *Case) { c.Facts = []Fact{FactPhone} }), 0, L0},
		"a photo ID, and no birthdate":          {at(3, func(c *Case) { c.FoundBy = []Fact{FactRecord} }), 0, L0},
		"a photo ID, and a birthdate checked": {at(3, func(c *Case) {
			c.FoundBy, c.Facts = []Fact{FactRecord}, []Fact{FactBirthdate, FactName}
		}), 0, L3},
		"a photo ID without its end":            {at(3, func(c *Case) { c.DocumentEnd = "" }), 0, L0},
		"a photo ID with more than its end":     {at(3, func(c *Case) { c.DocumentEnd = "12345678" }), 0, L0},
		"an end without a photo ID":             {at(3, func(c *Case) { c.Document = "" }), 0, L0},
		"a case a moment before its end":        {knownCase(3), 60*time.Minute - 1, L3},
		"a case that is over":                   {knownCase(3), 60 * time.Minute, L0},
		"a case that has ended":                 {at(3, func(c *Case) { c.EndedAt = noon() }), 0, L0},
		"a case that took its last miss":        {at(3, func(c *Case) { c.Misses = 3 }), 0, L0},
		"a case that took all but its last one": {at(3, func(c *Case) { c.Misses = 2 }), 0, L3},
	} {
		if got := each.c.Level(noon().Add(each.after)); got != each.want {
			t.Errorf("%s: L%d, want L%d", name, got, each.want)
		}
	}
}

// TestConsoleSessionsEnd: after a quarter of an hour in which nothing was done, and after ten hours in any case.
func TestConsoleSessionsEnd(t *testing.T) {
	s := StaffSession{SeenAt: noon(), EndsAt: noon().Add(StaffLasts)}
	busy, ended := s, s
	busy.SeenAt, ended.EndedAt = s.EndsAt.Add(-time.Minute), noon()
	for name, each := range map[string]struct {
		s    StaffSession
		at   time.Time
		live bool
	}{
		"just now":        {s, noon(), true},
		"nearly idle":     {s, noon().Add(15*time.Minute - 1), true},
		"idle":            {s, noon().Add(15 * time.Minute), false},
		"busy to the end": {busy, s.EndsAt.Add(-1), true},
		"over":            {busy, s.EndsAt, false},
		"ended":           {ended, noon(), false},
	} {
		if each.s.Live(each.at) != each.live {
			t.Errorf("%s: live is %v", name, !each.live)
		}
	}
}

// word is something about a second person's approval, and what it is answered with where all else is right.
type word struct {
	name   string
	answer error
	change func(*Help)
}

// words begin with a good one: of sue, for this very act.
func words() []word {
	of := func(change func(*Approval)) func(*Help) { return func(h *Help) { change(h.Approval) } }
	return []word{
		{"given", nil, func(*Help) {}},
		{"none", RefusedSecond, func(h *Help) { h.Approval = nil }},
		{"nobody's yet", RefusedSecond, of(func(a *Approval) { a.By = "" })},
		{"no", RefusedSecond, of(func(a *Approval) { a.Refused = true })},
		{"of who asked", RefusedSelf, func(h *Help) { h.Approval.By, h.Approver.ID = "sam", "sam" }},
		{"of who asked, by another's name", RefusedSelf, func(h *Help) { h.Approval.By = "sam" }},
		{"of somebody else than is said", RefusedSelf, of(func(a *Approval) { a.By = "kim" })},
		{"of an agent", RefusedSelf, func(h *Help) { h.Approver.Role = Agent }},
		{"of an administrator", RefusedSelf, func(h *Help) { h.Approver.Role = Administrator }},
		{"of an auditor", RefusedSelf, func(h *Help) { h.Approver.Role = Auditor }},
		{"of somebody who was disabled", RefusedSelf, func(h *Help) { h.Approver.DisabledAt = noon() }},
		{"of whose account it is", RefusedOwn, func(h *Help) { h.Approver.Account = "ada" }},
		{"over", RefusedExpired, of(func(a *Approval) { a.ExpiresAt = noon() })},
		{"spent", RefusedExpired, of(func(a *Approval) { a.DoneAt = noon() })},
		{"for another case", RefusedSecond, of(func(a *Approval) { a.Case = "other" })},
		{"for another act", RefusedSecond, of(func(a *Approval) { a.Action = "other" })},
		{"for another account", RefusedSecond, of(func(a *Approval) { a.Account = "bob" })},
		{"for another reason", RefusedSecond, of(func(a *Approval) { a.Reason = "duplicate" })},
		{"for another target", RefusedSecond, of(func(a *Approval) { a.Target = "+15550199" })},
		{"for somebody else", RefusedSecond, of(func(a *Approval) { a.Staff = "kim" })},
	}
}

// flaw is something that forbids every act; the first one is none.
type flaw struct {
	name   string
	answer error
	change func(*Help)
}

func flaws() []flaw {
	return []flaw{
		{"", nil, func(*Help) {}},
		{"they were disabled", RefusedRole, func(h *Help) { h.Staff.DisabledAt = noon() }},
		{"the case has ended", RefusedOver, func(h *Help) { h.Case.EndedAt = noon() }},
		{"the case is over", RefusedOver, func(h *Help) { h.Case.OpenedAt = noon().Add(-CaseLasts) }},
		{"the caller missed too often", RefusedOver, func(h *Help) { h.Case.Misses = MaxMisses }},
		{"the case is somebody else's", RefusedOver, func(h *Help) { h.Case.Staff = "kim" }},
		{"nobody was found", RefusedNobody, func(h *Help) { h.Case.Account = "" }},
		{"it is their own account", RefusedOwn, func(h *Help) { h.Staff.Account = "ada" }},
		{"it is their own account, and known as a colleague's", RefusedOwn, func(h *Help) {
			h.Staff.Account, h.Whose = "ada", Staff{ID: "sam", Account: "ada"}
		}},
		{"it is a colleague's account", RefusedStaff, func(h *Help) { h.Whose = Staff{ID: "kim", Account: "ada"} }},
		{"the reason is no reason", RefusedReason, func(h *Help) { h.Reason = "because" }},
		{"there is no reason", RefusedReason, func(h *Help) { h.Reason = "" }},
	}
}

// contactAge is since when the contact of a Steady act has been the same, and whether that is long enough.
type contactAge struct {
	name  string
	since time.Time
	old   bool
}

func contactAges() []contactAge {
	return []contactAge{
		{"30 days old", noon().Add(-30 * 24 * time.Hour), true}, {"a moment younger", noon().Add(-30*24*time.Hour + 1), false}, {"none", time.Time{}, false},
	}
}

func helpBy(role Role, action HelpAction, level int, watched bool) Help {
	return Help{
		Staff: Staff{ID: "sam", Role: role}, Case: knownCase(level), Action: action, Reason: "new-number", Target: "+15550100", Watched: watched,
		Approver: Staff{ID: "sue", Role: Supervisor},
		Approval: &Approval{
			ID: "approval", Case: "case", Staff: "sam", Account: "ada", Action: action, Reason: "new-number", Target: "+15550100", By: "sue",
			AskedAt: noon(), DecidedAt: noon(), ExpiresAt: noon().Add(ApproveIn),
		},
	}
}

// TestWhoMayDoWhat walks every role, action, level, flaw and word of a second person, for accounts that are watched and that are not, and
// compares with the inventory.
func TestWhoMayDoWhat(t *testing.T) {
	walked, allowed := 0, 0
	for _, r := range append(consoleRows(t), row{action: "become_patient", level: -1}) {
		for _, role := range append(Roles(), "") {
			for level := range 4 {
				for _, watched := range []bool{false, true} {
					for _, f := range flaws() {
						for _, w := range agedWords() {
							h := helpBy(role, r.action, level, watched)
							h.Since = w.age.since
							w.change(&h)
							f.change(&h)
							needs := r.second || watched && !r.safe
							want := inventorySays(r, role, level, f, w, needs)
							if errors.Is(want, RefusedSecond) && w.name == "none" && watched {
								want = RefusedWatched
							}
							got := h.Permits(noon())
							if !errors.Is(got, want) {
								t.Fatalf("%s by %q at L%d, watched %v, %s, approval %s, contact %s: %v, want %v", r.action, role, level, watched, f.name, w.name, w.age.name, got, want)
							}
							walked++
							if got == nil {
								allowed++
							}
						}
					}
				}
			}
		}
	}
	if walked != 13*5*4*2*len(flaws())*len(words())*len(contactAges()) || allowed == 0 {
		t.Errorf("%d walked, %d allowed", walked, allowed)
	}
}

// inventorySays is what the inventory says, first things first.
func inventorySays(r row, role Role, level int, f flaw, w agedWord, needs bool) error {
	switch {
	case r.level < 0:
		return RefusedUnknown
	case role != "agent" && role != "supervisor":
		return RefusedRole
	case f.answer != nil:
		return f.answer
	case level < r.level:
		return RefusedLevel
	case r.action == "new_activation" && level < 3 && !w.age.old: // at L3 of this walk they are at the desk
		return RefusedSteady
	case needs:
		return w.answer
	default:
		return nil
	}
}

// agedWord is a word, and the age of a contact.
type agedWord struct {
	word

	age contactAge
}

func agedWords() []agedWord {
	var all []agedWord
	for _, w := range words() {
		for _, age := range contactAges() {
			all = append(all, agedWord{w, age})
		}
	}
	return all
}

// TestWhoIsThereInPerson: neither a wait nor the age of a contact holds back who shows a photo ID at the desk; by video both do.
func TestWhoIsThereInPerson(t *testing.T) {
	for name, each := range map[string]struct {
		level   int
		channel CaseChannel
		person  bool
	}{
		"by telephone, with a live proof": {2, ByCall, false},
		"at the desk, with two facts":     {1, AtDesk, false},
		"by video, with a photo ID":       {3, ByVideo, false},
		"at the desk, with a photo ID":    {3, AtDesk, true},
	} {
		h := helpBy(Agent, NewActivation, each.level, false)
		h.Case.Channel = each.channel
		if got := h.Permits(noon()) == nil; got != each.person {
			t.Errorf("%s: a new code to a contact that nobody knows: %v", name, got)
		}
		h.Action = ResetFactors
		if got := h.Waits() == 0; got != each.person {
			t.Errorf("%s: a reset waits for %v", name, h.Waits())
		}
	}
}

// TestAnInvitationAlone: who has no account yet is helped with their invitation, and with nothing else.
func TestAnInvitationAlone(t *testing.T) {
	for _, rule := range HelpRules() {
		h := helpBy(Supervisor, rule.Action, 3, false)
		h.Case.Account, h.Case.Activation, h.Approval = "", "invitation", nil
		want := error(RefusedNobody)
		if rule.Action == ResendActivation || rule.Action == NewActivation {
			want = nil
		}
		if got := h.Permits(noon()); !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", rule.Action, got, want)
		}
	}
	h := helpBy(Agent, ResendActivation, 0, false)
	h.Case.Account, h.Case.Activation = "", "invitation"
	if got := h.Permits(noon()); !errors.Is(got, RefusedLevel) {
		t.Errorf("with nothing proven: %v", got)
	}
}

// TestNothingIsPermittedByNothing: zero values permit nothing.
func TestNothingIsPermittedByNothing(t *testing.T) {
	for _, rule := range append(HelpRules(), HelpRule{}) {
		if (Help{Action: rule.Action}).Permits(noon()) == nil {
			t.Errorf("%s is permitted to nobody in particular", rule.Action)
		}
	}
	if slices.Contains(Reasons(), "") || fmt.Sprint(RefusedOwn) == "own" {
		t.Error("a reason or a refusal has no words")
	}
}
