package provider

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// NewID returns 128 random bits as 22 characters of base64url: the name of an account, session, grant or token.
func NewID() string { return randomText(16) }

// NewSecret returns 256 random bits as 43 characters of base64url: a session cookie, code or client secret.
func NewSecret() string { return randomText(32) }

func randomText(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand.Read never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b)
}

// HashSecret is what is kept of a NewSecret: SHA-256, since 256 random bits need no slow hash (32 bytes).
func HashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
