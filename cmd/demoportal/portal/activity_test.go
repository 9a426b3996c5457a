package portal_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// ask calls the app's own server as the script of its page does.
func (h *house) ask(method string) (int, string) {
	h.t.Helper()
	request, err := http.NewRequest(method, h.portal.URL+"/records/activity", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	response, err := h.browser.Do(request)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return response.StatusCode, strings.TrimSpace(string(body))
}

func TestOpeningAPageIsReportedAndAskingIsNot(t *testing.T) {
	h := newHouse(t)
	h.get("/records/").wantNo("stay")
	p := h.get("/records/login")
	p.wantText("who", "Ana")
	p.wantAll("stay", "stay-signed-in", "stay-sign-out")
	if !slices.Equal(h.activity, []string{"POST"}) {
		t.Errorf("told the provider %v", h.activity)
	}
	status, body := h.ask("GET")
	if status != http.StatusOK || body != `{"end_in":900,"last":false,"warn_in":780}` {
		t.Errorf("%d %s", status, body)
	}
	h.ask("POST")
	if !slices.Equal(h.activity, []string{"POST", "GET", "POST"}) {
		t.Errorf("told the provider %v", h.activity)
	}
	h.get("/scheduling/login").wantNo("stay") // it does not report
	if len(h.activity) != 3 {
		t.Errorf("told the provider %v", h.activity)
	}
}

func TestWhoWasAwayIsSignedOut(t *testing.T) {
	for how, away := range map[string]func(*house){
		"by the session":       func(h *house) { h.away = true },
		"by the refresh token": func(h *house) { h.life, h.ended = 1, true },
	} {
		t.Run(how, func(t *testing.T) {
			h := newHouse(t)
			h.set(func() { h.life = map[string]int{"by the refresh token": 1}[how] })
			h.get("/records/login").wantText("who", "Ana")
			h.set(func() { away(h) })
			if status, _ := h.ask("GET"); status != http.StatusUnauthorized {
				t.Errorf("answered %d", status)
			}
			p := h.get("/records/")
			p.wantText("notice", "You were away")
			p.wantAll("sign-in")
			p.wantNo("who")
			if status, _ := h.ask("POST"); status != http.StatusUnauthorized {
				t.Errorf("answered %d", status)
			}
		})
	}
}

func TestWhoWasAwayIsSignedOutOfAPageWithoutScripts(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	h.set(func() { h.away = true })
	p := h.get("/records/")
	p.wantText("notice", "You were away")
	p.wantNo("who")
}

func TestNoWordOfTheProviderSignsNobodyOut(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	h.set(func() { h.down = true })
	if status, _ := h.ask("GET"); status != http.StatusServiceUnavailable {
		t.Errorf("answered %d", status)
	}
	p := h.get("/records/")
	p.wantText("who", "Ana")
	p.wantNo("stay")
}
