// Package notify owns what leaves the house: messages to people. So far it knows what a message is, and the inbox where
// dev mode shows messages instead of sending them; the outbox and its channels follow with the first factor that sends.
package notify
