// Package activation owns the way from a provider's office to a first account: the code of an invitation, the facts that
// its person must know, and the room in which they open an account or join the record to the one that they have.
//
//	the office          Issuer.Invite ─────▶ an invitation, its code (told once), M-05 or M-06
//	the person          code ─▶ facts ─▶ e-mail ─▶ phone ─▶ name ─▶ password ─▶ check: one account, all or nothing
//
// The first half is pure: codes, facts, who has which step before them. Nothing is told before every fact matched: a wrong code,
// a wrong date, a code that nobody has, and a used one with a wrong date get one answer, after the same work. It does not own
// how codes to addresses are made (factor/oob), how passwords are judged (factor/password), how anybody signs in (signin), or
// what is kept (storage).
//
// Hashes. Context: a code and a fact must be found again for as long as an invitation lives, whatever keys are replaced
// meanwhile. Choice: the fingerprint key, which is never replaced, and each fact bound to its invitation. Rejected: a key with
// an id in every hash, by which nothing can be looked up; plain hashes, since there are 36,525 birthdays in a century.
package activation
