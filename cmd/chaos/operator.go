package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// wrote writes down what came of a write of the operator's. Errors that the store names mean that nothing was written.
func (a *actor) wrote(start time.Duration, fact Fact, err error) bool {
	op := Op{Client: a.n, Start: start, End: a.w.history.Now()}
	switch {
	case err == nil:
		a.told(op, Set, OK, fact.Subject, fact.Value)
	case errors.Is(err, provider.ErrStale), errors.Is(err, provider.ErrNotFound):
		a.told(op, Set, Refused, fact.Subject, fact.Value)
	default:
		a.told(op, Set, Lost, fact.Subject, fact.Value)
	}
	return err == nil
}

// insist tries until it is acknowledged, or for a minute: an operator does not leave a client disabled.
func (a *actor) insist(ctx context.Context, fact Fact, write func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		start := a.w.history.Now()
		if a.wrote(start, fact, write(ctx)) {
			return true
		}
		shortly(ctx)
	}
	return false
}

// disablesClient takes an application out of use, looks what it still gets, and puts it back.
func (a *actor) disablesClient(ctx context.Context) {
	to := pick(a, a.w.apps)
	f := a.w.takeOf(func(f *family) bool { return f.app.id == to.id })
	if !a.insist(ctx, Fact{ofClient(to), Over}, func(ctx context.Context) error { return a.setClient(ctx, to, time.Now()) }) {
		return
	}
	if f != nil {
		a.inspect(ctx, f)
		a.silently(ctx, f)
		a.moveOn(ctx, f)
		a.w.put(f)
	}
	a.insist(ctx, Fact{ofClient(to), Live}, func(ctx context.Context) error { return a.setClient(ctx, to, time.Time{}) })
}

func (a *actor) setClient(ctx context.Context, to app, disabled time.Time) error {
	c, err := a.w.store.Client(ctx, to.id)
	if err != nil {
		return read(err)
	}
	c.DisabledAt = disabled.Truncate(time.Microsecond)
	if disabled.IsZero() {
		return a.w.store.UpdateClient(ctx, c, audit.ClientEnabled(time.Now(), c.ID))
	}
	return a.w.store.UpdateClient(ctx, c, audit.ClientDisabled(time.Now(), c.ID))
}

// read makes of an error of a read what it means for the write that it was to prepare: nothing was written.
func read(err error) error { return errors.Join(provider.ErrStale, err) }

// locksAccount locks somebody out, looks what they still get, and lets them in again.
func (a *actor) locksAccount(ctx context.Context) {
	f := a.w.take(a.dice.Int())
	if f == nil {
		return
	}
	defer a.w.put(f)
	op := Op{Client: a.n, Start: a.w.history.Now(), Outcome: OK}
	locked := a.insist(ctx, Fact{ofAccount(f.person), Over}, func(ctx context.Context) error { return a.setStatus(ctx, f.person, provider.Locked) })
	if !locked {
		op.Outcome = Lost
	}
	op.End = a.w.history.Now()
	a.w.sessionsEnd(op, f.person)
	if !locked {
		return
	}
	a.inspect(ctx, f)
	a.silently(ctx, f)
	a.moveOn(ctx, f)
	a.insist(ctx, Fact{ofAccount(f.person), Live}, func(ctx context.Context) error { return a.setStatus(ctx, f.person, provider.Active) })
}

func (a *actor) setStatus(ctx context.Context, p *person, status provider.AccountStatus) error {
	account, err := a.w.store.Account(ctx, p.id)
	if err != nil {
		return read(err)
	}
	was := account.Status
	account.Status, account.StatusAt = status, time.Now().Truncate(time.Microsecond)
	return a.w.store.UpdateAccount(ctx, account, audit.AccountDisabled(time.Now(), p.id, was, status, audit.Operator))
}

// withdraws takes back a consent for somebody who has given it.
func (a *actor) withdraws(ctx context.Context) {
	f := a.w.takeOf(func(f *family) bool { return f.app.thirdParty })
	if f == nil {
		return
	}
	defer a.w.put(f)
	start := a.w.history.Now()
	err := a.w.store.WithdrawConsent(ctx, f.person.id, f.app.id, audit.ConsentWithdrawn(time.Now(), f.person.id, f.app.id))
	a.wrote(start, Fact{ofConsent(f.person, f.app), Over}, err)
	a.inspect(ctx, f)
}

