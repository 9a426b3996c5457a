package web

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/limit"
)

// Limiter answers whether a request may be worked on at all. *limit.Guard is one.
type Limiter interface {
	Admit(ctx context.Context, c limit.Class, from netip.Addr, now time.Time) (limit.Refusal, bool)
}

// classOf is what a request costs: what its route says, or what such routes cost as a rule. What nobody has costs a page from
// memory.
func classOf(route Route, found bool) limit.Class {
	switch {
	case !found || route.Kind == file || route.Cache > 0:
		return limit.Memory
	case route.Class != 0:
		return route.Class
	case route.Kind == Protocol:
		return limit.Machine
	case route.Kind == Browser && route.unsafe():
		return limit.Form
	default:
		return limit.Page
	}
}

// unsafe reports whether a route is for more than reading.
func (t Route) unsafe() bool {
	method, _, _ := t.split()
	return method != http.MethodGet
}

// limit asks the limiter, before anything is read or looked up for the request.
func (x *exchange) limit(route Route, found bool) error {
	if x.house.Limiter == nil {
		return nil
	}
	class := classOf(route, found)
	if x.house.Known != nil && x.house.Known(&x.request) {
		class = class.Known()
	}
	no, ok := x.house.Limiter.Admit(x.request.HTTP.Context(), class, x.request.Address, x.request.Now)
	if ok {
		return nil
	}
	return TurnAway(&x.request, class, no)
}

// TurnAway is the answer to a request that a limiter refused, for rooms that ask one themselves. Where everybody together asks
// too much it is not the caller's fault: the house is busy.
func TurnAway(r *Request, class limit.Class, no limit.Refusal) error {
	r.Note("limited", class.String()+" by "+no.Scope.String())
	kind := provider.Limited
	if no.Scope == limit.Everybody {
		kind = provider.Busy
	}
	return &provider.Problem{Kind: kind, Until: no.Until}
}

// opens is when something may be tried again, or the zero time.
func opens(err error, now time.Time) time.Time {
	var problem *provider.Problem
	if errors.As(err, &problem) && problem.Until.After(now) {
		return problem.Until
	}
	return now
}

// wait is in whole seconds, and spread over four where nobody said when. The page says the same as Retry-After.
func (x *exchange) wait(err error) int {
	left := opens(err, x.request.Now).Sub(x.request.Now)
	if left <= 0 {
		return x.jitter(2)
	}
	return int((left + time.Second - 1) / time.Second)
}
