package provider

import (
	"slices"
	"time"
)

// Consent is what an account allowed a client to see, and until when.
type Consent struct {
	Account   AccountID
	Client    string
	Scopes    []string
	GivenAt   time.Time
	ExpiresAt time.Time
}

// Covers reports whether the consent holds now for all of the scopes.
func (c Consent) Covers(scopes []string, now time.Time) bool {
	if !now.Before(c.ExpiresAt) {
		return false
	}
	for _, s := range scopes {
		if !slices.Contains(c.Scopes, s) {
			return false
		}
	}
	return true
}

// ConsentAsk is the consent part of a ceremony: what the client asks for and what the person said.
type ConsentAsk struct {
	Scopes   []string  `json:"scopes,omitempty"`   // what needs consent; none for our own applications
	Optional []string  `json:"optional,omitempty"` // of these, what may be left out
	Always   bool      `json:"always,omitempty"`   // prompt=consent: ask even if it was allowed before
	Given    *Consent  `json:"-"`                  // what was allowed before; read from the store, never carried along
	Allowed  []string  `json:"allowed,omitempty"`  // the answer
	At       time.Time `json:"at,omitzero"`        // when it was given; zero: not yet
	Refused  bool      `json:"refused,omitempty"`
}

// Owed reports whether the person must still be asked.
func (a ConsentAsk) Owed(now time.Time) bool {
	if !a.At.IsZero() || len(a.Scopes) == 0 && !a.Always {
		return false
	}
	return a.Always || a.Given == nil || !a.Given.Covers(a.Required(), now)
}

// Required is what cannot be left out.
func (a ConsentAsk) Required() []string {
	return slices.DeleteFunc(slices.Clone(a.Scopes), func(s string) bool { return slices.Contains(a.Optional, s) })
}

// Granted is what the client gets of what it asked: everything where nothing needs consent, else what was allowed now or before.
func (a ConsentAsk) Granted() []string {
	from := a.Allowed
	if a.At.IsZero() && a.Given != nil {
		from = a.Given.Scopes
	}
	return slices.DeleteFunc(slices.Clone(a.Scopes), func(s string) bool { return !slices.Contains(from, s) })
}
