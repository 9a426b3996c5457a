package oidc

import (
	"encoding/base64"
	"fmt"

	"gatehouse/provider"
)

// Subjects (OpenID Connect Core 8). A public one is the account's id. A pairwise one is the id under a key that is derived from the
// keyset and the sector (Core 8.1): another in each sector, the same for ever, and read back without a table.

// subject is the sub of an account for a client: in its tokens, in userinfo, introspection and logout tokens alike.
func (o *OIDC) subject(c provider.Client, id provider.AccountID) (string, error) {
	if c.Sector == "" {
		return string(id), nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(string(id))
	if err != nil || len(raw) != 16 {
		return "", fmt.Errorf("oidc: account %s has an id that cannot be made pairwise", id)
	}
	made := o.Secrets.Pseudonym(c.Sector, [16]byte(raw))
	return base64.RawURLEncoding.EncodeToString(made[:]), nil
}

// accountOf is the account of a sub that a client shows; where it is none, an id that nobody has.
func (o *OIDC) accountOf(c provider.Client, sub string) provider.AccountID {
	if c.Sector == "" {
		return provider.AccountID(sub)
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sub)
	if err != nil || len(raw) != 16 {
		return "-"
	}
	id := o.Secrets.Unpseudonym(c.Sector, [16]byte(raw))
	return provider.AccountID(base64.RawURLEncoding.EncodeToString(id[:]))
}