// changesPassword asks somebody for a new password, who then sets it. The old one, and whatever was got with it, is over.
func (a *actor) changesPassword(ctx context.Context) {
	p := pick(a, a.w.people)
	if !p.changing.TryLock() {
		return
	}
	defer p.changing.Unlock()
	before := a.w.takeOf(func(f *family) bool { return f.person == p })
	if !a.insist(ctx, Fact{ofOwed(p), Over}, func(ctx context.Context) error { return a.owe(ctx, p) }) {
		return
	}
	old := p.password()
	e := a.entrance(p, a.w.apps[0])
	e.newWord = newPassword()
	e.enter(ctx)
	if before != nil {
		a.inspect(ctx, before)
		a.silently(ctx, before)
		a.w.put(before)
	}
	a.tries(ctx, p, old)
	a.settle(ctx, p)
}

// settle signs in until no new password is owed: an operator's wish would keep everything of the person shut for ever.
func (a *actor) settle(ctx context.Context, p *person) bool {
	for range 10 {
		e := a.entrance(p, a.w.apps[0])
		e.newWord = newPassword()
		if e.enter(ctx) {
			return true
		}
	}
	return false
}

func (a *actor) owe(ctx context.Context, p *person) error {
	held, err := a.w.store.Authenticators(ctx, p.id)
	if err != nil {
		return read(err)
	}
	held[0].ChangeOwed = "leaked"
	return a.w.store.SaveAuthenticator(ctx, held[0], audit.PasswordChangeOwed(time.Now(), p.id, "leaked", audit.Operator))
}

// tries types a password in a new browser, as somebody who found it would.
func (a *actor) tries(ctx context.Context, p *person, secret string) {
	b := newBrowser(a.w.door)
	f, ok := b.get(ctx, a.w.apps[0].address(false)).form("/password")
	if !ok {
		return
	}
	var shown page
	got, op := a.timed(func() answer {
		shown = b.press(ctx, f.with("username", p.username, "password", secret))
		return shown.answer
	})
	e := &entrance{actor: a, p: p}
	switch {
	case got.lost():
		a.told(op, Count, Lost, ofCounter(p), "")
		a.told(op, Reset, Lost, ofCounter(p), "")
	case got.status == http.StatusUnprocessableEntity:
		a.told(op, Count, OK, ofCounter(p), "")
		a.told(op, Use, Refused, "", "", Fact{ofPassword(p), hash(secret)})
	case e.past(shown):
		a.told(op, Use, OK, "", "", Fact{ofPassword(p), hash(secret)})
		a.told(op, Reset, Lost, ofCounter(p), "")
	}
}

// guesses types wrong passwords for somebody, many at once, between two looks at the counter.
func (a *actor) guesses(ctx context.Context) {
	p, err := a.w.enroll(ctx)
	if err != nil {
		return
	}
	atOnce(3, func(int) { a.tries(ctx, p, newPassword()) })
	a.reads(ctx, p)
	if a.oneIn(2) {
		e := a.entrance(p, a.w.apps[0])
		e.enter(ctx)
		a.tries(ctx, p, newPassword())
		a.reads(ctx, p)
	}
}

// reads looks at the failures in a row of a person's password.
func (a *actor) reads(ctx context.Context, p *person) {
	op := Op{Client: a.n, Start: a.w.history.Now(), Kind: Total, Subject: ofCounter(p)}
	held, err := a.w.store.Authenticators(ctx, p.id)
	op.End, op.Outcome = a.w.history.Now(), Lost
	if err == nil && len(held) == 1 {
		op.Outcome, op.N = OK, held[0].Failures
	}
	a.w.history.Add(op)
}

// takeOf is take for the first that fits.
func (w *world) takeOf(fits func(*family) bool) *family {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, f := range w.families {
		if fits(f) {
			w.families = append(w.families[:i], w.families[i+1:]...)
			return f
		}
	}
	return nil
}
