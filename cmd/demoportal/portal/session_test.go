package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/cmd/demoportal/portal"
)

func TestRefreshChangesTheAccessToken(t *testing.T) {
	h := newHouse(t)
	before := h.get("/records/login").text("token-id")
	p := h.post("/records/refresh", nil)
	p.wantStatus(http.StatusOK)
	p.wantText("notice", "The access token changed")
	if after := p.text("token-id"); after == before {
		t.Errorf("token %s is the same", after)
	}
	h.get("/records/").wantNo("notice")
}

func TestRefreshOfAnEndedSessionSignsOut(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	h.set(func() { h.ended = true })
	p := h.post("/records/refresh", nil)
	p.wantText("notice", "You were signed out")
	p.wantAll("sign-in")
	p.wantNo("who")
}

func TestProviderThatIsAwaySignsNobodyOut(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	h.set(func() { h.down = true })
	p := h.post("/records/refresh", nil)
	p.wantStatus(http.StatusServiceUnavailable)
	p.wantText("error", "still signed in")
	h.get("/records/").wantText("who", "Ana")
}

func TestRefreshedIDTokenOfAnotherPersonIsRefused(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	h.set(func() { bendID("sub", "another")(h.stub) })
	h.post("/records/refresh", nil).wantText("error-code", "answer_not_verified")
	h.get("/records/").wantNo("who")
}

func TestTwoClicksAtOnceDoNotCollide(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	var clicks sync.WaitGroup
	for range 8 {
		clicks.Go(func() {
			response, err := h.browser.PostForm(h.portal.URL+"/records/refresh", nil)
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close()
		})
	}
	clicks.Wait()
	h.get("/records/").wantText("who", "Ana")
}

func TestSignOutEndsBothSessions(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	p := h.post("/records/logout", nil)
	p.wantText("notice", "You are signed out of Records")
	p.wantAll("sign-in")
	p.wantNo("who")
	if p.at.Path != "/records/" || p.at.Query().Get("state") == "" {
		t.Errorf("landed at %s", p.at)
	}
	asked := h.farewell
	if asked.Get("post_logout_redirect_uri") != h.portal.URL+"/records/" || asked.Get("client_id") != "records-client" ||
		!strings.HasPrefix(asked.Get("id_token_hint"), "eyJ") {
		t.Errorf("asked the provider %v", asked)
	}
}

func TestForeignGoodbyeSaysNothing(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	h.post("/records/logout", nil)
	h.get("/records/?state=foreign").wantNo("notice")
}

func TestSignOutWorksWhileTheProviderIsAway(t *testing.T) {
	h := newHouse(t)
	h.down = true
	p := h.post("/records/logout", nil)
	p.wantText("notice", "You may still be signed in at the sign-in service")
	p.wantNo("who")
}

func TestOtherSitesCannotPressOurButtons(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	for _, path := range []string{"refresh", "call-api", "logout"} {
		request, err := http.NewRequest(http.MethodPost, h.portal.URL+"/records/"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Sec-Fetch-Site", "cross-site")
		response, err := h.browser.Do(request)
		h.read(response, err).wantStatus(http.StatusForbidden)
	}
	h.get("/records/").wantText("who", "Ana")
}

func TestSessionEnds(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	h.setClock(time.Now().Add(9 * time.Hour))
	h.get("/records/").wantNo("who")
}

func TestPagesAllowNoScriptsAndNameTheProviderForForms(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/", "/records/", "/records/callback"} {
		header := h.get(path).header
		policy := header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.HasSuffix(policy, "form-action 'self' "+h.stub.URL) {
			t.Errorf("%s: policy %q", path, policy)
		}
		if header.Get("Cache-Control") != "no-store" || header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, header)
		}
	}
}

func TestFrontPageListsTheAppsAndItsFilesAreThere(t *testing.T) {
	h := newHouse(t)
	p := h.get("/")
	for _, part := range []string{`href="/records/"`, `href="/scheduling/"`, "Example Clinic"} {
		if !strings.Contains(p.body, part) {
			t.Errorf("no %s on the front page", part)
		}
	}
	h.get("/static/portal.css").wantStatus(http.StatusOK)
	h.get("/static/icon.svg").wantStatus(http.StatusOK)
	h.get("/static/").wantStatus(http.StatusNotFound)
	if at := h.get("/records").at.Path; at != "/records/" {
		t.Errorf("/records leads to %s", at)
	}
}

func TestNewNamesEveryFault(t *testing.T) {
	_, err := portal.New(portal.Config{Issuer: "nowhere", Base: "ftp://x", Apps: []portal.App{{Path: "Not/Good"}, {Path: "static", Name: "x", ClientID: "x", ResponseMode: "fragment"}}})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, part := range []string{"issuer", "base", `"Not/Good"`, "no name", "no client id", `"static"`, "fragment"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not named in:\n%v", part, err)
		}
	}
}

func TestAddressesToRegister(t *testing.T) {
	app := portal.App{Path: "records"}
	for got, want := range map[string]string{
		app.RedirectURI("https://p.example/"):  "https://p.example/records/callback",
		app.PostLogoutURI("https://p.example"): "https://p.example/records/",
	} {
		_, err := url.Parse(got)
		if err != nil || got != want {
			t.Errorf("got %s (%v), want %s", got, err, want)
		}
	}
}
