package provider

import (
	"slices"
	"time"
)

// Proof says that an authenticator was verified at a time. Store dated facts, compute the rest.
type Proof struct {
	Account       AccountID `json:"account"`
	Authenticator string    `json:"authenticator"`
	Kind          Kind      `json:"kind"`
	UserVerified  bool      `json:"uv,omitempty"`     // passkeys: PIN or biometric in this very ceremony
	Synced        bool      `json:"synced,omitempty"` // passkeys: the key may leave the device (WebAuthn 3, 6.1.3: backup eligible)
	Voice         bool      `json:"voice,omitempty"`  // codes over the phone network: spoken, not texted
	At            time.Time `json:"at"`
	SetAt         time.Time `json:"set_at,omitzero"` // passwords: when the one that was shown was set; replaced, it proves nothing
	Where         string    `json:"where,omitempty"` // the browser in which it was shown, such as "Firefox on Windows"; display text, proves nothing
}

// Level is how sure a sign-in is. Levels are ordered: each one satisfies those below it.
type Level int

// The levels, lowest first.
const (
	NoLevel Level = iota
	AAL1          // one factor
	TwoStep       // a password and an e-mail code: two steps, one factor by NIST, and said so
	AAL2          // two factors of different types, or a passkey with user verification (NIST SP 800-63B-4, 2.2)
	PHR           // AAL2, and a phisher cannot relay it
)

// Assurance is what a set of proofs amounts to.
type Assurance struct {
	Level    Level
	AMR      []string  // RFC 8176, sorted
	AuthTime time.Time // the oldest proof that the level rests on
}

// trait is what a verified authenticator proves.
type trait struct {
	knows, has, confirms bool // something you know; something you have; an address you can read (no factor)
	phishingResistant    bool
	amr                  []string
}

// traits is the row of a proof. Sources: NIST SP 800-63B-4 sections 3.1.1 to 3.1.7; RFC 8176 section 2 for amr.
func traits(p Proof) trait {
	switch p.Kind {
	case Password:
		return trait{knows: true, amr: []string{"pwd"}}
	case TextCode:
		return trait{has: true, amr: []string{"otp", network(p)}}
	case EmailCode:
		return trait{confirms: true, amr: []string{"otp"}}
	case Remembered:
		return trait{confirms: true}
	case TOTP, RecoveryCode:
		return trait{has: true, amr: []string{"otp"}}
	case Passkey:
		if p.UserVerified {
			return trait{knows: true, has: true, phishingResistant: true, amr: []string{"pop", keyIn(p), "user"}}
		}
		return trait{has: true, phishingResistant: true, amr: []string{"pop", keyIn(p)}}
	default:
		return trait{}
	}
}

// network is by what a code over the phone network came.
func network(p Proof) string {
	if p.Voice {
		return "tel"
	}
	return "sms"
}

// keyIn is what RFC 8176 calls the place of a passkey's key: one that may leave its device is in software.
func keyIn(p Proof) string {
	if p.Synced {
		return "swk"
	}
	return "hwk"
}

// Assess says what a set of proofs amounts to: the best level that one or two of them reach, and of those that reach
// it the ones that were made last. A sign-in never rests on more than two, nor on two where one of them is enough.
// The order in which the proofs are listed does not matter: the newest are tried first.
func Assess(proofs []Proof) Assurance {
	var best Assurance
	latest := slices.SortedStableFunc(slices.Values(proofs), func(a, b Proof) int { return b.At.Compare(a.At) })
	for _, a := range latest {
		best = better(best, amounts(a))
	}
	for i, a := range latest {
		for _, b := range latest[i+1:] {
			best = better(best, amounts(a, b))
		}
	}
	return best
}

func better(a, b Assurance) Assurance {
	if b.Level > a.Level || b.Level == a.Level && b.AuthTime.After(a.AuthTime) {
		return b
	}
	return a
}

// amounts assesses proofs taken together, all of them.
func amounts(proofs ...Proof) Assurance {
	var all trait
	var made Assurance
	for _, p := range proofs {
		t := traits(p)
		all.knows = all.knows || t.knows
		all.has = all.has || t.has
		all.confirms = all.confirms || t.confirms
		all.phishingResistant = all.phishingResistant || t.phishingResistant
		made.AMR = append(made.AMR, t.amr...)
		if made.AuthTime.IsZero() || p.At.Before(made.AuthTime) {
			made.AuthTime = p.At
		}
	}
	made.Level = levelOf(all)
	if made.Level == NoLevel {
		return Assurance{}
	}
	if made.Level >= AAL2 {
		made.AMR = append(made.AMR, "mfa")
	}
	slices.Sort(made.AMR)
	made.AMR = slices.Compact(made.AMR)
	return made
}

func levelOf(t trait) Level {
	switch {
	case t.knows && t.has && t.phishingResistant:
		return PHR
	case t.knows && t.has:
		return AAL2
	case t.knows && t.confirms:
		return TwoStep
	case t.knows || t.has:
		return AAL1
	default:
		return NoLevel
	}
}
