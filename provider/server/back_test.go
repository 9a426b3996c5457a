package server_test

import (
	"net/http"
	"strings"
	"testing"

	"gatehouse/provider"
)

// TestU15_FormsLeadToAPage: a form that was taken leads to the address of its ceremony. Back and Reload find a page there, and
// never a form that the browser would send again.
func TestU15_FormsLeadToAPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Gives(h.Mailed("ana"), provider.TextCode, address(anasPhone))
	a := h.App("records", twoStep)
	b := h.Browser()
	at := b.Get(a.Ask()).URL.Path
	press := func(suffix, to string, pairs ...string) {
		t.Helper()
		action, form := b.last.Form(t, suffix)
		p := b.once(http.MethodPost, action, with(form, pairs...))
		if p.Status != http.StatusSeeOther || p.Header.Get("Location") != at+to {
			t.Errorf("%s answered %d to %q, want 303 to %s", suffix, p.Status, p.Header.Get("Location"), at+to)
		}
		b.Get(at + to)
	}
	press("/password", "", "username", "ana", "password", anasPassword)
	press("/way", "", "way", b.last.radios()[0])
	press("/resend", "?again")
	b.last.Shows(t, 200, "We sent you the same code again")
	press("/call", "?called")
	b.last.Shows(t, 200, "We are calling you now")
	press("/other", "")
	b.last.Shows(t, 200, "How should we check that it is you?")
	press("/switch", "")
	if b.last.Shows(t, 200, `name="username"`); strings.Contains(b.last.Body, `value="ana"`) {
		t.Error("the next person reads the name of the last one")
	}
}
