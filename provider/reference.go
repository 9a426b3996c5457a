package provider

import (
	"context"
	"slices"
	"time"
)

// RefusalRule names the rule by which a page refused somebody something: a fixed list, with words of its own for the people who help
// callers (reference.RULE of the console's catalogue).
type RefusalRule string

// The rules.
const (
	RuleWrongPassword RefusalRule = "wrong-password" // a name or a password was wrong, and counted
	RuleWrongCode     RefusalRule = "wrong-code"     // a code to sign in was wrong, and counted
	RulePaused        RefusalRule = "paused"         // too many wrong tries: nobody unknown may try until the pause is over
	RuleStopped       RefusalRule = "stopped"        // too many in a row: not until the owner, or staff, say so
	RuleDevicePaused  RefusalRule = "device-paused"  // the same of one browser that the account knows
	RuleSends         RefusalRule = "sends"          // too many codes were asked for
	RuleResetSends    RefusalRule = "reset-sends"    // too many codes for a new password, or usernames, were asked for
	RuleWrongReset    RefusalRule = "wrong-reset"    // a code for a new password was wrong, and counted
	RuleResetOver     RefusalRule = "reset-over"     // a reset that has stopped working: used, replaced, too late, of another browser
	RuleWrongFacts    RefusalRule = "wrong-facts"    // a code of an invitation and the facts did not match, and were counted
	RuleFactsPaused   RefusalRule = "facts-paused"   // too many tries at an invitation: not until the pause is over
	RuleFactsStopped  RefusalRule = "facts-stopped"  // too many tries at an invitation: the code is stopped
	RuleTooMany       RefusalRule = "too-many"       // too many requests from one network
	RuleExpired       RefusalRule = "expired"        // the way is over: the person begins anew
	RuleUnmet         RefusalRule = "unmet"          // the application asks for more than the account has
	RuleNothingLeft   RefusalRule = "nothing-left"   // nothing to sign in with is left
	RuleNotAllowed    RefusalRule = "not-allowed"    // the page is not for them, or the request came from elsewhere
	RuleOurFault      RefusalRule = "our-fault"      // something broke: the log has more
)

// RefusalRules are all of them. The slice is the caller's.
func RefusalRules() []RefusalRule {
	return []RefusalRule{
		RuleWrongPassword, RuleWrongCode, RulePaused, RuleStopped, RuleDevicePaused, RuleSends, RuleResetSends, RuleWrongReset, RuleResetOver,
		RuleWrongFacts, RuleFactsPaused, RuleFactsStopped, RuleTooMany, RuleExpired, RuleUnmet, RuleNothingLeft, RuleNotAllowed, RuleOurFault,
	}
}

// AboutPerson reports whether a rule is about somebody, or a name that could be somebody's: of what it counts nothing is told but to who has
// shown that it is them. The others say the same of everybody.
func (r RefusalRule) AboutPerson() bool {
	return !slices.Contains([]RefusalRule{RuleTooMany, RuleExpired, RuleNotAllowed, RuleOurFault}, r)
}

// Lifts are the actions of staff that lift what a rule refuses, the first one first; none where only time does, or the person themselves.
func (r RefusalRule) Lifts() []HelpAction {
	switch r {
	case RuleWrongPassword, RuleResetSends, RuleWrongReset, RuleResetOver:
		return []HelpAction{SendReset}
	case RulePaused, RuleStopped, RuleDevicePaused:
		return []HelpAction{UnlockSignIn, SendReset}
	case RuleWrongFacts, RuleFactsPaused, RuleFactsStopped:
		return []HelpAction{ResendActivation, NewActivation}
	case RuleNothingLeft:
		return []HelpAction{ResetFactors}
	}
	return nil
}

// Refusal is what a page refused, as the room that refused it knows.
type Refusal struct {
	Rule    RefusalRule
	Account AccountID // whom it is about; "" nobody, or nobody knows
	Invited string    // or the invitation of which; "" none
	Count   int       // how many were counted with this one, of Of; 0: this rule counts nothing
	Of      int
	LiftsAt time.Time // when it ends by itself; zero: it does not, or has ended
}

// Reference is a refusal that is kept under the code that its page shows.
type Reference struct {
	Refusal

	Code string // as the page shows it: 8 characters; kept as a keyed fingerprint
	At   time.Time
}

// ReferenceKept is for how long.
const ReferenceKept = 30 * 24 * time.Hour

// ReferenceLength is how many characters a code has.
const ReferenceLength = 8

// References are durable. They cost the same whoever a refusal is about: who it is about, and what was counted, is sealed, and always as long.
type References interface {
	// KeepReference writes one. A code that is there already keeps what it was of: no error.
	KeepReference(ctx context.Context, r Reference) error
	// ReferenceOf reads one that was kept for no longer than ReferenceKept: ErrNotFound.
	ReferenceOf(ctx context.Context, code string, at time.Time) (Reference, error)
}

// ReferenceRates are how many refusals one process keeps: of one network, and of everybody together. Who floods the house with refusals
// fills no disk: at worst some 17,000 rows a day, of a few hundred bytes each, which go after ReferenceKept; what goes beyond is in
// the log alone.
func ReferenceRates() (network, all Rate) {
	return Rate{Burst: 20, Every: 30 * time.Second}, Rate{Burst: 300, Every: 5 * time.Second}
}

// Tells reports whether what a refusal counted may be told in a case: where it says nothing of anybody, or where the case is about that very
// person and two facts have matched.
func (r Reference) Tells(c Case, now time.Time) bool {
	if r.Code == "" || !r.Rule.AboutPerson() {
		return r.Code != ""
	}
	theirs := r.Account != "" && r.Account == c.Account || r.Invited != "" && r.Invited == c.Activation
	return theirs && c.Level(now) >= L1
}
