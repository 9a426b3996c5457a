package server_test

import (
	"net/http"
	"strings"
	"testing"

	"gatehouse/templates"
)

// TestHelpIsOpen: every page of help is there for somebody who is not signed in, is reached from the first one, and leads back.
func TestHelpIsOpen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.Browser()
	home := b.Get("/help").Shows(t, 200, "<h1>Help</h1>").Body
	for _, name := range append(templates.HelpTopics(), "messages", "browser") {
		if !strings.Contains(home, `href="/help/`+name+`"`) {
			t.Errorf("no way from help to %s", name)
		}
		b.Get("/help/"+name).Shows(t, 200, `href="/help"`, "1-800-555-0100")
	}
	b.Get("/help/changed").Shows(t, 200, `href="/account/contacts"`, "Phone and email")
	b.Get("/help/someone").Shows(t, 200, `href="/account/trusted"`, "Trusted people")
	b.Get("/help/nothing").Shows(t, 404)
	b.Get("/help/accessibility").Shows(t, 200, "Office for Civil Rights")
	if strings.Contains(b.Get("/help/privacy").Body, "write to") {
		t.Error("an address to write to, which the operator has not given")
	}
	b.Get("/help/shared").Shows(t, 200, "Ours is <bdi class=\"name\">https://localhost")
}

// TestH10_Cookies: the browser check tells whether a cookie came back, and asks for it only once.
func TestH10_Cookies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.Browser()
	b.Get("/help/browser").Shows(t, 200, "1 2 3 3 3 3 1 9")
	without := h.Send("GET", "/help/browser", nil, "")
	if to := without.Header.Get("Location"); without.Status != http.StatusSeeOther || to != "/help/browser?again=1" {
		t.Fatalf("%d to %q", without.Status, to)
	}
	if again := h.Send("GET", "/help/browser?again=1", nil, ""); again.Status != http.StatusOK || !strings.Contains(again.Raw, "2 2 3 3 3 3 1 5") {
		t.Errorf("%d without a cookie", again.Status)
	}
}

// TestO10_NotOffered: nobody is asked to type a code for another device. Phishing by device codes is common, and no
// application of a portal is without a browser of its own; discovery does not offer it, and there is no such page.
func TestO10_NotOffered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		found := h.Send("GET", path, nil, "")
		if found.Status != http.StatusOK || strings.Contains(found.Raw, "device") {
			t.Errorf("%s: %d %s", path, found.Status, found.Raw)
		}
	}
	for _, path := range []string{"/device", "/device_authorization", "/device/code"} {
		if got := h.Send("GET", path, nil, ""); got.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
}

// TestS07_AddressToOpen: a browser without passkeys is told what to open in another one: where the person came from. A page of
// this sign-in would be no use there, since it belongs to the browser that began it.
func TestS07_AddressToOpen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	h.Browser().Get(a.Ask()).Shows(t, 200, "own browser. The address is <bdi class=\"name\">https://records.")
	h.Browser().Get("/account").Shows(t, 200, "own browser. The address is <bdi class=\"name\">"+h.URL)
}
