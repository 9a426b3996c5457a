package server_test

import (
	"context"
	"net/url"
	"regexp"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/audit"
	"gatehouse/provider/server"
)

// TestHostile_PausedSinceTheProofs: what was shown before the owner paused the account opens nothing, neither at the last page of a
// reset nor by the form of one that is done, sent again.
func TestHostile_PausedSinceTheProofs(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]func(*house, provider.AccountID, *browser){
		"before the password": func(h *house, id provider.AccountID, thief *browser) {
			h.SetStatus(id, provider.Paused)
			thief.sets(anasNew).Shows(t, 403, "We cannot open this account online")
		},
		"sent again": func(h *house, id provider.AccountID, thief *browser) {
			action, form := thief.last.Form(t, "/new-password")
			form.Set("new_password", anasNew)
			thief.Post(action, form).Shows(t, 200, "Your new password is set")
			h.SetStatus(id, provider.Paused)
			thief.Post(action, form)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			ana, app := h.Apped("ana")
			h.Mail()
			thief := h.App("records").forgotten("ana")
			thief.enters(h.CodeFor(provider.ByEmail, "ana@example.org")).Shows(t, 200, `name="code"`)
			thief.Fill("/totp", "code", app.At(h.now())).Shows(t, 200, "Choose a new password")
			form(h, ana.ID, thief)
			if got := h.statusOf(ana.ID); got != provider.Paused {
				t.Errorf("it is %s", got)
			}
		})
	}
}

// cutShort is a store that is away when the browsers of an account are let go, once.
type cutShort struct {
	provider.Store

	armed bool
}

func (s *cutShort) DropDevices(ctx context.Context, a provider.AccountID, e provider.Event) error {
	if s.armed {
		s.armed = false
		return provider.ErrUnavailable
	}
	return s.Store.DropDevices(ctx, a, e)
}

// TestHostile_ResetCutShort: where the house stops between a new password and what comes with it, the form sent again does the rest
// before the page says that it is done.
func TestHostile_ResetCutShort(t *testing.T) {
	t.Parallel()
	store := &cutShort{}
	h := newHouse(t, func(c *server.Config) { store.Store = c.Store; c.Store = store })
	a := h.App("records")
	ana := h.Person("ana")
	a.Tokens(h.Browser())
	before, err := h.Store.Devices(context.Background(), ana.ID)
	must(t, err)
	h.Mail()
	b := a.forgotten("ana")
	b.enters(h.CodeFor(provider.ByEmail, "ana@example.org")).Shows(t, 200, "Choose a new password")
	action, form := b.last.Form(t, "/new-password")
	form.Set("new_password", anasNew)
	store.armed = true
	b.Post(action, form).Shows(t, 503)
	b.Post(action, form).Shows(t, 200, "Your new password is set")
	after, err := h.Store.Devices(context.Background(), ana.ID)
	must(t, err)
	for _, was := range before {
		for _, is := range after {
			if is.ID == was.ID {
				t.Error("a browser that was known before is known still")
			}
		}
	}
}

// TestHostile_RenewOverOffice: a code that the office has followed by its own, or taken back, is followed by no other, at whatever
// moment of the way that was.
func TestHostile_RenewOverOffice(t *testing.T) {
	t.Parallel()
	for name, office := range map[string]func(*house, activation.Issued){
		"followed": func(h *house, _ activation.Issued) {
			h.Invites("MRN-1", func(in *activation.Invitation) { in.Contact.Email = "new@example.org" })
		},
		"taken back": func(h *house, old activation.Issued) {
			h.exec("UPDATE activations SET revoked_at = 1, revoked_why = 'by_staff' WHERE id = ?", old.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			old := h.Invites("MRN-1", func(in *activation.Invitation) { in.Lasts = time.Hour })
			h.Passes(2 * time.Hour)
			b := h.Browser()
			b.activates(old.Code)
			b.born("2", "14", "1987").Shows(t, 410, "We can send a new code")
			office(h, old)
			rows := h.Rows("activations")
			h.Mail()
			b.Fill("/renew").Shows(t, 410, "There is a newer code")
			if h.Rows("activations") != rows || len(h.Told("M-06")) != 0 {
				t.Error("a new code was made")
			}
		})
	}
}

