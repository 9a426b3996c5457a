package notify

import (
	"errors"
	"hash/fnv"
	"time"

	"gatehouse/provider"
)

// Settled.Unsure of a message that may have gone out once, and of one that was sent again in that doubt.
const (
	unsureOnce  = "unknown"
	unsureTwice = "repeated"
)

// How long is waited between tries.
const (
	firstPause   = time.Second
	unsurePause  = 5 * time.Second // until a carrier's list shows what it took
	longestCode  = 30 * time.Second
	longestOther = 5 * time.Minute
	mostTries    = 1000 // a backstop: a notice's day has room for fewer
)

// errLost: it may have gone out twice, and nobody knows of it.
var errLost = errors.New("it may have gone out twice, and is not sent again")

// plan is what to do with a claim.
type plan struct {
	drop bool // it is too late
	look bool // ask the carrier whether it went out
	send bool // hand it over (if the carrier was asked: where it did not)
}

// planFor decides it. finds says whether the carrier can be asked.
func planFor(c provider.Claim, finds bool, now time.Time) plan {
	switch {
	case !now.Before(c.Expires):
		return plan{drop: true}
	case c.Unsure == "":
		return plan{send: true}
	}
	return plan{look: finds, send: c.Unsure != unsureTwice}
}

// result is what came of it.
type result struct {
	ref   string
	fault *Fault // nil: it is out
	asked bool   // the carrier was asked for something, so its circuit learns of the fault
	sent  bool   // it was asked to send
	over  bool   // trying again is of no use
}

// settle is what is written down of a claim.
func settle(c provider.Claim, p plan, r result, finds bool, now time.Time) provider.Settled {
	switch {
	case p.drop:
		return provider.Settled{State: provider.MessageDropped, At: now}
	case r.fault == nil:
		return provider.Settled{State: provider.MessageSent, Ref: r.ref, At: now}
	}
	s := provider.Settled{State: provider.MessageFailed, Fault: r.fault.Class, Unsure: doubt(c, r, finds), At: now}
	hopeless := r.over || c.Tries >= mostTries || s.Unsure == unsureTwice && !finds
	next := now.Add(pause(c, r.fault))
	if !hopeless && mayPass(r.fault) && next.Before(c.Expires) {
		s.State, s.Next = provider.MessageWaiting, next
	}
	return s
}

// mayPass reports whether the fault is worth another try: one of ours is mended by somebody, perhaps in time.
func mayPass(f *Fault) bool {
	return f.Class == provider.FaultTemporary || f.Class == provider.FaultConfig
}

// doubt is what stays of it after a fault.
func doubt(c provider.Claim, r result, finds bool) string {
	switch {
	case !r.sent:
		return c.Unsure
	case r.fault.Unsure && c.Unsure != "":
		return unsureTwice
	case r.fault.Unsure:
		return unsureOnce
	case finds:
		return "" // the carrier knew of none, and has taken none now
	}
	return c.Unsure
}

// pause is the time until the next try: doubled each time, and up to half more or less by lease and id, which are random anyway.
func pause(c provider.Claim, f *Fault) time.Duration {
	longest := longestOther
	if c.Challenge != "" {
		longest = longestCode
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(c.Lease + c.ID)) // a hash never fails
	wait := min(firstPause<<min(c.Tries, 20), longest)
	wait = wait/2 + wait*time.Duration(sum.Sum32()%1024)/1024
	if f.Unsure {
		wait = max(wait, unsurePause)
	}
	return max(wait, f.After)
}
