package main

import (
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/factor/totp"
	"gatehouse/provider/identifier"
)

// importLine is a person of another system, as a line of the file says it.
type importLine struct {
	externalID                   string
	username, email, phone       string
	emailVerified, phoneVerified bool
	profile                      provider.Profile
	passwordHash, totpSecret     string
	records                      []importRecord
}

// importRecord is a patient record of theirs.
type importRecord struct{ record, relation string }

// UnmarshalJSON reads one strictly.
func (r *importRecord) UnmarshalJSON(text []byte) error {
	return object(text, map[string]any{"record": &r.record, "relation": &r.relation})
}

// readImportLine reads a line, or answers all that is wrong with its form.
func readImportLine(text []byte) (importLine, error) {
	var l importLine
	err := object(text, map[string]any{
		"external_id": &l.externalID, "username": &l.username, "email": &l.email, "email_verified": &l.emailVerified,
		"phone": &l.phone, "phone_verified": &l.phoneVerified, "name": &l.profile.Name, "given_name": &l.profile.GivenName,
		"middle_name": &l.profile.MiddleName, "family_name": &l.profile.FamilyName, "gender": &l.profile.Gender,
		"birthdate": &l.profile.Birthdate, "locale": &l.profile.Locale, "password_hash": &l.passwordHash,
		"totp_secret": &l.totpSecret, "records": &l.records,
	})
	return l, err
}

// imported makes the account of a line, or answers all that is wrong with it, without a word of what it says.
func (l importLine) imported(keyset *keys.Keyset, now time.Time) (provider.Import, error) {
	identifiers, wrong := l.identifiers(now)
	a := provider.Account{
		Status: provider.Active, StatusAt: now, Identifiers: identifiers, Profile: l.profile, CreatedAt: now, UpdatedAt: now,
	}
	a.ID = l.account(keyset, a)
	held, unheld := l.held(a, now)
	records, unlinked := l.links(a, now)
	err := errors.Join(wrong, l.checkReach(), unheld, unlinked, l.checkProfile(now))
	return provider.Import{Account: a, Held: held, Records: records, Event: audit.AccountCreated(now, a.ID, audit.Operator)}, err
}

// account is the id that this line always gets. Context: a file is read again after an interruption or to mend lines, and people may
// have changed their names meanwhile. Choice: the id comes from what the other system calls the person, under a key that is
// never replaced: the same line is the same account, and the id tells nobody anything. Rejected: random ids, by which somebody
// without a username, or with a new one, would get a second account.
func (l importLine) account(keyset *keys.Keyset, a provider.Account) provider.AccountID {
	kind, name := "external_id", l.externalID
	if name == "" {
		for _, k := range []provider.IdentifierKind{provider.Email, provider.Username} {
			if id, ok := a.Identifier(k); ok {
				kind, name = string(k), id.Canonical
			}
		}
	}
	return provider.AccountID(base64.RawURLEncoding.EncodeToString(keyset.Fingerprint("imported account by "+kind, name)[:16]))
}

func (l importLine) identifiers(now time.Time) ([]provider.Identifier, error) {
	var all []provider.Identifier
	var faults []error
	add := func(kind provider.IdentifierKind, value string, verified bool, canonical func(string) (string, error)) {
		if value == "" {
			if verified {
				faults = append(faults, fmt.Errorf("%s_verified: there is no %s", kind, kind))
			}
			return
		}
		form, err := canonical(value)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", kind, inWords(err)))
			return
		}
		id := provider.Identifier{Kind: kind, Value: value, Canonical: form}
		if verified {
			id.VerifiedAt = now
		}
		all = append(all, id)
	}
	add(provider.Username, l.username, l.username != "", identifier.Username)
	add(provider.Email, l.email, l.emailVerified, identifier.Email)
	add(provider.Phone, l.phone, l.phoneVerified, identifier.Phone)
	return all, errors.Join(faults...)
}

