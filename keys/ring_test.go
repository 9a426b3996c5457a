package keys

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// memoryStore is a Store with the promises of a real one. The storage package proves its own against the same rules.
type memoryStore struct {
	mu   sync.Mutex
	doc  []byte
	rev  int64
	fail error
}

func (m *memoryStore) Keyring(context.Context) ([]byte, int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return bytes.Clone(m.doc), m.rev, m.fail
}

func (m *memoryStore) SwapKeyring(_ context.Context, doc []byte, rev int64, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if rev != m.rev {
		return fmt.Errorf("memory: %w", ErrConflict)
	}
	m.doc, m.rev = bytes.Clone(doc), rev+1
	return m.fail
}

func openRing(t testing.TB, store Store, keyset *Keyset, now time.Time) *Ring {
	t.Helper()
	ring, err := OpenRing(context.Background(), store, keyset, Policy{}, now)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func refresh(t testing.TB, ring *Ring, now time.Time) {
	t.Helper()
	if err := ring.Refresh(context.Background(), now); err != nil {
		t.Fatal(err)
	}
}

func active(ring *Ring, alg Alg, now time.Time) string {
	for _, status := range ring.List(now) {
		if status.Alg == alg && status.State == StateActive {
			return status.ID
		}
	}
	return ""
}

func TestReplicasOnAnEmptyStoreAgree(t *testing.T) {
	store, keyset := &memoryStore{}, newKeyset(t)
	rings := make([]*Ring, 20)
	var group sync.WaitGroup
	for i := range rings {
		group.Go(func() {
			ring, err := OpenRing(context.Background(), store, keyset, Policy{}, noon())
			if err != nil {
				t.Error(err)
			}
			rings[i] = ring
		})
	}
	group.Wait()
	if store.rev != 1 {
		t.Errorf("the store was written %d times", store.rev)
	}
	for _, ring := range rings {
		if ring == nil || !bytes.Equal(ring.JWKS(noon()), rings[0].JWKS(noon())) {
			t.Fatal("the replicas publish different keys")
		}
	}
}

func TestRefreshAndSigningRunTogether(t *testing.T) {
	ring := openRing(t, &memoryStore{}, newKeyset(t), noon())
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range 30 {
				now := noon().Add(time.Duration(n) * time.Minute)
				if i == 0 {
					refresh(t, ring, now)
				}
				token, err := ring.Sign(ES256, "at+jwt", []byte("{}"), now)
				if err != nil {
					t.Error(err)
				}
				if _, _, err := ring.Verify(token, "at+jwt", now, ES256); err != nil {
					t.Error(err)
				}
				ring.JWKS(now)
			}
		})
	}
	group.Wait()
}

// A fleet of three over 200 days, refreshed at different minutes: any replica verifies what any other signs, at once and
// until it expires, and the JWKS that an application read an hour ago has the key.
func TestTokensVerifyThroughRotationsOnEveryReplica(t *testing.T) {
	store, keyset := &memoryStore{}, newKeyset(t)
	var rings []*Ring
	for range 3 {
		rings = append(rings, openRing(t, store, keyset, noon()))
	}
	type issued struct {
		token   string
		expires time.Time
	}
	var tokens []issued
	kids := map[string]bool{}
	var hourAgo []byte
	for hour := 0; hour < 200*24; hour += 5 {
		now := noon().Add(time.Duration(hour) * time.Hour)
		signer := rings[hour%3]
		token, err := signer.Sign(ES256, "", []byte("{}"), now)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, issued{token, now.Add(24 * time.Hour)})
		kid := active(signer, ES256, now)
		kids[kid] = true
		if hourAgo != nil && !bytes.Contains(hourAgo, []byte(kid)) {
			t.Fatalf("hour %d: the JWKS of an hour ago does not have %s", hour, kid)
		}
		refresh(t, rings[(hour+1)%3], now)
		hourAgo = rings[hour%3].JWKS(now)
		tokens = slices.DeleteFunc(tokens, func(i issued) bool { return !now.Before(i.expires) })
		for _, ring := range rings {
			for _, issued := range tokens {
				if _, _, err := ring.Verify(issued.token, "", now, ES256); err != nil {
					t.Fatalf("hour %d: %v", hour, err)
				}
			}
		}
	}
	if len(kids) != 3 {
		t.Errorf("%d keys signed in 200 days, want 3", len(kids))
	}
}

