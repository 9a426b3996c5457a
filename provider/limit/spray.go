package limit

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"
)

// Weather says how passwords from browsers that nobody knows fare over the last minutes, by a pure rule: is somebody trying
// lists of them? Whoever tries one password at a thousand accounts is in no account's lane, and with enough addresses in no
// address's rate; what shows is that more fail than people do.
type Weather struct {
	Failed int // guesses that were wrong
	Right  int // accounts that somebody signed in to, each counted once a minute
}

const (
	// stormLeast is how many must fail in stormWindow before anything is made of it: a few people who mistype are no attack.
	stormLeast = 120
	// stormRatio is how many fail, in a storm, for each account that is signed in to. Of people in a new browser one or two do.
	stormRatio = 4
	// stormWindow is what is looked at; minute by minute, the oldest is forgotten.
	stormWindow = 10
)

// Storm reports whether strangers are to be slowed.
func (w Weather) Storm() bool { return w.Failed >= stormLeast && w.Failed > stormRatio*w.Right }

// minute is what happened in one.
type minute struct {
	at     int64 // minutes since 1970
	failed int
	right  map[string]bool // accounts, so that somebody with one account cannot make fair weather
}

// accountsMost bounds what is remembered of a minute: more people than that are fair weather in any case.
const accountsMost = 10_000

// Watch keeps the weather of this process, and slows strangers in a storm: their guesses have the rates of class Stranger then,
// which all processes share. Browsers that an account knows are not slowed. It is safe for many goroutines.
//
// Decision: each process judges by what it saw itself. Rejected: to count in the store, one more write for each sign-in. A
// process sees its part of an attack, and the ratio of a part is that of the whole; what is too slow to be seen by any is
// slower than what the lanes and rates let through.
type Watch struct {
	guard *Guard
	log   *slog.Logger

	mutex    sync.Mutex
	minutes  [stormWindow]minute
	storming bool
}

// NewWatch returns a watch that slows by the rates of a guard.
func NewWatch(g *Guard, log *slog.Logger) *Watch { return &Watch{guard: g, log: log} }

// Admit answers whether a stranger's guess is looked at. It is asked before the guess is counted anywhere.
func (w *Watch) Admit(ctx context.Context, from netip.Addr, now time.Time) (Refusal, bool) {
	if w == nil || !w.Storming(now) {
		return Refusal{}, true
	}
	return w.guard.Admit(ctx, Stranger, from, now)
}

// Failed notes a stranger's wrong guess.
func (w *Watch) Failed(now time.Time) {
	if w == nil {
		return
	}
	w.mutex.Lock()
	w.of(now).failed++
	w.mutex.Unlock()
	w.Storming(now) // for the log
}

// Right notes that a stranger knew the password of an account.
func (w *Watch) Right(account string, now time.Time) {
	if w == nil {
		return
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	m := w.of(now)
	if m.right == nil {
		m.right = map[string]bool{}
	}
	if len(m.right) < accountsMost {
		m.right[account] = true
	}
}

// of is the minute of a time. A clock that went back counts to the newest.
func (w *Watch) of(now time.Time) *minute {
	at := now.Unix() / 60
	m := &w.minutes[at%stormWindow]
	if m.at < at {
		*m = minute{at: at}
	}
	return m
}

// Weather is that of the last minutes.
func (w *Watch) Weather(now time.Time) Weather {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.weather(now)
}

func (w *Watch) weather(now time.Time) Weather {
	var all Weather
	for _, m := range w.minutes {
		if m.at > now.Unix()/60-stormWindow {
			all.Failed += m.failed
			all.Right += len(m.right)
		}
	}
	return all
}

// Storming reports whether there is a storm, and tells the operator when one begins and ends.
func (w *Watch) Storming(now time.Time) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	weather := w.weather(now)
	storm := weather.Storm()
	switch {
	case storm && !w.storming:
		w.log.Error("many more passwords are wrong than right: browsers that nobody knows are slowed", "failed", weather.Failed, "accounts", weather.Right)
	case w.storming && !storm:
		w.log.Info("passwords are as often right as usual again", "failed", weather.Failed, "accounts", weather.Right)
	}
	w.storming = storm
	return storm
}
