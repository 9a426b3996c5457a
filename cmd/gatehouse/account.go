package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/text/language"

	"gatehouse/provider"
	"gatehouse/provider/factor/password"
)

type accountCmd struct {
	Add        accountAdd        `cmd:"" help:"Make an account."`
	Import     accountImport     `cmd:"" help:"Make the accounts of a file, with the passwords that people have elsewhere."`
	Show       accountShow       `cmd:"" help:"Show an account."`
	Disable    accountDisable    `cmd:"" help:"Lock an account, from its next request on."`
	Enable     accountEnable     `cmd:"" help:"Open a locked or paused account again."`
	Unlock     accountUnlock     `cmd:"" help:"Let unknown browsers try to sign in again at once."`
	MustChange accountMustChange `cmd:"" help:"Ask for a new password before anything is given out."`
}

type accountAdd struct {
	Storage
	Passwords
	Username      string `name:"username" placeholder:"NAME" help:"Name to sign in with; unique."`
	Email         string `name:"email" placeholder:"ADDRESS" help:"E-mail address; counts as verified."`
	Phone         string `name:"phone" placeholder:"NUMBER" help:"Telephone number with its country code; counts as verified."`
	GivenName     string `name:"given-name" placeholder:"NAME" help:"First name."`
	MiddleName    string `name:"middle-name" placeholder:"NAME" help:"Middle name."`
	FamilyName    string `name:"family-name" placeholder:"NAME" help:"Last name."`
	Birthdate     string `name:"birthdate" placeholder:"YYYY-MM-DD" help:"Date of birth."`
	Gender        string `name:"gender" placeholder:"WORD" help:"Gender."`
	Locale        string `name:"locale" placeholder:"TAG" help:"Language of pages and messages, such as es."`
	PasswordStdin bool   `name:"password-stdin" help:"Read the password from standard input. Needed: on the command line every user of the machine could see it."`
	BrandName     string `name:"brand-name" placeholder:"TEXT" help:"Name of the organization, which no password may hold."`
	JSON          bool   `name:"json" help:"Print JSON."`
}

// Help is the example.
func (accountAdd) Help() string {
	return `What the operator enters counts as verified. Somebody without a username signs in with an e-mail address of their own, which
no other account may have then.

Example:

  gatehouse account add --data /var/lib/gatehouse --username maria --email maria@example.org --given-name Maria --password-stdin < password.txt`
}

// accountMade is what account add answers.
type accountMade struct {
	Account  string `json:"account"`
	Strength string `json:"password_strength"`
}

// Run makes the account.
func (c accountAdd) Run(ctx context.Context, d desk) error {
	policy, err := c.policy()
	secret, noPassword := c.password(d.in)
	if err := errors.Join(err, c.hashing().Check(), noPassword, c.checkProfile(now())); err != nil {
		return usageError{err}
	}
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	e := enroller{store: store, hasher: password.NewHasher(c.hashing(), store.keyset, nil), policy: policy, brand: words([]string{c.BrandName})}
	a, word, err := e.enroll(ctx, person{
		username: c.Username, email: c.Email, phone: c.Phone, password: secret,
		profile: provider.Profile{
			GivenName: c.GivenName, MiddleName: c.MiddleName, FamilyName: c.FamilyName, Birthdate: c.Birthdate, Gender: c.Gender, Locale: c.Locale,
		},
	}, "", now())
	if err != nil {
		return err
	}
	made := accountMade{Account: string(a.ID), Strength: strength(word)}
	if c.JSON {
		return writeJSON(d.out, made)
	}
	_, err = fmt.Fprintf(d.out, "account %s made; the password is %s\n", made.Account, made.Strength)
	return err
}

// longestPassword is more than any policy accepts, in bytes.
const longestPassword = 8192

// password reads one line.
func (c accountAdd) password(in io.Reader) (string, error) {
	if !c.PasswordStdin {
		return "", errors.New("--password-stdin is needed: give the password on standard input")
	}
	text, err := io.ReadAll(io.LimitReader(in, longestPassword+2))
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	secret := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	switch {
	case secret == "":
		return "", errors.New("there was no password on standard input")
	case strings.ContainsAny(secret, "\r\n"):
		return "", errors.New("there is more than one line on standard input: the password is one line")
	}
	return secret, nil
}

func (c accountAdd) checkProfile(now time.Time) error {
	var faults []error
	if !isBirthdate(c.Birthdate, now) {
		faults = append(faults, fmt.Errorf("--birthdate %q is not a date of birth like 1984-03-09", c.Birthdate))
	}
	if !isLocale(c.Locale) {
		faults = append(faults, fmt.Errorf("--locale %q is not a language tag like en or es-MX", c.Locale))
	}
	return errors.Join(faults...)
}

// isBirthdate says whether a text is a date on which somebody alive may have been born, or nothing.
func isBirthdate(text string, now time.Time) bool {
	born, err := time.Parse(time.DateOnly, text)
	return text == "" || err == nil && !born.After(now) && born.Year() >= 1850
}

// isLocale says whether a text is a language tag, or nothing.
func isLocale(text string) bool {
	_, err := language.Parse(text)
	return text == "" || err == nil
}
