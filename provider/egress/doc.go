// Package egress is the one way out for requests that Gatehouse makes to others: carriers of messages today, and the addresses
// that relying applications register (keys, logout, webhooks), which a stranger may have chosen.
//
// It owns which addresses may be met, and how much and how long is read. Whom to ask for what is the caller's: provider/notify
// is one.
//
// Decision: an address is judged after its name was resolved, on the very connection that is made (net.Dialer.Control), so
// that a name that leads elsewhere the second time gains nothing. Rejected: to resolve first and connect then, and lists of
// forbidden names. What is refused is everything that is not globally reachable (IANA's registries of special purpose), in
// whatever way of writing it, and the ways of hiding an IPv4 address in an IPv6 one.
package egress
