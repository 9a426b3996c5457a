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
	SeenAt     time.Time // last seen at Gatehouse itself, to the minute
	EndsAt     time.Time // the absolute clock
	EndedAt    time.Time // zero: not ended
	EndedWhy   string    // signed_out, replaced, by_staff …
	Rev        int64
}

// SessionClocks are how long a session may be idle in the browser, and how long it may last at all.
type SessionClocks struct {
	Idle     time.Duration
	Absolute time.Duration
}

// Live reports whether the session has neither been ended nor reached its absolute end. Grants bound to it live as
// long: an application's patient who does not visit Gatehouse for a quarter of an hour is not thrown out.
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
