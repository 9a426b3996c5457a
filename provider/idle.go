package provider

import (
	"context"
	"time"
)

// EndedIdle is why a session is over whose person had been away from an application that would have reported them.
const EndedIdle = "idle"

// EndedReplaced is why a session is over in whose browser somebody else signed in.
const EndedReplaced = "replaced"

// Grain is how exactly it is noted when a person was last seen: to the minute, and finer where the idle clock is short.
func (c SessionClocks) Grain() time.Duration { return min(time.Minute, c.Idle/10) }

// IdleEnd is the moment at which the session is idle if nothing is done meanwhile, or over if that comes first.
func (s Session) IdleEnd(c SessionClocks) time.Time {
	end := s.SeenAt.Add(c.Idle)
	if s.EndsAt.Before(end) {
		return s.EndsAt
	}
	return end
}

// WarnAt is when the person is to be told that their session will be over for want of anything done.
func (s Session) WarnAt(c SessionClocks) time.Time { return s.IdleEnd(c).Add(-c.Warning) }

// Extendable reports whether doing something would put the end off: not once the absolute end is the nearer one.
func (s Session) Extendable(c SessionClocks) bool { return s.SeenAt.Add(c.Idle).Before(s.EndsAt) }

// Idles are what sessions are asked and told about people who are away. They are durable.
type Idles interface {
	// ReportActivity notes that the person did something at at, in one conditional statement: never before what was noted last,
	// and only in a session that is neither ended nor over nor idle at now. It never revives one, and moves no revision.
	ReportActivity(ctx context.Context, session string, at, now time.Time, idle time.Duration) error
	// IdleSessions finds at most limit live sessions in which nothing was done for idle, and which an enabled application is part
	// of that would have reported it: one that has a redeemed grant of them which is not revoked. The longest idle come first.
	IdleSessions(ctx context.Context, now time.Time, idle time.Duration, limit int) ([]Session, error)
	// Reporting reports whether such an application is part of a session, be it idle or not.
	Reporting(ctx context.Context, session string) (bool, error)
	// EndIdle ends a session if it is idle still, as EndedIdle. It answers whether it did; ending nothing writes nothing.
	EndIdle(ctx context.Context, session string, now time.Time, idle time.Duration, e Event) (bool, error)
}
