// Package passkey owns passkeys and security keys (WebAuthn level 3) as a factor. go-webauthn's types end here.
//
// A challenge is not stored: it carries a nonce, a time and a MAC over both and the ceremony that it was made for, so that a
// page can be shown without writing anything. That it is answered once is the caller's durable mark (Verified.Challenge).
//
// It does not own the pages or their script (templates), sessions, or what a passkey proves (provider.Assess).
package passkey

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
)

// Keys makes challenges that can be known again; keys.Keyset does it.
type Keys interface {
	MAC(purpose string, parts ...[]byte) (keyID string, mac []byte)
	CheckMAC(purpose, keyID string, mac []byte, parts ...[]byte) bool
}

// Config is the relying party.
type Config struct {
	ID      string   // RP id: the issuer's host
	Name    string   // shown by the browser
	Origins []string // scheme://host[:port]
	Keys    Keys
	Lasts   time.Duration // of a challenge; zero: 10 minutes
}

// RP is the relying party (WebAuthn 3, section 7).
type RP struct{ Config }

// New checks the configuration.
func New(c Config) (*RP, error) { return &RP{c}, nil }

// ErrResponse: the response does not verify, whatever the reason; errors that wrap it say why, for the log only.
var ErrResponse = errors.New("passkey response refused")

var errNotBuilt = errors.New("passkey: not built")

// ChallengePurpose is the purpose under which an answered challenge is marked as used.
const ChallengePurpose = "webauthn"

// Request is the JSON of PublicKeyCredentialRequestOptions for a ceremony: of the passkeys held, or of any discoverable one
// where held is empty. alone: it is to be the only factor, so user verification is required; else it is preferred.
func (p *RP) Request(ceremony string, held []provider.Authenticator, alone bool, at time.Time) (string, error) {
	return "", errNotBuilt
}

// Creation is the JSON of PublicKeyCredentialCreationOptions: a discoverable credential, with those held excluded.
func (p *RP) Creation(ceremony string, account provider.AccountID, username string, held []provider.Authenticator, at time.Time) (string, error) {
	return "", errNotBuilt
}

// Find reads the authenticators of the account that a response's user handle names.
type Find func(ctx context.Context, account provider.AccountID) ([]provider.Authenticator, error)

// Verified is a response that verified.
type Verified struct {
	Authenticator provider.Authenticator
	UserVerified  bool
	Synced        bool
	Challenge     string    // to be consumed under ChallengePurpose before anything is believed
	Until         time.Time // how long that mark must be kept
	Fresh         []byte    // data to save; nil: unchanged
	Cloned        bool      // the signature counter went back (WebAuthn 3, 6.1.1): an event and a policy
	Backed        bool      // backup eligibility or state changed since it was made: an event
}

// Verify checks the JSON of an authentication response. Errors: ErrResponse.
func (p *RP) Verify(ctx context.Context, ceremony, response string, find Find, at time.Time) (Verified, error) {
	return Verified{}, errNotBuilt
}

// Created is a credential that was made.
type Created struct {
	Data         []byte // of the authenticator
	Name         string // the provider's name by its AAGUID; "" unknown
	Credential   []byte // credential id
	UserVerified bool
	Synced       bool
	Challenge    string
	Until        time.Time
}

// Register checks the JSON of a registration response. Errors: ErrResponse.
func (p *RP) Register(ctx context.Context, ceremony string, account provider.AccountID, response string, at time.Time) (Created, error) {
	return Created{}, errNotBuilt
}

// Card is what a passkey's owner sees of it.
type Card struct {
	Provider   string // by its AAGUID; "" unknown. Display text, untrusted
	Synced     bool
	Credential string // base64url, for the Signal API
}

// Describe reads a passkey's data.
func Describe(data []byte) (Card, error) { return Card{}, errNotBuilt }
