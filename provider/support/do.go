package support

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Each act is the store's method for it, with its record and the patient's letters in the same transaction.

// byStaff is why something ended, as the patient's own pages know it.
const byStaff = "by_staff"

// ready looks whether there is anything to do, and answers how it is done. Errors: provider.RefusedState.
func (s *Support) ready(r *web.Request, d desk, t task) (func(context.Context) error, error) {
	told, err := s.letters(r, t)
	if err != nil {
		return nil, err
	}
	a, now := t.p.account, r.Now
	e := func(base provider.Event) provider.Event {
		base.Tell = told
		return audit.WithHelp(base, t.help)
	}
	switch t.rule.Action {
	case provider.SendUsername:
		if len(told) == 0 {
			return nil, provider.RefusedState
		}
		return func(ctx context.Context) error { return s.Store.Record(ctx, audit.Helped(now, t.help, told)) }, nil
	case provider.SendReset: // done alike where there is nobody to write to: at L0 nothing is shown
		return func(ctx context.Context) error { return s.Store.Record(ctx, audit.Helped(now, t.help, told)) }, nil
	case provider.EndAllSessions:
		return func(ctx context.Context) error {
			return s.Store.EndOthers(ctx, a.ID, "", byStaff, now, e(audit.OthersEnded(now, a.ID, "", byStaff)))
		}, nil
	case provider.PauseSignIn:
		return func(ctx context.Context) error {
			return s.Store.PauseAccount(ctx, a.ID, byStaff, now, e(audit.AccountDisabled(now, a.ID, a.Status, provider.Paused, byOf(d))))
		}, nil
	case provider.UnlockSignIn:
		return func(ctx context.Context) error { return s.unlock(ctx, d, a.ID, now, e) }, nil
	case provider.RemoveFactor:
		return s.remove(t, now, e)
	case provider.RevokeApp:
		return func(ctx context.Context) error {
			return s.Store.EndAccess(ctx, a.ID, t.target, byStaff, now, e(audit.AccessEnded(now, a.ID, t.target)))
		}, nil
	case provider.ResetFactors:
		w := s.recoveryOf(r, t)
		if len(w.Finishers(a, provider.Contact{})) == 0 {
			return nil, provider.RefusedState
		}
		return func(ctx context.Context) error {
			return s.Store.StartRecovery(ctx, w, e(audit.RecoveryStarted(now, w, nil)))
		}, nil
	case provider.ChangeContact:
		change, before, after := changeOf(t, now), "", newContact(t.target, now)
		if old, had := a.Identifier(after.Kind); had {
			before = oob.Mask(wayOf(old.Kind), old.Canonical)
		}
		changed := audit.Masked(audit.ContactChanged(now, a.ID, after.Kind), before, oob.Mask(wayOf(after.Kind), after.Canonical))
		return func(ctx context.Context) error {
			return s.Store.ChangeContacts(ctx, change, e(changed))
		}, nil
	case provider.ReopenAccount:
		return s.reopen(t, now, d, e)
	default:
		return s.follow(r, t, e)
	}
}

// unlock lets strangers try again, at sign-in and at the second proof of a reset.
func (s *Support) unlock(ctx context.Context, d desk, id provider.AccountID, now time.Time, e func(provider.Event) provider.Event) error {
	if err := s.Store.UnlockLane(ctx, provider.StrangersLane(id), now, e(audit.LaneUnlocked(now, id, "closed", byOf(d)))); err != nil {
		return err
	}
	lane := provider.ResetLane(id)
	state, err := s.Store.Lane(ctx, lane)
	if err != nil || state == (provider.LaneState{}) {
		return err
	}
	again := e(audit.LaneUnlocked(now, id, "reset", byOf(d)))
	again.Tell = nil // once is enough
	return s.Store.UnlockLane(ctx, lane, now, again)
}

// remove takes away one lost way to sign in, where another one remains that reaches as far.
func (s *Support) remove(t task, now time.Time, e func(provider.Event) provider.Event) (func(context.Context) error, error) {
	at := slices.IndexFunc(t.p.held, func(a provider.Authenticator) bool { return a.ID == t.target && a.Kind != provider.Password })
	if at < 0 {
		return nil, provider.RefusedState
	}
	if err := provider.Removable(t.p.held, t.target, nil); err != nil && !errors.Is(err, provider.ErrOnlyProof) {
		return nil, provider.RefusedState // nobody is signed in here, so what they have proven is not asked
	}
	held := t.p.held[at]
	return func(ctx context.Context) error {
		return s.Store.RemoveAuthenticator(ctx, held, t.p.account.Rev, e(audit.AuthenticatorRemoved(now, held)))
	}, nil
}

