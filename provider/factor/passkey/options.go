package passkey

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"gatehouse/provider"
)

// Request is the JSON of PublicKeyCredentialRequestOptions for a ceremony: of the passkeys held, or of any discoverable one
// where held is empty. alone: it is to be the only factor, so user verification is required; else it is preferred. Of what is
// held only passkeys count; where it is not empty, only that account can answer.
//
// Once an account is known its credential ids stand in the page, so its first factor must have been shown before.
func (p *RP) Request(ceremony string, held []provider.Authenticator, onlyFactor bool, at time.Time) (string, error) {
	ours, err := records(held)
	if err != nil {
		return "", err
	}
	account := provider.AccountID("")
	if len(held) > 0 {
		account = held[0].Account
	}
	u, verification := second, protocol.VerificationPreferred
	if onlyFactor {
		u, verification = alone, protocol.VerificationRequired
	}
	return write(protocol.PublicKeyCredentialRequestOptions{
		Challenge: p.challenge(u, ceremony, account, at), Timeout: int(p.Lasts.Milliseconds()), RelyingPartyID: p.ID,
		AllowedCredentials: descriptors(ours), UserVerification: verification, Hints: hints(ours),
	})
}

// Creation is the JSON of PublicKeyCredentialCreationOptions: a discoverable credential, with those held excluded. User
// verification is preferred, not required: a security key without a PIN is still a good second factor.
func (p *RP) Creation(ceremony string, account provider.AccountID, username string, held []provider.Authenticator, at time.Time) (string, error) {
	if len(account) == 0 || len(account) > maxHandle {
		return "", fmt.Errorf("passkey: an account id of %d bytes is no user handle", len(account))
	}
	ours, err := records(held)
	if err != nil {
		return "", err
	}
	return write(protocol.PublicKeyCredentialCreationOptions{
		RelyingParty: protocol.RelyingPartyEntity{ID: p.ID, CredentialEntity: protocol.CredentialEntity{Name: p.Name}},
		User: protocol.UserEntity{
			ID: protocol.URLEncodedBase64(account), DisplayName: username,
			CredentialEntity: protocol.CredentialEntity{Name: username},
		},
		Challenge: p.challenge(creation, ceremony, account, at), Timeout: int(p.Lasts.Milliseconds()),
		Parameters: algorithms(), CredentialExcludeList: descriptors(ours),
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: p.wants(),
		},
		Attestation: protocol.PreferNoAttestation,
	})
}

// algorithms are what a new key may be, best first. Without RS256 older Windows Hello has nothing to offer.
func algorithms() []protocol.CredentialParameter {
	var all []protocol.CredentialParameter
	for _, alg := range [...]webauthncose.COSEAlgorithmIdentifier{webauthncose.AlgES256, webauthncose.AlgEdDSA, webauthncose.AlgRS256} {
		all = append(all, protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: alg})
	}
	return all
}

func descriptors(all []record) []protocol.CredentialDescriptor {
	var out []protocol.CredentialDescriptor
	for _, r := range all {
		d := protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: r.ID}
		for _, t := range r.Transports {
			d.Transport = append(d.Transport, protocol.AuthenticatorTransport(t))
		}
		out = append(out, d)
	}
	return out
}

// hints spare the owner of nothing but security keys the question which device it is on.
func hints(all []record) []protocol.PublicKeyCredentialHints {
	for _, r := range all {
		local := slices.ContainsFunc(r.Transports, func(t string) bool { return t == "internal" || t == "hybrid" })
		if local || len(r.Transports) == 0 {
			return nil
		}
	}
	if len(all) == 0 {
		return nil
	}
	return []protocol.PublicKeyCredentialHints{protocol.PublicKeyCredentialHintSecurityKey}
}

func write(options any) (string, error) {
	text, err := json.Marshal(options)
	return string(text), err
}
