package password

import "time"

// AnswerEvery is the default of AnswerAt: well above the slowest accepted hash.
const AnswerEvery = 600 * time.Millisecond

// AnswerAt returns when a failure that began at start, and is known now, is to
// be answered: at the first multiple of every after start that is not past. So
// the answer's time does not show how long the work took. every <= 0 means
// AnswerEvery. The caller waits.
func AnswerAt(start, now time.Time, every time.Duration) time.Time {
	if every <= 0 {
		every = AnswerEvery
	}
	turns := max(int64((now.Sub(start)+every-1)/every), 1)
	return start.Add(time.Duration(turns * int64(every)))
}
