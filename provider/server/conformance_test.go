package server_test

import (
	"slices"
	"strings"
	"testing"

	"gatehouse/provider"
)

// The certification plans of the OpenID Foundation's conformance suite, restated: a test of the same name for each module,
// which asks what the module asks, from outside, over HTTP and TLS. What it is judged by was not written here: go-oidc and
// go-jose check tokens and keys, x/net/html reads the form of form_post, x/text the language tags, and the application is a
// server of its own that tells what reached it. Where the suite would warn, e.warns says so, and nobody fails.
//
// `make conformance` runs them and prints the table.

// plan is a certification plan: its modules in the suite's order, and with which client it is sat.
type plan struct {
	name    string
	client  string // "" for the static client with client_secret_basic
	mode    string // response_mode; "" for the default
	modules []string
	without []string // modules that have nothing to ask of this client
}

const (
	basicPlan       = "oidcc-basic-certification-test-plan"
	configPlan      = "oidcc-config-certification-test-plan"
	formPostPlan    = "oidcc-formpost-basic-certification-test-plan"
	logoutPlan      = "oidcc-rp-initiated-logout-certification-test-plan"
	backChannelPlan = "oidcc-backchannel-rp-initiated-logout-certification-test-plan"
)

func plans() []plan {
	secretly := []string{"oidcc-server-client-secret-post"} // asks for a secret, which only the static client has
	return []plan{
		{name: configPlan, modules: []string{"oidcc-discovery-endpoint-verification"}},
		{name: basicPlan, modules: basicModules()},
		{name: basicPlan, client: "private_key_jwt", modules: basicModules(), without: secretly},
		{name: basicPlan, client: "none", modules: basicModules(), without: secretly},
		{name: formPostPlan, mode: "form_post", modules: basicModules()},
		{name: logoutPlan, modules: logoutModules()},
		{name: backChannelPlan, modules: []string{"oidcc-backchannel-logout-discovery-endpoint-verification", "oidcc-backchannel-rp-initiated-logout"}},
	}
}

func basicModules() []string {
	return strings.Fields(`oidcc-server oidcc-response-type-missing oidcc-idtoken-signature oidcc-idtoken-unsigned oidcc-userinfo-get
		oidcc-userinfo-post-header oidcc-userinfo-post-body oidcc-ensure-request-without-nonce-succeeds-for-code-flow oidcc-scope-profile
		oidcc-scope-email oidcc-scope-address oidcc-scope-phone oidcc-scope-all oidcc-alternate-happy-flow oidcc-display-page oidcc-display-popup
		oidcc-prompt-login oidcc-prompt-none-not-logged-in oidcc-prompt-none-logged-in oidcc-max-age-1 oidcc-max-age-10000
		oidcc-ensure-request-with-unknown-parameter-succeeds oidcc-id-token-hint oidcc-login-hint oidcc-ui-locales oidcc-claims-locales
		oidcc-ensure-request-with-acr-values-succeeds oidcc-codereuse oidcc-codereuse-30seconds oidcc-ensure-registered-redirect-uri
		oidcc-ensure-post-request-succeeds oidcc-server-client-secret-post
		oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported
		oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported oidcc-claims-essential
		oidcc-ensure-request-object-with-redirect-uri oidcc-refresh-token oidcc-ensure-request-with-valid-pkce-succeeds`)
}

func logoutModules() []string {
	return strings.Fields(`oidcc-rp-initiated-logout-discovery-endpoint-verification oidcc-rp-initiated-logout
		oidcc-rp-initiated-logout-bad-post-logout-redirect-uri oidcc-rp-initiated-logout-modified-id-token-hint
		oidcc-rp-initiated-logout-no-id-token-hint oidcc-rp-initiated-logout-no-params oidcc-rp-initiated-logout-no-post-logout-redirect-uri
		oidcc-rp-initiated-logout-no-state oidcc-rp-initiated-logout-only-state
		oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri oidcc-rp-initiated-logout-bad-id-token-hint`)
}

// asked is what a module asks.
type asked map[string]func(*exam)

// TestConformance sits each plan in a house of its own, at the same time.
func TestConformance(t *testing.T) {
	t.Parallel()
	all := map[string]asked{
		configPlan: {"oidcc-discovery-endpoint-verification": discoveryVerification}, basicPlan: basicAsks(), formPostPlan: basicAsks(),
		logoutPlan: logoutAsks(), backChannelPlan: backChannelAsks(),
	}
	for _, p := range plans() {
		name := p.name
		if p.client != "" {
			name += "[client_auth_type=" + p.client + "]"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := newExamRoom(t, p)
			for _, module := range p.modules {
				if slices.Contains(p.without, module) {
					continue
				}
				ask := all[p.name][module]
				if ask == nil {
					t.Errorf("nobody asks %s", module)
					continue
				}
				t.Run(module, func(t *testing.T) { ask(room.exam(t)) })
			}
		})
	}
}

// examRoom is where a plan is sat: a house with the clients of the suite, and the suite's own server.
type examRoom struct {
	h                     *house
	party                 *party
	ears                  *ears
	mode                  string
	client, other, poster *app
}

func newExamRoom(t *testing.T, p plan) *examRoom {
	t.Helper()
	e := newEars(t)
	room := &examRoom{h: newHouse(t, e.reach), party: newParty(t), ears: e, mode: p.mode}
	room.h.Person("ana")
	at := func(c *provider.Client) {
		c.RedirectURIs, c.PostLogoutRedirectURIs = []string{room.party.URL + "/callback/" + c.ID}, []string{room.party.URL + "/bye/" + c.ID}
	}
	method := func(c *provider.Client) {
		if p.client != "" {
			c.AuthMethod = p.client
		}
		c.PKCEOptional = !c.Public() // the suite's Basic modules send no challenge
	}
	room.client = room.h.App("client", at, method, e.heardAt)
	room.other = room.h.App("client2", at, method)
	room.poster = room.h.App("client-post", at, post, noPKCE)
	return room
}

// exam is one module under way.
type exam struct {
	*testing.T
	*examRoom
}

// exam lets all that can fail fail this module, not the plan.
func (r *examRoom) exam(t *testing.T) *exam {
	mine := *r
	h := *r.h
	h.t = t
	mine.h = &h
	for _, a := range []**app{&mine.client, &mine.other, &mine.poster} {
		of := **a
		of.t, of.h = t, &h
		*a = &of
	}
	return &exam{t, &mine}
}

// warns says what the suite would warn of; the table shows it.
func (e *exam) warns(format string, args ...any) {
	e.Helper()
	e.Logf("warning: "+format, args...)
}
