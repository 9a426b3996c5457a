package activation

import (
	"encoding/json"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// What is carried for a browser bears a name that no room is admitted under, so that no page of a sign-in takes it.
const (
	carrier      = "activation draft"
	draftPurpose = "activation"
	resumeCookie = "activation" // names what is carried, so that the person finds it again: A-16
)

// How long a draft lives: after the last step, and in all. A person looks for their glasses and waits for a message; a kiosk in a
// waiting room must forget.
const (
	idleFor  = 30 * time.Minute
	lastsFor = 2 * time.Hour
)

// turn is one request of somebody on the way.
type turn struct {
	c    provider.Ceremony
	d    draft
	step step
}

func (t turn) base() string       { return start + "/" + t.c.ID }
func (t turn) back() web.Response { return web.SeeOther(t.base()) }

// load reads what is carried for the browser. ErrNotFound: nothing, or nothing of ours.
func (a *Room) load(r *web.Request, id string) (turn, error) {
	c, err := a.SignIn.Carried(r, carrier, id)
	if err != nil {
		return turn{}, err
	}
	text, err := a.Tickets.OpenTicket(c.Return, draftPurpose, r.Now)
	t := turn{c: c}
	if err != nil || json.Unmarshal(text, &t.d) != nil {
		return turn{}, provider.ErrNotFound
	}
	t.step = next(t.d)
	return t, nil
}

// turn is load for a page. Where nothing is carried, the second value answers: begin again, or cookies are needed.
func (a *Room) turn(r *web.Request) (turn, *web.Response, error) {
	t, err := a.load(r, r.Path("id"))
	if errors.Is(err, provider.ErrNotFound) {
		lost := web.SeeOther(start + "?again")
		if a.SignIn.Bare(r) {
			lost = web.Show(templates.CookiesOff{Retry: start})
		} else if r.Cookie(resumeCookie) == r.Path("id") {
			lost = lost.With(web.Cookie{Name: resumeCookie, MaxAge: -1})
		}
		return t, &lost, nil
	}
	return t, nil, err
}

// begin carries a new draft.
func (a *Room) begin(r *web.Request, d draft) (turn, []web.Cookie, error) {
	t := turn{d: d, c: provider.Ceremony{
		Room: carrier, Locales: d.Origin.Locales, Began: r.Now, Deadline: r.Now.Add(idleFor), Secret: provider.NewSecret(),
	}}
	if err := a.seal(&t); err != nil {
		return t, nil, err
	}
	c, cookies, err := a.SignIn.Carry(r, t.c)
	if err != nil {
		return t, nil, err
	}
	t.c, t.step = c, next(d)
	return t, append(cookies, web.Cookie{Name: resumeCookie, Value: c.ID}), nil
}

func (a *Room) seal(t *turn) error {
	text, err := json.Marshal(t.d)
	if err != nil {
		return err
	}
	t.c.Return, err = a.Tickets.SealTicket(text, draftPurpose, t.c.Deadline)
	return err
}

// swap keeps a changed draft. ErrStale: another tab changed it meanwhile; ErrNotFound: it is gone.
func (a *Room) swap(r *web.Request, t turn) (turn, error) {
	t.c.Deadline = earlier(r.Now.Add(idleFor), t.c.Began.Add(lastsFor))
	if err := a.seal(&t); err != nil {
		return t, err
	}
	if err := a.Store.SwapCeremony(r.Context(), t.c); err != nil {
		return t, err
	}
	t.c.Rev++
	t.step = next(t.d)
	return t, nil
}

// keep keeps a changed draft and shows the step that is due. Where another tab was faster, that is its step.
func (a *Room) keep(r *web.Request, t turn) (web.Response, error) {
	t, err := a.swap(r, t)
	if errors.Is(err, provider.ErrStale) || errors.Is(err, provider.ErrNotFound) {
		return t.back(), nil
	}
	return t.back(), err
}
