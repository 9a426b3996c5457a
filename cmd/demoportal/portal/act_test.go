package portal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/cmd/demoportal/portal"
)

const (
	twoStep = "urn:gatehouse:acr:two-step"
	aal2    = "urn:gatehouse:acr:aal2"
	phr     = "urn:gatehouse:acr:phr"
)

// asAsked has the provider sign people in as an app asked, and by two steps where it asked for nothing.
func asAsked(h *house) {
	h.bendAccess = func(c map[string]any) {
		c["acr"], c["auth_time"] = twoStep, time.Now().Unix()
		if asked := h.asked.Get("acr_values"); asked != "" {
			c["acr"] = asked
		}
	}
}

func TestActStepsUpAndIsDone(t *testing.T) {
	h := newHouse(t)
	asAsked(h)
	h.get("/scheduling/login").wantText("who", "Ana")
	p := h.post("/scheduling/act", nil)
	if got := h.asked.Get("acr_values"); got != aal2 {
		t.Errorf("asked the provider for %q, want what the API said", got)
	}
	p.wantText("done", "booked")
	h.asked = nil
	h.post("/scheduling/act", nil).wantText("done", "booked")
	if h.asked != nil {
		t.Error("asked again of somebody who is sure enough")
	}
	h.get("/scheduling/").wantNo("done")
}

func TestActThatStaysOutOfReachIsNotTriedForEver(t *testing.T) {
	h := newHouse(t)
	h.bendAccess = func(c map[string]any) { c["acr"] = twoStep }
	h.get("/records/login").wantText("who", "Ana")
	p := h.post("/records/act", nil)
	p.wantNo("done")
	p.wantText("api-result", "insufficient_user_authentication")
}

func TestActNeedsASignIn(t *testing.T) {
	h := newHouse(t)
	h.post("/records/act", nil).wantAll("sign-in")
}

func TestAPIWantsAFreshSignInWhereSet(t *testing.T) {
	h := newHouse(t, func(c *portal.Config) { c.Apps[0].Act.MaxAge = 5 * time.Minute })
	token := func(acr string, age time.Duration) string {
		return "Bearer " + h.accessToken("records-client", func(c map[string]any) {
			c["acr"], c["auth_time"] = acr, time.Now().Add(-age).Unix()
		})
	}
	const wanted = `Bearer realm="records", error="insufficient_user_authentication", acr_values="` + phr + `", max_age="300"`
	cases := map[string]struct {
		authorization string
		status        int
		challenge     string
	}{
		"sure and young": {token(phr, time.Minute), http.StatusOK, ""},
		"old":            {token(phr, 6*time.Minute), http.StatusUnauthorized, wanted},
		"not sure":       {token(aal2, time.Minute), http.StatusUnauthorized, wanted},
		"an ID token": {
			"Bearer " + h.sign(jose.RS256, "JWT", h.idClaims("records-client")), http.StatusUnauthorized,
			`Bearer realm="records", error="invalid_token"`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequest(http.MethodPost, h.portal.URL+"/records/api/act", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", c.authorization)
			response, err := http.DefaultClient.Do(request)
			p := h.read(response, err)
			p.wantStatus(c.status)
			if got := p.header.Get("WWW-Authenticate"); got != c.challenge {
				t.Errorf("challenge %q, want %q", got, c.challenge)
			}
		})
	}
}
