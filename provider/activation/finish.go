package activation

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/identifier"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// checkPage is A-15.
func (a *Room) checkPage(r *web.Request, t turn) templates.ActivateCheck {
	page := templates.ActivateCheck{
		App: a.SignIn.OriginApp(r, t.d.Origin), Action: t.base() + "/finish", Change: t.base() + "/change",
		Username: t.d.Username, ByEmail: t.d.ByEmail, Keyed: t.d.Passkey != nil, Relation: string(t.d.Relation), Step: t.step.place(), Steps: templates.ActivateSteps,
	}
	if t.d.Email.confirmed() {
		page.Email = t.d.Email.To
	}
	if t.d.Phone.confirmed() {
		page.Phone = t.d.Phone.To
	}
	return page
}

// postChange asks one part again.
func (a *Room) postChange(r *web.Request, t turn, f choiceForm) (web.Response, error) {
	var ok bool
	if t.d, ok = changed(t.d, f.Choice); !ok {
		return t.back(), nil
	}
	return a.keep(r, t)
}

// postFinish opens the account, all or nothing, and signs its owner in by what they have shown on the way. Sent twice, or in two
// tabs at once, it opens one.
func (a *Room) postFinish(r *web.Request, t turn, _ pressForm) (web.Response, error) {
	if t.d.Done {
		return t.back(), nil
	}
	found, err := a.Store.Activation(r.Context(), t.d.Invitation)
	if err != nil {
		return a.gone(r, t, err)
	}
	account, held := a.made(r, t.d)
	event := audit.AccountActivated(r.Now, found, account.ID)
	if account, event.Tell, err = a.heed(r, account, held); err != nil {
		return web.Response{}, err
	}
	if event.Tell, err = a.tellTruster(r, found, event.Tell); err != nil {
		return web.Response{}, err
	}
	err = a.Store.Activate(r.Context(), found.ID, r.Now, account, held, event)
	if errors.Is(err, provider.ErrUsed) {
		if found, err = a.Store.Activation(r.Context(), found.ID); err != nil || found.UsedBy != t.d.Account {
			return a.lateFor(r, t, t.d.Account, errors.Join(provider.ErrUsed, err))
		}
	}
	if errors.Is(err, provider.ErrTaken) {
		return a.nameTaken(r, t)
	}
	if err != nil {
		return web.Response{}, err
	}
	return a.enter(r, t)
}

// enter signs the owner in whose account is open, and then forgets what it was made of. Cut short between the two, the person
// presses again and has the same session.
func (a *Room) enter(r *web.Request, t turn) (web.Response, error) {
	response, err := a.SignIn.Begin(r, a, t.c, opened+t.c.ID, t.d.Account, t.d.proofs())
	if err != nil {
		return response, err
	}
	t.d = finished(t.d, t.d.Account)
	if _, err := a.swap(r, t); err != nil {
		r.Note("draft", "not forgotten") // it will be, by its deadline; the account is open all the same
	}
	return response, nil
}

