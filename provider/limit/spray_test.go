package limit_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gatehouse/provider/limit"
)

func TestStorm(t *testing.T) {
	for _, c := range []struct {
		failed, right int
		want          bool
	}{
		{0, 0, false}, {119, 0, false}, {120, 0, true}, {120, 29, true}, {120, 30, false}, {4000, 999, true}, {4000, 1000, false}, {1_000_000, 200_000, true},
	} {
		if got := (limit.Weather{Failed: c.failed, Right: c.right}).Storm(); got != c.want {
			t.Errorf("%d failed, %d right: %v", c.failed, c.right, got)
		}
	}
}

func newWatch(t *testing.T) (*limit.Watch, *strings.Builder) {
	var said strings.Builder
	return limit.NewWatch(newShop(t).guard(limit.Rates{}), slog.New(slog.NewTextHandler(&said, nil))), &said
}

// TestStrangersAreSlowedInAStorm: who tries a list of passwords at as many accounts, from as many addresses as they like, is
// slowed from the 120th failure on; ten minutes after the last it is over, and the operator is told of both once.
func TestStrangersAreSlowedInAStorm(t *testing.T) {
	w, said := newWatch(t)
	at, looked := noon, 0
	for i := range 5000 {
		at = at.Add(10 * time.Millisecond)
		if _, ok := w.Admit(t.Context(), address(i), at); ok {
			looked++
			w.Failed(at)
		}
	}
	// 120, then a burst of 1,200 and what comes back in 50 seconds.
	if looked < 120+1200 || looked > 120+1200+1000 {
		t.Fatalf("%d of 5000 guesses were looked at", looked)
	}
	if no, ok := w.Admit(t.Context(), address(9999), at); ok || no.Scope != limit.Everybody {
		t.Fatal(no, ok)
	}
	at = at.Add(11 * time.Minute)
	for i := range 100 {
		if _, ok := w.Admit(t.Context(), address(1), at); !ok {
			t.Fatalf("guess %d after the storm is refused", i)
		}
	}
	if text := said.String(); strings.Count(text, "many more passwords are wrong") != 1 || strings.Count(text, "as usual again") != 1 {
		t.Fatal(text)
	}
}

// TestOneAddressInAStorm: a household can still sign in at a new telephone.
func TestOneAddressInAStorm(t *testing.T) {
	w, _ := newWatch(t)
	for range 200 {
		w.Failed(noon)
	}
	got := 0
	for range 20 {
		if _, ok := w.Admit(t.Context(), address(1), noon); ok {
			got++
		}
	}
	if got != 6 {
		t.Fatalf("%d of one address are looked at", got)
	}
}

// TestFairWeather: a busy house whose people mistype as people do is slowed by nothing.
func TestFairWeather(t *testing.T) {
	w, _ := newWatch(t)
	at := noon
	for i := range 20_000 {
		at = at.Add(5 * time.Millisecond)
		if _, ok := w.Admit(t.Context(), address(i), at); !ok {
			t.Fatalf("person %d is slowed", i)
		}
		w.Failed(at)
		if i%2 == 0 {
			w.Right(fmt.Sprint("account ", i), at)
		}
	}
}

// TestOwnAccountMakesNoFairWeather: somebody who signs in to one account over and over, between guesses, changes nothing.
func TestOwnAccountMakesNoFairWeather(t *testing.T) {
	w, _ := newWatch(t)
	for i := range 300 {
		at := noon.Add(time.Duration(i) * time.Second)
		w.Failed(at)
		w.Right("mallory", at)
	}
	if got := w.Weather(noon.Add(5 * time.Minute)); got != (limit.Weather{Failed: 300, Right: 5}) || !got.Storm() {
		t.Fatal(got)
	}
}

// TestWeatherForgets minute by minute.
func TestWeatherForgets(t *testing.T) {
	w, _ := newWatch(t)
	for i := range 10 {
		w.Failed(noon.Add(time.Duration(i) * time.Minute))
	}
	for i := range 12 {
		if got := w.Weather(noon.Add(time.Duration(9+i) * time.Minute)).Failed; got != max(10-i, 0) {
			t.Fatalf("%d minutes later: %d", i, got)
		}
	}
}

func TestNobodyWatches(t *testing.T) {
	var none *limit.Watch
	none.Failed(noon)
	none.Right("x", noon)
	if _, ok := none.Admit(t.Context(), address(1), noon); !ok {
		t.Fatal("refused")
	}
}
