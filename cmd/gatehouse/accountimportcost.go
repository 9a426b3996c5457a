package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gatehouse/provider/factor/password"
)

// failuresLeast is the least that failed sign-ins may take, and the default: above the longest wait for a place at the hashes and one
// hash of ours.
const failuresLeast = 600 * time.Millisecond

// longestPlace is how long a hash waits for its place at most (password.GateConfig).
const longestPlace = 500 * time.Millisecond

// checkFailures says what is wrong with the time at which failures are answered.
func checkFailures(after time.Duration) error {
	if after < failuresLeast || after > 5*time.Second {
		return fmt.Errorf("--failures-after %s is not between %s and 5s", after, failuresLeast)
	}
	return nil
}

// mostKinds is how many ways of hashing are told apart.
const mostKinds = 32

// kinds are the ways in which imported passwords are hashed, with a hash of each. A hash that takes so long that its failure is
// answered later than others tells who came from elsewhere.
type kinds map[string]string

// note keeps a hash of a way that is new.
func (k kinds) note(encoded string) {
	if way := wayOfHash(encoded); len(k) < mostKinds && k[way] == "" {
		k[way] = encoded
	}
}

// wayOfHash is the part of a hash that is no secret: how it was made.
func wayOfHash(encoded string) string {
	fields := strings.Split(encoded, "$")
	secret := 2 // salt and hash
	if strings.HasPrefix(encoded, "$2") {
		secret = 1 // bcrypt writes them together
	}
	return strings.Join(fields[:max(len(fields)-secret, 0)], "$")
}

// slowest measures here which takes longest to check.
func (k kinds) slowest(ctx context.Context, pepper password.Pepper) (way string, took time.Duration, err error) {
	hasher := password.NewHasher(password.Params{MemoryKiB: 64, Time: 1, Insecure: true}, pepper, nil)
	for name, encoded := range k {
		began := time.Now()
		if _, _, err := hasher.Check(ctx, encoded, "not this"); err != nil {
			return "", 0, err
		}
		if t := time.Since(began); t > took {
			way, took = name, t
		}
	}
	return way, took, nil
}

// advice is what to tell of the slowest way; "" for nothing.
func advice(way string, took, after time.Duration) string {
	if longestPlace+took <= after {
		return ""
	}
	enough := (longestPlace + took + took/2).Round(100 * time.Millisecond)
	return fmt.Sprintf("to check a password hashed like %s takes %d ms here. Failures are answered after %s (--failures-after): while the server is busy, "+
		"those of these people may come later than others, and tell who was imported. Let gatehouse serve answer after %s until most of them have signed in.",
		way, took.Milliseconds(), after, enough)
}
