package sqlite

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"gatehouse/provider"
)

// plantSupport puts the canaries of the console where they belong.
func plantSupport(t *testing.T, s *Store, account provider.AccountID) {
	t.Helper()
	at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	e := provider.Event{At: at, Kind: "planted"}
	st := provider.Staff{
		ID: "staff of " + provider.StaffID(account), Name: canaries["person of the house"], Email: string(account) + canaries["address of the house"],
		Role: provider.Agent, EnrollHash: provider.HashSecret(canaries["link of the house"] + string(account)), EnrollUntil: at.Add(time.Hour), CreatedAt: at,
	}
	key := provider.StaffKey{ID: "key of " + string(account), Staff: st.ID, Data: []byte(canaries["passkey of the house"]), CreatedAt: at}
	c := provider.Case{
		ID: "case of " + string(account), Staff: st.ID, Account: account, OpenedAt: at, Note: canaries["note of a case"], Ticket: canaries["ticket of a case"],
		Interpreter: canaries["interpreter"], DocumentEnd: canaries["document"],
	}
	a := provider.Approval{
		ID: "approval of " + string(account), Case: c.ID, Staff: st.ID, Account: account, Target: canaries["target of an approval"], AskedAt: at,
		ExpiresAt: at.Add(time.Hour),
	}
	added := s.AddStaff(t.Context(), st, e)
	enrolled := s.EnrollStaff(t.Context(), st.EnrollHash, key, at, e)
	opened := s.OpenCase(t.Context(), c, e)
	asked := s.AskApproval(t.Context(), a, e)
	watched := s.Watch(t.Context(), provider.Watch{Account: account, Why: provider.WatchReason(canaries["why an account is watched"]), At: at}, e)
	reviewed := s.OpenReview(t.Context(), provider.Review{
		ID: "review of " + string(account), Case: c.ID, Staff: st.ID, Account: account, Reason: canaries["reason of broken glass"],
		Held: canaries["law that forbids telling"], OpenedAt: at, DueAt: at.Add(time.Hour),
	}, e)
	kept := s.KeepReference(t.Context(), provider.Reference{Code: canaries["reference code"], At: at, Refusal: provider.Refusal{
		Rule: provider.RulePaused, Account: provider.AccountID(canaries["whom a refusal is about"]), Invited: canaries["which invitation it is about"],
	}})
	if err := errors.Join(added, enrolled, opened, asked, watched, reviewed, kept); err != nil {
		t.Fatal(err)
	}
}

// TestNobodyIsPromotedByTheDatabase: who can write to it, and has no key, makes no supervisor of an agent, takes no account off one, and has
// nothing done that was not approved.
func TestNobodyIsPromotedByTheDatabase(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), fileName), newKeyset(t))
	account, _ := plant(t, s)
	id := "staff of " + provider.StaffID(account)
	if _, err := s.StaffOf(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	meddle(t, s, `UPDATE staff SET role = 'supervisor'`)
	if _, err := s.StaffOf(t.Context(), id); err == nil {
		t.Error("an agent is a supervisor now")
	}
	meddle(t, s, `UPDATE staff SET role = 'agent', account = 'other'`)
	if _, err := s.StaffOf(t.Context(), id); err == nil {
		t.Error("an agent has another account now")
	}
	meddle(t, s, `UPDATE approvals SET action = 'reopen'`)
	if _, err := s.Approval(t.Context(), "approval of "+string(account)); err == nil {
		t.Error("another act is asked for now")
	}
	meddle(t, s, `UPDATE reviews SET staff = 'somebody else'`)
	if _, err := s.Review(t.Context(), "review of "+string(account)); err == nil {
		t.Error("somebody else broke the glass now")
	}
}
