package provider

import (
	"context"
	"time"
)

// Terms are durable: which version of the terms of use each person has accepted.
type Terms interface {
	// AcceptTerms notes that an account accepted a version. Accepting again, or for nobody, writes nothing.
	AcceptTerms(ctx context.Context, account AccountID, version string, at time.Time, e Event) error
	// TermsAccepted reads when an account did: ErrNotFound.
	TermsAccepted(ctx context.Context, account AccountID, version string) (time.Time, error)
	// TermsOf lists all that an account accepted, the oldest first.
	TermsOf(ctx context.Context, account AccountID) ([]AcceptedTerms, error)
}

// AcceptedTerms are one version of the terms of use that somebody accepted.
type AcceptedTerms struct {
	Version string
	At      time.Time
}

// TermsAsk is the part of a ceremony that the terms of use have. That they were accepted is a fact of the account and not of the
// ceremony: it is asked of the store each time.
type TermsAsk struct {
	Owed     bool `json:"-"`                  // the person has not accepted the terms as they are now; read from the store, never carried along
	Declined bool `json:"declined,omitempty"` // and would rather not now: the ceremony is over
}

// Decline records that the person does not accept the terms now.
func Decline(c Ceremony) Ceremony {
	c.Terms.Declined = true
	return c
}

// MayOweTerms reports whether it is time to look whether the person of a ceremony has accepted the terms: once they have shown all that
// is asked. Whoever sets a forgotten password gets no session by it, and is asked when they sign in.
func MayOweTerms(c Ceremony) bool {
	return c.Account != "" && c.Demand.Reset == "" && c.Demand.MetBy(c.Assurance())
}
