// Package notify owns what leaves the house: messages to people. A message waits in the outbox, put there in the transaction of
// the act that it tells of; the Worker claims it, has it written out and hands it to the Sender of its channel: SMTP, Twilio,
// or the Inbox of dev mode. It also says which telephone numbers may be used (Phones), how often anybody may be written to
// (Limits), and to which addresses a notice goes (Tell).
//
// It does not own the words (templates), the outbox (storage) or the codes (factor/oob). Neighbours: server wires it,
// signin and settings ask Phones, Tell and Slow. Nothing of go-mail, Twilio or phonenumbers leaves it, and no log line or
// error of it holds an address, a number or what was written.
//
// A message that may or may not have gone out. Context: neither SMTP nor Twilio's API has a key that would make a repeated
// request the same request. Choice: the doubt is kept with the message; where the carrier can be asked (Finder) it is asked
// before anything is sent again, else the message is sent once more under the same Message-ID, and never a third time.
// Rejected: sending until it is certain (a phone that rings all night), and never again (a notice that is lost).
package notify