// nameTaken is for a name that somebody else took meanwhile.
func (a *Room) nameTaken(r *web.Request, t turn) (web.Response, error) {
	name := t.d.Username
	t.d.Username, t.d.ByEmail = "", false
	t, err := a.swap(r, t)
	if errors.Is(err, provider.ErrStale) || errors.Is(err, provider.ErrNotFound) {
		return t.back(), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	response, err := a.taken(r, t, a.namePage(r, t), name)
	response.Status = http.StatusConflict
	return response, err
}

// authenticatorID names what is bound when an account is opened: by the account, so that a form that was sent twice names the same.
func authenticatorID(account provider.AccountID, kind provider.Kind) string {
	sum := sha256.Sum256([]byte("activated " + string(account) + " " + string(kind)))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// made is the account of a draft, with what its owner signs in with.
func (a *Room) made(r *web.Request, d draft) (provider.Account, []provider.Authenticator) {
	lang := d.Contact.Lang
	if lang == "" {
		lang = r.Lang
	}
	account := provider.Account{
		ID: d.Account, Status: provider.Active, StatusAt: r.Now, CreatedAt: r.Now, UpdatedAt: r.Now,
		Profile: provider.Profile{Name: d.Contact.Name, Locale: lang},
		Identifiers: []provider.Identifier{
			{Kind: provider.Username, Value: d.Username, Canonical: d.Username, VerifiedAt: r.Now},
		},
	}
	held := []provider.Authenticator{d.secret()}
	for _, c := range []struct {
		contact
		id   provider.IdentifierKind
		kind provider.Kind
		read func(string) (string, error)
	}{
		{d.Email, provider.Email, provider.EmailCode, identifier.Email},
		{d.Phone, provider.Phone, provider.TextCode, identifier.Phone},
	} {
		canonical, err := c.read(c.To)
		if !c.confirmed() || err != nil {
			continue
		}
		account.Identifiers = append(account.Identifiers, provider.Identifier{Kind: c.id, Value: c.To, Canonical: canonical, VerifiedAt: c.At})
		held = append(held, provider.Authenticator{
			ID: authenticatorID(d.Account, c.kind), Account: d.Account, Kind: c.kind, CreatedAt: c.At,
			Data: oob.Encode(oob.Address{To: c.To, Landline: c.Landline || c.kind == provider.TextCode && c.Voice}),
		})
	}
	return account, held
}

// proofs are what the owner of a draft has shown of what the account holds.
func (d draft) proofs() []provider.Proof {
	proofs := []provider.Proof{d.secretShown()}
	if d.Email.confirmed() {
		proofs = append(proofs, provider.Proof{
			Account: d.Account, Authenticator: authenticatorID(d.Account, provider.EmailCode), Kind: provider.EmailCode, At: d.Email.At,
		})
	}
	if d.Phone.confirmed() {
		proofs = append(proofs, provider.Proof{
			Account: d.Account, Authenticator: authenticatorID(d.Account, provider.TextCode), Kind: provider.TextCode, Voice: d.Phone.Voice, At: d.Phone.At,
		})
	}
	return proofs
}

// heed makes the notices of a new account. An e-mail address that is the one name of somebody else's account stays that: the new
// one gets codes by it and has no such identifier, or the other could not sign in any more. Its owner hears of it by message
// alone, M-20; no page tells.
func (a *Room) heed(r *web.Request, account provider.Account, held []provider.Authenticator) (provider.Account, []provider.Message, error) {
	tell := a.SignIn.Tell(r, account, held, notify.AccountReady, map[string]string{notify.DataAction: "opened"})
	email, ok := account.Identifier(provider.Email)
	if !ok {
		return account, tell, nil
	}
	others, err := a.Store.FindAccounts(r.Context(), provider.Email, email.Canonical)
	if err != nil {
		return account, nil, err
	}
	for _, id := range others {
		other, err := a.Store.Account(r.Context(), id)
		if errors.Is(err, provider.ErrNotFound) {
			continue
		}
		if err != nil {
			return account, nil, err
		}
		if _, named := other.Identifier(provider.Username); named {
			continue
		}
		theirs, err := a.Store.Authenticators(r.Context(), id)
		if err != nil {
			return account, nil, err
		}
		tell = append(tell, notify.Tell(other, theirs, notify.EmailTried, nil, r.Lang, r.Now)...)
		account.Identifiers = slices.DeleteFunc(account.Identifiers, func(i provider.Identifier) bool { return i.Kind == provider.Email })
	}
	return account, tell, nil
}

// donePage says that it is done, and what can be added.
func (a *Room) donePage(r *web.Request, t turn) (templates.Page, error) {
	session, err := a.SignIn.Session(r)
	return templates.ActivateDone{
		Here: session != nil && session.Account == t.d.Account,
		App:  a.SignIn.OriginApp(r, t.d.Origin), Joined: t.d.Joiner != "", Username: t.d.Username, Go: a.SignIn.OriginAddress(t.d.Origin),
		Passkey: a.Passkeys && !t.d.Keyed, Relation: string(t.d.Relation),
	}, err
}

// overPage is.
func (a *Room) overPage(r *web.Request, t turn) templates.ActivateStop {
	page := templates.ActivateStop{App: a.SignIn.OriginApp(r, t.d.Origin), Key: t.d.Over}
	switch {
	case t.d.Over == stateUsed:
		page.SignIn = a.SignIn.OriginAddress(t.d.Origin)
	case len(t.d.Known) > 0:
		page.Key, page.Renew, page.Masked = "renew", t.base()+"/renew", masked(t.d.Contact)
	case t.d.Over == stateRenewed:
		page.Again, page.Masked = codePage, masked(t.d.Contact)
	}
	return page
}

// showStep shows the step that is due.
func (a *Room) showStep(r *web.Request) (web.Response, error) {
	t, other, err := a.turn(r)
	if other != nil || err != nil {
		return orOther(other), err
	}
	r.Note("step", string(t.step))
	page, err := a.page(r, t)
	if err != nil {
		return web.Response{}, err
	}
	status := http.StatusOK
	if t.step == stepOver {
		status = http.StatusGone
	}
	response := web.ShowStatus(status, page)
	response.Self = t.base()
	return response, nil
}

func (a *Room) page(r *web.Request, t turn) (templates.Page, error) {
	switch t.step {
	case stepFacts:
		return a.factsPage(r, t, factsForm{}), nil
	case stepHave:
		return a.askPage(r, t, "have", "new", "have"), nil
	case stepJoin:
		return a.joinPage(r, t)
	case stepEmail, stepPhone:
		return a.addressPage(r, t), nil
	case stepEmailCode, stepPhoneCode:
		return a.codeEntry(r, t)
	case stepAlone:
		return a.askPage(r, t, "alone", "email", "phone", "alone"), nil
	case stepName:
		return a.namePage(r, t), nil
	case stepSecret:
		return a.secretPage(r, t)
	case stepCheck:
		return a.checkPage(r, t), nil
	case stepDone:
		return a.donePage(r, t)
	default:
		return a.overPage(r, t), nil
	}
}