// checkReach refuses somebody who could never sign in.
func (l importLine) checkReach() error {
	var faults []error
	if l.username == "" && (l.email == "" || !l.emailVerified) {
		faults = append(faults, errors.New("a person needs a name to sign in with: username, or email with email_verified"))
	}
	if l.passwordHash == "" && !l.emailVerified && !l.phoneVerified {
		faults = append(faults, errors.New("nobody could sign in: password_hash is needed, or a verified email or phone to set a password with"))
	}
	return errors.Join(faults...)
}

// held is what the person signs in with: an address that is not verified gets no codes.
func (l importLine) held(a provider.Account, now time.Time) ([]provider.Authenticator, error) {
	verified := a
	verified.Identifiers = slices.DeleteFunc(slices.Clone(a.Identifiers), func(id provider.Identifier) bool { return id.VerifiedAt.IsZero() })
	held := addressed(verified, now)
	bind := func(kind provider.Kind, data []byte) {
		held = append(held, provider.Authenticator{ID: provider.NewID(), Account: a.ID, Kind: kind, Data: data, CreatedAt: now})
	}
	var faults []error
	if l.passwordHash != "" {
		if err := password.Accepts(l.passwordHash); err != nil {
			faults = append(faults, fmt.Errorf("password_hash: %w", err))
		}
		bind(provider.Password, []byte(l.passwordHash))
	}
	if l.totpSecret != "" {
		seed, err := readSeed(l.totpSecret)
		if err != nil {
			faults = append(faults, fmt.Errorf("totp_secret: %w", err))
		}
		bind(provider.TOTP, totp.Encode(seed))
	}
	return held, errors.Join(faults...)
}

// seedBytes is how long the seed of an authenticator app is here (RFC 4226, 4 R6 recommends it).
const seedBytes = 20

// readSeed reads base32 as it is typed, of an app with SHA-1, six digits and 30 s.
func readSeed(text string) (totp.Seed, error) {
	text = strings.TrimRight(strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(text)), "=")
	seed, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	switch {
	case err != nil:
		return nil, errors.New("not base32")
	case len(seed) != seedBytes:
		return nil, fmt.Errorf("%d bits; apps with %d bits are taken, others have to be set up anew", len(seed)*8, seedBytes*8)
	}
	return seed, nil
}

// longestText is more than any name or number of theirs has, in bytes.
const longestText = 256

func (l importLine) links(a provider.Account, now time.Time) ([]provider.RecordLink, error) {
	var all []provider.RecordLink
	var faults []error
	seen := map[string]bool{}
	for _, r := range l.records {
		relation, err := relationOf(r.relation)
		if err != nil {
			faults = append(faults, fmt.Errorf("records: relation: %w", err))
		}
		if r.record == "" || len(r.record) > longestText {
			faults = append(faults, fmt.Errorf("records: record has 1 to %d bytes", longestText))
		}
		if seen[r.record] {
			faults = append(faults, errors.New("records: one is there twice"))
		}
		seen[r.record] = true
		all = append(all, provider.RecordLink{Account: a.ID, Record: r.record, Relation: relation, LinkedAt: now})
	}
	return all, errors.Join(faults...)
}

// relationOf reads a relation; nothing is the person's own record.
func relationOf(text string) (provider.Relation, error) {
	switch r := provider.Relation(orWord(text, string(provider.Self))); r {
	case provider.Self, provider.Parent, provider.Carer:
		return r, nil
	}
	return "", errors.New("none of self, parent, carer")
}

func (l importLine) checkProfile(now time.Time) error {
	var faults []error
	for _, part := range []struct{ key, text string }{
		{"external_id", l.externalID}, {"name", l.profile.Name}, {"given_name", l.profile.GivenName}, {"middle_name", l.profile.MiddleName},
		{"family_name", l.profile.FamilyName}, {"gender", l.profile.Gender}, {"locale", l.profile.Locale},
	} {
		if len(part.text) > longestText {
			faults = append(faults, fmt.Errorf("%s: longer than %d bytes", part.key, longestText))
		}
	}
	if !isBirthdate(l.profile.Birthdate, now) {
		faults = append(faults, errors.New("birthdate: not a date of birth like 1984-03-09"))
	}
	if !isLocale(l.profile.Locale) {
		faults = append(faults, errors.New("locale: not a language tag like en or es-MX"))
	}
	return errors.Join(faults...)
}
