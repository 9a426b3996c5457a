package oidc

import (
	"crypto/sha256"
	"sync"
	"time"
)

// verifiedKept is how many verified tokens are remembered, twice at most: some 6 MB. A token lives for five minutes.
const verifiedKept = 4096

// verified remembers of which access tokens the signature was right, by the hash of the whole token. Checking one costs
// more than the rest of an introspection, and applications show the same token again and again.
//
// It spares the arithmetic and no question: the key must still be published and the token not expired, and what the gate
// asks, the list of revoked tokens among it, is read from the store each time. Only tokens that we signed get in, so that
// nobody fills it with others.
type verified struct {
	mu         sync.Mutex
	young, old map[[sha256.Size]byte]verifiedToken
}

// verifiedToken is what such a token says, and under which key. It is shared: nobody changes it.
type verifiedToken struct {
	claims accessClaims
	key    string
}

// find returns what a token says that was verified before.
func (v *verified) find(hash [sha256.Size]byte) (verifiedToken, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if t, ok := v.young[hash]; ok {
		return t, true
	}
	t, ok := v.old[hash]
	if ok {
		v.put(hash, t)
	}
	return t, ok
}

// add remembers a token. When there are enough young ones, the old ones are forgotten and the young are the old.
func (v *verified) add(hash [sha256.Size]byte, t verifiedToken) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.put(hash, t)
}

func (v *verified) put(hash [sha256.Size]byte, t verifiedToken) {
	if v.young == nil || len(v.young) >= verifiedKept {
		v.young, v.old = make(map[[sha256.Size]byte]verifiedToken), v.young
	}
	v.young[hash] = t
}

// current reports whether claims are ours and have not expired.
func (o *OIDC) current(c accessClaims, now time.Time) bool {
	return c.Issuer == o.Issuer && now.Unix() < c.Expires
}
