package signin

import (
	"errors"
	"net/http"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/identifier"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

type addressForm struct {
	Phone  string `form:"phone" max:"2048"`
	Email  string `form:"email" max:"2048"`
	Voice  bool   `form:"voice"`
	Ticket string `form:"ticket" max:"16384"`
}

// addressPage asks for the number or address to bind. Only who has shown all that their account can be shown, and came to
// change it, finds the one on file filled in.
func (s *SignIn) addressPage(c provider.Ceremony, v view, kind provider.Kind, other, notNow string) templates.Page {
	page := templates.AddAddress{
		App: v.app, Action: v.base + "/address", Ticket: v.ticket, Kind: string(kind), Instead: c.Demand.Replaces != "", Value: v.say.typed, Voice: v.say.voice,
		Notice: v.say.notice, Until: v.say.until, Error: v.say.err, Fields: fieldsOf(v.say), Other: other, NotNow: notNow,
	}
	if to, ok := filed(v.account, v.held, kind); ok && page.Value == "" && c.Demand.Bind != "" && c.Demand.Replaces == "" && len(page.Fields) == 0 {
		page.Value = to
	}
	return page
}

// postAddress sends a code to a new number or address, which confirms it: M-02.
func (s *SignIn) postAddress(r *web.Request, f addressForm) (web.Response, error) {
	t, other, err := s.turn(r, f.Ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	if t.step.Kind != provider.StepEnroll || !sends(t.way.Kind) {
		return s.moved(r, t.c)
	}
	typed, to, key := f.Email, oob.Address{}, ""
	if t.way.Kind == provider.TextCode {
		typed = f.Phone
		to, key = s.parsePhone(f.Phone)
	} else {
		to, key = parseEmail(f.Email)
	}
	if key == "" && has(t.k.held, t.way.Kind, to.To) {
		key = "address.error.held"
	}
	if key != "" {
		return s.dispatch(r, provider.Choose(t.c, provider.Way{Kind: t.way.Kind}), said{
			status: http.StatusUnprocessableEntity, fields: map[string]string{fieldOf(t.way.Kind): key}, typed: typed, voice: f.Voice,
		})
	}
	return s.send(r, t, provider.Way{Kind: t.way.Kind, Voice: f.Voice}, to)
}

func fieldOf(kind provider.Kind) string {
	if kind == provider.TextCode {
		return "phone"
	}
	return "email"
}

// parsePhone reads a number, and says what is wrong with it.
func (s *SignIn) parsePhone(typed string) (oob.Address, string) {
	phone, err := s.Phones.Parse(typed)
	var refusal *notify.PhoneRefusal
	switch {
	case strings.TrimSpace(typed) == "":
		return oob.Address{}, "address.error.phone.empty"
	case errors.As(err, &refusal):
		return oob.Address{}, refusal.Key
	case err != nil:
		return oob.Address{}, "address.error.phone"
	}
	return oob.Address{To: phone.Number, Landline: phone.Landline}, ""
}

func parseEmail(typed string) (oob.Address, string) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return oob.Address{}, "address.error.email.empty"
	}
	to := oob.Address{To: typed}
	if _, err := oob.Decode(oob.Encode(to)); err != nil || !strings.Contains(typed, "@") {
		return oob.Address{}, "address.error.email"
	}
	return to, ""
}

// has reports whether an address is bound already.
func has(held []provider.Authenticator, kind provider.Kind, to string) bool {
	for _, a := range held {
		address, err := oob.Decode(a.Data)
		if a.Kind == kind && err == nil && sameAddress(kind, address.To, to) {
			return true
		}
	}
	return false
}

func sameAddress(kind provider.Kind, a, b string) bool {
	if kind != provider.EmailCode {
		return a == b
	}
	one, _ := identifier.Email(a)
	two, _ := identifier.Email(b)
	return one == two && one != ""
}

// addressRefused says beside the field why nothing was sent to it.
func (s *SignIn) addressRefused(r *web.Request, t turn, say said, to string, why error) (web.Response, error) {
	say.typed = to
	var refusal *notify.PhoneRefusal
	if errors.As(why, &refusal) {
		say.fields = map[string]string{fieldOf(t.way.Kind): refusal.Key}
	} else {
		say.err = "address.error.sends"
	}
	return s.dispatch(r, provider.Choose(t.c, provider.Way{Kind: t.way.Kind}), say)
}

// confirmPage asks for the code that was sent to an address that is being bound.
func (s *SignIn) confirmPage(r *web.Request, c provider.Ceremony, v view, way provider.Way) (templates.Page, error) {
	page := s.entry(c, v, way.Kind)
	page.Binding, page.Other = true, v.base+"/other"
	challenge, err := s.challenge(r, c)
	if err != nil {
		return nil, err
	}
	page.Masked = oob.Mask(way.Kind, challenge.To)
	return s.sentPage(r, c, v, page)
}

// bindAddress keeps the address whose code came back. A number that its owner wanted to be called at is called from now on; one
// that was called only since a text did not come is texted.
func (s *SignIn) bindAddress(r *web.Request, t turn, v verdict) (web.Response, error) {
	if has(t.k.held, t.way.Kind, v.to) {
		return s.dispatch(r, provider.Choose(t.c, provider.Way{Kind: t.way.Kind}), said{
			status: http.StatusUnprocessableEntity, fields: map[string]string{fieldOf(t.way.Kind): "address.error.held"},
		})
	}
	address := oob.Address{To: v.to}
	if phone, err := s.Phones.Parse(v.to); err == nil && t.way.Kind == provider.TextCode {
		address.Landline = phone.Landline || v.call
	}
	return s.bind(r, t, provider.Authenticator{Kind: t.way.Kind, Data: oob.Encode(address)}, provider.Proof{Voice: t.way.Voice})
}
