package server_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/server"
)

// TestHostile_LeakedPasswordIsReplaced: a thief used a leaked password. When its owner replaces it, all that the thief
// got with it is over for good: session, tokens, refresh tokens that need no session, and proofs that lie about.
func TestHostile_LeakedPasswordIsReplaced(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bruno := h.Person("ana"), h.Person("bruno")
	a, third := h.App("records"), h.App("tracker", thirdParty)
	thief := h.Browser()
	offline := a.Tokens(thief, "scope", "openid offline_access")
	bound := a.Tokens(thief)
	parked, asked := h.Browser(), h.Browser()
	parked.Get(third.Ask())
	parked.SignIn("ana", anasPassword).Form(t, "/consent")
	his := h.Browser().In("bruno")
	h.Owe(ana.ID, "leaked")
	asked.Get(a.Ask())
	asked.SignIn("ana", anasPassword).Form(t, "/new-password")

	owner := h.Browser()
	owner.Get(a.Ask("scope", "openid offline_access"))
	owner.SignIn("ana", anasPassword)
	code := a.Back(owner.NewPassword(anasNewPassword)).Get("code")
	own := a.Redeem(code).Is(200, "")

	for what, tokens := range map[string]*answer{"offline": offline, "bound to the session": bound} {
		if got := a.Refresh(tokens.Str("refresh_token")); got.Status != 400 {
			t.Errorf("%s: the thief's refresh token lives again: %d", what, got.Status)
		}
		if a.Active(tokens.Str("access_token")) {
			t.Errorf("%s: the thief's access token lives again", what)
		}
	}
	session, err := h.Store.SessionBySecret(context.Background(), provider.HashSecret(thief.Session()))
	must(t, err)
	if session.EndedAt.IsZero() {
		t.Error("the thief's session has not ended")
	}
	thief.Get(a.Ask()).Asks(t, "the thief's session")
	if p := parked.Choose("/consent", "allow"); p.Gave() != "" || parked.Session() != "" {
		t.Errorf("a proof of the old password that waited at consent began a session: %v", p.To)
	}
	parked.Get(parked.last.Step()).Asks(t, "the proof that waited")
	if p := asked.NewPassword("thief picks a password"); p.To != nil || asked.Session() != "" {
		t.Errorf("a proof of the old password set another one: %v", p.To)
	}
	parked.Get(a.Ask())
	parked.SignIn("ana", anasPassword).Shows(t, 422)

	a.Refresh(own.Str("refresh_token")).Is(200, "")
	if p := owner.Get(a.Ask()); p.Gave() == "" {
		t.Errorf("the owner's own session is over: %s", title(p))
	}
	if p := his.Get(a.Ask()); p.Gave() == "" {
		t.Errorf("bruno's session is over: %s", title(p))
	}
	if len(h.Recorded(ana.ID, "session.others_ended")) == 0 || len(h.Recorded(bruno.ID, "session.others_ended")) != 0 {
		t.Error("not recorded, or of the wrong person")
	}
}

// TestHostile_OwnSessionStays: whoever replaces the password in a browser that was signed in stays signed in there.
func TestHostile_OwnSessionStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	tokens := a.Tokens(b)
	h.Owe(ana.ID, "asked")
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	if p := b.NewPassword(anasNewPassword); p.Gave() == "" {
		t.Fatal(title(p))
	}
	a.Refresh(tokens.Str("refresh_token")).Is(200, "")
	if n := h.Rows("sessions"); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// TestHostile_ExpiredPasswordTakesNothingAlong: a password that is merely old is replaced, and nothing else ends.
func TestHostile_ExpiredPasswordTakesNothingAlong(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *server.Config) { c.Passwords = password.Policy{MaxAge: 2 * time.Hour} })
	ana := h.Person("ana")
	a := h.App("records")
	phone := h.Browser()
	offline := a.Tokens(phone, "scope", "openid offline_access")
	bound := a.Tokens(phone)
	h.Passes(3 * time.Hour)
	laptop := h.Browser()
	laptop.Get(a.Ask())
	laptop.SignIn("ana", anasPassword)
	if p := laptop.NewPassword(anasNewPassword); p.Gave() == "" {
		t.Fatal(title(p))
	}
	for what, tokens := range map[string]*answer{"offline": offline, "bound to the session": bound} {
		if got := a.Refresh(tokens.Str("refresh_token")); got.Status != 200 {
			t.Errorf("%s: %d %s", what, got.Status, got.Raw)
		}
	}
	session, err := h.Store.SessionBySecret(context.Background(), provider.HashSecret(phone.Session()))
	must(t, err)
	if !session.EndedAt.IsZero() || len(h.Recorded(ana.ID, "session.others_ended")) != 0 {
		t.Error("the session of the phone has ended")
	}
}

