// Package password owns the password as a factor: what a new one must be
// (Policy), how strong it looks (Strength), how it is stored and checked
// (Hasher), which hashes of other systems are taken until their owners sign in
// (Accepts), and how many may be hashed at once (Gate).
//
// It does not own how often anyone may try (provider/limit), the pages, or where
// hashes are kept (storage, sealed in the authenticator). Neighbours: signin
// checks, settings and recovery set; keys.Keyset is the Pepper; provider/server
// makes one Hasher and one Gate.
//
// The pepper stands before Argon2id (HMAC-SHA256 of the normalised password).
// Context: the key must be able to live in a service that only computes MACs.
// Rejected: Argon2's own secret input, which needs the key itself.
package password
