package signin

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/limit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Wait-and-recover, for who has lost every second factor. It is begun here, where the password or a code to an address
// was just shown; announced at once, half-way and at the end to all addresses, with a link that stops it (waitstop.go); and
// finished here by a code to another address (waitend.go). What was lost is removed then, and the ceremony goes on: to bind
// something new, or to a new password.

// waiting is the recovery of a ceremony's account; nil where none is pending.
func (s *SignIn) waiting(ctx context.Context, account provider.AccountID, now time.Time) (*provider.Recovery, error) {
	pending, err := s.Store.PendingRecovery(ctx, account, now)
	if errors.Is(err, provider.ErrNotFound) {
		return nil, nil
	}
	return &pending, err
}

// mayWait reports whether a step is one at which the person may say that all is lost.
func mayWait(t turn) bool {
	return (t.step.Kind == provider.StepVerify || t.step.Kind == provider.StepRefuse) && provider.MayWait(t.c)
}

// waiter is turn for the pages of wait-and-recover: also where nothing is left that could be asked for. Whether the account is open
// is not said before the code that finishes a recovery was shown: who knows a password alone must not learn it.
func (s *SignIn) waiter(r *web.Request, sealed string) (turn, *web.Response, error) {
	c, other, err := s.load(r, sealed, "")
	if other != nil || err != nil {
		return turn{}, other, err
	}
	t := turn{c: c, ticket: sealed}
	if t.step, t.k, err = s.next(r, &t.c); err != nil {
		return t, nil, err
	}
	posted := r.HTTP.Method == http.MethodPost
	if !mayWait(t) || posted && !s.drawnFor(c, sealed, r.Now) {
		moved, err := s.moved(r, t.c)
		return t, &moved, err
	}
	if t.k.account, err = s.Store.Account(r.Context(), t.c.Account); err != nil {
		return t, nil, err
	}
	return t, nil, nil
}

// provenBy is the contact by which the person of a ceremony has shown that it is them: all addresses of the kind that a code of
// a reset was sent to.
func provenBy(c provider.Ceremony) provider.Contact {
	switch c.Demand.Reset {
	case provider.ByEmail:
		return provider.Contact{Kind: provider.Email}
	case provider.ByText, provider.ByVoice:
		return provider.Contact{Kind: provider.Phone}
	}
	return provider.Contact{}
}

// showWait is R-12 before the start, R-13 while it is pending and when it can be finished, and R-14 where the account has no address
// that it could be finished by.
func (s *SignIn) showWait(r *web.Request) (web.Response, error) {
	t, other, err := s.waiter(r, "")
	if other != nil || err != nil {
		return orOther(other), err
	}
	return s.waitPage(r, t, said{})
}

