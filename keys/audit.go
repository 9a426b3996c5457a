package keys

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"
)

// AuditKey signs what the audit trail hands out of the house. It prints as "[redacted]".
//
// Decision: an Ed25519 key (RFC 8037) derived from the fingerprint key, which is the one key of a keyset that never changes.
// So it is the same on every replica with nothing to agree on, it outlives each rotation, and a keyset file of an earlier
// version has it already. Rejected: a key of the ring, which is deleted weeks after its rotation while a trail is read for
// years.
type AuditKey struct {
	redacted
	id      string
	public  ed25519.PublicKey
	private func() ed25519.PrivateKey // a closure, as in secret
}

// AuditKey returns the key of this keyset.
func (k *Keyset) AuditKey() AuditKey {
	private := ed25519.NewKeyFromSeed(k.primary(PurposeFingerprint).mac("audit-checkpoint")) // 32 bytes, as a seed is
	public := private.Public().(ed25519.PublicKey)
	id, err := keyID(public)
	if err != nil {
		panic("keys: a public key without a thumbprint: " + err.Error()) // an Ed25519 key always has one
	}
	return AuditKey{id: id, public: public, private: func() ed25519.PrivateKey { return private }}
}

// ID is the kid of what it signs, from the RFC 7638 thumbprint of the public key.
func (a AuditKey) ID() string { return a.id }

// Public is the half that may be handed out: with it anybody can check what was signed.
func (a AuditKey) Public() ed25519.PublicKey { return append(ed25519.PublicKey(nil), a.public...) }

// Sign returns payload as a compact JWS (RFC 7515 section 7.1) of this media type. It fails for a type that would need
// escaping in JSON, and for one that is longer than 16 KiB.
func (a AuditKey) Sign(typ string, payload []byte) (string, error) {
	if !plainText(typ) {
		return "", fmt.Errorf("keys: %q is no media type", typ)
	}
	header := Header{Alg: EdDSA, KeyID: a.id, Type: typ}.encode()
	input := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(payload)
	token := input + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(a.private(), []byte(input)))
	if len(token) > maxToken {
		return "", fmt.Errorf("keys: too much to sign, %d bytes", len(token))
	}
	return token, nil
}

// OpenAudit returns the payload of what the AuditKey with this public half signed as typ. The header must be byte for byte
// the one that Sign writes, and base64url is strict: a token has one valid form. The error is ErrToken.
func OpenAudit(public ed25519.PublicKey, typ, token string) ([]byte, error) {
	id, err := keyID(public)
	if err != nil || len(token) > maxToken {
		return nil, ErrToken
	}
	parts := strings.SplitN(token, ".", 4)
	if len(parts) != 3 {
		return nil, ErrToken
	}
	header, err := decodeHeader(parts[0])
	if err != nil || header != (Header{Alg: EdDSA, KeyID: id, Type: typ}) {
		return nil, ErrToken
	}
	payload, noPayload := decodeStrict(parts[1])
	signature, noSignature := decodeStrict(parts[2])
	input := token[:len(parts[0])+1+len(parts[1])]
	if noPayload != nil || noSignature != nil || !ed25519.Verify(public, []byte(input), signature) {
		return nil, ErrToken
	}
	return payload, nil
}
