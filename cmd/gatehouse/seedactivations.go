package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/audit"
	"gatehouse/templates"
)

// activationLine is what dev tells about an invitation.
type activationLine struct {
	Code      string    `json:"code"`
	Link      string    `json:"link"`
	Name      string    `json:"name"`
	BirthDate string    `json:"birth_date"`
	Email     string    `json:"email"`
	Phone     string    `json:"phone"`
	Record    string    `json:"record"`
	Relation  string    `json:"relation"`
	ExpiresAt time.Time `json:"expires_at"`
	Letter    string    `json:"letter"` // a file to open and print
}

// invitedByDev is the person whom dev invites.
func invitedByDev() inviteLine {
	return inviteLine{
		record: "R-7001", name: "Rosa Delgado", birthDate: "1979-05-17", email: "rosa@example.com", phone: "+16175550177", lang: "en",
	}
}

// seedActivations invites somebody who has no account, so that there is always an open invitation when dev starts. Its code is
// derived, so that every start tells the same one until it is used.
func seedActivations(ctx context.Context, store *opened, dir, issuer string, now time.Time) ([]activationLine, error) {
	line := invitedByDev()
	in, err := line.invitation(nil, func(part string) string { return part })
	if err != nil {
		return nil, err
	}
	code, open, err := unspentCode(ctx, store, now)
	if err != nil {
		return nil, err
	}
	in.Silent = true
	m := made{Issued: activation.Issued{Issue: provider.Issue{Activation: open}}}
	if open.ID == "" {
		if m.Issued, err = (activation.Issuer{Keys: store.keyset}).Invite(in, audit.Operator, now); err != nil {
			return nil, err
		}
		m.CodeHash = activation.CodeHash(store.keyset, code)
		if err := store.IssueActivations(ctx, []provider.Issue{m.Issue}); err != nil && !errors.Is(err, provider.ErrTaken) {
			return nil, err // taken: another dev on the same data was quicker
		}
	}
	m.Code = activation.Group(code)
	told := activationLine{
		Code: m.Code, Link: issuer + "/activate#" + m.Code, Name: line.name, BirthDate: line.birthDate, Email: line.email, Phone: line.phone,
		Record: m.Record, Relation: string(m.Relation), ExpiresAt: m.ExpiresAt, Letter: filepath.Join(dir, "invitation.html"),
	}
	return []activationLine{told}, printSeed(issuer, told.Letter, m)
}

func printSeed(issuer, name string, m made) error {
	pages, err := templates.New(templates.DefaultBrand(), nil)
	if err != nil {
		return err
	}
	i := inviter{inviting: inviting{Issuer: issuer}, pages: pages}
	file, err := i.writeLetter(m, name)
	if err != nil {
		return err
	}
	return file.keep()
}

// mostSeeds is how many invitations of dev may be used up on the same data.
const mostSeeds = 100_000

// unspentCode finds the first of dev's codes that is not used up, and its invitation where there is one.
func unspentCode(ctx context.Context, store *opened, now time.Time) (string, provider.Activation, error) {
	for n := range mostSeeds {
		code, err := derivedCode(store.keyset, n)
		if err != nil {
			return "", provider.Activation{}, err
		}
		a, err := store.ActivationByCode(ctx, activation.CodeHash(store.keyset, code))
		if errors.Is(err, provider.ErrNotFound) {
			return code, provider.Activation{}, nil
		}
		if err != nil || a.Open(now) {
			return code, a, err
		}
	}
	return "", provider.Activation{}, errors.New("dev has used up its invitations: begin with an empty --data")
}

// derivedCode is the n-th code of dev: eleven characters of a MAC, and the one that checks them.
func derivedCode(keyset *keys.Keyset, n int) (string, error) {
	const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	_, mac := keyset.MAC(keys.PurposeCode, []byte("activation code of dev"), []byte(strconv.Itoa(n)))
	eleven := make([]byte, 11)
	for i := range eleven {
		eleven[i] = signs[mac[i]%byte(len(signs))]
	}
	for _, check := range signs {
		if code, err := activation.ParseCode(string(eleven) + string(check)); err == nil {
			return code, nil
		}
	}
	return "", fmt.Errorf("no character checks the code of dev")
}
