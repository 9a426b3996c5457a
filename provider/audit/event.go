package audit

import (
	"strings"

	"gatehouse/provider"
)

// Actor is who did it.
type Actor string

// The actors that are no account and no client.
const (
	Operator Actor = "operator" // the people who run the house, at its command line
	House    Actor = "house"    // the program by itself
	Nobody   Actor = "nobody"   // somebody who was not recognized
)

// ByAccount is the owner of an account; Nobody for "".
func ByAccount(id provider.AccountID) Actor {
	if id == "" {
		return Nobody
	}
	return Actor("account:" + string(id))
}

// ByClient is a relying application.
func ByClient(id string) Actor { return Actor("client:" + id) }

// Bounds of what Detail may hold.
const (
	longestReason = 48
	longestList   = 512
)

// reason passes fixed words of ours and turns all else into "other". Words have no digits and no @, so that neither a
// code nor an address can ever slip through.
func reason(why string) string {
	foreign := func(r rune) bool {
		return (r < 'a' || r > 'z') && r != ' ' && r != '_' && r != '-'
	}
	if why == "" || len(why) > longestReason || strings.ContainsFunc(why, foreign) {
		return "other"
	}
	return why
}

// because is a Detail with nothing but a reason.
func because(why string) map[string]string { return map[string]string{"why": reason(why)} }

// Masked adds to an event what something was called before and after, as its owner would see it (m•••@example.org); "" for nothing. It
// is sealed, and erased with the account.
func Masked(e provider.Event, before, after string) provider.Event {
	return privately(e, map[string]string{"before": before, "after": after})
}

// privately adds personal data, those that there are.
func privately(e provider.Event, data map[string]string) provider.Event {
	for name, value := range data {
		if value == "" {
			continue
		}
		if e.Private == nil {
			e.Private = map[string]string{}
		}
		e.Private[name] = value
	}
	return e
}

// list joins scopes or methods and cuts what is too long between two words.
func list(words []string) string {
	all := strings.Join(words, " ")
	if len(all) <= longestList {
		return all
	}
	return all[:strings.LastIndexByte(all[:longestList+1], ' ')+1] + "..."
}
