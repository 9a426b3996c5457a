package passkey

import (
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-webauthn/webauthn/webauthn"

	"gatehouse/provider"
)

// record is the data of an authenticator of kind passkey (WebAuthn 3, 4: credential record). The account, its name and its
// times are the authenticator's own.
type record struct {
	ID         []byte   `json:"id"`
	Key        []byte   `json:"key"` // COSE
	AAGUID     []byte   `json:"aaguid"`
	Transports []string `json:"transports,omitempty"`
	Count      uint32   `json:"count,omitempty"`
	Eligible   bool     `json:"eligible,omitempty"` // for backup: the key may leave the device
	Backed     bool     `json:"backed,omitempty"`   // up, as of the last use
}

func read(data []byte) (record, error) {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return record{}, fmt.Errorf("passkey: data of an authenticator: %w", err)
	}
	if len(r.ID) == 0 || len(r.Key) == 0 {
		return record{}, errors.New("passkey: data of an authenticator: no key")
	}
	return r, nil
}

// records reads the passkeys among what is held.
func records(held []provider.Authenticator) ([]record, error) {
	var all []record
	for _, a := range held {
		if a.Kind != provider.Passkey {
			continue
		}
		r, err := read(a.Data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.ID, err)
		}
		all = append(all, r)
	}
	return all, nil
}

func (r record) credential() webauthn.Credential {
	return webauthn.Credential{
		ID: r.ID, PublicKey: r.Key,
		Flags:         webauthn.CredentialFlags{BackupEligible: r.Eligible, BackupState: r.Backed},
		Authenticator: webauthn.Authenticator{AAGUID: r.AAGUID, SignCount: r.Count},
	}
}

func (r record) data() ([]byte, error) { return json.Marshal(r) }

// Encode is the data of a synced passkey with a key that was made elsewhere (P-256), as people have them who were invented.
func Encode(id []byte, key *ecdsa.PublicKey) ([]byte, error) {
	point, err := key.Bytes()
	if err != nil {
		return nil, fmt.Errorf("passkey: %w", err)
	}
	const half = 32 // of a point of P-256, after the byte that says that it is not compressed
	if len(point) != 1+2*half {
		return nil, errors.New("passkey: not a key of P-256")
	}
	// COSE (RFC 9053, 7.1.1): kty EC2, alg ES256, crv P-256, x, y.
	cose := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, half}, point[1:1+half]...)
	cose = append(append(cose, 0x22, 0x58, half), point[1+half:]...)
	return record{ID: id, Key: cose, AAGUID: make([]byte, 16), Eligible: true, Backed: true}.data()
}

// Card is what a passkey's owner sees of it.
type Card struct {
	Provider   string // by its AAGUID; "" unknown. Display text, untrusted
	Synced     bool   // it was saved beyond its device when it was last used (backup state)
	Credential string // base64url, for the Signal API
}

// Describe reads a passkey's data.
func Describe(data []byte) (Card, error) {
	r, err := read(data)
	if err != nil {
		return Card{}, err
	}
	return Card{Provider: providerName(r.AAGUID), Synced: r.Backed, Credential: base64.RawURLEncoding.EncodeToString(r.ID)}, nil
}

// transports keeps what is shaped like a transport: unknown ones too, since browsers know more of them than we do (WebAuthn 3,
// 5.8.4), but no more than a page should carry.
func transports(said []string) []string {
	const most, longest = 8, 32
	var kept []string
	for _, t := range said {
		shaped := t != "" && len(t) <= longest && strings.Trim(t, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
		if shaped && len(kept) < most {
			kept = append(kept, t)
		}
	}
	return kept
}
