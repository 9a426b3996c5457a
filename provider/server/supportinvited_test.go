package server_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/server"
)

// marys finds the person of the invitation to MRN 7.
func (w *worker) marys(pairs ...string) *page {
	w.t.Helper()
	w.Contact(append([]string{"purpose", "activation-lost"}, pairs...)...)
	w.Find("record", "MRN 7", "2/14/1987")
	return w.Fill("/case/pick")
}

// TestAnInvitationIsSentAgain: to who has no account yet, found by their record number and date of birth; after two facts, to the contact
// that the office gave, with a code that no page shows. The old code stops, the new one opens an account with the same facts.
func TestAnInvitationIsSentAgain(t *testing.T) {
	o := newOffice(t)
	old := o.Invites("MRN 7")
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	none := w.Find("record", "MRN 8", "2/14/1987").Shows(t, 200, "Nobody to show")
	if p := w.Find("record", "MRN 7", "2/15/1987"); p.bare() != none.bare() {
		t.Error("the wrong date of birth is answered otherwise than no record")
	}
	w.marys().Shows(t, 200, "has no account yet", "Nothing can be shown yet")
	w.Act("resend_activation", "reason", "activation-lost").Shows(t, http.StatusForbidden, "More must be proven first")
	w.Act("unlock").Shows(t, http.StatusForbidden, "Find the person first")
	w.Check("name", "Mary Minor").Shows(t, 200, "does not match")
	w.Check("name", "mary major").Shows(t, 200, "That matches")
	w.Check("phone", "(617) 555-0123").Shows(t, 200, "That matches", "open until")
	w.Get("/case/timeline").Shows(t, http.StatusForbidden)
	w.Get("/case/act/resend_activation").Shows(t, 200, "with a new code that you will not see")
	o.Mail()
	w.Act("resend_activation", "reason", "activation-lost").Shows(t, 200, "Done.")
	told := o.Told("M-06")
	if len(told) != 1 || told[0].To != "mary@example.org" {
		t.Fatalf("told %v", told)
	}
	e := o.last("activation.issued")
	if e.Actor != "staff:"+string(w.who.ID) || e.Account != "" || e.Detail["case"] != w.Case().ID || e.Detail["level"] != "L1" || e.Detail["action"] != "resend_activation" {
		t.Errorf("on record: %+v", e)
	}
	b := o.Browser()
	b.activates(old.Code)
	stopped := title(b.born("2", "14", "1987"))
	fresh := o.Browser()
	fresh.activates(told[0].Data["what"])
	fresh.born("2", "15", "1987").Shows(t, http.StatusUnprocessableEntity)
	if got := title(fresh.born("2", "14", "1987").Shows(t, 200)); got == stopped {
		t.Errorf("old and new code both lead to %q", got)
	}
	w.Act("resend_activation", "reason", "activation-lost").Shows(t, 200, "Done.") // once more, in place of that
	if told := o.Told("M-06"); len(told) != 1 {
		t.Errorf("again: told %v", told)
	}
}

// TestANewActivationCode: to a contact that has been the same for 30 days; to a younger one only for who is there in person, with a photo ID.
func TestANewActivationCode(t *testing.T) {
	o := newOffice(t)
	o.Invites("MRN 7")
	o.Passes(29 * 24 * time.Hour)
	w := o.Staff("ada", provider.Agent)
	proves := func() {
		w.Check("name", "Mary Major")
		w.Check("email", "mary@example.org")
	}
	w.marys("channel", "desk")
	proves()
	w.Act("new_activation", "reason", "activation-lost").Shows(t, http.StatusForbidden, "too new")
	if e := o.last("help.refused"); e.Detail["why"] != "steady" {
		t.Errorf("on record: %v", e.Detail)
	}
	w.Post("/case/document", map[string][]string{"kind": {"passport"}, "last": {"1234"}})
	o.Mail()
	w.Act("new_activation", "reason", "activation-lost").Shows(t, 200, "Done.")
	if told := o.Told("M-05"); len(told) != 1 || told[0].To != "mary@example.org" {
		t.Errorf("told %v", told)
	}
	o.Passes(25 * time.Hour)
	w.SignIn()
	w.marys()
	proves()
	w.Act("new_activation", "reason", "activation-lost").Shows(t, 200, "Done.") // the contact is that of the first, 30 days ago
	if e := o.last("activation.issued"); e.Detail["action"] != "new_activation" {
		t.Errorf("on record: %v", e.Detail)
	}
}

// TestAnInvitationFollowsWithAllFacts: those that the operator asks beside the date of birth are kept too, and nobody at the desk learns them.
func TestAnInvitationFollowsWithAllFacts(t *testing.T) {
	facts := activation.Facts{Required: []activation.Fact{activation.ZIP}}
	o := newOffice(t, func(c *server.Config) { c.Facts = facts })
	o.Invites("MRN 7", func(in *activation.Invitation) { in.Facts[activation.ZIP] = "02139" })
	w := o.Staff("ada", provider.Agent)
	w.marys()
	w.Check("name", "Mary Major")
	w.Check("email", "mary@example.org")
	o.Mail()
	w.Act("resend_activation", "reason", "activation-lost").Shows(t, 200, "Done.")
	b := o.Browser()
	b.activates(o.Told("M-06")[0].Data["what"])
	b.Fill("/facts", "month", "2", "day", "14", "year", "1987", "zip", "02138").Shows(t, http.StatusUnprocessableEntity)
	b.Fill("/facts", "month", "2", "day", "14", "year", "1987", "zip", "02139").Shows(t, 200)
	all, err := o.Store.ActivationsOf(context.Background(), "MRN 7")
	must(t, err)
	if len(all) != 2 || all[1].RevokedWhy != "replaced" {
		t.Errorf("%+v", all)
	}
}
