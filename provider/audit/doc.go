// Package audit knows every kind of event that goes into the trail, one constructor each. Nothing else makes a
// provider.Event, and a test walks the tree to keep it so: whoever wants to know what is recorded reads this folder.
//
// It writes nothing. A caller hands the event to the method of provider.Store that does the act, and both are written in
// one transaction: no record, no act. Storage gives it a number and chains it.
//
// An event names accounts, clients, sessions and grants by their ids. It holds no name, address, phone number, secret or
// health fact: constructors take what they need from the nouns and leave the rest. Reasons are fixed words; whatever else
// is handed in as one is recorded as "other".
//
// A machine's token (client_credentials) is not an event: there would be a row for every request ever made.
package audit
