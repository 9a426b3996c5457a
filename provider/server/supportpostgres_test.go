package server_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/storagetest/servers"
)

// TestTheConsoleOnPostgreSQL: one story from the door to the end of a contact, as it is in production: a reference code is explained, a
// patient is let in again, and what two people must do is done once by two tabs.
func TestTheConsoleOnPostgreSQL(t *testing.T) {
	database, err := servers.StartPostgres()
	must(t, err)
	t.Cleanup(database.Stop)
	o := newOfficeOn(t, database.URL("postgres"))
	ana := o.Person("ana")
	o.Passes(8 * 24 * time.Hour)
	_, away := o.locks("ana")
	w, boss := o.Staff("ada", provider.Agent), o.Staff("grace", provider.Supervisor)
	w.Contact("channel", "desk")
	w.Find("username", "nobody", "2/29/1980").Shows(t, 200, "Nobody to show")
	w.Picks("ana")
	w.Check("phone", "617 555 0199").Shows(t, 200, "does not match")
	w.Proves("ana").Shows(t, 200, "Shut after 10 wrong tries")
	w.Explain(away).Shows(t, 200, "new devices must wait", "Unlock sign-in")
	w.Act("unlock").Shows(t, 200, "Done.")
	b, app := o.Browser(), o.App("portal")
	b.Get(app.Ask())
	if p := b.SignIn("ana", anasPassword); p.To == nil {
		t.Errorf("ana stays out: %s", title(p))
	}
	w.Act("send_reset").Shows(t, 200, "Done.")
	w.Post("/case/document", url.Values{"kind": {"passport"}, "last": {"1234"}})
	w.Act("change_contact", "kind", "email", "value", "ana.new@example.org").Shows(t, 200, "has been asked")
	boss.Approve(o.pendingID()).Shows(t, 200, "Approved")
	AtOnce(4, func() int {
		return w.once(http.MethodPost, "/case/act/change_contact", url.Values{"reason": {"locked-self"}, "kind": {"email"}, "value": {"ana.new@example.org"}}).Status
	})
	kinds := map[string]int{}
	for _, e := range o.Trail(ana.ID) {
		kinds[e.Kind]++
	}
	if kinds["approval.spent"] != 1 || kinds["contact.changed"] != 1 || kinds["lane.unlocked"] != 1 || kinds["help.send_reset"] != 1 {
		t.Errorf("on record: %v", kinds)
	}
	w.Post("/case/end", url.Values{}).Shows(t, 200, "The contact is closed")
}
