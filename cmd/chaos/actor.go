package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// actor is one of those who do things, one after another, by its own dice.
type actor struct {
	w    *world
	n    int
	dice *rand.Rand
}

func (w *world) actor(seed uint64, n int) *actor {
	return &actor{w: w, n: n, dice: rand.New(rand.NewPCG(seed, uint64(n)))} //nolint:gosec // the same seed must give the same run
}

// one in n times it answers true.
func (a *actor) oneIn(n int) bool { return a.dice.IntN(n) == 0 }

func pick[T any](a *actor, from []T) T { return from[a.dice.IntN(len(from))] }

// timed runs a request and begins the Op that tells of it.
func (a *actor) timed(do func() answer) (answer, Op) {
	op := Op{Client: a.n, Start: a.w.history.Now()}
	got := do()
	op.End, op.Status = a.w.history.Now(), got.status
	return got, op
}

// told completes an Op and writes it down.
func (a *actor) told(op Op, kind Kind, outcome Outcome, subject, value string, rests ...Fact) {
	op.Kind, op.Outcome, op.Subject, op.Value, op.Rests = kind, outcome, subject, value, rests
	a.w.history.Add(op)
}

// used writes down that something was given or refused, or that nobody knows.
func (a *actor) used(op Op, got answer, what string, ok bool, rests ...Fact) {
	op.Note = got.note(what)
	outcome := Refused
	switch {
	case got.lost():
		outcome = Lost
	case ok:
		outcome = OK
	}
	a.told(op, Use, outcome, "", "", rests...)
}

// changed writes down that a register was written, or may have been.
func (a *actor) changed(op Op, got answer, fact Fact, ok bool) {
	op.Note = got.note("")
	outcome := Refused
	switch {
	case got.lost():
		outcome = Lost
	case ok:
		outcome = OK
	}
	a.told(op, Set, outcome, fact.Subject, fact.Value)
}

// atOnce runs f n times at the same moment.
func atOnce(n int, f func(i int)) {
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			f(i)
		})
	}
	start.Done()
	done.Wait()
}

// act is one thing that an actor does.
type act struct {
	weight int
	do     func(*actor, context.Context)
}

func acts() []act {
	return []act{
		{8, (*actor).comesIn},
		{2, (*actor).leaks},
		{5, (*actor).goesOn},
		{12, (*actor).looks},
		{10, (*actor).refreshes},
		{2, (*actor).reuses},
		{4, (*actor).revokes},
		{3, (*actor).signsOut},
		{2, (*actor).answersTwice},
		{2, (*actor).guesses},
		{1, (*actor).disablesClient},
		{1, (*actor).locksAccount},
		{2, (*actor).withdraws},
		{1, (*actor).changesPassword},
	}
}

// once does one act, chosen by the dice.
func (a *actor) once(ctx context.Context) {
	all := acts()
	sum := 0
	for _, one := range all {
		sum += one.weight
	}
	n := a.dice.IntN(sum)
	for _, one := range all {
		if n < one.weight {
			one.do(a, ctx)
			return
		}
		n -= one.weight
	}
}

// load lets actors act until ctx ends or enough answers true. What is under way then is brought to its end.
func (w *world) load(ctx context.Context, seed uint64, actors int, enough func() bool) {
	atOnce(actors, func(i int) {
		a := w.actor(seed, i+1)
		for ctx.Err() == nil && !enough() {
			a.once(context.WithoutCancel(ctx))
		}
	})
}

// shortly is a pause between two tries of the same thing.
func shortly(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(20 * time.Millisecond):
	}
}
