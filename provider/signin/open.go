package signin

import (
	"errors"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/identifier"
	"gatehouse/provider/web"
)

// said is what a page says besides its step: a notice, errors, what was typed.
type said struct {
	status   int // 0: 200
	notice   string
	username string
	err      string
	fields   map[string]string // field: catalogue key
	strength string
	retry    int       // seconds, with 503 and 429
	until    time.Time // when what is spent opens again
	left     int       // answers that are left
	typed    string    // an address or a name, kept after an error
	voice    bool
	signal   string // JSON for the browser: a passkey that it may forget
}

// wait is what Retry-After says.
func (s said) wait() time.Duration { return time.Duration(s.retry) * time.Second }

// nothing reports whether the page can be shown without being told more than what is kept.
func (s said) nothing() bool {
	return s.status == 0 && s.notice == "" && s.err == "" && len(s.fields) == 0
}

// byPerson reports whether somebody at the screen asked, as far as can be told. An application that renews what it has, silently or by
// a navigation of its own, must not keep an abandoned screen signed in; a browser says which navigations began with a press.
func byPerson(r *web.Request, ask Ask) bool {
	said := r.HTTP.Header.Get("Sec-Fetch-Dest") != ""
	return !ask.Demand.Silent && (!said || r.HTTP.Header.Get("Sec-Fetch-User") == "?1")
}

// Open begins a ceremony for a room, or finishes at once where the browser's session already meets the demand.
func (s *SignIn) Open(r *web.Request, room Room, ask Ask) (web.Response, error) {
	v, err := s.look(r)
	if err == nil && v.session != nil && byPerson(r, ask) {
		err = s.touch(r, *v.session)
	}
	if err != nil {
		return web.Response{}, err
	}
	c, err := s.begin(r, room, ask, v)
	if err != nil {
		return web.Response{}, err
	}
	step, k, err := s.next(r, &c)
	if err != nil {
		return web.Response{}, err
	}
	switch step.Kind {
	case provider.StepDone:
		k.session = v.session
		if c.Client != "" {
			k.client = &ask.Client
		}
		return s.finish(r, c, k)
	case provider.StepRefuse:
		return s.refuse(r, c, step)
	}
	c, cookie, err := s.keep(r, c)
	if err != nil {
		return web.Response{}, err
	}
	to := "/signin/" + c.ID
	if v.over {
		to += "?away"
	}
	return web.SeeOther(to).With(cookie...), nil
}

// begin makes the ceremony of an Ask, without keeping it.
func (s *SignIn) begin(r *web.Request, room Room, ask Ask, v visitor) (provider.Ceremony, error) {
	if ask.Demand.Reset != "" {
		return provider.Ceremony{}, errUnasked
	}
	c := provider.Ceremony{
		Room: room.Name(), Client: ask.Client.ID, Locales: ask.Locales, Return: ask.Return,
		Demand: ask.Demand, Consent: ask.Consent,
		Began: r.Now, Deadline: r.Now.Add(s.Lasts), Patience: s.Clocks.Idle, Secret: provider.NewSecret(),
	}
	switch {
	case v.session != nil:
		c = provider.Meet(c, *v.session)
	case v.away != nil:
		c.Session = v.away.ID // the same person will renew it, anybody else ends it
	}
	return s.heed(r, c)
}

// heed looks at whom the request hints at: id_token_hint is binding, login_hint makes us ask.
func (s *SignIn) heed(r *web.Request, c provider.Ceremony) (provider.Ceremony, error) {
	if c.Account == "" {
		return c, nil
	}
	if c.Demand.Subject != "" && c.Demand.Subject != c.Account && !c.Demand.Silent {
		return provider.Forget(c), nil
	}
	if c.Demand.Hint == "" {
		return c, nil
	}
	account, err := s.Store.Account(r.Context(), c.Account)
	if errors.Is(err, provider.ErrNotFound) {
		return provider.Forget(c), nil
	}
	if err != nil {
		return c, err
	}
	_, canonical := identifier.SignInName(c.Demand.Hint)
	c.Demand.Choose = c.Demand.Choose || !account.Named(canonical)
	return c, nil
}

// keep stores a ceremony that must wait for its browser, and binds it to that browser.
func (s *SignIn) keep(r *web.Request, c provider.Ceremony) (provider.Ceremony, []web.Cookie, error) {
	var cookies []web.Cookie
	secret := r.Cookie(browserCookie)
	if secret == "" {
		secret = provider.NewSecret()
		cookies = append(cookies, web.Cookie{Name: browserCookie, Value: secret})
	}
	c.Browser = provider.HashSecret(secret)
	id, err := s.Store.BeginCeremony(r.Context(), c)
	if err != nil {
		return c, nil, err
	}
	c.ID, c.Rev = id, 1
	return c, cookies, nil
}

// next reads what Next needs and asks it.
func (s *SignIn) next(r *web.Request, c *provider.Ceremony) (provider.Step, known, error) {
	held, err := s.held(r.Context(), c.Account, r.Now)
	if err != nil {
		return provider.Step{}, known{}, err
	}
	if c.Consent.Given, err = s.consented(r.Context(), *c); err != nil {
		return provider.Step{}, known{}, err
	}
	*c = provider.Strike(*c, held)
	if c.Terms.Owed, err = s.owesTerms(r.Context(), *c); err != nil {
		return provider.Step{}, known{}, err
	}
	return s.able(provider.Next(*c, held, r.Now)), known{of: c.Account, held: held}, nil
}

// able leaves out of a step what this house has not: passkeys, where its name is a bare address.
func (s *SignIn) able(step provider.Step) provider.Step {
	if s.Passkeys != nil {
		return step
	}
	step.Offers = slices.DeleteFunc(slices.Clone(step.Offers), func(k provider.Kind) bool { return k == provider.Passkey })
	if step.Kind == provider.StepEnroll && len(step.Offers) == 0 {
		return provider.Step{Kind: provider.StepRefuse, Reason: provider.RefuseAssurance}
	}
	return step
}
