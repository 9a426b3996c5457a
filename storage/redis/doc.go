// Package redis keeps ceremonies in Redis 7: one server, one behind Sentinel, or a cluster. It is a provider.Volatile, and no
// more: nothing that must be remembered is here, so Redis may be wiped, set back or gone, and no check is skipped.
//
// It owns the URL, the keys, the one script and the breaker. It does not own what to do without Redis: that is storage/both,
// its only user beside tests. What is sealed under which name is storage/row's.
//
// A ceremony is one string under one key, whose hash tag is its id: eight bytes of revision, then what is sealed. It goes by
// itself row.CeremonyKept after its deadline. To replace one is a script that compares the revision and writes, since of two tabs one
// must lose; to begin and to read one is a plain command.
//
// A stalled Redis must not stall a sign-in: 50 ms for everything together, no retries (a retried swap would lose against
// itself), and a breaker that after five failures in a row asks nothing for a second, then lets one call try. Every failure
// is provider.ErrUnavailable. Rejected: longer patience. What waits is a person, and PostgreSQL does the same in a millisecond.
package redis
