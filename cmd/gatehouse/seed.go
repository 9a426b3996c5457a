package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/lookup"
	"gatehouse/provider/factor/totp"
)

// seeded is an invented person of dev. Their passwords are public: dev is for one machine only.
type seeded struct {
	person
	status provider.AccountStatus
	owed   string // why the password must be changed
	note   string // for the table
}

// seedName is what the seeds of dev are derived for, so that every start tells the same ones.
const seedName = "dev"

// seedKeys derive what the invented people hold; keys.Keyset does it.
type seedKeys interface {
	totp.Keys
	lookup.Keys
}

func (k seedKeysOf) app(id provider.AccountID) totp.Seed {
	return totp.SeedFor(k, seedName, string(id))
}

func (k seedKeysOf) sheet(id provider.AccountID) []string {
	return lookup.SheetFor(k, seedName, string(id))
}

// seedKeysOf makes apps and sheets of recovery codes.
type seedKeysOf struct{ seedKeys }

func (k seedKeysOf) withApp(id provider.AccountID) []provider.Authenticator {
	return []provider.Authenticator{{Kind: provider.TOTP, Data: totp.Encode(k.app(id))}}
}

func (k seedKeysOf) withSheet(id provider.AccountID) []provider.Authenticator {
	return []provider.Authenticator{{Kind: provider.RecoveryCode, Data: lookup.Encode(k, k.sheet(id))}}
}

// invented are the people of dev, one for each way to sign in and each state that an application must cope with.
func invented(k seedKeysOf) []seeded {
	return []seeded{
		{person: person{username: "ana", email: "ana@example.com", phone: "+1 617 555 0101", password: "copper lantern drifts slowly", profile: provider.Profile{
			GivenName: "Ana", FamilyName: "Reyes", Birthdate: "1984-03-09", Locale: "en", Zoneinfo: "America/New_York",
			Address: provider.Address{Street: "12 Orchard Lane", Locality: "Springfield", Region: "MA", PostalCode: "01101", Country: "US", Formatted: "12 Orchard Lane\nSpringfield, MA 01101"},
		}}, note: "code by text or e-mail; all claims"},
		{person: person{username: "bruno", email: "bruno@example.com", password: "velvet harbor counts nine", profile: provider.Profile{
			GivenName: "Bruno", FamilyName: "Serrano", Birthdate: "1956-11-30", Locale: "es",
		}}, note: "code by e-mail; reads Spanish"},
		{person: person{username: "cyrus", email: "cyrus@example.com", password: "marble fiddle under snow", profile: provider.Profile{
			GivenName: "Cyrus", FamilyName: "Tate", Locale: "en",
		}, more: k.withApp}, note: "code by authenticator app"},
		{person: person{username: "dee", email: "dee@example.com", password: "amber kettle sings again", profile: provider.Profile{
			GivenName: "Delia", FamilyName: "Okafor", Locale: "en",
		}, more: k.withSheet}, note: "recovery codes on paper"},
		{person: person{username: "nadia", password: "paper lighthouse hums low", profile: provider.Profile{
			GivenName: "Nadia", FamilyName: "Hoffman", Locale: "en",
		}}, note: "no second step yet"},
		{person: person{username: "lena", email: "lena@example.com", password: "crimson anchor wakes early", profile: provider.Profile{
			GivenName: "Lena", FamilyName: "Duarte", Locale: "en",
		}}, status: provider.Locked, note: "locked by staff"},
		{person: person{username: "pia", email: "pia@example.com", password: "orange pencil walks north", profile: provider.Profile{
			GivenName: "Pia", FamilyName: "Novak", Locale: "en",
		}}, owed: "leaked", note: "must choose another one"},
		{person: person{username: "eve", email: "family@example.com", password: "walnut bicycle at dawn", profile: provider.Profile{
			GivenName: "Eve", FamilyName: "Lindqvist", Locale: "en",
		}}, note: "shares an e-mail address"},
		{person: person{username: "evan", email: "family@example.com", password: "purple gravel keeps quiet", profile: provider.Profile{
			GivenName: "Evan", FamilyName: "Lindqvist", Locale: "en",
		}}, note: "shares an e-mail address"},
		{person: person{username: "max", email: "max@example.com", password: "silver teapot far away", profile: provider.Profile{
			GivenName: "Maximilian", FamilyName: "Brandt", Locale: "en",
		}}, status: provider.Closed, note: "closed for good"},
	}
}

