// Package password owns the password as a factor: what a new one must be
// (Policy), how strong it looks (Strength), how it is stored and checked
// (Hasher), and how many may be hashed at once (Gate).
//
// It does not own how often anyone may try (provider/limit), the pages, or where
// hashes are kept (storage, sealed in the authenticator). Neighbours: signin
// checks, settings and recovery set; keys.Keyset is the Pepper; provider/server
// makes one Hasher and one Gate.
//
// Memory. Context: golang.org/x/crypto/argon2 allocates its 19 MiB anew for every
// hash, and no other module offers less. Choice: a core of our own (RFC 9106,
// pure Go over x/crypto's BLAKE2b), tested against the RFC's vector and against
// x/crypto, with one piece of memory per permit, used again and again. Measured
// on 2 cores (amd64): 21.2 ms a hash against 19.8 ms of x/crypto's assembly, and 2.7 KiB
// allocated against 19 MiB; 400 hashes, two at once: 42 a second against 41, 52
// MiB of peak memory against 126, 6 garbage collections against 143. Rejected: x/crypto with GOMEMLIMIT,
// which collects once for every hash. On architectures where x/crypto has no
// assembly the two are alike.
//
// The pepper stands before Argon2id (HMAC-SHA256 of the normalised password).
// Context: the key must be able to live in a service that only computes MACs.
// Rejected: Argon2's own secret input, which needs the key itself.
//
// Blocklist. Context: NIST SP 800-63B-4 wants whole passwords compared, not
// parts. Choice: the most frequent passwords, and what everybody makes of them to
// reach 15 signs (said twice, run along the keyboard, a run or up to three signs
// at either end). Rejected: asking a service on the network.
package password
