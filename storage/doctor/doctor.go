// Package doctor is what the backends say of a deployment that works and will let people down all the same: commits that
// are not durable, a standby that lags, a Redis that forgets. It owns the words' shape only; storage/postgres, storage/redis
// and storage/sqlite look, each at its own, and storage.Doctor asks those that are configured.
package doctor

// Finding is something that an operator should know and mend. It holds no URL and no password.
type Finding struct {
	What  string // where it was found: durability, replication, pooler, redis …
	Found string
	Mend  string
	Grave bool // what was acknowledged may be lost, or requests fail
}
