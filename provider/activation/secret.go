package activation

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// secretPage is A-12: a passkey, or a password. The passkey is made for the account to be, whose id the draft holds.
func (a *Room) secretPage(r *web.Request, t turn) (templates.ActivateSecret, error) {
	page := templates.ActivateSecret{
		App: a.SignIn.OriginApp(r, t.d.Origin), Action: t.base() + "/password", Username: t.d.Username, MinLength: a.Policy.Least(false),
		Make: t.base() + "/passkey", Step: t.step.place(), Steps: templates.ActivateSteps,
	}
	if !a.Passkeys {
		return page, nil
	}
	var err error
	page.Options, err = a.SignIn.Passkeys.Creation(t.c.ID, t.d.Account, t.d.Username, nil, r.Now)
	return page, err
}

type passwordForm struct {
	Username    string `form:"username" max:"2048"` // for password managers; not looked at
	NewPassword string `form:"new_password" max:"8192"`
}

// postPassword takes the first password, and keeps its hash.
func (a *Room) postPassword(r *web.Request, t turn, f passwordForm) (web.Response, error) {
	page, err := a.secretPage(r, t)
	if err != nil {
		return web.Response{}, err
	}
	own := append([]string{t.d.Username, t.d.Email.To, t.d.Phone.To, t.d.Contact.Name}, a.Brand...)
	var refusal *password.Refusal
	if err := a.Policy.Check(f.NewPassword, password.Context{Own: own}); errors.As(err, &refusal) {
		page.Fields = []templates.Field{{Name: "new_password", Key: refusal.Key}}
		page.Strength = string(password.Strength(f.NewPassword, own))
		return a.refused(t, http.StatusUnprocessableEntity, page), nil
	} else if err != nil {
		return web.Response{}, err
	}
	encoded, err := a.Hasher.Hash(r.Context(), f.NewPassword)
	var busy *password.Busy
	if errors.As(err, &busy) {
		seconds := max(1, int((busy.RetryAfter+time.Second-1)/time.Second))
		page.Error, page.Wait = "signin.notice.busy", time.Duration(seconds)*time.Second
		response := a.refused(t, http.StatusServiceUnavailable, page)
		response.Header = http.Header{"Retry-After": {strconv.Itoa(seconds)}}
		return response, nil
	}
	if err != nil {
		return web.Response{}, err
	}
	t.d.Hash, t.d.SetAt = encoded, r.Now.Truncate(time.Microsecond) // as a store keeps it
	return a.keep(r, t)
}

type passkeyForm struct {
	Response string `form:"response" max:"65536"`
}

// postPasskey takes a passkey in place of a password. It must ask for its owner's face, finger or PIN, or whoever holds the device
// would be let in by it alone. What is not kept here is told to the browser, which may forget it.
func (a *Room) postPasskey(r *web.Request, t turn, f passkeyForm) (web.Response, error) {
	if !a.Passkeys {
		return t.back(), nil
	}
	made, err := a.SignIn.Passkeys.Register(r.Context(), t.c.ID, t.d.Account, f.Response, r.Now)
	switch {
	case errors.Is(err, passkey.ErrResponse):
		r.Note("why", err.Error())
		return a.unkept(r, t, "addpasskey.error.unsaved", f.Response)
	case err != nil:
		return web.Response{}, err
	case !made.UserVerified:
		return a.unkept(r, t, "activatesecret.error.unverified", f.Response)
	}
	err = a.SignIn.Claim(r.Context(), r.Now, made)
	if errors.Is(err, provider.ErrUsed) { // an answer that came before: it is kept, or was refused
		return a.unkept(r, t, "addpasskey.error.unsaved", "")
	}
	if err != nil {
		return web.Response{}, err
	}
	t.d.Passkey = &key{Name: made.Name, Data: made.Data, Synced: made.Synced}
	t.d.SetAt = r.Now.Truncate(time.Microsecond)
	return a.keep(r, t)
}

// unkept says that a passkey was made and not kept.
func (a *Room) unkept(r *web.Request, t turn, why, response string) (web.Response, error) {
	r.Note("outcome", "passkey refused")
	page, err := a.secretPage(r, t)
	if err != nil {
		return web.Response{}, err
	}
	page.Error = why
	if response != "" {
		if page.Signal, err = a.SignIn.Passkeys.Unknown(response); err != nil {
			return web.Response{}, err
		}
	}
	return a.refused(t, http.StatusUnprocessableEntity, page), nil
}

// secret is what the account to be signs in with: a password or a passkey.
func (d draft) secret() provider.Authenticator {
	a := provider.Authenticator{Account: d.Account, Kind: provider.Password, Data: []byte(d.Hash), CreatedAt: d.SetAt}
	if d.Passkey != nil {
		a.Kind, a.Name, a.Data = provider.Passkey, d.Passkey.Name, d.Passkey.Data
	}
	a.ID = authenticatorID(d.Account, a.Kind)
	return a
}

// secretShown is the proof of it: who chose it has shown it.
func (d draft) secretShown() provider.Proof {
	a := d.secret()
	p := provider.Proof{Account: d.Account, Authenticator: a.ID, Kind: a.Kind, At: d.SetAt}
	if d.Passkey != nil {
		p.UserVerified, p.Synced = true, d.Passkey.Synced
		return p
	}
	p.SetAt = d.SetAt
	return p
}
