// Package oidc speaks OAuth 2 and OpenID Connect: authorize, token, userinfo, introspection, revocation, sign-out,
// discovery and keys. It turns an authorization request into a Demand, opens a ceremony with it (signin runs that), and
// answers with a code; it turns codes and refresh tokens into tokens, each time through provider.Gate.
//
// fosite is fenced in here: it matches parameters, redirect URIs and scopes and runs the code, PKCE and client-credentials
// handlers. It is not maintained, so that it must stay replaceable: its types leave this package nowhere, and around it
// are ours: a unit of work as its store (its calls only note what to write, one conditional statement commits before
// the answer is written), client authentication, tokens, the refresh handler, introspection, revocation, errors.
//
// What an authorization became is one row, the Grant; access tokens have none, refresh tokens are derived from it.
//
// Tried and left out: fosite's OpenID handlers (they store the whole code and answer errors after the commit), its
// introspection (any token may look at any other) and revocation (says 200 when the store is down).
//
// Measured (cmd/bench -against, by turns, on PostgreSQL): an access token's signature is checked once (verified.go), which
// took a third off introspection and userinfo; a token's grant brings its client along, one statement less for introspection
// and refresh: together 63 % of the CPU for introspection, 90 % for refresh. Of client_credentials a quarter is signing,
// fosite beside what it calls of ours under a tenth. Left as it is: GOGC=400, half the memory again for nothing to be told from noise.
package oidc
