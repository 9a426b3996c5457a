package signin

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/lookup"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/factor/totp"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// longestName is how many characters a person may name something with.
const longestName = 60

// appPage shows the seed of a new authenticator app, the same one whenever it is loaded: Y-05.
func (s *SignIn) appPage(c provider.Ceremony, v view, other, notNow string) (templates.Page, error) {
	seed := s.seed(c)
	uri := seed.URI(s.Name, UsernameOf(v.account))
	drawn, err := totp.QR(uri)
	if err != nil {
		return nil, err
	}
	return templates.AddApp{
		App: v.app, Action: v.base + "/totp", Ticket: v.ticket, QR: drawn, URI: uri, Key: seed.Groups(), Name: v.say.typed,
		Notice: v.say.notice, Error: v.say.err, Fields: fieldsOf(v.say), Other: other, NotNow: notNow,
	}, nil
}

func (s *SignIn) seed(c provider.Ceremony) totp.Seed {
	return totp.SeedFor(s.Keys, c.ID, string(c.Account))
}

// bindApp binds an app whose first code is right, and spends that code. The seed is on the page: there is nothing to guess, so no
// budget is spent.
func (s *SignIn) bindApp(r *web.Request, t turn, f codeForm) (web.Response, error) {
	data := totp.Encode(s.seed(t.c))
	name := visible(f.Name)
	say := said{status: http.StatusUnprocessableEntity, typed: f.Name, fields: map[string]string{}}
	step, ok, near := totp.Check(data, f.Code, r.Now)
	switch {
	case utf8.RuneCountInString(name) > longestName:
		say.fields["name"] = "name.error.long"
	case !ok && near:
		say.notice = "totp.notice.clock"
		fallthrough
	case !ok:
		say.fields["code"] = "totp.error.wrong"
	}
	if len(say.fields) > 0 {
		return s.dispatch(r, t.c, say)
	}
	return s.bind(r, t, provider.Authenticator{Kind: provider.TOTP, Name: name, Data: data, Step: step}, provider.Proof{})
}

// visible is a name as it is kept: without what cannot be seen, and without spaces around it.
func visible(name string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return -1
	}, name))
}

// sheetPage shows a new sheet of recovery codes, the same one whenever it is loaded: Y-07.
func (s *SignIn) sheetPage(r *web.Request, c provider.Ceremony, v view, other, notNow string) templates.Page {
	_, replace := provider.Held(v.held, provider.RecoveryCode)
	return templates.SaveCodes{
		App: v.app, Action: v.base + "/recovery", Ticket: v.ticket, Codes: lookup.SheetFor(s.Keys, c.ID, string(c.Account)),
		Made: r.Now, Replace: replace, Error: v.say.err, Other: other, NotNow: notNow,
	}
}

// bindSheet keeps a sheet whose owner has saved it. An older one stops working.
func (s *SignIn) bindSheet(r *web.Request, t turn) (web.Response, error) {
	page, _ := s.unseal(t.ticket, r.Now)
	shown, ok := lookup.SheetUnder(s.Keys, page.Sheet, t.c.ID, string(t.c.Account))
	if !ok {
		return s.dispatch(r, t.c, said{status: http.StatusUnprocessableEntity, err: "savecodes.error.stale"})
	}
	data := lookup.Encode(s.Keys, shown)
	all, err := s.Store.Authenticators(r.Context(), t.c.Account) // a sheet that is used up is here too
	if err != nil {
		return web.Response{}, err
	}
	old, held := provider.Held(all, provider.RecoveryCode)
	if !held {
		return s.bind(r, t, provider.Authenticator{Kind: provider.RecoveryCode, Data: data}, provider.Proof{})
	}
	account, err := s.Store.Account(r.Context(), t.c.Account)
	if err != nil {
		return web.Response{}, err
	}
	if account.Status != provider.Active {
		return s.closed(r, t.c, account)
	}
	fresh := old
	fresh.Data, fresh.CreatedAt, fresh.UsedAt = data, laterOf(r.Now, t.c.Began), time.Time{}
	event := audit.AuthenticatorBound(r.Now, fresh)
	event.Tell = s.Tell(r, account, t.k.held, noticeOf(fresh.Kind), boundData(fresh))
	err = s.save(r.Context(), old, fresh, event)
	if errors.Is(err, provider.ErrStale) {
		return s.dispatch(r, t.c, said{status: http.StatusUnprocessableEntity, err: "savecodes.error.stale"})
	}
	if err != nil {
		return web.Response{}, err
	}
	return s.bound(r, t, fresh, provider.Proof{})
}

