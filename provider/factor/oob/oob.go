// Package oob owns one-time codes that travel out of band: by text, by voice, by e-mail. Six digits, derived from a durable
// challenge under a key of the house and stored nowhere; how often one may be asked for, and how often answered.
//
// It does not own how a message gets out (notify), the pages (templates), or the account's budget of failures. Neighbours:
// signin and settings ask, notify's worker derives the code when it writes a message out.
package oob

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
)

// Keys derives what nobody can guess; keys.Keyset does it.
type Keys interface {
	MAC(purpose string, parts ...[]byte) (keyID string, mac []byte)
}

// Store is what codes need of provider.Store.
type Store interface {
	provider.Challenges
	provider.Budgets
	provider.Outbox
	Record(ctx context.Context, e provider.Event) error
}

// Config says how codes are made. Zero values are the defaults.
type Config struct {
	Store Store
	Keys  Keys
	Lasts time.Duration // zero: 10 minutes
	Tries int           // answers taken per challenge; zero: 5
	Sends int           // per address and account in 15 minutes; zero: 5
}

// Codes opens and checks challenges.
type Codes struct{ Config }

// New makes it.
func New(c Config) *Codes { return &Codes{c} }

// Address is the data of an authenticator of kind text or email.
type Address struct {
	To       string `json:"to"`                 // E.164, or an e-mail address as its owner writes it
	Landline bool   `json:"landline,omitempty"` // can only be called
}

// Sending is what a code is sent for.
type Sending struct {
	Account       provider.AccountID
	Authenticator string // "" while the address is being bound
	Channel       provider.Channel
	To            string
	Template      string            // M-01, M-02
	Data          map[string]string // of the message
	Lang          string
	Source        string // the client's network address, for budgets
	Client        string // client_id, for the record
	At            time.Time
}

// Refusal is why no code was sent. Key is of the catalogue; Until is when it opens again.
type Refusal struct {
	Key   string
	Until time.Time
}

func (r *Refusal) Error() string { return r.Key }

// Verdict is what came of an answer.
type Verdict struct {
	OK   bool
	Left int // answers that are left
}

var errNotBuilt = errors.New("oob: not built")

// Open sends a first code. Errors: *Refusal.
func (c *Codes) Open(ctx context.Context, s Sending) (provider.Challenge, error) {
	return provider.Challenge{}, errNotBuilt
}

// Again sends the same code once more, perhaps by another channel to the same number. Errors: *Refusal, provider.ErrUsed.
func (c *Codes) Again(ctx context.Context, challenge string, s Sending) error { return errNotBuilt }

// Check takes one answer. It is counted before it is looked at; the right one is spent. A challenge that is over, solved, out
// of tries or unknown gives a Verdict like a wrong code, with nothing left.
func (c *Codes) Check(ctx context.Context, challenge, typed string, at time.Time) (provider.Challenge, Verdict, error) {
	return provider.Challenge{}, Verdict{}, errNotBuilt
}

// Code is the code of a challenge: six digits.
func (c *Codes) Code(challenge string) string { return "" }

// Encode is an address as an authenticator's data, and Decode the way back.
func Encode(a Address) []byte { return nil }

// Decode reads an authenticator's data.
func Decode(data []byte) (Address, error) { return Address{}, errNotBuilt }

// Mask shows an address to its owner: the last two digits of a number, the first letter and the domain of an e-mail address.
func Mask(kind provider.Kind, to string) string { return "" }
