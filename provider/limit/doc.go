// Package limit says how fast anybody may try to guess their way in: pure rules over a provider.LaneState, without a clock and
// without a store. provider/signin asks before it looks at a secret; storage does the same in one conditional statement each,
// and a test holds both to each other. The scripts in testdata say it in words.
//
// A lane counts failures of everything that can be guessed: passwords, sent codes, codes of an app, recovery codes. A browser in
// which the owner signed in fully, or pressed the link that was sent to them, has a lane of its own; all others share one for each
// account, or for each name that is nobody's. A passkey is in no lane: nobody can close that way, nor the owner's other two.
//
// Bounds, for the numbers of Default, on guesses that are looked at in the strangers' lane of an account: 50 in a day from the
// first (never 100 in any 24 hours), whatever the owner does, unless support opens it; 10 in a quarter of an hour from the first
// (never 20 in any), and 100 in all, until the owner signs in there or presses the link. With a stolen cookie: 100 in all.
// Nothing is for ever: a pause ends within 24 hours by itself, and the owner ends a stop.
//
// Context: failures in a row count for each account (NIST). Choice: a success by a known browser or a passkey does not end the
// row, or whoever guesses had a hundred more after every visit of the patient. Rejected: one row for all lanes, since strangers
// would then stop the patient's own browser. Context: a try counts before it is looked at. Choice: the tenth pauses the lane as
// it is counted, so that of a thousand at once ten are looked at; one that was right takes the pause back with it.
package limit
