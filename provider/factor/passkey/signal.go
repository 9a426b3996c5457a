package passkey

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"

	"gatehouse/provider"
)

// Unknown is the JSON for signalUnknownCredential: the browser may forget the credential that a response was made with. It is
// for responses that Verify refused with ErrUnknown, and for those of credentials that were made and could not be kept (K-06); ""
// where there is no credential in it, or where it is one of those held: a form that was sent again must not cost a passkey.
func (p *RP) Unknown(response string, held ...provider.Authenticator) (string, error) {
	id := credentialOf(response)
	if len(id) == 0 {
		return "", nil
	}
	ours, err := records(held)
	if err != nil || slices.ContainsFunc(ours, func(r record) bool { return bytes.Equal(r.ID, id) }) {
		return "", err
	}
	return write(protocol.SignalUnknownCredential{CredentialID: id, RPID: p.ID})
}

// credentialOf is the credential id that a response names; nil where it names none.
func credentialOf(response string) []byte {
	var said struct {
		ID string `json:"id"`
	}
	if len(response) > MaxResponse || json.Unmarshal([]byte(response), &said) != nil {
		return nil
	}
	id, err := base64.RawURLEncoding.DecodeString(said.ID)
	if err != nil {
		return nil
	}
	return id
}

// Accepted is the JSON for signalAllAcceptedCredentials: these passkeys of the account and no others still work, so that the
// browser stops offering those that were removed (K-08). held must be all of them.
func (p *RP) Accepted(account provider.AccountID, held []provider.Authenticator) (string, error) {
	ours, err := records(held)
	if err != nil {
		return "", err
	}
	ids := []protocol.URLEncodedBase64{}
	for _, r := range ours {
		ids = append(ids, r.ID)
	}
	return write(protocol.SignalAllAcceptedCredentials{AllAcceptedCredentialIDs: ids, RPID: p.ID, UserID: []byte(account)})
}
