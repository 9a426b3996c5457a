package limit

import (
	"time"

	"gatehouse/provider"
)

// Day is that of LaneRule.Daily.
const Day = 24 * time.Hour

// most is how often a pause is doubled at most. Longest ends that much earlier; 24 hours so often are a duration still.
const most = 16

// Settle leaves out of a state what is over at a time.
func Settle(s provider.LaneState, r provider.LaneRule, now time.Time) provider.LaneState {
	if !now.Before(s.ForgetAt) {
		return provider.LaneState{}
	}
	if !now.Before(windowEnds(s, r)) {
		s.Tries = 0
	}
	if !now.Before(s.PausedUntil.Add(r.Quiet)) {
		s.Pauses = 0
	}
	if !now.Before(s.DayBegan.Add(Day)) {
		s.Today = 0
	}
	return s
}

// windowEnds is when the failures of the window count no more: a pause keeps them until it is over.
func windowEnds(s provider.LaneState, r provider.LaneRule) time.Time {
	return later(s.Began.Add(r.Window), s.PausedUntil)
}

// Closed says whether nobody may try at a time, and when that is over. The zero time: not before somebody opens it.
func Closed(s provider.LaneState, r provider.LaneRule, now time.Time) (closed bool, until time.Time) {
	s = Settle(s, r, now)
	if s.InARow >= r.InARow {
		return true, time.Time{}
	}
	if s.Tries >= r.Tries {
		until = windowEnds(s, r)
	}
	if r.Daily > 0 && s.Today >= r.Daily {
		until = later(until, s.DayBegan.Add(Day))
	}
	return !until.IsZero(), until
}

// Stopped says whether a lane is closed until somebody opens it.
func Stopped(s provider.LaneState, r provider.LaneRule, now time.Time) bool {
	closed, until := Closed(s, r, now)
	return closed && until.IsZero()
}

// TryLane counts one try, as if it were wrong already. ok is false where nobody may try: then nothing is counted.
func TryLane(s provider.LaneState, r provider.LaneRule, now time.Time) (after provider.LaneState, ok bool) {
	if closed, _ := Closed(s, r, now); closed {
		return s, false
	}
	s = Settle(s, r, now)
	if s.Tries == 0 {
		s.Began = now
	}
	if s.Today == 0 {
		s.DayBegan = now
	}
	s.Tries++
	s.Today++
	s.InARow++
	if s.Tries >= r.Tries {
		s.PausedUntil = now.Add(pause(r, s.Pauses))
		s.Pauses++
	}
	s.ForgetAt = now.Add(r.Forget)
	return s, true
}

// pause is how long the next one lasts, after so many.
func pause(r provider.LaneRule, before int) time.Duration {
	return min(r.Longest, r.Pause<<min(before, most))
}

// ReturnTry takes back a try that was counted at a time. The pause that it may have begun is none.
func ReturnTry(s provider.LaneState, r provider.LaneRule, at time.Time) provider.LaneState {
	if s.Tries > 0 && !at.Before(s.Began) {
		if s.Tries >= r.Tries {
			s.PausedUntil, s.Pauses = s.Began, max(s.Pauses-1, 0)
		}
		s.Tries--
	}
	if s.Today > 0 && !at.Before(s.DayBegan) {
		s.Today--
	}
	s.InARow = max(s.InARow-1, 0)
	return s
}

// Succeed is what a full sign-in does to the lane that it came by. A pause goes on; so do the count of the day and the memory
// of earlier pauses, or a patient who signs in often would open the door for whoever guesses.
func Succeed(s provider.LaneState, r provider.LaneRule) provider.LaneState {
	if s.Tries < r.Tries {
		s.Tries = 0
	}
	if !r.Burns {
		s.InARow = 0
	}
	return s
}

// UnlockLane opens a lane at once, by a person who answers for it. The next pause is as long as it would have been.
func UnlockLane(s provider.LaneState, now time.Time) provider.LaneState {
	s.Tries, s.Today, s.InARow = 0, 0, 0
	if s.PausedUntil.After(now) {
		s.PausedUntil = now
	}
	return s
}

// PassLane is what the owner's link does: the lane is stopped no more. A pause of strangers goes on, since the owner's browser
// has a lane of its own from now on.
func PassLane(s provider.LaneState) provider.LaneState {
	s.InARow = 0
	return s
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
