package sqlite

import (
	"context"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// CompleteCeremony marks the ceremony, begins or renews the session, ends the other one, clears the failures of what was
// verified and of its lane, notes the browser and writes the event: all of it or nothing.
func (s *Store) CompleteCeremony(ctx context.Context, c provider.Completion, e provider.Event) error {
	return s.act(ctx, e, func(t *tx) error {
		err := t.mark(row.PurposeCeremony, c.Ceremony, c.Until)
		if err != nil {
			return err
		}
		err = keepSession(t, c)
		if err != nil {
			return err
		}
		err = s.endReplaced(t, c)
		if err != nil {
			return err
		}
		err = markVerified(t, c.Session.Account, c)
		if err != nil {
			return err
		}
		err = s.calm(t, c)
		if err != nil {
			return err
		}
		return noteDevice(t, c)
	})
}

func keepSession(t *tx, c provider.Completion) error {
	text, err := row.ProofsText(c.Session)
	if err != nil {
		return err
	}
	if c.Session.Rev == 0 {
		return insertSession(t, c.Session, text)
	}
	return renewSession(t, c.Session, text, c.At)
}

// insertSession begins one of an account that is active.
func insertSession(t *tx, s provider.Session, proofsText string) error {
	const statement = `
		INSERT INTO sessions (id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev)
		SELECT ?, ?, id, ?, ?, ?, ?, NULL, '', 1 FROM accounts WHERE id = ? AND status = '` + string(provider.Active) + `'`
	return t.one(provider.ErrStale, statement,
		s.ID, s.SecretHash, proofsText, micros(s.CreatedAt), micros(s.SeenAt), micros(s.EndsAt), s.Account)
}

// renewSession changes a live session of the same account. Seen is the later of both: TouchSession moves no revision.
func renewSession(t *tx, s provider.Session, proofsText string, at time.Time) error {
	const statement = `
		UPDATE sessions
		SET secret_hash = ?, proofs = ?, created_at = ?, seen_at = max(seen_at, ?), ends_at = ?, rev = rev + 1
		WHERE id = ? AND rev = ? AND account = ? AND ended_at IS NULL AND ends_at > ?`
	return t.one(provider.ErrStale, statement,
		s.SecretHash, proofsText, micros(s.CreatedAt), micros(s.SeenAt), micros(s.EndsAt),
		s.ID, s.Rev, s.Account, micros(at))
}

// endReplaced ends the browser's other session; one that is over already stays as it is.
func (s *Store) endReplaced(t *tx, c provider.Completion) error {
	const statement = `
		UPDATE sessions SET ended_at = ?, ended_why = ?, rev = rev + 1
		WHERE id = ? AND ended_at IS NULL AND ends_at > ?`
	if c.Ends == "" {
		return nil
	}
	detail, err := row.CheckPlainEvent(c.Ended)
	if err != nil {
		return err
	}
	t.ended = true
	ended, err := t.exec(statement, micros(c.At), c.Why, c.Ends, micros(c.At))
	if err != nil || ended == 0 {
		return err
	}
	return s.record(t, c.Ended, detail)
}
