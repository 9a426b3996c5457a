package row

import (
	"time"

	"gatehouse/provider"
)

// LaneFingerprint is for whom failures are counted.
func LaneFingerprint(s Sealer, l provider.Lane) []byte {
	return s.Fingerprint("lane:"+string(l.Kind), l.Key)
}

// LaneDay is that of provider.LaneRule.Daily.
const LaneDay = 24 * time.Hour

// LaneDoubles is how often a pause is doubled at most (provider/limit).
const LaneDoubles = 16

// Lane are the columns of a lane, with times in microseconds; 0 is never.
type Lane struct {
	Tries, Began, Pauses, PausedUntil, Today, DayBegan, InARow, ForgetAt int64
}

// State is what they say.
func (l Lane) State() provider.LaneState {
	return provider.LaneState{
		Tries: int(l.Tries), Began: sometime(l.Began), Pauses: int(l.Pauses), PausedUntil: sometime(l.PausedUntil),
		Today: int(l.Today), DayBegan: sometime(l.DayBegan), InARow: int(l.InARow), ForgetAt: sometime(l.ForgetAt),
	}
}

// Into are where to scan them.
func (l *Lane) Into() []any {
	return []any{&l.Tries, &l.Began, &l.Pauses, &l.PausedUntil, &l.Today, &l.DayBegan, &l.InARow, &l.ForgetAt}
}

func sometime(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
