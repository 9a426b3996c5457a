package provider_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"gatehouse/provider"
)

// TestRateNeverExceeded: whatever is asked for and when, in no stretch of time more is taken than a burst and what came back.
func TestRateNeverExceeded(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		rate := provider.Rate{Burst: 1 + r.IntN(20), Every: time.Duration(1 + r.IntN(int(time.Second)))}
		var whole time.Time
		at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
		type taken struct {
			at time.Time
			n  int
		}
		var all []taken
		for range 200 {
			at = at.Add(time.Duration(r.Int64N(2 * int64(rate.Every))))
			got, then := rate.Take(whole, at, 1+r.IntN(5))
			if got == 0 && !rate.Opens(then).After(at) {
				t.Fatalf("seed %d: refused although it opens at %v and it is %v", seed, rate.Opens(then), at)
			}
			whole, all = then, append(all, taken{at, got})
		}
		for i := range all {
			sum := 0
			for j := i; j < len(all); j++ {
				sum += all[j].n
				if back := int(all[j].at.Sub(all[i].at) / rate.Every); sum > rate.Burst+back {
					t.Fatalf("seed %d: %d were taken in %v, with a burst of %d and one in %v", seed, sum, all[j].at.Sub(all[i].at), rate.Burst, rate.Every)
				}
			}
		}
	}
}

// TestRateComesBack: after a refusal, one can be taken exactly when it was said, and not before.
func TestRateComesBack(t *testing.T) {
	rate := provider.Rate{Burst: 3, Every: time.Minute}
	at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	got, whole := rate.Take(time.Time{}, at, 10)
	if got != 3 || !whole.Equal(at.Add(3*time.Minute)) || rate.Taken(whole, at) != 3 {
		t.Fatal(got, whole)
	}
	if got, same := rate.Take(whole, at, 1); got != 0 || !same.Equal(whole) {
		t.Fatal("a refusal must cost nothing", got, same)
	}
	opens := rate.Opens(whole)
	if got, _ := rate.Take(whole, opens.Add(-1), 1); got != 0 {
		t.Fatal("too early")
	}
	if got, _ := rate.Take(whole, opens, 10); got != 1 || !opens.Equal(at.Add(time.Minute)) {
		t.Fatal(got, opens)
	}
	if got, _ := rate.Take(whole, whole.Add(time.Hour), 10); got != 3 {
		t.Fatal("it never holds more than a burst", got)
	}
}
