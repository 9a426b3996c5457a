package passkey

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"gatehouse/provider"
)

// Find reads the authenticators of the account that a response is of. An account that does not exist has none: an empty list or
// ErrNotFound. The account is a claim until Verify has answered.
type Find func(ctx context.Context, account provider.AccountID) ([]provider.Authenticator, error)

// Verified is a response that verified.
type Verified struct {
	Authenticator provider.Authenticator
	UserVerified  bool      // in this very response
	Synced        bool      // the key may leave its device (backup eligible)
	Challenge     string    // to be consumed under ChallengePurpose before anything is believed
	Until         time.Time // how long that mark must be kept
	Fresh         []byte    // data to save; nil: unchanged
	Cloned        bool      // the signature counter went back (WebAuthn 3, 6.1.1): an event and a policy
	Backed        bool      // backup eligibility or state changed since it was last used: an event
}

// Verify checks the JSON of an authentication response (WebAuthn 3, 7.2). Errors: ErrResponse, ErrUnknown among them; any other
// is find's, or a record that cannot be read, and nothing was decided.
func (p *RP) Verify(ctx context.Context, ceremony, response string, find Find, at time.Time) (Verified, error) {
	said, err := parse(response, protocol.ParseCredentialRequestResponseBytes)
	if err != nil {
		return Verified{}, err
	}
	asked, err := p.asked(said.Response.CollectedClientData, said.Raw.AssertionResponse.ClientDataJSON, ceremony, at)
	if err != nil {
		return Verified{}, err
	}
	if asked.use != alone && asked.use != second {
		return Verified{}, refused("the challenge was for something else")
	}
	who, err := whose(asked, said.Response.UserHandle)
	if err != nil {
		return Verified{}, err
	}
	held, err := find(ctx, who)
	if err != nil && !errors.Is(err, provider.ErrNotFound) {
		return Verified{}, err
	}
	found, known, err := pick(held, who, said.RawID)
	if err != nil {
		return Verified{}, err
	}
	v, now, err := p.prove(who, known, asked, said)
	if err != nil {
		return Verified{}, err
	}
	v.Authenticator = found
	if !reflect.DeepEqual(now, known) {
		v.Fresh, err = now.data()
	}
	return v, err
}

// parse reads a response with one of the library's parsers.
func parse[T any](response string, parser func([]byte) (T, error)) (T, error) {
	var none T
	if len(response) > MaxResponse {
		return none, refused("too long")
	}
	if !strict([]byte(response)) {
		return none, refused("not one strict JSON object")
	}
	parsed, err := parser([]byte(response))
	if err != nil {
		return none, refused("cannot be parsed: " + kindOf(err))
	}
	return parsed, nil
}

// kindOf is the library's own word for a fault, without its details, which repeat what was sent.
func kindOf(err error) string {
	var fault *protocol.Error
	if errors.As(err, &fault) {
		return fault.Type
	}
	return "malformed"
}

// asked knows the challenge of a response again, and checks where it was answered. The library compares origins as addresses,
// case folded and without their path; ours are what a browser writes, letter by letter, and never in a frame.
func (p *RP) asked(said protocol.CollectedClientData, raw []byte, ceremony string, at time.Time) (challenge, error) {
	switch {
	case !strict(raw):
		return challenge{}, refused("client data are not one strict JSON object")
	case !slices.Contains(p.Origins, said.Origin):
		return challenge{}, refused("another origin")
	case said.CrossOrigin || said.TopOrigin != "":
		return challenge{}, refused("made in a frame of another origin")
	}
	return p.open(said.Challenge, ceremony, at)
}

// whose is the account that a response is of. An authenticator that was told which passkeys to use need not name a user; the
// challenge then says who was asked (WebAuthn 3, 7.2 step 6).
func whose(asked challenge, handle []byte) (provider.AccountID, error) {
	switch {
	case asked.account != "" && (len(handle) == 0 || string(handle) == string(asked.account)):
		return asked.account, nil
	case asked.account != "":
		return "", refused("of another account")
	case !plain(handle):
		return "", refused("no user handle of ours")
	}
	return provider.AccountID(handle), nil
}

// plain says whether a user handle can be an account's id: what else it may be is nothing to ask a database for.
func plain(handle []byte) bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	return len(handle) > 0 && len(handle) <= maxHandle && !bytes.ContainsFunc(handle, odd)
}

// pick finds the passkey that answered.
func pick(held []provider.Authenticator, who provider.AccountID, id []byte) (provider.Authenticator, record, error) {
	for _, a := range held {
		if a.Kind != provider.Passkey || a.Account != who {
			continue
		}
		r, err := read(a.Data)
		if err != nil {
			return provider.Authenticator{}, record{}, fmt.Errorf("%s: %w", a.ID, err)
		}
		if bytes.Equal(r.ID, id) {
			return a, r, nil
		}
	}
	return provider.Authenticator{}, record{}, ErrUnknown
}

// prove checks the response against the passkey, and answers the record as it now is.
func (p *RP) prove(who provider.AccountID, known record, asked challenge, said *protocol.ParsedCredentialAssertionData) (Verified, record, error) {
	flags := said.Response.AuthenticatorData.Flags
	before := known.credential()
	if flags.HasBackupEligible() {
		// Some providers make a key eligible after it was made. The library refuses any change; one back to a key that cannot
		// leave its device stays refused, since that would be a better proof than was bound.
		before.Flags.BackupEligible = true
	}
	after, err := p.rules.ValidateLogin(owner{who, []webauthn.Credential{before}}, webauthn.SessionData{
		Challenge: said.Response.CollectedClientData.Challenge, RelyingPartyID: p.ID, UserID: []byte(who),
		UserVerification: verification(asked.use),
	}, said)
	if err != nil {
		return Verified{}, record{}, refused("does not verify: " + kindOf(err))
	}
	now := known
	now.Count, now.Eligible, now.Backed = after.Authenticator.SignCount, flags.HasBackupEligible(), flags.HasBackupState()
	return Verified{
		UserVerified: flags.HasUserVerified(), Synced: now.Eligible,
		Challenge: asked.mark(), Until: asked.until,
		Cloned: after.Authenticator.CloneWarning,
		Backed: now.Eligible != known.Eligible || now.Backed != known.Backed,
	}, now, nil
}

func verification(u use) protocol.UserVerificationRequirement {
	if u == alone {
		return protocol.VerificationRequired
	}
	return protocol.VerificationPreferred
}
