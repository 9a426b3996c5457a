package notify

import (
	"encoding/json"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"gatehouse/provider"
	"gatehouse/provider/identifier"
)

// noticesLast is how long a notice is worth sending.
const noticesLast = 24 * time.Hour

// address is what factor/oob keeps as the data of an authenticator; factors are not for this room to import.
type address struct {
	To       string `json:"to"`
	Landline bool   `json:"landline"`
}

// Tell makes a notice to all of a person's verified e-mail addresses, and to their phones where the message goes there too, or
// where there is no address to tell. It is one text to each phone. Landlines are not called with notices: who has nothing else
// hears of nothing.
//
// held are the authenticators of the account: addresses that only they know are told as well. lang is used where the account
// has no language of its own. To tell an address that is being taken away, hand in account and held as they were before.
func Tell(a provider.Account, held []provider.Authenticator, message string, data map[string]string, lang string, at time.Time) []provider.Message {
	if a.Profile.Locale != "" {
		lang = a.Profile.Locale
	}
	full := maps.Clone(data)
	if full == nil {
		full = map[string]string{}
	}
	full[DataWhom] = maskedName(a)
	if full[DataWhen] == "" {
		full[DataWhen] = Moment(at, a)
	}
	var all []provider.Message
	add := func(channel provider.Channel, to string) {
		all = append(all, provider.Message{
			ID: provider.NewID(), Channel: channel, To: to, Account: a.ID, Template: message, Lang: lang,
			Data: maps.Clone(full), At: at, Expires: at.Add(noticesLast),
		})
	}
	if a.Profile.Choices.Fewer && optional(message, data[DataAction]) {
		return nil
	}
	emails := addresses(a, held, provider.Email, provider.EmailCode, identifier.Email)
	for _, to := range emails {
		add(provider.ByEmail, to)
	}
	if texted(message, data[DataAction], len(emails)) {
		for _, to := range addresses(a, held, provider.Phone, provider.TextCode, identifier.Phone) {
			add(provider.ByText, to)
		}
	}
	return all
}

// texted reports whether phones are told, too, of somebody with so many e-mail addresses. Of M-09 one of these is the address
// that was just added, and may be an intruder's; or the one that goes: it does not count. Where one took the place of another, both
// of them do not.
func texted(message, action string, emails int) bool {
	switch message {
	case PasswordChanged, PhoneChanged, Recovering:
		return true
	case EmailChanged:
		return emails <= 1 || action == "changed" && emails == 2
	}
	return emails == 0
}

// optional reports whether a notice is neither about the safety of an account nor asked for: who wants fewer messages gets none.
func optional(message, action string) bool {
	return message == AppAccess && action == "reminder" || message == TermsChanged
}

// addresses are the verified ones of a kind, and those of authenticators, each once. Landlines cannot be texted.
func addresses(
	a provider.Account, held []provider.Authenticator, kind provider.IdentifierKind, bound provider.Kind, read func(string) (string, error),
) []string {
	landlines, seen := map[string]bool{}, map[string]bool{}
	var candidates []string
	for _, h := range held {
		var known address
		if h.Kind != bound || json.Unmarshal(h.Data, &known) != nil || known.To == "" {
			continue
		}
		candidates = append(candidates, known.To)
		if form, err := read(known.To); err == nil && known.Landline {
			landlines[form] = true
		}
	}
	var own []string
	for _, id := range a.Identifiers {
		if id.Kind == kind && !id.VerifiedAt.IsZero() {
			own = append(own, id.Value)
		}
	}
	var all []string
	for _, to := range append(own, candidates...) {
		form, err := read(to)
		if err != nil || seen[form] || landlines[form] {
			continue
		}
		seen[form] = true
		if kind == provider.Phone {
			to = form
		}
		all = append(all, to)
	}
	return all
}

// maskedName says whose account it is to somebody who knows: shared inboxes are common.
func maskedName(a provider.Account) string {
	const dots = "•••"
	name, ok := a.Identifier(provider.Username)
	if !ok || name.Value == "" {
		return dots
	}
	first, _ := utf8.DecodeRuneInString(name.Value)
	last, _ := utf8.DecodeLastRuneInString(name.Value)
	if utf8.RuneCountInString(name.Value) < 3 {
		return string(first) + dots
	}
	return string(first) + dots + string(last)
}

// Moment is a time as a message's Data holds it, with the zone in which its reader lives (RFC 9557), where that is known.
func Moment(at time.Time, a provider.Account) string {
	text, zone := at.UTC().Format(time.RFC3339), a.Profile.Zoneinfo
	if zone == "" || strings.ContainsAny(zone, "[]") {
		return text
	}
	return text + "[" + zone + "]"
}
