package settings

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Where an owner closes their account, and keeps it after all: Y-15.
const (
	closing = home + "/close"
	keeping = closing + "/keep"
)

func (s *Settings) closeRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + closing, Handle: s.here},
		{Pattern: "POST " + closing, Handle: web.Form(s.postClose)},
		{Pattern: "POST " + keeping, Handle: web.Form(s.postKeep)},
	}
}

// pendingClosing is that of an account; nil for none.
func (s *Settings) pendingClosing(ctx context.Context, account provider.AccountID) (*provider.Closing, error) {
	c, err := s.Store.PendingClosing(ctx, account)
	if errors.Is(err, provider.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// closePage asks, or says how it stands.
func (s *Settings) closePage(r *web.Request, o owner) (web.Response, error) {
	const day = 24 * time.Hour
	page := templates.CloseAccount{
		Until: local(o.account, r.Now.Add(s.CloseAfter)), Days: int((s.CloseAfter + day - 1) / day), Action: closing, Data: data, Home: home,
		Notice: notice(r, "closeaccount", "asked", "kept"),
	}
	pending, err := s.pendingClosing(r.Context(), o.account.ID)
	if pending != nil {
		page.Pending, page.Until, page.Action = true, local(o.account, pending.DueAt), keeping
	}
	return web.Show(page), err
}

// postClose asks for it. Nothing is closed yet: all addresses are told, and the owner may change their mind.
func (s *Settings) postClose(r *web.Request, _ nothing) (web.Response, error) {
	o, ok, err := s.proven(r, closing)
	if err != nil || !ok {
		return web.SeeOther(closing), err
	}
	c := provider.AskClosing(provider.NewID(), o.account.ID, s.CloseAfter, r.Now)
	told := s.SignIn.Tell(r, o.account, o.held, notify.Closing, closingData("asked", c, o.account))
	err = s.Store.AskClosing(r.Context(), c, audit.ClosingAsked(r.Now, c, o.session.ID, told))
	if errors.Is(err, provider.ErrTaken) { // it was asked before, in another tab: the page says so
		return web.SeeOther(closing), nil
	}
	return web.SeeOther(closing + "?done=asked"), err
}

// postKeep takes it back. A session is enough, however old its proof: it undoes what needed a fresh one, and who finds that somebody
// else asked must not be held up.
func (s *Settings) postKeep(r *web.Request, _ nothing) (web.Response, error) {
	o, ok, err := s.present(r)
	if err != nil || !ok {
		return web.SeeOther(closing), err
	}
	c, err := s.pendingClosing(r.Context(), o.account.ID)
	if err != nil || c == nil {
		return web.SeeOther(closing), err
	}
	told := s.SignIn.Tell(r, o.account, o.held, notify.Closing, closingData("cancelled", *c, o.account))
	e := audit.ClosingCancelled(r.Now, *c, audit.ByAccount(o.account.ID), o.session.ID, told)
	was, err := s.Store.CancelClosing(r.Context(), *c, e)
	if err != nil || !was {
		return web.SeeOther(closing), err
	}
	return web.SeeOther(closing + "?done=kept"), nil
}

// closingData is what M-22 says.
func closingData(action string, c provider.Closing, a provider.Account) map[string]string {
	all := map[string]string{notify.DataAction: action, notify.DataLink: closing}
	switch action {
	case "asked", "reminder":
		all[notify.DataWhen] = notify.Moment(c.DueAt, a)
	case "done":
		all[notify.DataLink] = "/activate"
	}
	return all
}

// CloseDue reminds owners, and closes accounts that are due; it answers of how many it took care. A janitor calls it; of several at
// once one does each.
func (s *Settings) CloseDue(ctx context.Context, now time.Time) (int, error) {
	const batch = 100
	due, err := s.Store.DueClosings(ctx, now, batch)
	if err != nil {
		return 0, err
	}
	done, failed := 0, []error(nil)
	for _, c := range due { // of one that fails nobody else is to suffer
		err := s.attend(ctx, c, now)
		if errors.Is(err, provider.ErrStale) || errors.Is(err, provider.ErrUsed) { // somebody was quicker
			continue
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		done++
	}
	return done, errors.Join(failed...)
}

// attend does what is due of one. An account that is not active is not closed by what was asked before: that may have been the very
// reason why it was shut.
func (s *Settings) attend(ctx context.Context, c provider.Closing, now time.Time) error {
	a, err := s.Store.Account(ctx, c.Account)
	if err != nil {
		return err
	}
	held, err := s.Store.Authenticators(ctx, c.Account)
	if err != nil {
		return err
	}
	tell := func(action string) []provider.Message {
		return notify.Tell(a, held, notify.Closing, closingData(action, c, a), "", now)
	}
	switch {
	case a.Status != provider.Active:
		_, err = s.Store.CancelClosing(ctx, c, audit.ClosingCancelled(now, c, audit.House, "", tell("cancelled")))
		return err
	case !c.Due(now):
		return s.Store.NoticeClosing(ctx, c, c.DueAt, audit.ClosingNoticed(now, c, tell("reminder")))
	}
	given, err := s.given(ctx, c.Account, now) // while the account has its records
	if err != nil {
		return err
	}
	theirs, err := s.tellCircle(ctx, a, now)
	if err != nil {
		return err
	}
	err = s.Store.CloseAccount(ctx, c, "account closed", now, audit.AccountClosed(now, c, append(tell("done"), theirs...)))
	if err != nil {
		return err
	}
	return s.uninvite(ctx, given, now)
}

// tellCircle lets those know who have a record by a patient whose account is closed: their links end with it.
func (s *Settings) tellCircle(ctx context.Context, patient provider.Account, now time.Time) ([]provider.Message, error) {
	links, err := s.Store.LinksGiven(ctx, patient.ID, now)
	if err != nil {
		return nil, err
	}
	var all []provider.Message
	for _, l := range links {
		told, err := s.tellTaken(ctx, patient, l.Account, "", now)
		if err != nil {
			return nil, err
		}
		all = append(all, told...)
	}
	return all, nil
}

// given lists what somebody gave to trusted people and was not used, open or not: what is over could be renewed.
func (s *Settings) given(ctx context.Context, account provider.AccountID, now time.Time) ([]provider.Activation, error) {
	records, err := s.Store.RecordsOf(ctx, account, now)
	if err != nil {
		return nil, err
	}
	var all []provider.Activation
	for _, l := range records {
		invited, err := s.Store.ActivationsOf(ctx, l.Record)
		if err != nil {
			return nil, err
		}
		for _, a := range invited {
			if a.By == account && a.UsedAt.IsZero() {
				all = append(all, a)
			}
		}
	}
	return all, nil
}

// uninvite ends those that are there still, now that the account is closed. Cut short, they open nothing all the same: nobody uses
// an invitation of an account that is not active.
func (s *Settings) uninvite(ctx context.Context, given []provider.Activation, now time.Time) error {
	for _, a := range given {
		if _, err := s.Store.RevokeActivation(ctx, a.ID, "closed", now, audit.TrustEnded(now, a.By, a.ID, "", nil)); err != nil {
			return err
		}
	}
	return nil
}