// recoveryOf is wait-and-recover as staff start it.
func (s *Support) recoveryOf(r *web.Request, t task) provider.Recovery {
	rule := provider.WaitRule{Lasts: t.help.Waits(), Open: s.Wait.Open}
	w, _ := provider.Wait(provider.NewID(), t.p.account, provider.Contact{}, rule, r.Now)
	return w
}

func (s *Support) reopen(t task, now time.Time, d desk, e func(provider.Event) provider.Event) (func(context.Context) error, error) {
	a := t.p.account
	if a.Status != provider.Paused && a.Status != provider.Locked {
		return nil, provider.RefusedState // what is closed is closed for good
	}
	from := a.Status
	a.Status, a.StatusAt, a.UpdatedAt = provider.Active, now, now
	return func(ctx context.Context) error {
		return s.Store.UpdateAccount(ctx, a, e(audit.AccountEnabled(now, a.ID, from, byOf(d))))
	}, nil
}

// follow makes a new invitation in place of the newest one that nobody has used; it goes to the contact that the office gave.
func (s *Support) follow(r *web.Request, t task, e func(provider.Event) provider.Event) (func(context.Context) error, error) {
	if t.invitation.ID == "" {
		return nil, provider.RefusedState
	}
	letter := notify.InvitationReplaced
	if t.rule.Action == provider.NewActivation {
		letter = notify.Invitation
	}
	issue, err := s.Follow(t.invitation, letter, r.Now)
	if err != nil {
		r.Note("unsent", err.Error())
		return nil, provider.RefusedState
	}
	told := issue.Event.Tell
	issue.Event = e(issue.Event)
	issue.Event.Tell = told
	return func(ctx context.Context) error { return s.Store.IssueActivations(ctx, []provider.Issue{issue}) }, nil
}

// unused is the newest invitation to a record of the person's own, if nobody has used it or taken it back.
func (s *Support) unused(r *web.Request, id provider.AccountID) (provider.Activation, error) {
	links, err := s.Store.RecordsOf(r.Context(), id, r.Now)
	if err != nil {
		return provider.Activation{}, err
	}
	for _, l := range links {
		if l.Relation != provider.Self {
			continue
		}
		all, err := s.Store.ActivationsOf(r.Context(), l.Record)
		if err != nil {
			return provider.Activation{}, err
		}
		if a := newestOwn(all); a.ID != "" {
			return a, nil
		}
	}
	return provider.Activation{}, nil
}

// kindOf and newContact read the target of a change of contact.
func kindOf(target string) provider.IdentifierKind {
	kind, _, _ := strings.Cut(target, " ")
	return provider.IdentifierKind(kind)
}

func newContact(target string, at time.Time) provider.Identifier {
	kind, value, _ := strings.Cut(target, " ")
	return provider.Identifier{Kind: provider.IdentifierKind(kind), Value: value, Canonical: value, VerifiedAt: at}
}

// wayOf is the kind of authenticator that sends to a kind of contact.
func wayOf(kind provider.IdentifierKind) provider.Kind {
	if kind == provider.Phone {
		return provider.TextCode
	}
	return provider.EmailCode
}

// changeOf puts the new contact in the place of the first one of its kind. What codes went to the old one goes with it, and so does
// whatever else was got by the account: nobody knows who had it.
func changeOf(t task, now time.Time) provider.ContactChange {
	a := t.p.account
	old, had := a.Identifier(kindOf(t.target))
	change := provider.ContactChange{Account: a.Addressed(newContact(t.target, now), old.Canonical), Why: byStaff, At: now}
	change.Account.UpdatedAt = now
	if !had {
		return change
	}
	for _, h := range t.p.held {
		to, err := oob.Decode(h.Data)
		way := map[provider.Kind]provider.IdentifierKind{provider.TextCode: provider.Phone, provider.EmailCode: provider.Email}[h.Kind]
		if err == nil && way == old.Kind && canonicalOf(file{kind: way, value: to.To}) == old.Canonical {
			fresh := provider.Authenticator{ID: provider.NewID(), Account: a.ID, Kind: h.Kind, Name: h.Name, CreatedAt: now}
			fresh.Data = oob.Encode(oob.Address{To: newContact(t.target, now).Value})
			change.Unbinds, change.Binds = append(change.Unbinds, h), append(change.Binds, fresh)
		}
	}
	return change
}

