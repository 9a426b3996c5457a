package support

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-10: accounts that nobody acts on without a second person. Who opens one is not told that the supervisors know.

const mostWatched = 1000

type watchForm struct {
	Why string `form:"why" max:"16"`
}

// showWatchCase offers to put the account of the case on the list.
func (s *Support) showWatchCase(r *web.Request, d desk) (web.Response, error) {
	if d.open.Account == "" {
		return web.SeeOther(casePlace), nil
	}
	page, err := s.watchPage(r, d, watchForm{})
	return web.Show(page), err
}

func (s *Support) watchPage(r *web.Request, d desk, f watchForm) (templates.Desk, error) {
	part := templates.DeskPart{Lead: []templates.Say{say("support.watch.lead")}}
	if d.open.Account != "" && d.open.Account != d.staff.Account {
		if err := s.Store.Record(r.Context(), s.viewed(r, d, "watch")); err != nil {
			return templates.Desk{}, err
		}
		why, err := s.Store.Watched(r.Context(), d.open.Account)
		if err != nil {
			return templates.Desk{}, err
		}
		if why != "" {
			part.Facts = []templates.DeskFact{fact("support.watch.is", watchWords(provider.WatchReason(why)))}
		}
	}
	part.Forms = []templates.DeskForm{{Action: watchCase, Submit: "support.watch.submit", Fields: []templates.DeskField{
		{Name: "why", Label: say("support.watch.why"), Kind: "pick", Value: f.Why, Options: options("support.watch.why", provider.WatchReasons())},
	}}}
	return s.page(r, d, "watching", part, backPart()), nil
}

// watchWords are those of a reason; one that is not of the list is said as it stands there.
func watchWords(why provider.WatchReason) templates.Say {
	if slices.Contains(provider.WatchReasons(), why) {
		return say("support.watch.why." + string(why))
	}
	return plain(string(why))
}

func (s *Support) postWatchCase(r *web.Request, d desk, f watchForm) (web.Response, error) {
	asked := provider.Watching{Staff: d.staff, Case: *d.open, Why: provider.WatchReason(f.Why)}
	why := asked.Permits(r.Now)
	if why == nil {
		w := provider.Watch{Account: d.open.Account, Why: asked.Why, By: d.staff.ID, At: r.Now}
		return web.SeeOther(casePlace + "?done=watched"), s.Store.Watch(r.Context(), w, audit.AccountWatched(r.Now, d.staff, w.Account, f.Why, true))
	}
	if errors.Is(why, provider.RefusedReason) {
		page, err := s.watchPage(r, d, f)
		return refused(http.StatusUnprocessableEntity, page, "support.error.choose", "why"), err
	}
	return s.watchRefused(r, d, d.open.Account, why)
}

func (s *Support) watchRefused(r *web.Request, d desk, account provider.AccountID, why error) (web.Response, error) {
	return web.Response{}, errors.Join(s.Store.Record(r.Context(), audit.WatchRefused(r.Now, work(d), account, why)), &provider.Problem{Kind: provider.NotAllowed})
}

// showWatches lists who is watched, with most of their names left out. Whether they are on it themselves, nobody reads here.
func (s *Support) showWatches(r *web.Request, d desk) (web.Response, error) {
	if err := s.Store.Record(r.Context(), audit.WatchesRead(r.Now, d.staff)); err != nil {
		return web.Response{}, err
	}
	all, err := s.Store.Watches(r.Context(), mostWatched)
	if err != nil {
		return web.Response{}, err
	}
	parts := []templates.DeskPart{{Lead: []templates.Say{say("support.watches.lead")}}}
	names := map[provider.StaffID]string{}
	for _, w := range all {
		if d.staff.Account == w.Account {
			continue
		}
		part, err := s.watchPart(r, d, w, names)
		if err != nil {
			return web.Response{}, err
		}
		parts = append(parts, part)
	}
	if len(parts) == 1 {
		parts[0].Lead = append(parts[0].Lead, say("support.watches.none"))
	}
	page := s.page(r, d, "watches", parts...)
	if done := r.Query().Get("done"); slices.Contains([]string{"off", "late"}, done) {
		page.Notice = say("support.watches.done." + done)
	}
	return web.Show(page), nil
}

