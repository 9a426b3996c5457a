package web

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"gatehouse/provider"
)

// A page that refuses shows its reference code, and what it refused is kept under that code for the people who are called about it
// (provider.References). It is written before the page is held until its deadline, the same for whoever it is about; a write that
// fails is noted in the log, and changes nothing of the answer. How many one process keeps is bounded (provider.ReferenceRates), by what it
// remembers alone: asking a store first would cost a flood more than keeping.

// Keeper keeps refusals.
type Keeper interface {
	KeepReference(ctx context.Context, r provider.Reference) error
}

// keepWithin bounds how long an answer waits for that.
const keepWithin = time.Second

// Refuse says what the page that is being answered refuses. The last word counts.
func (r *Request) Refuse(refusal provider.Refusal) { r.refusal = &refusal }

// keep writes down what a page refused.
func (x *exchange) keep(ready prepared, err error) {
	refusal := x.request.refusal
	if refusal == nil && err != nil {
		refusal = refusalOf(err)
	}
	if refusal == nil || !ready.page || x.house.References == nil {
		return
	}
	if !x.house.ledger.admits(x.request.Address, x.request.Now) {
		x.request.Note("refusal", "not kept")
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(x.request.HTTP.Context()), keepWithin)
	defer cancel()
	err = x.house.References.KeepReference(ctx, provider.Reference{Refusal: *refusal, Code: x.request.Reference, At: x.request.Now})
	if err != nil {
		x.request.Note("refusal", "not kept: "+err.Error())
	}
}

// refusalOf is the rule of an error that no room has said more of; nil for what needs no explaining, and where there may be no store to keep
// it in.
func refusalOf(err error) *provider.Refusal {
	rules := map[provider.ProblemKind]provider.RefusalRule{
		provider.Limited: provider.RuleTooMany, provider.NotAllowed: provider.RuleNotAllowed, provider.Expired: provider.RuleExpired,
		provider.Unmet: provider.RuleUnmet, provider.Recover: provider.RuleNothingLeft, provider.Broken: provider.RuleOurFault,
	}
	rule, ok := rules[kindOf(err)]
	if !ok {
		return nil
	}
	refusal := provider.Refusal{Rule: rule}
	var problem *provider.Problem
	if errors.As(err, &problem) {
		refusal.LiftsAt = problem.Until
	}
	return &refusal
}

// ledger bounds what is kept: of one network, and in all.
type ledger struct {
	mutex    sync.Mutex
	all      time.Time
	networks map[netip.Prefix]time.Time
}

// mostNetworks are remembered; beyond that, all alone bounds.
const mostNetworks = 4096

// admits takes one.
func (l *ledger) admits(from netip.Addr, at time.Time) bool {
	one, all := provider.ReferenceRates()
	network := networkOf(from)
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.networks == nil {
		l.networks = map[netip.Prefix]time.Time{}
	}
	if len(l.networks) >= mostNetworks {
		for each, whole := range l.networks {
			if !whole.After(at) {
				delete(l.networks, each)
			}
		}
	}
	got, whole := one.Take(l.networks[network], at, 1)
	if got == 0 {
		return false
	}
	got, allWhole := all.Take(l.all, at, 1)
	if got == 0 {
		return false
	}
	l.all = allWhole
	if _, known := l.networks[network]; known || len(l.networks) < mostNetworks {
		l.networks[network] = whole
	}
	return true
}

// networkOf is what one customer of a provider may have: /24 of IPv4, /64 of IPv6.
func networkOf(from netip.Addr) netip.Prefix {
	bits := 64
	if from.Is4() {
		bits = 24
	}
	network, _ := from.Prefix(bits) // the zero address has the zero network
	return network
}
