package keys

import (
	"cmp"
	"crypto"
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// snapshot is the ring as last read: immutable, but for the rendered JWKS that it remembers.
type snapshot struct {
	redacted
	keys   []*ringKey
	byID   map[string]*ringKey
	readAt time.Time
	jwks   atomic.Pointer[renderedJWKS]
}

// ringKey is a signing key ready for use.
type ringKey struct {
	redacted
	life
	scheme  scheme
	private crypto.Signer
	public  crypto.PublicKey
}

// renderedJWKS is right from one change of the published set to the next. A zero until means that no change is in sight.
type renderedJWKS struct {
	from, until time.Time
	body        []byte
}

// KeyStatus is one line of `gatehouse keys list`. Until is zero when nothing has set it yet.
type KeyStatus struct {
	ID    string
	Alg   Alg
	State State
	Since time.Time
	Until time.Time
}

func newSnapshot(doc document, p Policy, now time.Time) (*snapshot, error) {
	s := &snapshot{byID: map[string]*ringKey{}, readAt: now}
	entries := map[string]entry{}
	for _, e := range doc.entries {
		entries[e.ID] = e
	}
	for _, l := range lives(doc.metas(), p) {
		known := schemeOf(l.Alg)
		if known == nil {
			continue // of a newer version; it signs there
		}
		if s.byID[l.ID] != nil {
			return nil, fmt.Errorf("keys: the stored keyring has two keys %s", l.ID)
		}
		private, err := entries[l.ID].private()
		if err != nil {
			return nil, err
		}
		key := &ringKey{life: l, scheme: known, private: private, public: private.Public()}
		s.keys = append(s.keys, key)
		s.byID[l.ID] = key
	}
	return s, nil
}

func (s *snapshot) signing(alg Alg, now time.Time) *ringKey {
	for _, key := range s.keys {
		if key.Alg == alg && key.state(now) == StateActive {
			return key
		}
	}
	return nil
}

// published returns the key with this id unless its time is over. A key not yet active counts: another replica's clock may
// be ahead.
func (s *snapshot) published(kid string, now time.Time) *ringKey {
	key := s.byID[kid]
	if key == nil || key.state(now) == StateDeleted {
		return nil
	}
	return key
}

func (s *snapshot) list(now time.Time) []KeyStatus {
	var list []KeyStatus
	for _, key := range s.keys {
		since, until := key.span(now)
		list = append(list, KeyStatus{ID: key.ID, Alg: key.Alg, State: key.state(now), Since: since, Until: until})
	}
	return list
}

// renderJWKS returns the bytes of the last rendering while they are right. Two callers may render at once; they agree.
func (s *snapshot) renderJWKS(now time.Time) []byte {
	last := s.jwks.Load()
	if last != nil && !now.Before(last.from) && (last.until.IsZero() || now.Before(last.until)) {
		return last.body
	}
	rendered := &renderedJWKS{from: now}
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, key := range s.keys {
		if key.state(now) == StateDeleted {
			continue
		}
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.public, KeyID: key.ID, Algorithm: string(key.Alg), Use: "sig"})
		if !key.deletes.IsZero() && (rendered.until.IsZero() || key.deletes.Before(rendered.until)) {
			rendered.until = key.deletes
		}
	}
	slices.SortFunc(set.Keys, func(a, b jose.JSONWebKey) int { return cmp.Compare(a.KeyID, b.KeyID) })
	body, err := json.Marshal(set)
	if err != nil {
		panic("keys: a public key of the ring does not encode: " + err.Error()) // newSnapshot has computed its thumbprint
	}
	rendered.body = body
	s.jwks.Store(rendered)
	return body
}
