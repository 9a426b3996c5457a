package provider

import (
	"context"
	"strings"
	"time"
)

// systems is how the ids of systems begin. No person's id has a colon.
const systems = "client:"

// SystemOf is the id of the system of the office that an application is. Context: a machine helps patients by the rules of people, and the
// trail names it as it names them. Choice: a person of the house whose id says which application they are, so that an application is one
// system at most. It has no link for a passkey and gets none, so nobody signs in at the console as it.
func SystemOf(client string) StaffID { return StaffID(systems + client) }

// System is the application that somebody of the house is; "" for a person.
func (id StaffID) System() string {
	client, is := strings.CutPrefix(string(id), systems)
	if !is {
		return ""
	}
	return client
}

// Call is a request of a system that is done once, however often it is sent.
type Call struct {
	Client  string
	Key     string // that the caller chose for it; kept as a keyed fingerprint
	Request []byte // a hash of what is asked; kept as a keyed fingerprint
	BegunAt time.Time
	Status  int    // of the answer; 0: there is none yet, or there never will be one
	Answer  []byte // sealed at rest: it may hold a code
}

// CallKept is for how long an answer is given again.
const CallKept = 24 * time.Hour

// Calls are durable.
type Calls interface {
	// BeginCall claims a key for a request, in one conditional statement: of many at once one is the first. One that was claimed CallKept
	// ago is free again. To the others it answers ErrTaken, and how the first one stands: its Status, its Answer and when it began.
	// ErrStale: as well, and it asks for something else.
	BeginCall(ctx context.Context, c Call) (Call, error)
	// EndCall keeps the answer of a call that has none: ErrUsed.
	EndCall(ctx context.Context, c Call) error
}
