package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// family is all that one authorization gave, and a code that was not redeemed yet.
type family struct {
	b                     *browser
	code, access, refresh string
	grant, session        string
}

func (a *app) family() family {
	a.t.Helper()
	b := a.h.Browser()
	sign := func() string {
		p := b.Get(a.Ask("scope", "openid email"))
		if strings.Contains(p.Body, `name="password"`) {
			p = b.SignIn("ana", anasPassword)
		}
		if strings.Contains(p.Body, "/consent") {
			p = b.Choose("/consent", "allow")
		}
		return a.Back(p).Get("code")
	}
	tokens := a.Redeem(sign()).Is(200, "")
	_, claims := joseParts(a.t, tokens.Str("access_token"))
	return family{
		b: b, code: sign(), access: tokens.Str("access_token"), refresh: tokens.Str("refresh_token"),
		grant: claims["gid"].(string), session: claims["sid"].(string),
	}
}

// TestOneGate walks the matrix: whatever shuts the gate, nothing is given out anywhere; and as long as nothing does, all is.
func TestOneGate(t *testing.T) {
	t.Parallel()
	type shut struct {
		do         func(h *house, f family, ana provider.AccountID)
		codeLives  bool // what shuts it concerns the other grant only
		silent     string
		resumed    string // what the person sees; "" is a code
		clientGone bool
	}
	for name, c := range map[string]shut{
		"open":               {do: func(*house, family, provider.AccountID) {}, codeLives: true},
		"locked by staff":    {do: func(h *house, _ family, ana provider.AccountID) { h.SetStatus(ana, provider.Locked) }, silent: "login_required", resumed: "Sign in to"},
		"paused":             {do: func(h *house, _ family, ana provider.AccountID) { h.SetStatus(ana, provider.Paused) }, silent: "login_required", resumed: "Sign in to"},
		"closed":             {do: func(h *house, _ family, ana provider.AccountID) { h.SetStatus(ana, provider.Closed) }, silent: "login_required", resumed: "Sign in to"},
		"unknown status":     {do: func(h *house, _ family, ana provider.AccountID) { h.SetStatus(ana, "") }, silent: "login_required", resumed: "Sign in to"},
		"change owed":        {do: func(h *house, _ family, ana provider.AccountID) { h.Owe(ana, "leaked") }, silent: "interaction_required", resumed: "Confirm it is you"},
		"consent withdrawn":  {do: withdraw, silent: "consent_required", resumed: "Share your data"},
		"client disabled":    {do: func(h *house, _ family, _ provider.AccountID) { h.Disable("records") }, clientGone: true, resumed: "We cannot open this app"},
		"session ended":      {do: endSession, silent: "login_required", resumed: "Sign in to"},
		"session over":       {do: func(h *house, _ family, _ provider.AccountID) { h.exec("UPDATE sessions SET ends_at = 1") }, silent: "login_required", resumed: "Sign in to"},
		"grant revoked":      {do: revokeGrant, codeLives: true},
		"grants all revoked": {do: func(h *house, _ family, _ provider.AccountID) { h.exec("UPDATE grants SET revoked_at = 1") }},
		"grant over":         {do: func(h *house, _ family, _ provider.AccountID) { h.exec("UPDATE grants SET expires_at = 1") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			ana := h.Person("ana")
			a := h.App("records", thirdParty, func(c *provider.Client) { c.Audience = []string{"records", "fhir"} })
			server := h.App("fhir", machine)
			f := a.family()
			if !server.Active(f.access) || !a.Active(f.refresh) {
				t.Fatal("not active to begin with")
			}
			c.do(h, f, ana.ID)
			open := name == "open"
			gives(t, "code exchange", open || c.codeLives, a.Redeem(f.code))
			gives(t, "refresh", open, a.Refresh(f.refresh))
			gives(t, "userinfo", open, h.Userinfo(f.access))
			if server.Active(f.access) != open {
				t.Error("introspection of the access token")
			}
			if !c.clientGone && a.Active(f.refresh) != open {
				t.Error("introspection of the refresh token")
			}
			silent, resumed := f.b.Twin().Get(a.Ask("scope", "openid email", "prompt", "none")), f.b.Twin().Get(a.Ask("scope", "openid email"))
			switch {
			case c.clientGone:
				silent.Shows(t, 400, c.resumed)
			case c.silent == "":
				if a.Back(silent).Get("code") == "" {
					t.Errorf("silently: %v", silent.To)
				}
			default:
				a.Refused(silent, c.silent)
			}
			if leaves := resumed.To != nil; leaves != (c.resumed == "") || !leaves && !strings.Contains(resumed.Body, c.resumed) {
				t.Errorf("resumed: %d %s to %v", resumed.Status, title(resumed), resumed.To)
			}
		})
	}
}

func gives(t *testing.T, what string, want bool, got *answer) {
	t.Helper()
	if (got.Status == 200) != want || !want && (got.JSON["access_token"] != nil || got.JSON["sub"] != nil) {
		t.Errorf("%s: %d %s", what, got.Status, got.Raw)
	}
}

func withdraw(h *house, _ family, ana provider.AccountID) {
	must(h.t, h.Store.WithdrawConsent(context.Background(), ana, "records", audit.ConsentWithdrawn(h.now(), ana, "records")))
}

func endSession(h *house, f family, _ provider.AccountID) {
	s, err := h.Store.Session(context.Background(), f.session)
	must(h.t, err)
	_, err = h.Store.EndSession(context.Background(), s.ID, "by_staff", h.now(), audit.SessionEnded(h.now(), s, "by_staff"))
	must(h.t, err)
}

func revokeGrant(h *house, f family, _ provider.AccountID) {
	s, err := h.Store.Standing(context.Background(), f.grant, "")
	must(h.t, err)
	_, err = h.Store.RevokeGrant(context.Background(), f.grant, "by owner", h.now(), audit.GrantRevoked(h.now(), *s.Grant, "by owner"))
	must(h.t, err)
}

// TestOneGate_InTheMiddle: what shuts while somebody is on the way stops them at the end of it.
func TestOneGate_InTheMiddle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do     func(h *house, ana provider.AccountID)
		status int
		text   string
	}{
		"locked":   {func(h *house, ana provider.AccountID) { h.SetStatus(ana, provider.Locked) }, 403, "We cannot open this account online"},
		"closed":   {func(h *house, ana provider.AccountID) { h.SetStatus(ana, provider.Closed) }, 403, "We cannot open this account online"},
		"disabled": {func(h *house, _ provider.AccountID) { h.Disable("records") }, 400, "We cannot open this app"},
		"owed":     {func(h *house, ana provider.AccountID) { h.Owe(ana, "asked") }, 200, "Choose a new password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			ana := h.Person("ana")
			a := h.App("records", thirdParty)
			b := h.Browser()
			b.Get(a.Ask())
			b.SignIn("ana", anasPassword).Shows(t, 200, "Share your data")
			c.do(h, ana.ID)
			p := b.Choose("/consent", "allow")
			if p.To != nil || p.Status != c.status || !strings.Contains(p.Body, c.text) {
				t.Errorf("answered %d %s to %v, want %d", p.Status, title(p), p.To, c.status)
			}
			h.Passes(time.Minute)
			if p := b.Get(p.URL.Path); p.To != nil {
				t.Errorf("and then led to %v", p.To)
			}
		})
	}
}
