package limit

import (
	"errors"
	"fmt"
	"time"

	"gatehouse/provider"
)

// Policy is the numbers of an operator. The zero Policy is Default.
type Policy struct {
	Strangers provider.LaneRule // the browsers that an account does not know, together
	Device    provider.LaneRule // each browser that it knows
	Codes     provider.LaneRule // the facts that go with a code of an invitation; no operator's to loosen
	Notice    time.Duration     // the owner is told of tries by others once in this time at most
	Link      time.Duration     // how long a link that opens a lane works
}

// Default is the policy of a house whose operator says nothing.
func Default() Policy {
	return Policy{
		Strangers: provider.LaneRule{
			// Who mistypes needs three or four tries, on a bad day six. Ten leave room for a second person at the keyboard.
			Tries:  10,
			Window: 15 * time.Minute,
			// A person fetches the letter with the link, or a cup of tea. Whoever guesses on gets a fifth of the tries at the fifth
			// pause. A day is the longest: somebody with nothing but a password must have a chance every day.
			Pause:   30 * time.Minute,
			Longest: 24 * time.Hour,
			// An attack that has gone for a day is over; the next mistake in typing is not part of it.
			Quiet: 24 * time.Hour,
			// What ten at a time and doubling pauses leave in a day; nine in every quarter of an hour would be 864 without it.
			Daily: 50,
			// NIST SP 800-63B-4, 3.2.2: no more than 100 failures in a row.
			InARow: 100,
			// As long as browsers keep a cookie. A lane of a name that is nobody's lives as long, or it would tell that it is.
			Forget: 400 * 24 * time.Hour,
		},
		Device: provider.LaneRule{
			// The owner's own mistakes. Whoever stole the cookie gets no more than that, and a hundred in all: the browser is a
			// stranger then (OWASP device cookies: 10 in an hour).
			Tries:  10,
			Window: time.Hour,
			InARow: 100,
			Burns:  true,
			Forget: 400 * 24 * time.Hour,
		},
		Codes: provider.LaneRule{
			// Somebody who has the letter knows the date of birth, and types it in the wrong order or with a slip: three tries are
			// usual, five are generous. Who found the letter guesses among 36,525 days, or among the few that they know.
			Tries:   5,
			Window:  10 * time.Minute,
			Pause:   10 * time.Minute,
			Longest: 10 * time.Minute,
			// Ten guesses at a date of birth are one in 3,600. Then the office makes a new code, which costs it a minute.
			InARow: 10,
			Burns:  true,
			// Longer than a code is good by default. It bounds what somebody who makes codes up can leave behind.
			Forget: 60 * 24 * time.Hour,
		},
		Notice: 24 * time.Hour, // a stranger must not be able to fill somebody's mailbox
		Link:   24 * time.Hour, // as long as no other letter follows
	}
}

// OrDefault is the policy, or Default if there is none.
func (p Policy) OrDefault() Policy {
	if p == (Policy{}) {
		return Default()
	}
	return p
}

// Rule is that of a kind of lane.
func (p Policy) Rule(kind provider.LaneKind) provider.LaneRule {
	switch kind {
	case provider.LaneDevice:
		return p.Device
	case provider.LaneActivation:
		return p.Codes
	}
	return p.Strangers
}

// Check says all that is wrong with a policy.
func (p Policy) Check() error {
	return errors.Join(
		checkRule("strangers", p.Strangers), checkRule("device", p.Device), checkRule("codes", p.Codes),
		wrong(p.Notice < time.Hour, "notices of tries by others may not come more often than once an hour"),
		wrong(p.Link < 10*time.Minute || p.Link > 7*24*time.Hour, "a link must work for 10 minutes to 7 days"),
		wrong(p.Strangers.Burns, "strangers: a lane of strangers cannot be given up for good"),
	)
}

// longestPause is as long as anybody may be kept out by what others do.
const longestPause = 24 * time.Hour

func checkRule(lane string, r provider.LaneRule) error {
	return errors.Join(
		wrong(r.Tries < 1 || r.Tries > 100, lane+": 1 to 100 failures pause a lane"),
		wrong(r.InARow < r.Tries || r.InARow > 100, lane+": a lane is stopped at no less than what pauses it, and at no more than 100 failures in a row (NIST SP 800-63B-4, 3.2.2)"),
		wrong(r.Window < time.Minute || r.Window > longestPause, lane+": failures are counted over 1 minute to 24 hours"),
		wrong(r.Pause < 0 || r.Pause > r.Longest, lane+": the first pause cannot be longer than the longest"),
		wrong(r.Longest > longestPause, lane+": no pause may last longer than 24 hours"),
		wrong(r.Quiet < 0, lane+": pauses are forgotten after a time, not before"),
		wrong(r.Daily < 0 || r.Daily > 0 && r.Daily < r.Tries, lane+": a day has room for as many failures as pause a lane"),
		wrong(r.Forget < 30*24*time.Hour, lane+": failures in a row are remembered for 30 days at least"),
	)
}

func wrong(is bool, why string) error {
	if !is {
		return nil
	}
	return fmt.Errorf("lock-out: %s", why)
}
