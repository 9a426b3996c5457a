package server_test

import (
	"net/url"
	"testing"

	"gatehouse/provider"
)

// TestAnAgentUnlocksALockedOutPatient: the whole call, from the door to the patient's sign-in.
func TestAnAgentUnlocksALockedOutPatient(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	b, app := o.Browser(), o.App("records")
	for range 10 {
		b.Get(app.Ask())
		b.SignIn("ana", "not the password at all")
	}
	b.Get(app.Ask())
	if p := b.SignIn("ana", anasPassword); p.To != nil {
		t.Fatal("ana is not locked out")
	}
	w := o.Staff("ada", provider.Agent)
	if e := o.last("staff.signed_in"); e.Actor != "staff:"+string(w.who.ID) {
		t.Errorf("signed in by %s", e.Actor)
	}
	w.Contact().Shows(t, 200, "Find the person")
	w.Picks("ana").Shows(t, 200, "Nothing can be shown yet")
	w.Proves("ana").Shows(t, 200, "That matches", "Shut after 10 wrong tries")
	w.Get("/case/act/unlock").Shows(t, 200, "Your account was opened again")
	o.Mail()
	w.Act("unlock").Shows(t, 200, "Done.")
	told := o.Told("M-16")
	if len(told) == 0 || told[0].To != "ana@example.org" {
		t.Errorf("told %v", told)
	}
	e := o.last("lane.unlocked")
	if e.Account != ana.ID || e.Actor != "staff:"+string(w.who.ID) || e.Detail["case"] != w.Case().ID || e.Detail["level"] != "L1" || e.Detail["reason"] != "locked-self" {
		t.Errorf("on record: %+v", e)
	}
	b.Get(app.Ask())
	if p := b.SignIn("ana", anasPassword); p.To == nil {
		t.Errorf("ana stays out: %s", title(p))
	}
	b.Get("/account/activity").Shows(t, 200, "Our staff")
	w.Post("/case/end", url.Values{}).Shows(t, 200, "The contact is closed")
	if e := o.last("case.ended"); e.Detail["why"] != "done" {
		t.Errorf("ended: %v", e.Detail)
	}
}
