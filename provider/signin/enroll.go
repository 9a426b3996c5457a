package signin

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// perKind is how many authenticators of one kind an account may have.
const perKind = 10

// onFile follows a kind of address in the radio for the one that the account has already, which needs not be typed.
const onFile = ".on-file"

// enrollPage asks what to bind, or binds it.
func (s *SignIn) enrollPage(r *web.Request, c provider.Ceremony, step provider.Step, v view) (templates.Page, error) {
	way, _ := current(c, step, nil)
	other, notNow := "", s.notNow(c)
	if len(step.Offers) > 1 {
		other = v.base + "/other"
	}
	switch way.Kind {
	case provider.TextCode, provider.EmailCode:
		if c.Way.Challenge != "" {
			return s.confirmPage(r, c, v, way)
		}
		return s.addressPage(c, v, way.Kind, other, notNow), nil
	case provider.TOTP:
		return s.appPage(c, v, other, notNow)
	case provider.RecoveryCode:
		return s.sheetPage(r, c, v, other, notNow), nil
	case provider.Passkey:
		return s.makePage(r, c, v, other, notNow)
	}
	return templates.Ways{
		App: v.app, Action: v.base + "/way", Ticket: v.ticket, Adding: true, Why: whyAdd(c, v), Notice: v.say.notice,
		Until: v.say.until, Error: v.say.err, Ways: kindLines(step.Offers, v), Switch: v.base + "/switch", NotNow: notNow, Slow: s.slow(),
	}, nil
}

func whyAdd(c provider.Ceremony, v view) string {
	switch {
	case c.Demand.Level <= provider.TwoStep:
		return "ways.why.add"
	case v.app.Name != "":
		return "ways.why.reach"
	}
	return "ways.why.reach.plain"
}

// notNow is where somebody who does not want to bind anything goes: the room that asked knows. Where policy asks there is no
// such place.
func (s *SignIn) notNow(c provider.Ceremony) string {
	if room, ok := s.rooms[c.Room].(interface{ NotNow(ret string) string }); ok && c.Demand.Bind != "" {
		return room.NotNow(c.Return)
	}
	return ""
}

// kindLines are the kinds to choose from. An address that the account has already comes before typing another one; it is masked,
// since more than the password may be needed to see it.
func kindLines(offers []provider.Kind, v view) []templates.WayLine {
	var all []templates.WayLine
	for _, kind := range offers {
		if to, ok := filed(v.account, v.held, kind); ok {
			all = append(all, templates.WayLine{Value: string(kind) + onFile, Kind: string(kind), Masked: oob.Mask(kind, to)})
		}
		all = append(all, templates.WayLine{Value: string(kind), Kind: string(kind)})
	}
	if len(all) > 0 {
		all[0].Chosen = true
	}
	return all
}

// filed is the verified address of a kind that the account has and that no authenticator of it uses yet.
func filed(a provider.Account, held []provider.Authenticator, kind provider.Kind) (string, bool) {
	of := map[provider.Kind]provider.IdentifierKind{provider.TextCode: provider.Phone, provider.EmailCode: provider.Email}[kind]
	for _, id := range a.Identifiers {
		to := id.Value
		if id.Kind == provider.Phone {
			to = id.Canonical
		}
		if of != "" && id.Kind == of && !id.VerifiedAt.IsZero() && !has(held, kind, to) {
			return to, true
		}
	}
	return "", false
}

// postAdding takes the kind that the person chose to bind.
func (s *SignIn) postAdding(r *web.Request, t turn, chosen string) (web.Response, error) {
	for _, kind := range t.step.Offers {
		way := provider.Way{Kind: kind}
		switch chosen {
		case string(kind):
			return s.swap(r, provider.Choose(t.c, way), t.ticket)
		case string(kind) + onFile:
			account, err := s.Store.Account(r.Context(), t.c.Account)
			if err != nil {
				return web.Response{}, err
			}
			if to, ok := filed(account, t.k.held, kind); ok {
				return s.send(r, t, way, oob.Address{To: to})
			}
		}
	}
	return s.chooseAgain(r, t, chosen)
}

