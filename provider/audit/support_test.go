package audit

import (
	"maps"
	"testing"

	"gatehouse/provider"
)

// TestHelpIsOnRecord: who did what for whom, why, by which evidence, and who approved it; and that it was refused, and why.
func TestHelpIsOnRecord(t *testing.T) {
	known := help
	known.Case.Facts = []provider.Fact{provider.FactUsername, provider.FactPhone}
	known.Case.Document = ""
	approved := map[string]string{
		"role": "agent", "case": "cas", "reason": "lost-device", "level": "L2", "evidence": "username phone live", "outcome": "done",
		"approval": "apr", "approved_by": "sup",
	}
	e := Helped(noon, known, nil)
	if e.Kind != "help.reset_factors" || e.Account != "acc" || e.Actor != "staff:stf" || !maps.Equal(e.Detail, approved) {
		t.Errorf("%+v", e)
	}
	refused := HelpRefused(noon, known, provider.RefusedLevel)
	if refused.Kind != "help.refused" || refused.Detail["action"] != "reset_factors" || refused.Detail["outcome"] != "refused" || refused.Detail["why"] != "level" {
		t.Errorf("%+v", refused)
	}
}

// TestActsOfTheHouseByStaff: what is recorded of an act anyway says who did it for a caller, and keeps what it said.
func TestActsOfTheHouseByStaff(t *testing.T) {
	unlocked := help
	unlocked.Action, unlocked.Approval = provider.UnlockSignIn, nil
	e := WithHelp(LaneUnlocked(noon, "acc", "closed", Operator), unlocked)
	want := map[string]string{
		"role": "agent", "case": "cas", "reason": "lost-device", "level": "L3", "evidence": "name other live document", "outcome": "done", "action": "unlock",
	}
	for key, value := range LaneUnlocked(noon, "acc", "closed", Operator).Detail {
		want[key] = value
	}
	if e.Kind != "lane.unlocked" || e.Account != "acc" || e.Actor != "staff:stf" || !maps.Equal(e.Detail, want) {
		t.Errorf("%+v\nwant %v", e, want)
	}
}

// TestWhoWasFoundIsNotNamedBeforeTheyAreChosen: a search is no act on an account.
func TestWhoWasFoundIsNotNamedBeforeTheyAreChosen(t *testing.T) {
	if e := CaseSearched(noon, desk, provider.FactPhone, "hit", 3); e.Account != "" || e.Detail["hits"] != "3" || e.Detail["by"] != "phone" {
		t.Errorf("%+v", e)
	}
	if e := CaseFound(noon, desk); e.Account != "acc" || e.Detail["by"] != "record birthdate other" {
		t.Errorf("%+v", e)
	}
}

// TestEveryActionHasAKind: none is recorded as another one.
func TestEveryActionHasAKind(t *testing.T) {
	for _, rule := range provider.HelpRules() {
		h := help
		h.Action = rule.Action
		if e := Helped(noon, h, nil); e.Kind != "help."+string(rule.Action) {
			t.Errorf("%s is recorded as %s", rule.Action, e.Kind)
		}
	}
}
