package oidc

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// A refresh token is derived, not stored:
//
//	"ghr_" base64url( 1 | length of key id | key id | grant id, 16 bytes | generation, 8 bytes | MAC )
//
// so that a family needs one row whatever its age, and a stolen database makes no token.
const (
	refreshPrefix  = "ghr_"
	refreshVersion = 1
	refreshPurpose = "refresh"
	maxRefresh     = 512
	grantIDBytes   = 16
)

// refreshToken is what a token says, once its MAC was found right.
type refreshToken struct {
	grant      string
	generation int64
}

func (o *OIDC) deriveRefresh(grant string, generation int64) (string, error) {
	id, err := base64.RawURLEncoding.Strict().DecodeString(grant)
	if err != nil {
		return "", err
	}
	body := binary.BigEndian.AppendUint64(id, uint64(generation))
	key, mac := o.Secrets.MAC(refreshPurpose, body)
	text := append([]byte{refreshVersion, byte(len(key))}, key...)
	text = append(append(text, body...), mac...)
	return refreshPrefix + base64.RawURLEncoding.EncodeToString(text), nil
}

// parseRefresh reads a token that we made; anything else is false, without a reason.
func (o *OIDC) parseRefresh(token string) (refreshToken, bool) {
	text, isOurs := strings.CutPrefix(token, refreshPrefix)
	if !isOurs || len(token) > maxRefresh || strings.ContainsAny(text, "\r\n") { // base64 would skip line breaks
		return refreshToken{}, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < 2 || raw[0] != refreshVersion {
		return refreshToken{}, false
	}
	keyEnd := 2 + int(raw[1])
	bodyEnd := keyEnd + grantIDBytes + 8
	if len(raw) <= bodyEnd {
		return refreshToken{}, false
	}
	key, body, mac := string(raw[2:keyEnd]), raw[keyEnd:bodyEnd], raw[bodyEnd:]
	if !o.Secrets.CheckMAC(refreshPurpose, key, mac, body) {
		return refreshToken{}, false
	}
	return refreshToken{
		grant:      base64.RawURLEncoding.EncodeToString(body[:grantIDBytes]),
		generation: int64(binary.BigEndian.Uint64(body[grantIDBytes:])),
	}, true
}
