package row

import (
	"bytes"
	"fmt"
	"strconv"

	"gatehouse/keys"
	"gatehouse/provider"
)

// SealProfile seals the profile of an account.
func SealProfile(s Sealer, id provider.AccountID, p provider.Profile) ([]byte, error) {
	return sealJSON(s, ofProfile(id), p)
}

// OpenProfile opens it.
func OpenProfile(s Sealer, id provider.AccountID, sealed []byte) (provider.Profile, error) {
	var p provider.Profile
	err := openJSON(s, ofProfile(id), sealed, &p)
	return p, err
}

// name is the sealed part of an identifier.
type name struct {
	Value     string `json:"value"`
	Canonical string `json:"canonical"`
}

// SealIdentifier returns the fingerprint of an identifier and its sealed text: as written and in canonical form.
func SealIdentifier(s Sealer, account provider.AccountID, position int, id provider.Identifier) (fingerprint, sealed []byte, err error) {
	sealed, err = sealJSON(s, ofIdentifier(account, position, id.Kind), name{Value: id.Value, Canonical: id.Canonical})
	return Fingerprint(s, id.Kind, id.Canonical), sealed, err
}

// OpenIdentifier opens it. A fingerprint that is not that of the sealed text is an error: the row would be found by
// somebody else's name.
func OpenIdentifier(s Sealer, account provider.AccountID, position int, kind provider.IdentifierKind, fingerprint, sealed []byte) (provider.Identifier, error) {
	where := ofIdentifier(account, position, kind)
	var n name
	err := openJSON(s, where, sealed, &n)
	if err != nil {
		return provider.Identifier{}, err
	}
	if !bytes.Equal(fingerprint, Fingerprint(s, kind, n.Canonical)) {
		return provider.Identifier{}, fmt.Errorf("storage: %s of %s: the fingerprint belongs to another name", where.Table, where.Row)
	}
	return provider.Identifier{Kind: kind, Value: n.Value, Canonical: n.Canonical}, nil
}

// Fingerprint is what an identifier is found by.
func Fingerprint(s Sealer, kind provider.IdentifierKind, canonical string) []byte {
	return s.Fingerprint(string(kind), canonical)
}

// SealAuthenticator seals the name of an authenticator, nil where it has none, and what its factor keeps.
func SealAuthenticator(s Sealer, a provider.Authenticator) (name, data []byte, err error) {
	name, err = SealName(s, a)
	if err != nil {
		return nil, nil, err
	}
	data, err = SealData(s, a)
	return name, data, err
}

// SealData seals what a factor keeps of an authenticator.
func SealData(s Sealer, a provider.Authenticator) ([]byte, error) {
	return s.Seal(a.Data, ofAuthenticator(a))
}

// OpenData opens it; of a, only ID, Account and Kind are looked at.
func OpenData(s Sealer, a provider.Authenticator, sealed []byte) ([]byte, error) {
	return open(s, ofAuthenticator(a), sealed)
}

// SealName seals what its owner calls an authenticator; no name is nil.
func SealName(s Sealer, a provider.Authenticator) ([]byte, error) {
	if a.Name == "" {
		return nil, nil
	}
	return s.Seal([]byte(a.Name), ofAuthenticatorName(a))
}

// OpenName opens it; of a, only ID, Account and Kind are looked at.
func OpenName(s Sealer, a provider.Authenticator, sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	name, err := open(s, ofAuthenticatorName(a), sealed)
	return string(name), err
}

// SealCeremony seals all of a ceremony but its id and revision.
func SealCeremony(s Sealer, c provider.Ceremony) ([]byte, error) {
	return sealJSON(s, ofCeremony(c.ID), c)
}

// OpenCeremony opens it; the caller adds the revision.
func OpenCeremony(s Sealer, id string, sealed []byte) (provider.Ceremony, error) {
	var c provider.Ceremony
	err := openJSON(s, ofCeremony(id), sealed, &c)
	c.ID = id
	return c, err
}

func ofProfile(id provider.AccountID) keys.Where {
	return keys.Where{Table: "accounts", Column: "profile", Row: string(id)}
}

func ofIdentifier(account provider.AccountID, position int, kind provider.IdentifierKind) keys.Where {
	return keys.Where{Table: "identifiers", Column: "name", Row: string(account) + "/" + strconv.Itoa(position) + "/" + string(kind)}
}

func ofAuthenticator(a provider.Authenticator) keys.Where {
	return keys.Where{Table: "authenticators", Column: "data", Row: string(a.Account) + "/" + a.ID + "/" + string(a.Kind)}
}

func ofAuthenticatorName(a provider.Authenticator) keys.Where {
	return keys.Where{Table: "authenticators", Column: "name", Row: string(a.Account) + "/" + a.ID + "/" + string(a.Kind)}
}

func ofCeremony(id string) keys.Where {
	return keys.Where{Table: "ceremonies", Column: "payload", Row: id}
}
