// Command overload holds the house to what it promises while ten times as many people want to sign in as it can serve: it
// starts gatehouse serve as a process of its own, with the real password hash, finds out how many sign-ins it carries at most,
// sends ten times that for a minute from as many addresses, and watches who is served. It prints a table and ends with 1 where
// a promise is broken. Run it with `make overload`, on a machine that has nothing else to do.
//
// Every stranger is a browser that nobody knows, at an address of its own (the house trusts this machine as its proxy), and
// types the right password: there is nothing to tell them from patients. Known browsers signed in once before. The flood does
// not wait for answers; whoever is sent away comes again.
package main