func (s *Support) watchPart(r *web.Request, d desk, w provider.Watch, names map[provider.StaffID]string) (templates.DeskPart, error) {
	a, err := s.Store.Account(r.Context(), w.Account)
	if err != nil && !errors.Is(err, provider.ErrNotFound) {
		return templates.DeskPart{}, err
	}
	by, err := s.nameOf(r.Context(), w.By, names)
	if err != nil {
		return templates.DeskPart{}, err
	}
	part := templates.DeskPart{Title: templates.Say{Key: "support.watches.whom", Text: maskedOf(a)}, Facts: []templates.DeskFact{
		fact("support.watch.why", watchWords(w.Why)), fact("support.watches.by", plain(by)), fact("support.watches.since", templates.Say{At: w.At.UTC()}),
	}}
	if may := w.Leaves(d.staff) == nil; !may {
		part.Lead = []templates.Say{say("support.watches.other")}
		return part, nil
	}
	part.Forms = []templates.DeskForm{{
		Action: watches + "/off", Submit: "support.watches.off", Tone: "quiet", Hidden: []templates.Hidden{{Name: "account", Value: string(w.Account)}},
	}}
	return part, nil
}

// nameOf is what the house calls somebody of its own; names are those that were read before.
func (s *Support) nameOf(ctx context.Context, id provider.StaffID, names map[provider.StaffID]string) (string, error) {
	if name, known := names[id]; known {
		return name, nil
	}
	who, err := s.Store.StaffOf(ctx, id)
	if errors.Is(err, provider.ErrNotFound) {
		who.Name, err = "•••", nil
	}
	names[id] = who.Name
	return who.Name, err
}

type unwatchForm struct {
	Account string `form:"account" max:"64"`
}

// postUnwatch takes an account off: the word of a second supervisor, of which the others are told.
func (s *Support) postUnwatch(r *web.Request, d desk, f unwatchForm) (web.Response, error) {
	all, err := s.Store.Watches(r.Context(), mostWatched)
	if err != nil {
		return web.Response{}, err
	}
	at := slices.IndexFunc(all, func(w provider.Watch) bool { return string(w.Account) == f.Account })
	if at < 0 {
		return web.SeeOther(watches + "?done=late"), s.Store.Record(r.Context(), audit.WatchRefused(r.Now, work(d), "", provider.RefusedState))
	}
	if why := all[at].Leaves(d.staff); why != nil {
		return s.watchRefused(r, d, all[at].Account, why)
	}
	e := audit.AccountWatched(r.Now, d.staff, all[at].Account, string(all[at].Why), false)
	if err := s.Store.Unwatch(r.Context(), all[at].Account, d.staff.ID, r.Now, e); errors.Is(err, provider.ErrUsed) {
		return web.SeeOther(watches + "?done=late"), nil
	} else if err != nil {
		return web.Response{}, err
	}
	return web.SeeOther(watches + "?done=off"), nil
}

// alarm tells the supervisors that a watched account is about to be opened, and has it reviewed. The agent sees nothing of it. It comes
// before the case is about the account: no record, no view.
func (s *Support) alarm(r *web.Request, d desk, account provider.AccountID) error {
	why, err := s.Store.Watched(r.Context(), account)
	if err != nil || why == "" {
		return err
	}
	told, err := s.tellBosses(r, "review", d.staff.ID, account)
	if err != nil {
		return err
	}
	v := provider.Review{
		ID: provider.NewID(), Kind: provider.ReviewWatched, Case: d.open.ID, Staff: d.staff.ID, Account: account, Reason: why, OpenedAt: r.Now,
		DueAt: s.due(r.Now),
	}
	return s.Store.OpenReview(r.Context(), v, audit.WatchOpened(r.Now, work(d), v, provider.WatchReason(why), told))
}

// due is by when a review must be closed, where the house is.
func (s *Support) due(at time.Time) time.Time {
	if s.Hours.Zone == nil {
		return provider.NextWorkDay(at.UTC())
	}
	return provider.NextWorkDay(at.In(s.Hours.Zone))
}

// silent reports whether an event is for supervisors and auditors alone: the agent who opened a watched account reads the account's events.
func silent(e provider.Event) bool {
	return slices.Contains([]string{"account.watched", "account.unwatched", "watch.opened", "watch.refused", "review.viewed", "review.closed", "review.denied", "review.late"}, e.Kind)
}

// SayLate writes to all supervisors of each review that nobody closed in time, once: a chore of the house, of which one replica does each.
func SayLate(ctx context.Context, store provider.StaffStore, lang string, now time.Time) error {
	const most = 50
	all, err := store.LateReviews(ctx, now, most)
	if err != nil || len(all) == 0 {
		return err
	}
	staff, err := store.AllStaff(ctx, mostStaff)
	if err != nil {
		return err
	}
	for _, v := range all {
		var told []provider.Message
		for _, other := range staff {
			if v.Permits(other) == nil {
				told = append(told, tellStaff(other, "review", lang, now)...)
			}
		}
		err := store.SayLate(ctx, v.ID, now, audit.ReviewLate(now, v, told))
		if err != nil && !errors.Is(err, provider.ErrUsed) {
			return err
		}
	}
	return nil
}
