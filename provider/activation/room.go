package activation

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/limit"
	"gatehouse/provider/notify"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Tickets seals what is carried for a browser; keys.Keyset does it.
type Tickets interface {
	SealTicket(v []byte, purpose string, expires time.Time) (string, error)
	OpenTicket(s string, purpose string, now time.Time) ([]byte, error)
}

// Config is what the room needs. All fields but Facts are required.
type Config struct {
	Store    provider.Store
	Tickets  Tickets
	Keys     Keys
	SignIn   *signin.SignIn
	Codes    *oob.Codes
	Phones   notify.Phones
	Hasher   *password.Hasher
	Policy   password.Policy
	Facts    Facts
	Lanes    limit.Policy
	Host     string   // of the house, for WebOTP
	Brand    []string // words of the house, refused as passwords
	Passkeys bool     // this house has passkeys
}

// Room is the room.
type Room struct{ Config }

// New makes the room.
func New(c Config) *Room { return &Room{c} }

// The room's own address, and what its ceremonies return to.
const (
	start    = "/activate"
	codePage = "/activate/code"
	joining  = "join/" // and what is carried
	opened   = "done/" // and what is carried
)

// Routes are the addresses of this room. What a POST answered can be loaded again: it shows the step that is right now.
func (a *Room) Routes() []web.Route {
	routes := []web.Route{
		{Pattern: "GET " + start, Handle: a.guarded(a.show)},
		{Pattern: "GET " + codePage, Handle: a.guarded(a.showCode)},
		{Pattern: "POST " + codePage, Handle: a.guarded(web.Form(a.postCode))},
		{Pattern: "GET " + start + "/{id}", Handle: a.guarded(a.showStep)},
		{Pattern: "GET " + start + "/{id}/{step}", Handle: toStep},
	}
	for name, form := range a.forms() {
		class := limit.Form
		if name == "facts" || name == "check-code" || name == "name" {
			class = limit.Guess
		}
		routes = append(routes,
			web.Route{Pattern: "GET " + start + "/{id}/" + name, Handle: toStep},
			web.Route{Pattern: "POST " + start + "/{id}/" + name, Handle: a.guarded(signin.Steadily(form)), Class: class})
	}
	return routes
}

// forms are the POSTs, and the steps at which each is taken.
func (a *Room) forms() map[string]web.Handler {
	return map[string]web.Handler{
		"facts":      at(a, a.postFacts, stepFacts),
		"have":       at(a, a.postHave, stepHave),
		"join":       at(a, a.postJoin, stepJoin),
		"email":      at(a, a.postEmail, stepEmail),
		"text":       at(a, a.postPhone, stepPhone),
		"check-code": at(a, a.postCheck, stepEmailCode, stepPhoneCode),
		"resend":     at(a, a.postResend, stepEmailCode, stepPhoneCode),
		"call":       at(a, a.postCall, stepPhoneCode),
		"other":      at(a, a.postOther, stepEmailCode, stepPhoneCode),
		"alone":      at(a, a.postAlone, stepAlone),
		"name":       at(a, a.postName, stepName),
		"password":   at(a, a.postPassword, stepSecret),
		"passkey":    at(a, a.postPasskey, stepSecret),
		"renew":      at(a, a.postRenew, stepOver),
		"change":     at(a, a.postChange, stepCheck),
		"finish":     at(a, a.postFinish, stepCheck, stepDone),
	}
}

// at takes a form at these steps only. At any other the step that is due answers: nothing can be skipped or done twice.
func at[F any](a *Room, do func(*web.Request, turn, F) (web.Response, error), steps ...step) web.Handler {
	return web.Form(func(r *web.Request, f F) (web.Response, error) {
		t, other, err := a.turn(r)
		if other != nil || err != nil {
			return orOther(other), err
		}
		r.Note("step", string(t.step))
		if !slices.Contains(steps, t.step) {
			return t.back(), nil
		}
		return do(r, t, f)
	})
}

func orOther(other *web.Response) web.Response {
	if other == nil {
		return web.Response{}
	}
	return *other
}

func toStep(r *web.Request) (web.Response, error) {
	return web.SeeOther(start + "/" + r.Path("id")), nil
}

// guarded says A-19 where the store cannot be reached: nothing was decided, and nothing counted.
func (a *Room) guarded(handle web.Handler) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		response, err := handle(r)
		if !errors.Is(err, provider.ErrUnavailable) {
			return response, err
		}
		r.Note("outcome", "store away")
		response = web.ShowStatus(http.StatusServiceUnavailable, templates.ActivateStop{Key: "down", Again: again(r)})
		response.Header = http.Header{"Retry-After": {"60"}}
		return response, nil
	}
}

// again is where somebody tries again whom the store kept from going on: at their step, which a GET shows.
func again(r *web.Request) string {
	id := r.Path("id")
	if id == "" || strings.ContainsAny(id, "/?#%") {
		return start
	}
	return start + "/" + id
}

// Name is how ceremonies remember this room.
func (a *Room) Name() string { return "activation" }

// Ask reads again what was asked of who has an account already: to show now that it is theirs.
func (a *Room) Ask(_ *web.Request, ret string) (signin.Ask, error) {
	if !strings.HasPrefix(ret, joining) {
		return signin.Ask{Return: ret, Demand: provider.Demand{Level: provider.AAL1}}, nil
	}
	return signin.Ask{Return: ret, Demand: provider.Demand{Level: provider.TwoStep, MaxAge: freshFor, Choose: true}}, nil
}

// freshFor is how long ago somebody may have shown that an account is theirs, to join a record to it.
const freshFor = 10 * time.Minute

// Address is where the way goes on.
func (a *Room) Address(ret string) string {
	_, id, _ := strings.Cut(ret, "/")
	return start + "/" + id
}

// App is that which the person was on the way to.
func (a *Room) App(r *web.Request, ret string) templates.App {
	_, id, _ := strings.Cut(ret, "/")
	t, err := a.load(r, id)
	if err != nil {
		return templates.App{}
	}
	return a.SignIn.OriginApp(r, t.d.Origin)
}

// Finish takes the browser back: who signed in to join a record is asked whether it is this account.
func (a *Room) Finish(r *web.Request, c provider.Ceremony, s provider.Session) (web.Response, error) {
	to := web.SeeOther(a.Address(c.Return))
	id, ok := strings.CutPrefix(c.Return, joining)
	if !ok {
		return to, nil
	}
	t, err := a.load(r, id)
	if errors.Is(err, provider.ErrNotFound) {
		return to, nil // which says so
	}
	if err != nil || t.step != stepHave && t.step != stepJoin {
		return to, err
	}
	t.d.Joiner, t.d.JoinedBy = s.Account, s.ID
	return a.keep(r, t)
}

// Refuse takes it back without a session.
func (a *Room) Refuse(_ *web.Request, c provider.Ceremony, _ string) (web.Response, error) {
	return web.SeeOther(a.Address(c.Return)), nil
}
