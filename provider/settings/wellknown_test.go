package settings

import (
	"encoding/json"
	"strings"
	"testing"

	"gatehouse/provider/web"
)

func TestWellKnownAddressesLeadToPagesOfThisRoom(t *testing.T) {
	s := New(Config{Issuer: "https://id.example"})
	pages := map[string]bool{}
	for _, route := range s.Routes() {
		pages[route.Pattern] = true
	}

	answer := ask(t, s, "GET /.well-known/change-password")
	if !pages["GET "+answer.Redirect] || !strings.Contains(answer.Redirect, "password") {
		t.Errorf("change-password leads to %q, which is no page of this room", answer.Redirect)
	}

	answer = ask(t, s, "GET /.well-known/passkey-endpoints")
	text, err := json.Marshal(answer.JSON)
	if err != nil {
		t.Fatal(err)
	}
	var said map[string]string
	if err := json.Unmarshal(text, &said); err != nil {
		t.Fatal(err)
	}
	if answer.Redirect != "" || answer.Status != 0 || len(said) != 2 {
		t.Errorf("passkey-endpoints answers %d, redirect %q, %s", answer.Status, answer.Redirect, text)
	}
	for _, name := range []string{"enroll", "manage"} {
		path, ours := strings.CutPrefix(said[name], "https://id.example/")
		if !ours || !pages["GET /"+path] {
			t.Errorf("%s is %q, which is no page of this room", name, said[name])
		}
	}
}

// ask calls the handler of a route.
func ask(t *testing.T, s *Settings, pattern string) web.Response {
	t.Helper()
	for _, route := range s.Routes() {
		if route.Pattern == pattern {
			answer, err := route.Handle(nil)
			if err != nil {
				t.Fatal(err)
			}
			return answer
		}
	}
	t.Fatalf("no route %s", pattern)
	return web.Response{}
}
