package provider

import "time"

// Event is one audit record. It names accounts, clients, sessions and grants by id and holds no personal datum and no
// secret. provider/audit has a constructor for each kind; nothing else makes one.
type Event struct {
	Seq     int64 // given by the store
	At      time.Time
	Kind    string // such as session.began
	Account AccountID
	Client  string
	Session string
	Grant   string
	Actor   string            // account:ID, client:ID, operator, house
	Detail  map[string]string // few, bounded
	Private map[string]string // personal data of the act: few, bounded; sealed at rest, and can be erased. Not read back by Events
	Tell    []Message         // put in the outbox in the same transaction; no part of the record
}
