// Command enumeration measures whether anybody could learn from a clock who has an account here: it starts gatehouse serve as a
// process of its own, with the real password hash and the real deadline for failures, fills in every public form that takes a
// name or a secret, for accounts of every kind and for names that nobody has, and compares how long the answers take. It prints
// a table and ends with 1 where a kind can be told from a name that nobody has. Run it with `make enumeration`, on a machine that
// has nothing else to do; it takes about nine minutes.
//
// What is compared: in each round a form is sent once for each kind and once for a name that nobody has, in an order that is
// drawn anew, each in a browser that nobody knows at an address of its own, for names that were tried equally often. Two things
// are asked of a kind: the Mann-Whitney U test finds no difference of rank (|z| at most 4), and the medians are within half a
// millisecond. What fails is measured again, and is broken if it fails three times: of a hundred honest comparisons one has a
// |z| of 2.6, and a busy machine shifts a median for a while, but not three times for the same kind. Status,
// redirects and the number of cookies must be alike at once; that answers are equal byte by byte is a test of provider/server.
//
// A busy machine widens what is measured, and so hides differences. One that is too busy shows others: where the work for an answer
// takes longer than the deadline, the answer comes at the next one, and more work comes there sooner. What fails then says that
// there are too many browsers for this machine, or that a kind costs more than others do; measure it again when it is quiet.
//
// A form that is missing here is one that nobody looked at: forms.go is the list of them, a line each.
package main
