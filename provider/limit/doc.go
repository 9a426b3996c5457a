// Package limit says how fast anybody may try to guess their way in: pure rules over a provider.LaneState, without a clock and
// without a store. provider/signin asks before it looks at a secret; storage does the same in one conditional statement each,
// and a test holds both to each other.
//
// A lane counts failures of everything that can be guessed: passwords, sent codes, codes of an app, recovery codes. A passkey is
// in no lane, and nobody can close its way. A browser in which the owner signed in fully (or pressed the link that was sent to
// them) has a lane of its own. All other browsers share one for each account, or for each name that is nobody's, so that a
// million of them are no more than one.
//
//	ten failures in a quarter of an hour   the lane pauses for 30 minutes; the next time for an hour, and so on up to a day
//	fifty failures in a day                it pauses until the day is over
//	a hundred in a row                     it stops until the owner presses a link, or support unlocks it
//
// Bounds, for the numbers of Default, on guesses that are looked at in the lane of strangers of one account: 50 in a day from
// the first (never 100 in any 24 hours) whatever the owner does, but that support opens it; 10 in a quarter of an hour from the
// first (never 20 in any), and 100 in all, until the owner signs in there or presses the link. With a stolen cookie: 100 in all.
//
// Nothing here is for ever: a pause ends within 24 hours by itself, and a stop is ended by the owner. The owner is never behind
// the strangers' lane with a browser that is known, with a passkey, or with the link; and none of the three opens the strangers'
// lane for strangers, but that the link ends a stop.
//
// Context: failures in a row are the strangers' lane's (NIST counts them for each account). Choice: a success by a known browser
// or a passkey does not end the row, or whoever guesses would have a hundred more after every visit of the patient. Rejected:
// one row for all lanes, since strangers would then stop the patient's own browser. Context: a try counts before it is looked at,
// and is taken back when it was right. Choice: the tenth try pauses the lane as it is counted, so that a thousand at once are
// ten; a right one takes the pause back. Rejected: counting afterwards, which lets all thousand through.
package limit
