package main

import (
	"errors"
	"fmt"

	"gatehouse/provider/factor/password"
	"gatehouse/provider/identifier"
)

// inWords says a refusal to an operator. The catalogue speaks to patients, of "your password".
func inWords(err error) error {
	var p *password.Refusal
	if errors.As(err, &p) {
		return errors.New(passwordRefusal(p))
	}
	var i *identifier.Refusal
	if errors.As(err, &i) {
		return errors.New(identifierRefusal(i))
	}
	return err
}

func passwordRefusal(r *password.Refusal) string {
	switch r.Key {
	case password.KeyShort:
		return fmt.Sprintf("too short: use %d characters or more", r.Min)
	case password.KeyLong:
		return fmt.Sprintf("too long: use %d characters or fewer", r.Max)
	case password.KeyCommon:
		return "it is among the most common passwords: choose another"
	case password.KeyOwn:
		return "it holds the person's own name, address or the portal's name: choose another"
	case password.KeyComposition:
		return "it lacks a kind of character that --password-require asks for"
	case password.KeyCharacters:
		return "it has characters that not every keyboard writes in the same way: leave them out"
	default:
		return "not acceptable (" + r.Key + ")"
	}
}

func identifierRefusal(r *identifier.Refusal) string {
	switch r.Key {
	case identifier.KeyUsernameShort, identifier.KeyUsernameLong:
		return fmt.Sprintf("a username has %d to %d characters", r.Min, r.Max)
	case identifier.KeyUsernameCharacters:
		return "a username has letters, digits and marks, no spaces and no @"
	case identifier.KeyUsernameLetter:
		return "a username has at least one letter"
	case identifier.KeyEmail:
		return "not an e-mail address like ana@example.com"
	case identifier.KeyPhone:
		return "not a telephone number with its country code, like +16175550101"
	default:
		return "not acceptable (" + r.Key + ")"
	}
}

// strength says how strong a password is.
func strength(w password.Word) string {
	switch w {
	case password.Strong:
		return "strong"
	case password.Good:
		return "good"
	case password.Fair:
		return "fair"
	default:
		return "weak"
	}
}
