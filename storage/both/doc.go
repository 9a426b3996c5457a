// Package both joins a durable store with a nearer one that keeps ceremonies: what is durable goes to the first, a new
// ceremony to the second, or to the first while the second is away. A ceremony's id says who keeps it.
//
// It owns that choice and nothing else; its neighbours are storage/redis, the nearer store, and storage/postgres.
//
// Decision: while the nearer store is away, its ceremonies are not there (provider.ErrNotFound), and the person starts again
// at once, in the durable one. Rejected: 503. The person would wait for a Redis that may come back empty; and a copy of every
// ceremony in both, which costs what Redis saves. No check is skipped: the completion of a ceremony is marked durably, so a
// nearer store that was set back to an older state cannot complete one twice.
package both
