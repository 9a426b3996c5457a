package provider

import "time"

// Grant is one token family from one authorization: first a code, then tokens. There is one row per live grant, for
// ever: refresh tokens are derived from its id and generation, access tokens are not stored.
type Grant struct {
	ID        string
	Account   AccountID
	Client    string
	Session   string // sid; the grant dies with the session unless Offline
	Offline   bool
	Scopes    []string
	Nonce     string
	AuthTime  time.Time
	ACR       string
	AMR       []string
	CreatedAt time.Time
	ExpiresAt time.Time // the absolute end of the family

	CodeHash      []byte // HashSecret of the code
	CodeExpiresAt time.Time
	CodeUsedAt    time.Time // zero: not redeemed
	RedirectURI   string    // as sent in the authorization request
	Challenge     string    // code_challenge (S256), "" if none was sent
	Claims        string    // the claims asked for one by one (OIDC Core 5.5), as JSON; "" none

	Generation int64     // of the refresh token that was handed out last
	RotatedAt  time.Time // when it was
	RevokedAt  time.Time // zero: not revoked
	RevokedWhy string
}

// codeOpen: its code was not redeemed. Until then the grant is a promise of the session that asked for it, and dies with that even
// where it may live without one later.
func (g Grant) codeOpen() bool { return !g.CodeExpiresAt.IsZero() && g.CodeUsedAt.IsZero() }

// RefreshVerdict says what a refresh token of some generation is worth.
type RefreshVerdict int

// The verdicts.
const (
	RefreshAdvance RefreshVerdict = iota // the current one, of a client that rotates: advance the generation
	RefreshRepeat                        // give the current generation out again
	RefreshAhead                         // ahead of the row, as after a restore: refuse, keep the grant
	RefreshReuse                         // older than what may still be on its way: somebody else has it, kill the grant
)

// RefreshGrace is how long a public client's used refresh token still brings its successor, so that a lost answer
// hurts nobody. Confidential clients prove who they are: theirs does until the successor is used.
const RefreshGrace = 30 * time.Second

// Refresh judges a refresh token by its generation (RFC 9700, 4.14.2).
func (g Grant) Refresh(generation int64, c Client, now time.Time) RefreshVerdict {
	switch behind := g.Generation - generation; {
	case behind < 0:
		return RefreshAhead
	case behind == 0 && c.Rotates():
		return RefreshAdvance
	case behind == 0:
		return RefreshRepeat
	case behind == 1 && (!c.Public() || now.Sub(g.RotatedAt) < RefreshGrace):
		return RefreshRepeat
	default:
		return RefreshReuse
	}
}
