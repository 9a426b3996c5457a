package portal_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/cmd/demoportal/portal"
)

func TestAPIAnswersThroughTheButton(t *testing.T) {
	h := newHouse(t)
	h.get("/scheduling/login").wantText("who", "Ana")
	p := h.post("/scheduling/call-api", nil)
	p.wantText("api-result", "Eye exam (sample)")
	p.wantText("api-result", "in 3 days")
	h.get("/scheduling/").wantNo("api-result")
}

func TestRefusalOfTheAPIIsShown(t *testing.T) {
	h := newHouse(t)
	h.bendAccess = func(c map[string]any) { c["scope"] = "profile" }
	h.get("/records/login").wantText("who", "Ana")
	p := h.post("/records/call-api", nil)
	p.wantText("api-result", "403")
	p.wantText("api-result", "insufficient_scope")
}

// api calls the API as any program would.
func (h *house) api(authorization string) page {
	h.t.Helper()
	request, err := http.NewRequest(http.MethodGet, h.portal.URL+"/records/api/items", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := http.DefaultClient.Do(request)
	return h.read(response, err)
}

func TestAPITakesOnlyGoodAccessTokensMadeForIt(t *testing.T) {
	h := newHouse(t)
	other := newStub(t)
	bent := func(name string, value any) string {
		return h.accessToken("records-client", func(c map[string]any) { c[name] = value })
	}
	idToken := h.sign(jose.RS256, "JWT", h.idClaims("records-client"))
	forged := other.accessToken("records-client", func(c map[string]any) { c["iss"] = h.stub.URL })
	cases := map[string]struct {
		authorization string
		status        int
		challenge     string
	}{
		"good":             {"Bearer " + h.accessToken("records-client", nil), 200, ""},
		"small letters":    {"bearer " + h.accessToken("records-client", nil), 200, ""},
		"none":             {"", 401, `Bearer realm="records"`},
		"basic":            {"Basic YTpi", 401, `Bearer realm="records"`},
		"nonsense":         {"Bearer nonsense", 401, `error="invalid_token"`},
		"expired":          {"Bearer " + bent("exp", time.Now().Add(-time.Second).Unix()), 401, `error="invalid_token"`},
		"foreign audience": {"Bearer " + bent("aud", "scheduling-client"), 401, `error="invalid_token"`},
		"foreign issuer":   {"Bearer " + bent("iss", "https://other.example"), 401, `error="invalid_token"`},
		"forged":           {"Bearer " + forged, 401, `error="invalid_token"`},
		"ID token":         {"Bearer " + idToken, 401, `error="invalid_token"`},
		"without scope":    {"Bearer " + bent("scope", "profile openid2"), 403, `error="insufficient_scope", scope="openid"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := h.api(c.authorization)
			p.wantStatus(c.status)
			challenge := p.header.Get("WWW-Authenticate")
			if !strings.Contains(challenge, c.challenge) || (c.challenge == "" && challenge != "") {
				t.Errorf("challenge %q, want %q", challenge, c.challenge)
			}
			if c.status != 200 && strings.Contains(p.body, "sample") {
				t.Errorf("data in a refusal: %s", p.body)
			}
		})
	}
}

func TestAPIKnowsAnIDTokenByItsTypeAlone(t *testing.T) {
	h := newHouse(t)
	claims := h.idClaims("records-client")
	claims["scope"] = "openid"
	h.api("Bearer " + h.sign(jose.RS256, "JWT", claims)).wantStatus(401)
	h.api("Bearer " + h.sign(jose.RS256, "at+jwt", claims)).wantStatus(200)
}

func TestAccessTokenIsRenewedOnlyWhenItIsOver(t *testing.T) {
	h := newHouse(t, func(c *portal.Config) { c.Apps[0].Reports = false }) // or each page would renew it
	h.get("/records/login").wantText("who", "Ana")
	h.post("/records/call-api", nil).wantAll("api-result")
	if h.refreshes != 0 {
		t.Errorf("%d refreshes for a token that is good", h.refreshes)
	}
	h.set(func() { h.life = 1 })
	h.get("/records/login").wantText("who", "Ana")
	h.post("/records/call-api", nil).wantText("api-result", "Immunization record (sample)")
	if h.refreshes != 1 {
		t.Errorf("%d refreshes for a token that is over, want 1", h.refreshes)
	}
	h.set(func() { h.ended = true })
	h.post("/records/call-api", nil).wantText("notice", "You were signed out")
}

func TestAPIOfAnAppAsksForItsOwnScope(t *testing.T) {
	h := newHouse(t, func(c *portal.Config) { c.Apps[0].APIScope = "records.read" })
	h.api("Bearer " + h.accessToken("records-client", nil)).wantStatus(403)
	h.api("Bearer " + h.accessToken("records-client", func(c map[string]any) { c["scope"] = "openid records.read" })).wantStatus(200)
}

func TestAPISaysTryLaterWhileTheProviderIsAway(t *testing.T) {
	h := newHouse(t)
	h.down = true
	h.api("Bearer " + h.accessToken("records-client", nil)).wantStatus(503)
}