// TestHostile_TrustedCodeIsNotRenewed: whom a patient invited, the patient invites again, or not.
func TestHostile_TrustedCodeIsNotRenewed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	h.HasRecord(ana, "MRN 7")
	h.At("ana", "/account/trusted").Post("/account/trusted/add", wish("months", "12", "month", "2", "day", "14", "year", "1987"))
	code := h.invitedBy("jose@example.org")
	h.Passes(15 * 24 * time.Hour)
	b := h.Browser()
	b.activates(code)
	if p := b.born("2", "14", "1987").Shows(t, 410, "This code has run out"); regexp.MustCompile(`action="[^"]*/renew"`).MatchString(p.Body) {
		t.Error("a new code is offered")
	}
	b.Post(b.at()+"/renew", url.Values{})
	if len(h.Told("M-06")) != 0 {
		t.Error("a new code was sent")
	}
}

// invitedBy is the code of the last invitation that went to an address.
func (h *house) invitedBy(to string) string {
	h.t.Helper()
	code := ""
	for _, m := range h.Mail() {
		if (m.Template == "M-05" || m.Template == "M-06") && m.To == to {
			code = m.Data["what"]
		}
	}
	if code == "" {
		h.t.Fatal("no code was sent to " + to)
	}
	return code
}

// TestHostile_OldCodeStopsAnother: somebody whose invitation a patient took back, and who tries its code until it is stopped, is in
// nobody else's way.
func TestHostile_OldCodeStopsAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	h.HasRecord(ana, "MRN 7")
	b := h.At("ana", "/account/trusted")
	b.Post("/account/trusted/add", wish("months", "12"))
	old := h.invitedBy("jose@example.org")
	all, err := h.Store.ActivationsOf(context.Background(), "MRN 7")
	must(t, err)
	for _, a := range all {
		if a.By == ana.ID {
			b.Post("/account/trusted/"+a.ID+"/end", url.Values{}).Shows(t, 200, `role="status"`)
		}
	}
	b.Post("/account/trusted/add", wish("email", "rosa@example.org", "month", "2", "day", "14", "year", "1987"))
	code := h.invitedBy("rosa@example.org")
	ex := h.Browser()
	ex.activates(old)
	for range 5 {
		ex.born("1", "1", "1990")
	}
	ex.last.Shows(t, 429)
	rosa := h.Browser()
	rosa.activates(code)
	rosa.born("2", "14", "1987").Shows(t, 200, "Do you have an account")
}

// TestHostile_FirstTakesSomeonesOnlyName: an address that an account lists and nobody confirmed becomes no name of it while it is
// somebody else's only one.
func TestHostile_FirstTakesSomeonesOnlyName(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	family := provider.Identifier{Kind: provider.Email, Value: "family@example.org", Canonical: "family@example.org"}
	h.Person("bea", func(a *provider.Account, _ *provider.Authenticator) { // signs in by the family's address alone
		known := family
		known.VerifiedAt = a.CreatedAt
		a.Identifiers = []provider.Identifier{known}
	})
	ana := h.Mailed("ana")
	a, err := h.Store.Account(context.Background(), ana.ID)
	must(t, err)
	a.Identifiers = append(a.Identifiers, family)
	must(t, h.Store.UpdateAccount(context.Background(), a, audit.AccountEnabled(h.now(), a.ID, a.Status, audit.Operator)))
	h.Gives(a, provider.EmailCode, address(family.Value))
	b := h.At("ana", "/account/contacts")
	action := regexp.MustCompile(`action="(/account/contacts/[^"]+/first)"`).FindStringSubmatch(b.Get("/account/contacts").Body)
	if action == nil {
		t.Fatal("nothing can be put first")
	}
	b.Post(action[1], url.Values{}).Shows(t, 422)
	owners, err := h.Store.FindAccounts(context.Background(), provider.Email, family.Canonical)
	must(t, err)
	if len(owners) != 1 {
		t.Errorf("%d accounts have it for a name", len(owners))
	}
}