func (s *SignIn) waitPage(r *web.Request, t turn, say said) (web.Response, error) {
	sealed, err := s.seal(t.c, t.step, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	base := "/signin/" + t.c.ID
	page := templates.Waiting{
		App: s.rooms[t.c.Room].App(r, t.c.Return), Ticket: sealed, Other: base, Lasts: int(s.Wait.Lasts.Hours()), Days: int(s.Wait.Open.Hours() / 24),
		Told: contactLines(provider.ContactsOf(t.k.account)), Notice: say.notice, Error: say.err, Until: say.until,
	}
	pending, err := s.waiting(r.Context(), t.c.Account, r.Now)
	switch {
	case err != nil:
		return web.Response{}, err
	case pending == nil:
		if _, can := provider.Wait("", t.k.account, provenBy(t.c), s.Wait, r.Now); can {
			page.Start = base + "/wait"
		}
	case !pending.Ready(r.Now):
		page.Ready = pending.ReadyAt
	default:
		if page.Ways = contactLines(pending.Finishers(t.k.account, provenBy(t.c))); len(page.Ways) > 0 {
			page.Finish, page.Ends = base+"/regain", pending.ExpiresAt
		}
	}
	response := web.ShowStatus(max(say.status, http.StatusOK), page)
	response.Self = base + "/wait"
	if say.retry > 0 {
		response.Header = http.Header{"Retry-After": {strconv.Itoa(say.retry)}}
	}
	return response, nil
}

// contactLines shows contacts masked; the value of one is its place.
func contactLines(all []provider.Contact) []templates.WayLine {
	lines := make([]templates.WayLine, len(all))
	for i, c := range all {
		kind := provider.EmailCode
		if c.Kind == provider.Phone {
			kind = provider.TextCode
		}
		lines[i] = templates.WayLine{Value: strconv.Itoa(i), Kind: string(kind), Masked: oob.Mask(kind, c.Canonical), Chosen: i == 0}
	}
	return lines
}

// startsDaily is how often somebody may start one in a day: each tells all addresses of the account, and texts cost money.
const startsDaily = 3

// postWait starts one: R-12. It is announced in the same transaction.
func (s *SignIn) postWait(r *web.Request, f pressForm) (web.Response, error) {
	t, other, err := s.waiter(r, f.Ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	fresh, can := provider.Wait(provider.NewID(), t.k.account, provenBy(t.c), s.Wait, r.Now)
	if !can {
		return s.waitPage(r, t, said{})
	}
	started := provider.Budget{Purpose: "recoveries started", Key: string(t.c.Account), Limit: startsDaily, Window: limit.Day}
	if _, until, err := s.Store.Spend(r.Context(), started, r.Now); errors.Is(err, provider.ErrSpent) {
		return s.waitPage(r, t, said{status: http.StatusTooManyRequests, notice: "waiting.notice.many", until: until, retry: secondsUntil(r.Now, until)})
	} else if err != nil {
		return web.Response{}, err
	}
	told, err := s.waitNotice(t.k.account, t.k.held, fresh, "started", r.Now)
	if err != nil {
		return web.Response{}, err
	}
	err = s.Store.StartRecovery(r.Context(), fresh, audit.RecoveryStarted(r.Now, fresh, told))
	if err != nil && !errors.Is(err, provider.ErrTaken) { // taken: one is pending already, and the page says so
		return web.Response{}, err
	}
	return web.SeeOther("/signin/" + t.c.ID + "/wait"), nil
}

// waitNotice makes M-18 to all addresses of a person. Of one that goes on, the moment is the one from which it can be finished, and
// the link stops it.
func (s *SignIn) waitNotice(
	a provider.Account, held []provider.Authenticator, w provider.Recovery, action string, now time.Time,
) ([]provider.Message, error) {
	data := map[string]string{notify.DataAction: action, notify.DataLink: "/security"}
	if action == "started" || action == "reminder" || action == "ready" {
		link, err := s.stopLink(w)
		if err != nil {
			return nil, err
		}
		data[notify.DataLink], data[notify.DataWhen] = link, notify.Moment(w.ReadyAt, a)
	}
	return notify.Tell(a, held, notify.Recovering, data, "", now), nil
}

// WaitNotice is M-18 for whoever else starts a recovery, such as staff for a caller.
func (s *SignIn) WaitNotice(
	a provider.Account, held []provider.Authenticator, w provider.Recovery, action string, now time.Time,
) ([]provider.Message, error) {
	return s.waitNotice(a, held, w, action, now)
}

// GiveNotices tells of recoveries whose next notice is due, and answers of how many. A janitor calls it; of several at once one
// tells.
func (s *SignIn) GiveNotices(ctx context.Context, now time.Time) (int, error) {
	const batch = 100
	due, err := s.Store.DueRecoveries(ctx, now, batch)
	if err != nil {
		return 0, err
	}
	told, failed := 0, []error(nil)
	for _, w := range due { // of one that fails nobody else is to suffer
		if err := s.giveNotice(ctx, w, now); err != nil && !errors.Is(err, provider.ErrStale) {
			failed = append(failed, err)
			continue
		}
		told++
	}
	return told, errors.Join(failed...)
}

func (s *SignIn) giveNotice(ctx context.Context, w provider.Recovery, now time.Time) error {
	a, err := s.Store.Account(ctx, w.Account)
	if err != nil {
		return err
	}
	held, err := s.Store.Authenticators(ctx, w.Account)
	if err != nil {
		return err
	}
	action := "reminder"
	if w.Ready(now) {
		action = "ready"
	}
	told, err := s.waitNotice(a, held, w, action, now)
	if err != nil {
		return err
	}
	next := w.NextNotice()
	if action == "ready" {
		next = time.Time{}
	}
	return s.Store.NoticeRecovery(ctx, w, next, audit.RecoveryNoticed(now, w, told))
}

// foundAgain stops the recovery of somebody who has just signed in with what it says is lost.
func (s *SignIn) foundAgain(r *web.Request, c provider.Ceremony) error {
	if !provider.FoundAgain(c.Proofs) {
		return nil
	}
	pending, err := s.waiting(r.Context(), c.Account, r.Now)
	if pending == nil || err != nil {
		return err
	}
	_, err = s.stop(r.Context(), *pending, "signed_in", r.Now)
	return err
}

// stop ends a pending recovery and tells of it. It answers whether it was pending until now.
func (s *SignIn) stop(ctx context.Context, w provider.Recovery, why string, now time.Time) (bool, error) {
	a, err := s.Store.Account(ctx, w.Account)
	if err != nil {
		return false, err
	}
	held, err := s.Store.Authenticators(ctx, w.Account)
	if err != nil {
		return false, err
	}
	told, err := s.waitNotice(a, held, w, "stopped", now)
	if err != nil {
		return false, err
	}
	return s.Store.StopRecovery(ctx, w.ID, why, now, audit.RecoveryStopped(now, w, why, told))
}
