package signin

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/lookup"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// ticket is what travels sealed in every page of a ceremony, so that it can be begun again when it is lost.
type ticket struct {
	Room    string             `json:"room"`
	Account provider.AccountID `json:"account,omitempty"` // whom the page was drawn for
	Sheet   string             `json:"sheet,omitempty"`   // the key of the recovery codes on the page (lookup.KeyOf)
	Return  []byte             `json:"return"`            // bytes, so that its length in the page is known whatever characters it has
}

const ticketPurpose = "ceremony"

// ticketLasts is how long a page may stay open and still lead to its application.
const ticketLasts = 30 * 24 * time.Hour

func (s *SignIn) seal(c provider.Ceremony, step provider.Step, now time.Time) (string, error) {
	t := ticket{Room: c.Room, Account: c.Account, Return: []byte(c.Return)}
	if step.Kind == provider.StepEnroll {
		t.Sheet = lookup.KeyOf(s.Keys)
	}
	text, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	return s.Tickets.SealTicket(text, ticketPurpose, now.Add(ticketLasts))
}

func (s *SignIn) unseal(sealed string, now time.Time) (ticket, bool) {
	var t ticket
	text, err := s.Tickets.OpenTicket(sealed, ticketPurpose, now)
	if err != nil || json.Unmarshal(text, &t) != nil {
		return ticket{}, false
	}
	return t, true
}

// drawnFor reports whether a page was drawn for the person whose ceremony it is by now. Another tab may have signed in
// somebody else meanwhile, who answers for themselves.
func (s *SignIn) drawnFor(c provider.Ceremony, sealed string, now time.Time) bool {
	t, _ := s.unseal(sealed, now)
	return t.Account == c.Account
}

// load finds the ceremony of the request for the browser that began it. Where that cannot be, the second value answers
// the request: begin again, or say that cookies are needed.
func (s *SignIn) load(r *web.Request, sealed, username string) (provider.Ceremony, *web.Response, error) {
	c, err := s.Store.Ceremony(r.Context(), r.Path("id"))
	if errors.Is(err, provider.ErrNotFound) {
		return s.lost(r, sealed, username)
	}
	if err != nil {
		return c, nil, err
	}
	room, ok := s.rooms[c.Room]
	if !ok {
		return s.lost(r, sealed, username)
	}
	r.UILocales(c.Locales)
	r.Note("client", c.Client)
	secret := r.Cookie(browserCookie)
	if secret == "" {
		page := templates.CookiesOff{App: room.App(r, c.Return), Retry: room.Address(c.Return)}
		return c, answer(web.Show(page)), nil
	}
	if subtle.ConstantTimeCompare(c.Browser, provider.HashSecret(secret)) != 1 {
		return s.again(r, room, c.Return, said{notice: "signin.notice.lost"})
	}
	if !r.Now.Before(c.Deadline) {
		return s.again(r, room, c.Return, said{notice: "signin.notice.away", username: username})
	}
	v, err := s.visitor(r)
	if err != nil {
		return c, nil, err
	}
	if v.session == nil || v.session.ID != c.Session {
		c = provider.Lose(c)
	}
	if v.session != nil && c.Account == "" {
		c, err = s.heed(r, provider.Meet(c, *v.session))
	}
	return c, nil, err
}

// due is load for a form that only one step has, drawn for the person whose ceremony it is. Where it is another's turn by
// now, the right step answers the request.
func (s *SignIn) due(r *web.Request, sealed string, kind provider.StepKind) (provider.Ceremony, *web.Response, error) {
	c, other, err := s.load(r, sealed, "")
	if other != nil || err != nil {
		return c, other, err
	}
	step, _, err := s.next(r, &c)
	if err != nil {
		return c, nil, err
	}
	if step.Kind == kind && s.drawnFor(c, sealed, r.Now) {
		return c, nil, nil
	}
	moved, err := s.dispatch(r, c, said{notice: "signin.notice.moved"})
	return c, &moved, err
}

// lost begins again what the page's ticket remembers; without one it leads to the account page, never to an error.
func (s *SignIn) lost(r *web.Request, sealed, username string) (provider.Ceremony, *web.Response, error) {
	t, _ := s.unseal(sealed, r.Now)
	if room, ok := s.rooms[t.Room]; ok {
		return s.again(r, room, string(t.Return), said{notice: "signin.notice.away", username: username})
	}
	return provider.Ceremony{}, answer(web.SeeOther("/account")), nil
}

// again makes a room's request anew and shows its first step at once.
func (s *SignIn) again(r *web.Request, room Room, ret string, say said) (provider.Ceremony, *web.Response, error) {
	response, err := s.restart(r, room, ret, say)
	return provider.Ceremony{}, &response, err
}

func (s *SignIn) restart(r *web.Request, room Room, ret string, say said) (web.Response, error) {
	if over, ok := room.(Resetter); ok {
		return over.Over(r, ret)
	}
	ask, err := room.Ask(r, ret)
	if err != nil {
		return web.Response{}, err
	}
	v, err := s.visitor(r)
	if err != nil {
		return web.Response{}, err
	}
	c, err := s.begin(r, room, ask, v)
	if err != nil {
		return web.Response{}, err
	}
	c, cookies, err := s.keep(r, c)
	if err != nil {
		return web.Response{}, err
	}
	response, err := s.dispatch(r, c, say)
	return response.With(cookies...), err
}

func answer(r web.Response) *web.Response { return &r }
