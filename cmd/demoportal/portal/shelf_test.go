package portal

import (
	"testing"
	"time"
)

func TestAFloodOfAttemptsEndsNobodysSession(t *testing.T) {
	now := time.Now()
	s := newShelf[int](10, func() time.Time { return now })
	signedIn := s.put(1, signedInFor)
	for range 100 {
		s.put(2, signingInFor)
	}
	if _, ok := s.get(signedIn); !ok {
		t.Error("the session is gone")
	}
	if len(s.kept) > 10 {
		t.Errorf("%d values on a shelf for 10", len(s.kept))
	}
}

func TestAShelfForgetsInTimeAndGivesAwayOnce(t *testing.T) {
	now := time.Now()
	s := newShelf[int](10, func() time.Time { return now })
	first, second := s.put(1, time.Minute), s.put(2, time.Minute)
	if v, ok := s.take(first); !ok || v != 1 {
		t.Errorf("took %d, %v", v, ok)
	}
	if _, ok := s.take(first); ok {
		t.Error("taken twice")
	}
	now = now.Add(time.Minute)
	if _, ok := s.get(second); ok {
		t.Error("still there when its time is over")
	}
}