// contactLetters go to the old contacts and to the new one.
func (s *Support) contactLetters(r *web.Request, t task) []provider.Message {
	message, way := notify.EmailChanged, provider.EmailCode
	if kindOf(t.target) == provider.Phone {
		message, way = notify.PhoneChanged, provider.TextCode
	}
	to := newContact(t.target, r.Now)
	data := map[string]string{notify.DataAction: "changed", notify.DataWhat: oob.Mask(way, to.Value)}
	if to.Value == "" { // a preview: nothing was typed yet
		return notify.Tell(t.p.account, t.p.held, notify.EmailChanged, map[string]string{notify.DataAction: "changed", notify.DataWhat: "m•••@example.org"}, r.Lang, r.Now)
	}
	all := notify.Tell(t.p.account, t.p.held, message, data, r.Lang, r.Now)
	after := t.p.account.Addressed(to, "")
	for _, m := range notify.Tell(after, t.p.held, message, data, r.Lang, r.Now) {
		if !slices.ContainsFunc(all, func(told provider.Message) bool { return told.To == m.To }) {
			all = append(all, m)
		}
	}
	return all
}

// usernameLetter is M-04 to the first confirmed address of an account, or to its phone.
func usernameLetter(a provider.Account, lang string, at time.Time) []provider.Message {
	const lasts = time.Hour
	name, ok := a.Identifier(provider.Username)
	if !ok {
		return nil
	}
	for _, kind := range []provider.IdentifierKind{provider.Email, provider.Phone} {
		for _, id := range a.Identifiers {
			if id.Kind != kind || id.VerifiedAt.IsZero() {
				continue
			}
			m := provider.Message{
				ID: provider.NewID(), Channel: provider.ByEmail, To: id.Value, Account: a.ID, Template: notify.YourUsernames,
				Lang: cmp.Or(a.Profile.Locale, lang), At: at, Expires: at.Add(lasts),
				Data: map[string]string{notify.DataAction: "one", notify.DataWhat: name.Value, notify.DataWhen: at.UTC().Format(time.RFC3339)},
			}
			if kind == provider.Phone {
				m.Channel, m.To = provider.ByText, id.Canonical
			}
			return []provider.Message{m}
		}
	}
	return nil
}

// targets are what an act could be about; need is false where it is about the account.
func (s *Support) targets(r *web.Request, t task) (all []templates.DeskOption, need bool, err error) {
	switch t.rule.Action {
	case provider.RemoveFactor:
		for _, h := range t.p.held {
			if h.Kind != provider.Password {
				all = append(all, templates.DeskOption{Value: h.ID, Words: say("support.kind." + string(h.Kind))})
			}
		}
		return all, true, nil
	case provider.RevokeApp:
		ids, err := s.apps(r, t.p.account.ID)
		if err != nil {
			return nil, true, err
		}
		for _, id := range ids {
			name, err := s.appName(r.Context(), id)
			if err != nil {
				return nil, true, err
			}
			all = append(all, templates.DeskOption{Value: id, Words: plain(name)})
		}
		return all, true, nil
	default:
		return nil, false, nil
	}
}

// apps are the applications that have something of an account.
func (s *Support) apps(r *web.Request, id provider.AccountID) ([]string, error) {
	const most = 200
	consents, err := s.Store.ConsentsOf(r.Context(), id)
	if err != nil {
		return nil, err
	}
	grants, err := s.Store.GrantsOf(r.Context(), id, r.Now, most)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, c := range consents {
		all = append(all, c.Client)
	}
	for _, g := range grants {
		all = append(all, g.Client)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func (s *Support) appName(ctx context.Context, id string) (string, error) {
	if id == "" {
		return "•••", nil
	}
	c, err := s.Store.Client(ctx, id)
	if errors.Is(err, provider.ErrNotFound) {
		return id, nil
	}
	return c.Name, err
}
