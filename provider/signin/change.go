package signin

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

type newPasswordForm struct {
	Username    string `form:"username" max:"2048"` // for password managers; not looked at
	NewPassword string `form:"new_password" max:"8192"`
	Ticket      string `form:"ticket" max:"16384"`
}

func (s *SignIn) newPasswordPage(step provider.Step, v view) templates.NewPassword {
	return templates.NewPassword{
		App: v.app, Action: v.base + "/new-password", Ticket: v.ticket,
		Username: UsernameOf(v.account), Reason: "password.reason." + step.Reason,
		MinLength: s.Policy.Least(false), Error: v.say.err, Fields: fieldsOf(v.say), Strength: v.say.strength, Wait: v.say.wait(),
	}
}

// postNewPassword sets the password that must replace the old one: S-18.
func (s *SignIn) postNewPassword(r *web.Request, f newPasswordForm) (web.Response, error) {
	c, other, err := s.load(r, f.Ticket, "")
	if other != nil || err != nil {
		return orOther(other), err
	}
	if resets(c) {
		return s.postReset(r, c, f)
	}
	if c, other, err = s.due(r, f.Ticket, provider.StepChange); other != nil || err != nil {
		return orOther(other), err
	}
	account, err := s.Store.Account(r.Context(), c.Account)
	if err != nil {
		return web.Response{}, err
	}
	if account.Status != provider.Active {
		return s.closed(r, c, account)
	}
	held, err := s.held(r.Context(), c.Account, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	old, _ := provider.Held(held, provider.Password)
	own := append(OwnWords(account), s.Brand...)
	refused, err := s.refuses(r, f.NewPassword, own, old)
	switch {
	case errors.Is(err, password.ErrBusy):
		return s.dispatch(r, c, said{status: http.StatusServiceUnavailable, err: "signin.notice.busy", retry: retryAfter(err)})
	case err != nil:
		return web.Response{}, err
	case refused != "":
		return s.dispatch(r, c, said{
			status: http.StatusUnprocessableEntity, fields: map[string]string{"new_password": refused},
			strength: string(password.Strength(f.NewPassword, own)),
		})
	}
	response, err := s.replace(r, c, account, held, f)
	if page, leaves := response.Page.(templates.Leaving); leaves { // the person hears how strong it is on the way out
		page.Notice = strings.Replace(string(password.Strength(f.NewPassword, own)), "password.strength.", "leaving.notice.password_", 1)
		response.Page = page
	}
	return response, err
}

// refuses answers the key of why a new password will not do, "" if it will.
func (s *SignIn) refuses(r *web.Request, fresh string, own []string, old provider.Authenticator) (string, error) {
	err := s.Policy.Check(fresh, password.Context{Own: own})
	var refusal *password.Refusal
	if errors.As(err, &refusal) {
		return refusal.Key, nil
	}
	if err != nil {
		return "", err
	}
	same, _, err := s.Hasher.Check(password.WithPriority(r.Context()), string(old.Data), fresh)
	if err != nil {
		return "", err
	}
	if same {
		return "password.error.same", nil
	}
	return "", nil
}

// replace writes the new password, if nobody else did meanwhile; typing it proves it too.
func (s *SignIn) replace(
	r *web.Request, c provider.Ceremony, account provider.Account, held []provider.Authenticator, f newPasswordForm,
) (web.Response, error) {
	proof, err := s.put(r, c, account, held, f.NewPassword)
	switch {
	case errors.Is(err, password.ErrBusy):
		return s.dispatch(r, c, said{status: http.StatusServiceUnavailable, err: "signin.notice.busy", retry: retryAfter(err)})
	case errors.Is(err, provider.ErrStale):
		return s.dispatch(r, c, said{notice: "signin.notice.moved"})
	case err != nil:
		return web.Response{}, err
	}
	proven, err := provider.Apply(c, proof)
	if err != nil {
		return web.Response{}, err
	}
	return s.swap(r, proven, f.Ticket)
}

// replaced is why whatever was got by an old password ends.
const replaced = "password replaced"

// put writes a new password. Whatever was got with the old one ends: other sessions than the ceremony's, and what applications
// hold; only a password that was merely old took nothing along. ErrStale: somebody else changed it meanwhile.
//
// It ends twice. Before, so that a house that stops in between has not set a password and left a thief in. And after, since a sign-in
// that was under way may have been completed between the first end and the new password: from then on none can be, as no proof
// of the old one stands (CompleteCeremony), so that the second end finds all there ever will be.
func (s *SignIn) put(
	r *web.Request, c provider.Ceremony, account provider.Account, held []provider.Authenticator, plain string,
) (provider.Proof, error) {
	old, _ := provider.Held(held, provider.Password)
	encoded, err := s.Hasher.Hash(password.WithPriority(r.Context()), plain)
	if err != nil {
		return provider.Proof{}, err
	}
	endOthers := func() error {
		if old.ChangeOwed == changeExpired && !resets(c) {
			return nil
		}
		return s.Store.EndOthers(r.Context(), c.Account, c.Session, replaced, r.Now, audit.OthersEnded(r.Now, c.Account, c.Session, replaced))
	}
	if err := endOthers(); err != nil {
		return provider.Proof{}, err
	}
	at := setAt(c, r.Now)
	fresh := replacement(c, old, encoded, at.Truncate(time.Microsecond)) // as a store keeps it
	if err := s.save(r.Context(), old, fresh, s.passwordSet(r, c, account, held)); err != nil {
		return provider.Proof{}, err
	}
	if err := endOthers(); err != nil {
		return provider.Proof{}, err
	}
	return shown(fresh, at), s.letGo(r, c, replaced)
}

// letGo takes from browsers what they may have got by the old password. Where that was forgotten somebody else may have used it, and
// no browser is known any more; else none is remembered.
func (s *SignIn) letGo(r *web.Request, c provider.Ceremony, why string) error {
	forgotten := audit.DevicesForgotten(r.Now, c.Account, why)
	if resets(c) {
		return s.Store.DropDevices(r.Context(), c.Account, forgotten)
	}
	return s.Store.ForgetDevices(r.Context(), c.Account, forgotten)
}

// OwnWords are the words of an account that make a bad password of it.
func OwnWords(a provider.Account) []string {
	words := []string{a.Profile.GivenName, a.Profile.FamilyName, a.Profile.Nickname, a.Profile.Name}
	for _, id := range a.Identifiers {
		local, _, _ := strings.Cut(id.Value, "@")
		words = append(words, id.Value, local)
	}
	return words
}