// TestHostile_NewPasswordNeedsAProof: whoever sits at a session that somebody left is not asked for a new password before
// they have shown the old one, nor can they send the form.
func TestHostile_NewPasswordNeedsAProof(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser().In("ana")
	h.Owe(ana.ID, "leaked")
	for _, to := range []string{a.Ask(), "/account"} {
		p := b.Get(to)
		p.Asks(t, to)
		action, form := p.Form(t, "/password")
		form.Del("username")
		form.Set("new_password", anasNewPassword)
		forged := b.Post(strings.TrimSuffix(action, "/password")+"/new-password", form)
		forged.Asks(t, "a forged form")
	}
	a.Refused(b.Get(a.Ask("prompt", "none")), provider.RefuseInteract)
	b.Get(a.Ask())
	b.SignIn("ana", "not the password at all")
	b.last.Asks(t, "a wrong password")
	b.SignIn("ana", anasPassword).Form(t, "/new-password")
	if p := b.NewPassword(anasNewPassword); p.Gave() == "" {
		t.Errorf("and then: %s", title(p))
	}
}

// TestHostile_NewPasswordForAnother: the form of Ana's new password sets no other's, whoever signed in meanwhile.
func TestHostile_NewPasswordForAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owes := func(_ *provider.Account, p *provider.Authenticator) { p.ChangeOwed = "asked" }
	h.Person("ana", owes)
	bruno := h.Person("bruno")
	b := h.Browser()
	b.Get("/account")
	form := b.SignIn("ana", anasPassword)
	b.In("bruno")
	h.Owe(bruno.ID, "asked")
	b.last = form
	b.NewPassword(anasNewPassword)
	for name, want := range map[string]bool{"ana": true, "bruno": false} {
		other := h.Browser()
		other.Get("/account")
		other.SignIn(name, anasNewPassword)
		if got := other.Session() != ""; got != want {
			t.Errorf("the new password is %s's: %v, want %v", name, got, want)
		}
	}
	other := h.Browser()
	other.Get("/account")
	other.SignIn("bruno", anasPassword).Form(t, "/new-password")
}

// TestHostile_AimedFailures: strangers who keep guessing do not stop anybody from replacing a password.
func TestHostile_AimedFailures(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 12 {
		name := "ana" + string(rune('a'+i))
		var aimed string
		h.Person(name, func(_ *provider.Account, p *provider.Authenticator) { p.ChangeOwed, aimed = "leaked", p.ID })
		owner := h.Browser()
		owner.Get("/account")
		owner.SignIn(name, anasPassword)
		stop, began := make(chan struct{}), make(chan struct{}, 1)
		var stranger sync.WaitGroup
		stranger.Go(func() {
			for {
				_, err := h.Store.CountFailure(context.Background(), aimed, audit.SignInFailed(h.now(), "", "", "password"))
				if err != nil {
					t.Error(err)
				}
				select {
				case began <- struct{}{}:
				default:
				}
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond): // up to two hundred a second: more than the house evaluates
				}
			}
		})
		<-began
		owner.NewPassword(anasNewPassword)
		close(stop)
		stranger.Wait()
		if owner.Session() == "" || strings.Contains(owner.last.Body, "new_password") {
			t.Errorf("%s could not replace the password: %d %s", name, owner.last.Status, title(owner.last))
		}
	}
}

// TestHostile_OldPasswordWhileItIsReplaced: somebody who keeps signing in with the old password while it is replaced has
// proven nothing, at whatever moment they did.
func TestHostile_OldPasswordWhileItIsReplaced(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	h.Owe(ana.ID, "leaked")
	owner := h.Browser()
	owner.Get("/account")
	owner.SignIn("ana", anasPassword).Form(t, "/new-password")
	var thieves sync.WaitGroup
	stop, waiting := make(chan struct{}), make(chan *browser, 10_000)
	for range 4 {
		thieves.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				b := h.Browser()
				b.Get(a.Ask())
				if b.SignIn("ana", anasPassword); b.last.Status == http.StatusOK {
					waiting <- b
				}
			}
		})
	}
	for len(waiting) < 8 {
		time.Sleep(time.Millisecond)
	}
	owner.NewPassword(anasNewPassword)
	close(stop)
	thieves.Wait()
	close(waiting)
	if owner.Session() == "" {
		t.Fatal(title(owner.last))
	}
	through, all := 0, 0
	for b := range waiting {
		all++
		if p := b.Get(b.last.Step()); p.Gave() != "" || b.Session() != "" {
			through++
		}
	}
	if through > 0 {
		t.Errorf("%d of %d proofs of the old password began a session", through, all)
	}
}
