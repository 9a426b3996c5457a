// Package recovery is the room for who has forgotten a username or a password. It owns the pages from "forgot what?" to the code, and
// what they remember; it opens the ceremony in which a new password is set.
//
// It does not own that ceremony (signin runs it, by the rule in provider/reset.go), the codes (factor/oob), the messages (notify), nor
// wait-and-recover for who has lost every second factor, which begins inside a ceremony (signin). Neighbours: server wires it; the
// sign-in page leads here, with where the person was on the way to, sealed.
//
// Nothing here tells a stranger anything. Whatever name or address is typed, the answer is the same page at the same deadline, after
// the same work: for a name that is nobody's, or that nobody may be let in by, a challenge is opened and a message written, to nobody.
//
// State. Context: between the name and the code something must be remembered, of real and of invented names alike. Choice: a record
// of the volatile store in the form of a ceremony that is no sign-in (signin.Carry), bound to the browser that began it; a code is
// good in that one alone. Rejected: a link with a token in the message, which mail programs open, and people forward.
package recovery