// makePage offers to make a passkey: K-01.
func (s *SignIn) makePage(r *web.Request, c provider.Ceremony, v view, other, notNow string) (templates.Page, error) {
	page := templates.AddPasskey{
		App: v.app, Action: v.base + "/passkey", Ticket: v.ticket, Notice: v.say.notice, Error: v.say.err, Signal: v.say.signal,
		Other: other, NotNow: notNow,
	}
	var err error
	page.Options, err = s.Passkeys.Creation(c.ID, c.Account, UsernameOf(v.account), passkeysOf(v.held), r.Now)
	return page, err
}

// credentialPurpose is the purpose under which the ids of credentials are marked: one is bound to one account, once.
const credentialPurpose = "credential"

// credentialLasts is how long such a mark is kept: for ever, as people count.
const credentialLasts = 100 * 365 * 24 * time.Hour

// bindPasskey binds the credential that was made: K-03. Its id must be nobody's (WebAuthn 3, 7.1 step 26).
func (s *SignIn) bindPasskey(r *web.Request, t turn, response string) (web.Response, error) {
	made, err := s.Passkeys.Register(r.Context(), t.c.ID, t.c.Account, response, r.Now)
	if errors.Is(err, passkey.ErrResponse) {
		return s.unbound(r, t, err, response)
	}
	if err != nil {
		return web.Response{}, err
	}
	if tooMany(t.k.held, provider.Passkey) { // before its id is spent
		return s.unbound(r, t, errTooMany, response)
	}
	err = s.Claim(r.Context(), r.Now, made)
	if errors.Is(err, provider.ErrUsed) {
		return s.unbound(r, t, errAnswered, "")
	}
	if err != nil {
		return web.Response{}, err
	}
	return s.bind(r, t, provider.Authenticator{Kind: provider.Passkey, Name: made.Name, Data: made.Data},
		provider.Proof{UserVerified: made.UserVerified, Synced: made.Synced})
}

// Claim marks the challenge as answered and the credential as somebody's. ErrUsed: one of them was before.
func (s *SignIn) Claim(ctx context.Context, now time.Time, made passkey.Created) error {
	if err := s.Store.Consume(ctx, passkey.ChallengePurpose, made.Challenge, made.Until); err != nil {
		return err
	}
	id := base64.RawURLEncoding.EncodeToString(provider.HashSecret(string(made.Credential)))
	return s.Store.Consume(ctx, credentialPurpose, id, now.Add(credentialLasts))
}

// unbound says that a passkey was made and not kept by us: K-06. Its browser may forget it.
func (s *SignIn) unbound(r *web.Request, t turn, why error, response string) (web.Response, error) {
	r.Note("outcome", "passkey refused")
	r.Note("why", why.Error())
	say := said{status: http.StatusUnprocessableEntity, err: "addpasskey.error.unsaved"}
	if response != "" {
		var err error
		if say.signal, err = s.Passkeys.Unknown(response); err != nil {
			return web.Response{}, err
		}
	}
	now, other, err := s.load(r, t.ticket, "")
	if other != nil || err != nil {
		return orOther(other), err
	}
	if now.Rev != t.c.Rev {
		t.c, say = now, said{notice: "signin.notice.moved"}
	}
	answer, err := s.dispatch(r, t.c, say)
	answer.Every = s.Failures
	return answer, err
}
