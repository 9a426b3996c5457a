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
}
