package notify

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Message is one message to a person, by one channel, as the inbox of dev mode shows it.
type Message struct {
	ID      string    `json:"id"`
	Channel string    `json:"channel"` // email, text, voice
	To      string    `json:"to"`
	Subject string    `json:"subject"` // of an e-mail; empty else
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
}

// inboxHolds is how many messages an Inbox remembers: the newest ones.
const inboxHolds = 1000

// Inbox is where dev mode delivers messages: in memory, for one process. The zero Inbox is empty and ready. It is the Sender of
// every channel there.
type Inbox struct {
	mu   sync.Mutex
	held []Message
}

// Send implements Sender.
func (i *Inbox) Send(_ context.Context, m Outgoing) (string, error) {
	i.Deliver(Message{ID: m.ID, Channel: string(m.Channel), To: m.To, Subject: m.Subject, Text: m.Text, At: m.At})
	return m.ID, nil
}

// Deliver puts a message in.
func (i *Inbox) Deliver(m Message) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.held = append(i.held, m)
	if over := len(i.held) - inboxHolds; over > 0 {
		i.held = slices.Delete(i.held, 0, over)
	}
}

// All returns what it holds, the newest last; never nil.
func (i *Inbox) All() []Message {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]Message{}, i.held...)
}