func TestRotateNowAnnouncesFirst(t *testing.T) {
	ctx, store, keyset := context.Background(), &memoryStore{}, newKeyset(t)
	ring, other := openRing(t, store, keyset, noon()), openRing(t, store, keyset, noon())
	before := active(ring, ES256, noon())
	token, err := ring.Sign(ES256, "", []byte("{}"), noon())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second press changes nothing
		if err := ring.RotateNow(ctx, noon(), ES256); err != nil {
			t.Fatal(err)
		}
	}
	if len(ring.List(noon())) != len(kept())+1 || active(ring, ES256, noon()) != before {
		t.Errorf("after: %v", ring.List(noon()))
	}
	refresh(t, other, at(0.5))
	store.fail = errors.New("away") // the new key takes over all the same
	if after := active(other, ES256, at(1)); after == before || after != active(ring, ES256, at(1)) {
		t.Errorf("active after the announce time: %s", after)
	}
	if err := other.Refresh(ctx, at(1)); err == nil {
		t.Error("the store is away, and nobody says so")
	}
	if _, _, err := other.Verify(token, "", at(2), ES256); err != nil {
		t.Errorf("within the overlap: %v", err)
	}
	if _, _, err := other.Verify(token, "", at(2.1), ES256); !errors.Is(err, ErrToken) {
		t.Errorf("after the overlap: %v", err)
	}
	if bytes.Contains(other.JWKS(at(2.1)), []byte(before)) || !bytes.Contains(other.JWKS(at(2)), []byte(before)) {
		t.Error("the JWKS and Verify disagree about the old key")
	}
	if err := ring.RotateNow(ctx, noon(), "none"); err == nil {
		t.Error("rotated none")
	}
}

func TestEmergencyRotationEndsTheOldKeyAtOnce(t *testing.T) {
	ctx, store, keyset := context.Background(), &memoryStore{}, newKeyset(t)
	ring, other := openRing(t, store, keyset, noon()), openRing(t, store, keyset, noon())
	if err := ring.RotateNow(ctx, noon(), ES256); err != nil {
		t.Fatal(err)
	}
	token, _ := ring.Sign(ES256, "", []byte("{}"), noon())
	untouched, _ := ring.Sign(RS256, "", []byte("{}"), noon())
	if err := ring.RotateEmergency(ctx, at(0.1), ES256); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ring.Verify(token, "", at(0.1), ES256); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("a token of the old key: %v", err)
	}
	if _, _, err := ring.Verify(untouched, "", at(0.1), RS256); err != nil {
		t.Errorf("the other algorithm: %v", err)
	}
	if len(ring.List(at(0.1))) != len(kept()) {
		t.Errorf("left: %v", ring.List(at(0.1)))
	}
	fresh, err := ring.Sign(ES256, "", []byte("{}"), at(0.1))
	if err != nil {
		t.Fatal(err)
	}
	behind := at(0.1).Add(-5 * time.Second) // the other replica's clock
	if _, _, err := other.Verify(fresh, "", behind, ES256); !errors.Is(err, ErrUnknownKey) || !errors.Is(err, ErrToken) {
		t.Errorf("before the other replica's refresh: %v", err)
	}
	if err := other.RefreshAfter(ctx, behind, time.Second); err != nil {
		t.Fatal(err)
	}
	if _, _, err := other.Verify(fresh, "", behind, ES256); err != nil {
		t.Errorf("after it: %v", err)
	}
	if _, err := other.Sign(ES256, "", []byte("{}"), behind); err != nil {
		t.Errorf("a clock behind cannot sign: %v", err)
	}
}

func TestRefreshAfterSparesTheStore(t *testing.T) {
	store := &memoryStore{}
	ring := openRing(t, store, newKeyset(t), noon())
	store.fail = errors.New("was asked")
	if err := ring.RefreshAfter(context.Background(), noon().Add(4*time.Second), 5*time.Second); err != nil {
		t.Error(err)
	}
	if err := ring.RefreshAfter(context.Background(), noon().Add(5*time.Second), 5*time.Second); err == nil {
		t.Error("was not asked after five seconds")
	}
}

func TestAForeignKeysetNeverReplacesTheRing(t *testing.T) {
	store := &memoryStore{}
	openRing(t, store, newKeyset(t), noon())
	doc := bytes.Clone(store.doc)
	if _, err := OpenRing(context.Background(), store, newKeyset(t), Policy{}, noon()); !errors.Is(err, ErrSealed) {
		t.Errorf("opened: %v", err)
	}
	if !bytes.Equal(doc, store.doc) {
		t.Error("the stored ring was changed")
	}
}

func TestAPolicyThatCannotBeKeptIsRefused(t *testing.T) {
	for _, policy := range []Policy{{Overlap: -1}, {Rotation: -1}, {Announce: -1}, {Rotation: time.Hour}, {Announce: 90 * day}} {
		if _, err := OpenRing(context.Background(), &memoryStore{}, newKeyset(t), policy, noon()); err == nil {
			t.Errorf("accepted %+v", policy)
		}
	}
}

func TestRefreshSealsAnewAfterAKeysetRotation(t *testing.T) {
	store, keyset := &memoryStore{}, newKeyset(t)
	first := openRing(t, store, keyset, noon())
	rotated := rotate(t, keyset, PurposeSeal)
	second := openRing(t, store, rotated, noon())
	if !rotated.SealedByPrimary(store.doc) || store.rev != 2 {
		t.Errorf("the ring is still under the old key, revision %d", store.rev)
	}
	if !bytes.Equal(first.JWKS(noon()), second.JWKS(noon())) {
		t.Error("sealing anew changed the keys")
	}
}

