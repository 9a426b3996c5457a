package audit

import (
	"strings"
	"time"

	"gatehouse/provider"
)

// TermsAccepted (terms.accepted): a person accepted the terms of use. Detail: version.
func TermsAccepted(at time.Time, account provider.AccountID, version string) provider.Event {
	return ofTerms(at, "terms.accepted", account, version)
}

// TermsDeclined (terms.declined): a person was shown new terms of use, and would rather not accept them now. Detail: version.
func TermsDeclined(at time.Time, account provider.AccountID, version string) provider.Event {
	return ofTerms(at, "terms.declined", account, version)
}

func ofTerms(at time.Time, kind string, account provider.AccountID, version string) provider.Event {
	return provider.Event{
		At: at, Kind: kind, Account: account, Actor: string(ByAccount(account)), Detail: map[string]string{"version": named(version)},
	}
}

// longestVersion is as long as a setting may name a version, in bytes.
const longestVersion = 32

// named passes what the operator calls a version of their terms, such as 2026-05.
func named(version string) string {
	foreign := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(".-_", r)
	}
	if version == "" || len(version) > longestVersion || strings.ContainsFunc(version, foreign) {
		return "other"
	}
	return version
}
