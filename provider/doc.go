// Package provider: nouns here, rooms below, assembly in server.
//
// It owns the words of the house (Account, Authenticator, Proof, Ceremony, Session, Client, Consent, Grant, Event) and
// every rule about them, as pure functions of state and now: what a set of proofs amounts to (Assess), what comes next
// on the way from a demand to a session (Next, Apply), whether anything may be given out at this moment (Gate).
//
// It does not speak HTTP, SQL or OAuth, reads no clock and draws no page. The rooms below it do: signin runs the
// ceremony; oidc and settings open one with a Demand of their own; storage keeps what Store promises.
package provider
