package signin

import (
	"errors"
	"net/http"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// verifyPage asks a person whom we know to show that it is them.
func (s *SignIn) verifyPage(r *web.Request, c provider.Ceremony, step provider.Step, v view) (templates.Page, error) {
	way, on := current(c, step, v.held)
	switch {
	case way.Kind == "" && step.Offered(provider.Password):
		return s.signInPage(r, c, step, v)
	case way.Kind == "":
		return s.waysPage(c, step, v), nil
	case way.Kind == provider.Passkey:
		return s.usePage(r, c, step, v)
	}
	return s.codePage(r, c, step, v, on)
}

// waysPage is C-01.
func (s *SignIn) waysPage(c provider.Ceremony, step provider.Step, v view) templates.Page {
	page := templates.Ways{
		App: v.app, Action: v.base + "/way", Ticket: v.ticket, Why: whyMore(c, v), Notice: v.say.notice, Until: v.say.until,
		Error: v.say.err, Ways: lines(offered(step, v.held), v.account.Profile.Choices), Lost: v.base + "/lost", Switch: switchOf(c, v), Slow: s.slow(),
	}
	switch page.Error {
	case "code.error.tries":
		page.Notice, page.Error = "ways.notice.tries", ""
	case "code.error.stopped":
		page.Notice, page.Error = "ways.notice.stopped", ""
	}
	return page
}

// whyMore says why one more step is asked for.
func whyMore(c provider.Ceremony, v view) string {
	switch {
	case resets(c):
		return "ways.why.reset"
	case len(c.Proofs) > 0 && c.Demand.Level <= provider.TwoStep:
		return "ways.why.second"
	case v.app.Name != "":
		return "ways.why.stepup"
	case c.Demand.MaxAge > 0:
		return "ways.why.settings"
	}
	return "ways.why.check"
}

// lines shows ways to choose from, the one that their owner wants or that was used last chosen.
func lines(ways []provider.Authenticator, wish provider.Choices) []templates.WayLine {
	_, usually, _ := wished(ways, wish)
	all := make([]templates.WayLine, len(ways))
	for i, a := range ways {
		all[i] = templates.WayLine{Value: a.ID, Kind: string(a.Kind), Masked: a.Name, Chosen: a.ID == usually.ID}
		if to, err := oob.Decode(a.Data); err == nil && sends(a.Kind) {
			all[i].Masked = oob.Mask(a.Kind, to.To)
			if to.Landline {
				all[i].Kind = string(provider.ByVoice)
			}
		}
	}
	if usually.ID == "" && len(all) > 0 {
		all[0].Chosen = true
	}
	return all
}

// slow names the kind of message that takes long just now, "" for none: C-11.
func (s *SignIn) slow() string {
	for _, channel := range []provider.Channel{provider.ByText, provider.ByVoice, provider.ByEmail} {
		if s.Slow != nil && s.Slow(channel) {
			return string(channel)
		}
	}
	return ""
}

// usePage asks for a passkey beside another factor, or again.
func (s *SignIn) usePage(r *web.Request, c provider.Ceremony, step provider.Step, v view) (templates.Page, error) {
	mine := passkeysOf(v.held)
	page := templates.UsePasskey{
		App: v.app, Action: v.base + "/passkey", Ticket: v.ticket, Notice: v.say.notice, Error: v.say.err, Signal: v.say.signal,
		Lost: v.base + "/lost", Switch: switchOf(c, v), Other: s.other(step, v),
	}
	if len(mine) == 1 {
		page.Masked = mine[0].Name
	}
	var err error
	page.Options, err = s.Passkeys.Request(c.ID, mine, len(c.Counting()) == 0 && !resets(c), r.Now)
	return page, err
}

// other is where another way can be chosen, "" where there is none.
func (s *SignIn) other(step provider.Step, v view) string {
	if step.Offered(provider.Password) || len(offered(step, v.held)) > 1 {
		return v.base + "/other"
	}
	return ""
}

// codePage asks for a code: C-02 to C-06. It says how long the code lasts and what became of the message.
func (s *SignIn) codePage(r *web.Request, c provider.Ceremony, step provider.Step, v view, on provider.Authenticator) (templates.Page, error) {
	page := s.entry(c, v, on.Kind)
	page.Lost, page.Switch, page.Other = v.base+"/lost", switchOf(c, v), s.other(step, v)
	if s.remembers(c) && len(c.Proofs) > 0 {
		page.Remember = int(s.Remember / (24 * time.Hour))
	}
	if !sends(on.Kind) {
		page.Masked = on.Name
		return page, nil
	}
	to, err := oob.Decode(on.Data)
	if err != nil {
		return nil, err
	}
	page.Masked = oob.Mask(on.Kind, to.To)
	return s.sentPage(r, c, v, page)
}

// entry is what every page for a code has.
func (s *SignIn) entry(c provider.Ceremony, v view, kind provider.Kind) templates.CodeEntry {
	page := templates.CodeEntry{
		App: v.app, Action: v.base + "/" + string(kind), Ticket: v.ticket, Kind: string(kind),
		Notice: v.say.notice, Until: v.say.until, Error: v.say.err, Fields: fieldsOf(v.say), Origin: s.Host,
	}
	if v.say.left <= 2 {
		page.Left = v.say.left
	}
	if kind == provider.TextCode && c.Way.Voice {
		page.Kind = string(provider.ByVoice)
	}
	return page
}

// sentPage adds what there is to say of a code that was sent.
func (s *SignIn) sentPage(r *web.Request, c provider.Ceremony, v view, page templates.CodeEntry) (templates.Page, error) {
	page.Resend = v.base + "/resend"
	if page.Kind == string(provider.TextCode) {
		page.Call = v.base + "/call"
	}
	challenge, err := s.challenge(r, c)
	if err != nil || challenge.ID == "" {
		return page, err
	}
	page.Minutes = int(challenge.ExpiresAt.Sub(challenge.CreatedAt).Minutes())
	page.Ends, page.Now = challenge.ExpiresAt, r.Now
	if page.Notice == "" && page.Error == "" && len(page.Fields) == 0 {
		page.Notice, err = s.fate(r, challenge.ID, page.Kind)
	}
	return page, err
}

// waits is how long a message may wait to be sent before the page says that messages are slow.
const waits = time.Minute

// fate says what became of the newest message of a challenge, where a person should know: C-11, C-12.
func (s *SignIn) fate(r *web.Request, challenge, kind string) (string, error) {
	newest, err := s.Store.DeliveryOf(r.Context(), challenge)
	if errors.Is(err, provider.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	late := newest.State == provider.MessageWaiting && r.Now.Sub(newest.At) > waits
	channel := provider.Channel(kind)
	switch {
	case newest.State == provider.MessageFailed && newest.Fault == provider.FaultBlocked:
		return "code.notice.stopped", nil
	case newest.State == provider.MessageFailed && newest.Fault == provider.FaultAddress:
		return "code.notice.unreached", nil
	case late, newest.State == provider.MessageFailed, newest.State == provider.MessageDropped, s.Slow != nil && s.Slow(channel):
		return "code.notice.slow." + kind, nil
	}
	return "", nil
}

// showLost is C-13: what can be done without the phone or key. It sends nothing.
func (s *SignIn) showLost(r *web.Request) (web.Response, error) {
	c, other, err := s.load(r, "", "")
	if other != nil || err != nil {
		return orOther(other), err
	}
	step, k, err := s.next(r, &c)
	if err != nil {
		return web.Response{}, err
	}
	if step.Kind != provider.StepVerify || len(offered(step, k.held)) == 0 {
		return toStep(r)
	}
	sealed, err := s.seal(c, step, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	base := "/signin/" + c.ID
	_, on := current(c, step, k.held)
	var left []provider.Authenticator
	for _, a := range offered(step, k.held) {
		if a.ID != on.ID {
			left = append(left, a)
		}
	}
	page := templates.LostWay{App: s.rooms[c.Room].App(r, c.Return), Back: base, Ways: lines(left, provider.Choices{}), Again: base + "/way", Ticket: sealed}
	if provider.MayWait(c) {
		page.Wait = base + "/wait"
	}
	return web.ShowStatus(http.StatusOK, page), nil
}
