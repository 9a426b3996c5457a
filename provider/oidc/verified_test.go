package oidc

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
)

func hashOf(n int) (hash [32]byte) {
	binary.BigEndian.PutUint64(hash[:], uint64(n))
	return hash
}

func tokenOf(n int) verifiedToken {
	return verifiedToken{claims: accessClaims{ID: fmt.Sprint(n)}, key: "key"}
}

// However many tokens there are, few are remembered, and those that are used again and again among them.
func TestVerifiedTokensAreBounded(t *testing.T) {
	var v verified
	if _, ok := v.find(hashOf(0)); ok {
		t.Fatal("one is known before any was")
	}
	v.add(hashOf(0), tokenOf(0))
	for n := 1; n < 10*verifiedKept; n++ {
		v.add(hashOf(n), tokenOf(n))
		if size := len(v.young) + len(v.old); size > 2*verifiedKept {
			t.Fatalf("%d are kept", size)
		}
		if got, ok := v.find(hashOf(n)); !ok || got.claims.ID != fmt.Sprint(n) {
			t.Fatalf("%d was forgotten at once, or is %v", n, got)
		}
		if n%1000 == 0 {
			if _, ok := v.find(hashOf(0)); !ok {
				t.Fatalf("the one in use was forgotten after %d others", n)
			}
		}
	}
	if _, ok := v.find(hashOf(1)); ok {
		t.Error("one that nobody uses is kept for ever")
	}
}

func TestVerifiedTokensByManyAtOnce(t *testing.T) {
	var v verified
	var wait sync.WaitGroup
	for caller := range 8 {
		wait.Go(func() {
			for n := range 3 * verifiedKept {
				n := (n*7 + caller) % (2 * verifiedKept)
				if got, ok := v.find(hashOf(n)); ok && got.claims.ID != fmt.Sprint(n) {
					t.Errorf("%d is %v", n, got)
				}
				v.add(hashOf(n), tokenOf(n))
			}
		})
	}
	wait.Wait()
}
