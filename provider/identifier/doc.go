// Package identifier makes the canonical forms of usernames, e-mail addresses
// and telephone numbers, so that every spelling of one name reaches one account,
// one counter and one fingerprint.
//
// It owns what is compared (and how the digits of a code are read, which all who
// take codes share), and nothing else: what a person wrote is kept beside
// it (provider.Identifier.Value), and messages go to that. It does not own
// whether a name is taken (storage) or whether an address was verified
// (factor/oob). Neighbours: signin, recovery and activation ask here before they
// look anybody up; storage seals what comes out and finds it by fingerprint.
//
// Usernames. Context: two names that look alike must not be two accounts where a
// standard can tell. Choice: PRECIS UsernameCaseMapped (RFC 8265), which folds
// case and width, composes (NFC), and refuses compatibility look-alikes (ligatures, mathematical
// letters), invisible signs and bidi controls; the join controls are refused too.
// Rejected: mapping homoglyphs between scripts (Latin a, Cyrillic а), which
// punishes honest names; they stay two accounts, and no page shows one person
// another's name.
package identifier
