package activation

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"gatehouse/provider/factor/password"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// passwordPage is A-12. A passkey comes right after: it can be bound to nobody before the account is there.
func (a *Room) passwordPage(r *web.Request, t turn) templates.ActivatePassword {
	return templates.ActivatePassword{
		App: a.SignIn.OriginApp(r, t.d.Origin), Action: t.base() + "/password", Username: t.d.Username, MinLength: a.Policy.Least(false),
		Passkey: a.Passkeys, Step: t.step.place(), Steps: templates.ActivateSteps,
	}
}

type passwordForm struct {
	Username    string `form:"username" max:"2048"` // for password managers; not looked at
	NewPassword string `form:"new_password" max:"8192"`
}

// postPassword takes the first password, and keeps its hash.
func (a *Room) postPassword(r *web.Request, t turn, f passwordForm) (web.Response, error) {
	page := a.passwordPage(r, t)
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
		page.Error = "signin.notice.busy"
		response := a.refused(t, http.StatusServiceUnavailable, page)
		response.Header = http.Header{"Retry-After": {strconv.Itoa(max(1, int(busy.RetryAfter/time.Second)))}}
		return response, nil
	}
	if err != nil {
		return web.Response{}, err
	}
	t.d.Hash, t.d.SetAt = encoded, r.Now.Truncate(time.Microsecond) // as a store keeps it
	return a.keep(r, t)
}
