package recovery

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
)

// How often a code for a new password may be asked for, of one name and of one account.
//
// A request gives five guesses at a million codes (factor/oob). Strangers together have fifty guesses a day at an account, as many as
// passwords have (limit.Default): in a year one of 55 accounts that are tried every day. And ten letters a day are what its owner's
// mailbox has to bear. They are counted apart from the owner's own codes to sign in, in all that is counted for the address and the
// account (oob.OfStrangers): strangers can ask until there are no more codes for strangers, and the owner still signs in. So does a
// browser that the account knows still get its code: it has a budget of its own, which nobody else can use up (oob.OfOwners).
//
// What shows is the count of the name that was typed, whether there is such an account or not. That of the account, which all of its
// names share, must not show: who asked for one name until it was refused, and were refused the next one at once, would know that the
// two are one real account. Where it is used up, the code goes to nobody.
//
// One network alone has half of what all have in a day: one stranger can't take all of it.
const (
	strangersHour = 5
	strangersDay  = 10
	networkDay    = 5
	deviceHour    = 5
	deviceDay     = 10
)

// How often usernames are sent to one address. Who uses that up has filled the mailbox with what its owner wanted to know.
const (
	namesHour = 5
	namesDay  = 10
)

// answersTaken is how many answers a request takes. The challenge counts as many for itself, as long as it lives; this lasts as long
// as the longest of them, so that the page tells nobody by which channel a code went, nor whether one did.
const (
	answersTaken = 5
	requestLasts = 30 * time.Minute
)

const day = 24 * time.Hour

func ofKnown(known provider.Device) []provider.Budget {
	return []provider.Budget{
		{Purpose: "resets by a known browser in an hour", Key: known.ID, Limit: deviceHour, Window: time.Hour},
		{Purpose: "resets by a known browser in a day", Key: known.ID, Limit: deviceDay, Window: day},
	}
}

// ofRequests are those of a name, or of an account. That of the network comes first: it is open again the latest.
func ofRequests(of, key, network string) []provider.Budget {
	return []provider.Budget{
		{Purpose: "resets of " + of + " from a network in a day", Key: key + " " + network, Limit: networkDay, Window: day},
		{Purpose: "resets of " + of + " by strangers in an hour", Key: key, Limit: strangersHour, Window: time.Hour},
		{Purpose: "resets of " + of + " by strangers in a day", Key: key, Limit: strangersDay, Window: day},
	}
}

func ofNames(key string) []provider.Budget {
	return []provider.Budget{
		{Purpose: "usernames to an address in an hour", Key: key, Limit: namesHour, Window: time.Hour},
		{Purpose: "usernames to an address in a day", Key: key, Limit: namesDay, Window: day},
	}
}

func ofAnswers(id, challenge string) provider.Budget {
	return provider.Budget{Purpose: "answers to a reset", Key: id + " " + challenge, Limit: answersTaken, Window: requestLasts}
}

// spend takes one of each, from narrow to broad. Where one is used up, those before it get theirs back, and open is when it opens
// again; the zero time where there was one of each.
func (v *Recovery) spend(ctx context.Context, budgets []provider.Budget, at time.Time) (open time.Time, err error) {
	for i, b := range budgets {
		_, until, err := v.SignIn.Codes.Store.Spend(ctx, b, at)
		if err == nil {
			continue
		}
		if !errors.Is(err, provider.ErrSpent) {
			return time.Time{}, err
		}
		for _, taken := range budgets[:i] {
			if err := v.SignIn.Codes.Store.Refund(ctx, taken, at); err != nil {
				return time.Time{}, err
			}
		}
		return until, nil
	}
	return time.Time{}, nil
}
