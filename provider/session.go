package provider

import "time"

// Session is a finished sign-in in one browser. Its ID is the sid that applications see; what the browser holds is a
// secret of its own, kept here as a hash and changed with every new proof.
type Session struct {
	ID         string
	SecretHash []byte
	Account    AccountID
	Proofs     []Proof
	CreatedAt  time.Time
	SeenAt     time.Time // when the person last did something, at Gatehouse or in an application that reports it; to the minute
	EndsAt     time.Time // the absolute clock
	EndedAt    time.Time // zero: not ended
	EndedWhy   string    // signed_out, replaced, by_staff, idle …
	Rev        int64
}

// SessionClocks are how long a session may be idle in the browser, how long it may last at all, and how long before it is idle
// the person is warned.
type SessionClocks struct {
	Idle     time.Duration
	Absolute time.Duration
	Warning  time.Duration
}

// Live reports whether the session has neither been ended nor reached its absolute end. Grants bound to it live as
// long, but those of applications that report what the person does (Client.ReportsActivity): where no application tells, nobody knows
// whether its patient is away, and they are not thrown out.
func (s Session) Live(now time.Time) bool { return s.EndedAt.IsZero() && now.Before(s.EndsAt) }

// Idle reports whether the browser has been away too long to be signed in without a new proof.
func (s Session) Idle(now time.Time, idle time.Duration) bool { return now.Sub(s.SeenAt) >= idle }

// Newest keeps the latest proof of each authenticator, so that a session's proofs stay few.
func Newest(proofs []Proof) []Proof {
	var kept []Proof
	for _, p := range proofs {
		at := -1
		for i := range kept {
			if kept[i].Authenticator == p.Authenticator && kept[i].UserVerified == p.UserVerified {
				at = i
			}
		}
		switch {
		case at < 0:
			kept = append(kept, p)
		case p.At.After(kept[at].At), !p.SetAt.Equal(kept[at].SetAt): // of a password that was replaced, the one shown last
			kept[at] = p
		}
	}
	return kept
}
