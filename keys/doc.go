// Package keys owns every secret of Gatehouse's own: the keyset, a file outside the database whose keys seal and
// fingerprint what the database holds, and the keyring, the signing keys of JSON Web Tokens, kept sealed in the database.
//
// It does not own the people's secrets (passwords and codes belong to provider/factor), does not decide what a token says
// (provider/oidc), and stores nothing itself: storage adapts to the Store interface here. It imports nothing of ours,
// never reads the clock and starts no goroutine; the caller passes the time and calls Refresh every minute.
//
// Decision: tokens are assembled and verified here with the standard library's RSA and ECDSA; go-jose renders the JWKS
// and the thumbprints, and is the independent judge in the tests. Rejected: go-jose's own parser for tokens that only
// Gatehouse makes. A verifier that accepts exactly the header bytes that the signer writes has no options to get wrong.
//
// Decision: a key of the ring carries two dates, when it was announced and from when it signs. Its state is computed from
// these and its successor's. Rejected: a stored state, which replicas would have to change at the same instant.
package keys
