// Package passkey owns passkeys and security keys (WebAuthn level 3) as a factor. go-webauthn's types end here.
//
// A challenge is not stored: it carries a nonce, a time and a MAC over both and over the ceremony, the use and the account that
// it was made for, so that a page can be shown without writing anything. That it is answered once is the caller's durable
// mark (Verified.Challenge). The user handle is the account's id: 128 random bits that say nothing of anybody.
//
// Attestation is not asked for: patients bring what they have, and whom they bought it from decides nothing here. So a
// credential's make and its transports are what it says of itself, good for display and for hints only.
//
// It does not own the pages or their script (templates), sessions, or what a passkey proves (provider.Assess).
package passkey

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

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
	Origins []string // scheme://host[:port], as browsers write them
	Keys    Keys
	Lasts   time.Duration // of a challenge; zero: 10 minutes
	Proven  bool          // a new passkey is made with user verification, or not at all
}

const (
	defaultLasts = 10 * time.Minute

	// MaxResponse is the longest response that is looked at, in bytes. What an authenticator sends is below 4 kB, with an
	// attestation that nobody asked for below 12.
	MaxResponse = 16 << 10
	maxHandle   = 64 // bytes of a user handle (WebAuthn 3, 4)
)

// RP is the relying party (WebAuthn 3, section 7). It is safe for concurrent use.
type RP struct {
	Config
	rules *webauthn.WebAuthn
}

// New checks the configuration.
func New(c Config) (*RP, error) {
	if c.Lasts == 0 {
		c.Lasts = defaultLasts
	}
	switch {
	case c.Keys == nil:
		return nil, errors.New("passkey: no keys")
	case c.Name == "":
		return nil, errors.New("passkey: no name to show")
	case c.Lasts < 0:
		return nil, fmt.Errorf("passkey: a challenge cannot last %v", c.Lasts)
	case len(c.Origins) == 0:
		return nil, errors.New("passkey: no origin")
	}
	if err := protocol.ValidateRPID(c.ID); err != nil {
		return nil, fmt.Errorf("passkey: RP id %q: %w", c.ID, err)
	}
	for _, origin := range c.Origins {
		if err := checkOrigin(origin, c.ID); err != nil {
			return nil, err
		}
	}
	c.Origins = slices.Clone(c.Origins)
	rules, err := webauthn.New(&webauthn.Config{
		RPID: c.ID, RPDisplayName: c.Name, RPOrigins: c.Origins,
		// Password managers answer extensions that nobody asked for. We read none of them.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, fmt.Errorf("passkey: %w", err)
	}
	return &RP{c, rules}, nil
}

// wants is what is asked of whoever makes a new passkey.
func (p *RP) wants() protocol.UserVerificationRequirement {
	if p.Proven {
		return protocol.VerificationRequired
	}
	return protocol.VerificationPreferred
}

// checkOrigin refuses an origin that no browser would ever send, since origins are compared letter by letter.
func checkOrigin(origin, id string) error {
	u, err := url.Parse(origin)
	if err != nil {
		return fmt.Errorf("passkey: origin %q: %w", origin, err)
	}
	host := u.Hostname()
	local := u.Scheme == "http" && (host == "localhost" || strings.HasSuffix(host, ".localhost"))
	standard := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	switch {
	case origin != u.Scheme+"://"+u.Host || origin != strings.ToLower(origin) || u.Port() == standard:
		return fmt.Errorf("passkey: origin %q: want scheme://host[:port] in small letters, without the standard port", origin)
	case u.Scheme != "https" && !local:
		return fmt.Errorf("passkey: origin %q: browsers offer passkeys on https and localhost only", origin)
	case host != id && !strings.HasSuffix(host, "."+id):
		return fmt.Errorf("passkey: origin %q: not within the RP id %q", origin, id)
	}
	return nil
}

// Why a response is refused.
var (
	// ErrResponse: the response does not verify, whatever the reason; errors that wrap it say why, for the log only.
	ErrResponse = errors.New("passkey response refused")
	// ErrUnknown is an ErrResponse: the account that the response names has no such passkey, or there is no such account. The
	// person's own device may be told so (Unknown), and nobody else.
	ErrUnknown = fmt.Errorf("%w: no such passkey", ErrResponse)
)

// ChallengePurpose is the purpose under which an answered challenge is marked as used.
const ChallengePurpose = "webauthn"

// refused says why, for the log. It must not repeat what was sent.
func refused(why string) error { return fmt.Errorf("%w: %s", ErrResponse, why) }

// owner is an account as go-webauthn wants to see it.
type owner struct {
	id          provider.AccountID
	credentials []webauthn.Credential
}

func (o owner) WebAuthnID() []byte                         { return []byte(o.id) }
func (o owner) WebAuthnName() string                       { return "" }
func (o owner) WebAuthnDisplayName() string                { return "" }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.credentials }
