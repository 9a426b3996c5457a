package passkey

import (
	"context"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"gatehouse/provider"
)

// Created is a credential that was made.
type Created struct {
	Data         []byte // of the authenticator
	Name         string // the provider's name by its AAGUID; "" unknown
	Credential   []byte // credential id
	UserVerified bool
	Synced       bool   // the key may leave its device (backup eligible)
	Challenge    string // to be consumed under ChallengePurpose before anything is believed
	Until        time.Time
}

// Register checks the JSON of a registration response (WebAuthn 3, 7.1). Errors: ErrResponse.
func (p *RP) Register(_ context.Context, ceremony string, account provider.AccountID, response string, at time.Time) (Created, error) {
	said, err := parse(response, protocol.ParseCredentialCreationResponseBytes)
	if err != nil {
		return Created{}, err
	}
	asked, err := p.asked(said.Response.CollectedClientData, said.Raw.AttestationResponse.ClientDataJSON, ceremony, at)
	if err != nil {
		return Created{}, err
	}
	if asked.use != creation || asked.account != account {
		return Created{}, refused("the challenge was for something else")
	}
	if !usable(said.Response.AttestationObject.AuthData.AttData.CredentialPublicKey) {
		return Created{}, refused("a key that could never be used")
	}
	made, err := p.rules.CreateCredential(owner{id: account}, webauthn.SessionData{
		Challenge: said.Response.CollectedClientData.Challenge, RelyingPartyID: p.ID, UserID: []byte(account),
		UserVerification: p.wants(), CredParams: algorithms(),
	}, said)
	if err != nil {
		return Created{}, refused("does not verify: " + kindOf(err))
	}
	r := record{
		ID: made.ID, Key: made.PublicKey, AAGUID: made.Authenticator.AAGUID, Count: made.Authenticator.SignCount,
		Transports: transports(said.Raw.AttestationResponse.Transports),
		Eligible:   made.Flags.BackupEligible, Backed: made.Flags.BackupState,
	}
	data, err := r.data()
	return Created{
		Data: data, Name: providerName(r.AAGUID), Credential: r.ID,
		UserVerified: made.Flags.UserVerified, Synced: r.Eligible, Challenge: asked.mark(), Until: asked.until,
	}, err
}

// usable says whether a public key is whole and neither too weak (NIST SP 800-63B-4, 3.1.7.1: 112 bits) nor so large that each
// check with it would be work for us. Without an attestation the library looks at nothing but its algorithm.
func usable(cose []byte) bool {
	const fewest, most = 2048 / 8, 4096 / 8 // bytes of an RSA modulus
	parsed, err := webauthncose.ParsePublicKey(cose)
	if err != nil {
		return false
	}
	switch key := parsed.(type) {
	case webauthncose.EC2PublicKeyData:
		return webauthncose.COSEAlgorithmIdentifier(key.Algorithm) == webauthncose.AlgES256
	case webauthncose.OKPPublicKeyData:
		return webauthncose.COSEAlgorithmIdentifier(key.Algorithm) == webauthncose.AlgEdDSA
	case webauthncose.RSAPublicKeyData:
		strong := len(key.Modulus) >= fewest && key.Modulus[0]&0x80 != 0
		return strong && len(key.Modulus) <= most && webauthncose.COSEAlgorithmIdentifier(key.Algorithm) == webauthncose.AlgRS256
	default:
		return false
	}
}