// bind keeps a new authenticator and goes on. Its id is the ceremony's: a form that was sent twice binds once, and one that was
// cut short between the two writes goes on where it stopped.
func (s *SignIn) bind(r *web.Request, t turn, a provider.Authenticator, proof provider.Proof) (web.Response, error) {
	if tooMany(t.k.held, a.Kind) {
		return s.dispatch(r, t.c, said{status: http.StatusUnprocessableEntity, err: "waystosignin.error.many"})
	}
	at := laterOf(r.Now, t.c.Began)
	a.ID, a.Account, a.CreatedAt = bindID(t.c, a.Kind), t.c.Account, at
	account, err := s.Store.Account(r.Context(), t.c.Account)
	if err != nil {
		return web.Response{}, err
	}
	if account.Status != provider.Active {
		return s.closed(r, t.c, account)
	}
	err = s.keepBound(r, t, account, a)
	if errors.Is(err, provider.ErrStale) {
		now, still, err := s.reread(r.Context(), a)
		if err != nil {
			return web.Response{}, err
		}
		if !still || !bytes.Equal(now.Data, a.Data) {
			return s.moved(r, t.c)
		}
	} else if errors.Is(err, errNoName) {
		return s.dispatch(r, provider.Choose(t.c, provider.Way{Kind: t.way.Kind}), said{
			status: http.StatusUnprocessableEntity, fields: map[string]string{fieldOf(t.way.Kind): "contacts.error.others"},
		})
	} else if err != nil {
		return web.Response{}, err
	}
	if a.Kind != provider.RecoveryCode { // what was just read off a page is nothing that somebody has
		proof.Account, proof.Authenticator, proof.Kind, proof.At = a.Account, a.ID, a.Kind, at
	}
	return s.bound(r, t, a, proof)
}

// keepBound writes down what is bound, with the notice of it. ErrStale: it is there already, or something else by its id.
func (s *SignIn) keepBound(r *web.Request, t turn, account provider.Account, a provider.Authenticator) error {
	if t.c.Demand.Contact && sends(a.Kind) {
		return s.saveContact(r, t, account, a)
	}
	event := audit.AuthenticatorBound(r.Now, a)
	event.Tell = s.Tell(r, account, append(slices.Clone(t.k.held), a), noticeOf(a.Kind), boundData(a))
	return s.Store.SaveAuthenticator(r.Context(), a, event)
}

// bound notes in the ceremony what was bound. Who leaves for the application hears it on the way.
func (s *SignIn) bound(r *web.Request, t turn, a provider.Authenticator, proof provider.Proof) (web.Response, error) {
	word := string(a.Kind)
	if t.way.Voice && a.Kind == provider.TextCode {
		word = string(provider.ByVoice)
	}
	c, err := provider.Bound(t.c, a.ID, proof)
	if err != nil {
		return web.Response{}, err
	}
	response, err := s.swap(r, c, t.ticket)
	if page, leaves := response.Page.(templates.Leaving); leaves {
		page.Notice = "leaving.notice.added." + word
		response.Page = page
	}
	return response, err
}

func tooMany(held []provider.Authenticator, kind provider.Kind) bool {
	n := 0
	for _, a := range held {
		if a.Kind == kind {
			n++
		}
	}
	return n >= perKind
}

// bindID names what a ceremony binds of a kind: 128 bits that nobody knows who does not know the ceremony's secret.
func bindID(c provider.Ceremony, kind provider.Kind) string {
	sum := sha256.Sum256([]byte("bind " + string(kind) + " " + string(c.Account) + " " + c.Secret))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// noticeOf is the message that tells of a change of a kind: M-09 to M-13.
func noticeOf(kind provider.Kind) string {
	return map[provider.Kind]string{
		provider.TextCode: notify.PhoneChanged, provider.EmailCode: notify.EmailChanged, provider.TOTP: notify.AppChanged,
		provider.Passkey: notify.PasskeyChanged, provider.RecoveryCode: notify.RecoveryCodes,
	}[kind]
}

func boundData(a provider.Authenticator) map[string]string {
	data := map[string]string{notify.DataAction: "added", notify.DataWhat: a.Name}
	if to, err := oob.Decode(a.Data); err == nil && sends(a.Kind) {
		data[notify.DataWhat] = oob.Mask(a.Kind, to.To)
	}
	if a.Kind == provider.RecoveryCode {
		return map[string]string{notify.DataAction: "made"}
	}
	return data
}
