package server_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

// connecting is the README's page for those who connect an app.
func connecting(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	must(t, err)
	_, page, _ := strings.Cut(string(text), "\n## Connect an app\n")
	page, _, found := strings.Cut(page, "\n## ")
	if !found {
		t.Fatal("the README has no page for integrators")
	}
	return page
}

// lasting is how long the page says that something lasts.
func lasting(t *testing.T, page, what string) time.Duration {
	t.Helper()
	found := regexp.MustCompile(`(?m)^\| ` + what + ` \|.*?(\d+) (second|minute|hour)s`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the page does not say how long a %s lasts", what)
	}
	n, err := strconv.Atoi(found[1])
	must(t, err)
	return time.Duration(n) * map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour}[found[2]]
}

// TestThePageForIntegratorsIsTrue: what it names is there, and lasts as long as it says. Its blocks run in clients.test.mjs.
func TestThePageForIntegratorsIsTrue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	page := connecting(t)
	doc := h.Send("GET", "/.well-known/openid-configuration", nil, "")
	named := regexp.MustCompile("`([a-z_]+_endpoint|jwks_uri)`").FindAllStringSubmatch(page, -1)
	levels := regexp.MustCompile("`…:([a-z0-9-]+)`").FindAllStringSubmatch(page, -1)
	if len(named) < 3 || len(levels) < 4 {
		t.Errorf("the page names %v and %v", named, levels)
	}
	for _, name := range named {
		if doc.JSON[name[1]] == nil {
			t.Errorf("discovery has no %s", name[1])
		}
	}
	for _, acr := range levels {
		if !slices.Contains(provider.ACRs(), "urn:gatehouse:acr:"+acr[1]) {
			t.Errorf("there is no level %s", acr[1])
		}
	}
	h.outlives(a, page)
	b := h.Browser()
	tokens := a.Tokens(b)
	_, claims := a.Verified(tokens.Str("id_token"))
	if lives, _ := tokens.JSON["expires_in"].(float64); lives != lasting(t, page, "access token").Seconds() {
		t.Errorf("access tokens last %v s", lives)
	}
	if lives := claims["exp"].(float64) - claims["iat"].(float64); lives != lasting(t, page, "ID token").Seconds() {
		t.Errorf("ID tokens last %v s", lives)
	}
	pushed := a.Push()
	if lives, _ := pushed.JSON["expires_in"].(float64); lives != lasting(t, page, "pushed request").Seconds() {
		t.Errorf("pushed requests last %v s: %s", lives, pushed.Raw)
	}
	h.Passes(lasting(t, page, "refresh token") - time.Minute)
	a.Refresh(tokens.Str("refresh_token")).Is(200, "")
	h.Passes(2 * time.Minute)
	a.Refresh(tokens.Str("refresh_token")).Is(400, "invalid_grant")
}

// outlives redeems a code shortly before and shortly after the time that the page names.
func (h *house) outlives(a *app, page string) {
	h.t.Helper()
	for _, late := range []time.Duration{-2 * time.Second, 2 * time.Second} {
		code := a.Code(h.Browser())
		h.Passes(lasting(h.t, page, "code") + late)
		if got := a.Redeem(code); (got.Status == 200) != (late < 0) {
			h.t.Errorf("a code that is %v past its time: %d %s", late, got.Status, got.Raw)
		}
	}
}