// During an upgrade a newer replica may have made keys of an algorithm that this one does not know.
func TestKeysOfANewerVersionAreKept(t *testing.T) {
	store, keyset := &memoryStore{}, newKeyset(t)
	openRing(t, store, keyset, noon())
	doc, err := openDocument(store.doc, keyset)
	if err != nil {
		t.Fatal(err)
	}
	doc.entries = append(doc.entries, entry{ID: "newer", Alg: "X1", Announced: noon(), Activates: noon(), PKCS8: []byte("x")})
	if store.doc, err = doc.seal(keyset); err != nil {
		t.Fatal(err)
	}
	ring := openRing(t, store, keyset, noon())
	if err := ring.RotateEmergency(context.Background(), noon(), ES256); err != nil {
		t.Fatal(err)
	}
	doc, err = openDocument(store.doc, keyset)
	if err != nil || !slices.ContainsFunc(doc.entries, func(e entry) bool { return e.ID == "newer" && string(e.PKCS8) == "x" }) {
		t.Errorf("the newer key is lost: %v", err)
	}
	if bytes.Contains(ring.JWKS(noon()), []byte("newer")) {
		t.Error("a key that cannot be read is published")
	}
}

func TestAMixedUpRingIsRefused(t *testing.T) {
	keyset := newKeyset(t)
	store := &memoryStore{}
	openRing(t, store, keyset, noon())
	good, err := openDocument(store.doc, keyset)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func([]entry) []entry{
		"wrong algorithm": func(e []entry) []entry { e[0].Alg, e[1].Alg = e[1].Alg, e[0].Alg; return e },
		"wrong kid":       func(e []entry) []entry { e[0].ID = "aaaaaaaaaaaaaaaa"; return e },
		"repeated kid":    func(e []entry) []entry { return append(e, e[0]) },
		"not a key":       func(e []entry) []entry { e[0].PKCS8 = []byte("x"); return e },
	} {
		sealed, err := document{entries: change(slices.Clone(good.entries))}.seal(keyset)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenRing(context.Background(), &memoryStore{doc: sealed, rev: 1}, keyset, Policy{}, noon()); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestJWKSNamesOnlyPublicParts(t *testing.T) {
	ring := openRing(t, &memoryStore{}, newKeyset(t), noon())
	for range 2 {
		for _, alg := range kept() {
			if err := ring.RotateNow(context.Background(), noon(), alg); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, days := range []float64{0, 1, 2, 2.1, 0.5} {
		body := ring.JWKS(at(days))
		var set struct {
			Keys []map[string]any `json:"keys"`
		}
		if err := json.Unmarshal(body, &set); err != nil {
			t.Fatal(err)
		}
		want := 2 * len(kept())
		if days == 2.1 {
			want = len(kept())
		}
		if len(set.Keys) != want {
			t.Errorf("day %v: %d keys, want %d", days, len(set.Keys), want)
		}
		checkPublic(t, set.Keys)
		if &body[0] != &ring.JWKS(at(days).Add(time.Minute))[0] {
			t.Errorf("day %v: rendered again within a minute", days)
		}
	}
}

func checkPublic(t *testing.T, keys []map[string]any) {
	t.Helper()
	allowed := []string{"kty", "kid", "use", "alg", "crv", "x", "y", "n", "e"}
	seen, last := map[any]bool{}, ""
	for _, key := range keys {
		for name := range key {
			if !slices.Contains(allowed, name) {
				t.Errorf("a key names %q", name)
			}
		}
		kid, _ := key["kid"].(string)
		if seen[kid] || kid < last || key["use"] != "sig" || !slices.Contains(algs(), Alg(fmt.Sprint(key["alg"]))) {
			t.Errorf("kid %q is repeated, out of order, or without use and alg: %v", kid, key)
		}
		seen[kid], last = true, kid
	}
}

// An independent implementation reads our JWKS and verifies our tokens.
func TestOthersVerifyOurTokens(t *testing.T) {
	ring := openRing(t, &memoryStore{}, newKeyset(t), noon())
	ensure(t, ring, PS256)
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(ring.JWKS(noon()), &set); err != nil {
		t.Fatal(err)
	}
	for _, alg := range ring.Algs() {
		for range 20 {
			token, err := ring.Sign(alg, "at+jwt", []byte(`{"sub":"ada"}`), noon())
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
			if err != nil {
				t.Fatal(err)
			}
			header := parsed.Signatures[0].Protected
			payload, err := parsed.Verify(set.Key(header.KeyID)[0])
			if err != nil || string(payload) != `{"sub":"ada"}` || header.ExtraHeaders["typ"] != "at+jwt" {
				t.Errorf("%s: %s, %v", alg, payload, err)
			}
		}
	}
}
