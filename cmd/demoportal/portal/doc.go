// Package portal is the demo portal: small relying apps of an OpenID Connect
// provider. It knows Gatehouse by its issuer address alone and uses standards
// only, so it is the sample to copy from, and our own test client. It keeps no
// accounts and no health data; everything it shows is invented.
//
// What an integrator should copy:
//
//   - provider.go: read the endpoints from discovery; ask again while it is away.
//   - login.go: authorization code with PKCE, state and nonce, all three new for
//     every attempt and kept on the server beside the browser's cookie.
//   - callback.go and identity.go: the checks of the answer, in their order.
//   - refresh.go: renew the access token; invalid_grant means "signed out".
//   - activity.go: tell the provider what the person does, and warn them in time.
//   - logout.go: end your own session first, then the provider's.
//   - bearer.go: an API that checks an access token by itself (RFC 9068).
//
// Tokens stay on the server; the browser holds a session cookie and nothing
// else. Sessions live in memory here: with more than one process, use a store.
package portal
