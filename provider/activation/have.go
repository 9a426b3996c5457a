package activation

import (
	"errors"
	"slices"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/identifier"
	"gatehouse/provider/notify"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

type choiceForm struct {
	Choice string `form:"choice" max:"16"`
}

// askPage is a question with buttons.
func (a *Room) askPage(r *web.Request, t turn, key string, choices ...string) templates.ActivateAsk {
	return templates.ActivateAsk{
		App: a.SignIn.OriginApp(r, t.d.Origin), Key: key, Action: t.base() + "/" + key, Relation: string(t.d.Relation),
		Choices: choices, Step: t.step.place(), Steps: templates.ActivateSteps,
	}
}

// postHave takes whether there is an account already: A-17. Then its owner signs in to it, and comes back by Finish.
func (a *Room) postHave(r *web.Request, t turn, f choiceForm) (web.Response, error) {
	switch f.Choice {
	case "new":
		t.d.New = true
		return a.keep(r, t)
	case "have":
		ask, err := a.Ask(r, joining+t.c.ID)
		if err != nil {
			return web.Response{}, err
		}
		ask.Locales = t.d.Origin.Locales
		return a.SignIn.Open(r, a, ask)
	}
	return t.back(), nil
}

// joinPage asks whether it is the account that they signed in to.
func (a *Room) joinPage(r *web.Request, t turn) (templates.Page, error) {
	account, err := a.Store.Account(r.Context(), t.d.Joiner)
	if err != nil && !errors.Is(err, provider.ErrNotFound) {
		return nil, err
	}
	page := a.askPage(r, t, "join", "join", "other", "stop")
	page.Masked = identifier.Mask(signin.UsernameOf(account))
	return page, nil
}

// postJoin joins the record to the account that its owner has just signed in to, in this very browser.
func (a *Room) postJoin(r *web.Request, t turn, f choiceForm) (web.Response, error) {
	switch f.Choice {
	case "join":
		return a.join(r, t)
	case "other", "stop":
		t.d.Joiner, t.d.JoinedBy = "", ""
		return a.keep(r, t)
	}
	return t.back(), nil
}

func (a *Room) join(r *web.Request, t turn) (web.Response, error) {
	session, err := a.SignIn.Session(r)
	if err != nil {
		return web.Response{}, err
	}
	if session == nil || session.ID != t.d.JoinedBy || !fresh(*session, r) {
		t.d.Joiner, t.d.JoinedBy = "", "" // they signed out meanwhile, or somebody else is at the keyboard
		return a.keep(r, t)
	}
	account, err := a.Store.Account(r.Context(), t.d.Joiner)
	if errors.Is(err, provider.ErrNotFound) || err == nil && account.Status != provider.Active {
		return web.Response{}, &provider.Problem{Kind: provider.NotAllowed}
	}
	if err != nil {
		return web.Response{}, err
	}
	held, err := a.Store.Authenticators(r.Context(), account.ID)
	if err != nil {
		return web.Response{}, err
	}
	found, err := a.Store.Activation(r.Context(), t.d.Invitation)
	if err != nil {
		return a.gone(r, t, err)
	}
	event := audit.RecordJoined(r.Now, found, account.ID)
	event.Tell = a.SignIn.Tell(r, account, held, notify.AccountReady, map[string]string{notify.DataAction: "joined"})
	if event.Tell, err = a.tellTruster(r, found, event.Tell); err != nil {
		return web.Response{}, err
	}
	if err := a.Store.JoinRecord(r.Context(), found.ID, r.Now, account.ID, event); err != nil {
		return a.lateFor(r, t, account.ID, err)
	}
	t.d.Username = signin.UsernameOf(account)
	t.d = finished(t.d, account.ID)
	return a.keep(r, t)
}

// fresh reports whether the session was shown to be its owner's a short while ago.
func fresh(s provider.Session, r *web.Request) bool {
	return slices.ContainsFunc(s.Proofs, func(p provider.Proof) bool {
		return p.Kind != provider.Remembered && r.Now.Sub(p.At) < 2*freshFor
	})
}

// lateFor answers who comes to use an invitation that is good no more: what they did themselves, by a form that was sent twice, is
// done; for the rest the page says what became of it.
func (a *Room) lateFor(r *web.Request, t turn, account provider.AccountID, why error) (web.Response, error) {
	if !errors.Is(why, provider.ErrUsed) {
		return web.Response{}, why
	}
	found, err := a.Store.Activation(r.Context(), t.d.Invitation)
	if err != nil {
		return a.gone(r, t, err)
	}
	if found.UsedBy == account {
		t.d = finished(t.d, account)
		return a.keep(r, t)
	}
	t.d = draft{Origin: t.d.Origin, Over: stateOf(found, r.Now)}
	if t.d.Over == stateOpen { // the account of who invited them is not open
		t.d.Over = stateRevoked
	}
	return a.keep(r, t)
}

// gone is for an invitation that was swept away meanwhile.
func (a *Room) gone(r *web.Request, t turn, err error) (web.Response, error) {
	if !errors.Is(err, provider.ErrNotFound) {
		return web.Response{}, err
	}
	t.d = draft{Origin: t.d.Origin, Over: stateExpired}
	return a.keep(r, t)
}
