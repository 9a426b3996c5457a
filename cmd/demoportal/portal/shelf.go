package portal

import (
	"crypto/rand"
	"sync"
	"time"
)

// shelf keeps values in memory under keys that nobody can guess, each until its
// time is over, and never more than it has room for.
type shelf[V any] struct {
	now  func() time.Time
	room int

	mu   sync.Mutex
	kept map[string]entry[V]
}

type entry[V any] struct {
	value V
	ends  time.Time
}

func newShelf[V any](room int, now func() time.Time) *shelf[V] {
	return &shelf[V]{now: now, room: room, kept: map[string]entry[V]{}}
}

// put keeps v for the time given and returns its new key.
func (s *shelf[V]) put(v V, life time.Duration) string {
	key := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) >= s.room {
		s.makeRoom()
	}
	s.kept[key] = entry[V]{value: v, ends: s.now().Add(life)}
	return key
}

// get returns the value and whether it is still there.
func (s *shelf[V]) get(key string) (V, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.kept[key]
	if !ok || !s.now().Before(found.ends) {
		delete(s.kept, key)
		var none V
		return none, false
	}
	return found.value, true
}

// take is get, once: of several callers one wins.
func (s *shelf[V]) take(key string) (V, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.kept[key]
	delete(s.kept, key)
	if !ok || !s.now().Before(found.ends) {
		var none V
		return none, false
	}
	return found.value, true
}

// all are the values that are still there.
func (s *shelf[V]) all() []V {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept []V
	for _, e := range s.kept {
		if s.now().Before(e.ends) {
			kept = append(kept, e.value)
		}
	}
	return kept
}

// makeRoom drops all that is over, or else whatever ends first. Attempts to sign
// in live shorter than sessions, so a flood of attempts ends nobody's session.
func (s *shelf[V]) makeRoom() {
	now := s.now()
	var first string
	for key, e := range s.kept {
		if !now.Before(e.ends) {
			delete(s.kept, key)
			continue
		}
		if first == "" || e.ends.Before(s.kept[first].ends) {
			first = key
		}
	}
	if len(s.kept) >= s.room {
		delete(s.kept, first)
	}
}