// accountLine is what dev tells about a person.
type accountLine struct {
	Username   string   `json:"username"`
	Email      string   `json:"email"`
	Phone      string   `json:"phone"`
	Password   string   `json:"password"`       // "" where somebody has changed it
	TOTPSecret string   `json:"totp_secret"`    // base32; "" where there is no authenticator app of ours
	Recovery   []string `json:"recovery_codes"` // those that are left on the sheet of ours
	Status     string   `json:"status"`
	ChangeOwed string   `json:"change_owed"` // why the password must be changed; "" for not at all
	Note       string   `json:"note"`
}

// seedPeople makes those who are not there yet, and tells how all are now.
func seedPeople(ctx context.Context, e enroller, now time.Time) ([]accountLine, error) {
	var lines []accountLine
	for _, s := range invented(e.seeds) {
		line, err := seedPerson(ctx, e, s, now)
		if err != nil {
			return nil, fmt.Errorf("seeding %s: %w", s.username, err)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func seedPerson(ctx context.Context, e enroller, s seeded, now time.Time) (accountLine, error) {
	found, err := e.store.FindAccounts(ctx, provider.Username, s.username)
	if err != nil {
		return accountLine{}, err
	}
	if len(found) > 0 {
		return presentPerson(ctx, e, s, found[0])
	}
	a, _, err := e.enroll(ctx, s.person, s.owed, now)
	if err != nil {
		return accountLine{}, err
	}
	if s.status != "" {
		a.Rev, a.Status, a.StatusAt = 1, s.status, now
		err = e.store.UpdateAccount(ctx, a, audit.AccountDisabled(now, a.ID, provider.Active, s.status, audit.Operator))
		if err != nil {
			return accountLine{}, err
		}
	}
	return presentPerson(ctx, e, s, a.ID)
}

// presentPerson tells how somebody is who was seeded by an earlier start and may have changed since.
func presentPerson(ctx context.Context, e enroller, s seeded, id provider.AccountID) (accountLine, error) {
	a, err := e.store.Account(ctx, id)
	if err != nil {
		return accountLine{}, err
	}
	all, err := e.store.Authenticators(ctx, id)
	if err != nil {
		return accountLine{}, err
	}
	line := s.line(a)
	held, _ := provider.Held(all, provider.Password)
	same, _, err := e.hasher.Check(ctx, string(held.Data), s.password)
	if err != nil {
		return accountLine{}, err
	}
	line.ChangeOwed = held.ChangeOwed
	line.TOTPSecret, line.Recovery = e.seeds.present(all)
	if same {
		line.Password = s.password
	}
	return line, nil
}

// present tells the app's secret and the codes that are left, where they are still those that dev made.
func (k seedKeysOf) present(all []provider.Authenticator) (secret string, left []string) {
	left = []string{}
	for _, a := range all {
		switch a.Kind {
		case provider.TOTP:
			if seed := k.app(a.Account); bytes.Equal(a.Data, totp.Encode(seed)) {
				secret = typed(seed)
			}
		case provider.RecoveryCode:
			for _, code := range k.sheet(a.Account) {
				if _, unspent := lookup.Spend(k, a.Data, code, a.CreatedAt); unspent {
					left = append(left, code)
				}
			}
		}
	}
	return secret, left
}

// typed is a seed in base32, as it is typed.
func typed(s totp.Seed) string { return strings.ReplaceAll(s.Groups(), " ", "") }

func (s seeded) line(a provider.Account) accountLine {
	return accountLine{Username: s.username, Email: s.email, Phone: s.phone, Status: string(a.Status), Note: s.note}
}
