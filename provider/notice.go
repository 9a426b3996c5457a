package provider

import (
	"context"
	"time"
)

// Notices are how everybody is told something at once, such as an incident. They are durable.
type Notices interface {
	// AccountsAfter lists the ids of accounts of any status, in the order of ids, from the first after a given one on ("": from the
	// first), at most limit: for operators, not for a request.
	AccountsAfter(ctx context.Context, after AccountID, limit int) ([]AccountID, error)
	// TellOnce marks key of purpose as used until then (Consume) and writes the event with what it tells: all or nothing. ErrUsed: it
	// is marked already, and nobody is told.
	TellOnce(ctx context.Context, purpose, key string, until time.Time, e Event) error
}
