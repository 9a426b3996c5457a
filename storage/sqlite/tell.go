package sqlite

import (
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// tell puts messages into the outbox. One that is there already is not put in twice. One to nobody is put in like any other, and
// is settled by that.
func (s *Store) tell(t *tx, messages []provider.Message) error {
	const statement = `
		INSERT INTO messages (id, state, channel, account, template, lang, challenge, target, data, at, due, expires, settled_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO NOTHING`
	for _, m := range messages {
		target, data, err := row.SealMessage(s.sealer, m)
		if err != nil {
			return err
		}
		state, settled := provider.MessageWaiting, time.Time{}
		if m.Channel == provider.ByNobody {
			state, settled = provider.MessageDropped, m.At
		}
		_, err = t.exec(statement, m.ID, state, m.Channel, m.Account, m.Template, m.Lang, m.Challenge,
			target, bytesOrNull(data), micros(m.At), micros(m.At), micros(m.Expires), maybe(settled))
		if err != nil {
			return err
		}
		t.told = true
	}
	return nil
}

// signal wakes who waits for messages; a token that is there already says the same.
func (s *Store) signal() {
	select {
	case s.waiting <- struct{}{}:
	default:
	}
}

// Waiting is signalled when this process has put a message in.
func (s *Store) Waiting() <-chan struct{} { return s.waiting }
