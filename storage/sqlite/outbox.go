package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// ClaimMessages takes what is due and drops what has expired. It looks first, so that a worker with nothing to do keeps nobody
// from writing.
func (s *Store) ClaimMessages(ctx context.Context, channels []provider.Channel, at time.Time, lease time.Duration, limit int) ([]provider.Claim, error) {
	some, err := s.anythingDue(ctx, channels, at)
	if err != nil || !some {
		return nil, err
	}
	var claims []provider.Claim
	var broken error
	mine := provider.NewID()
	err = s.transact(ctx, func(t *tx) error {
		err := dropExpired(t, at)
		if err != nil {
			return err
		}
		due, err := dueMessages(t, channels, at, max(limit, 0))
		for _, d := range due {
			c, err := s.claim(t, d.id, mine, at.Add(lease))
			switch {
			case errors.Is(err, errBroken):
				broken = err
				err = failMessage(t, d.id, at)
			case err == nil:
				claims = append(claims, c)
			}
			if err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(claims) > 0 {
		return claims, nil
	}
	return nil, broken
}

// errBroken: a message was changed behind our back. It has failed: it must not keep the others waiting, now and whenever its
// lease ends. ClaimMessages says so where nothing else was claimed.
var errBroken = errors.New("sqlite: a message does not open")

func failMessage(t *tx, id string, at time.Time) error {
	const statement = `
		UPDATE messages SET state = '` + string(provider.MessageFailed) + `', fault = '` + string(provider.FaultConfig) + `', settled_at = ?, lease = ''
		WHERE id = ?`
	_, err := t.exec(statement, micros(at), id)
	return err
}

func (s *Store) anythingDue(ctx context.Context, channels []provider.Channel, at time.Time) (bool, error) {
	const query = `
		SELECT EXISTS (
				SELECT 1 FROM messages
				WHERE settled_at IS NULL AND channel IN (SELECT value FROM json_each(?2)) AND due <= ?1 AND leased_until <= ?1)
			OR EXISTS (SELECT 1 FROM messages WHERE settled_at IS NULL AND expires <= ?1 AND leased_until <= ?1)`
	names := make([]string, len(channels))
	for i, c := range channels {
		names[i] = string(c)
	}
	var some bool
	err := s.reader.row(ctx, query, micros(at), row.ListText(names)).Scan(&some)
	return some, err
}

func dropExpired(t *tx, at time.Time) error {
	const statement = `
		UPDATE messages SET state = '` + string(provider.MessageDropped) + `', settled_at = ?1, lease = ''
		WHERE settled_at IS NULL AND expires <= ?1 AND leased_until <= ?1`
	_, err := t.exec(statement, micros(at))
	return err
}

// dueMessage is since when a message is due.
type dueMessage struct {
	id  string
	due int64
}

// dueMessages asks for each channel by its own index: what waits on a slow one is not read for the others.
func dueMessages(t *tx, channels []provider.Channel, at time.Time, limit int) ([]dueMessage, error) {
	const query = `
		SELECT id, due FROM messages
		WHERE settled_at IS NULL AND channel = ?2 AND due <= ?1 AND leased_until <= ?1
		ORDER BY due LIMIT ?3`
	var all []dueMessage
	for i, c := range channels {
		if slices.Contains(channels[:i], c) {
			continue
		}
		err := t.each(query, func(rows *sql.Rows) error {
			var d dueMessage
			err := rows.Scan(&d.id, &d.due)
			all = append(all, d)
			return err
		}, micros(at), c, limit)
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b dueMessage) int { return cmp.Compare(a.due, b.due) })
	return all[:min(limit, len(all))], nil
}

// claim gives a message to a worker. A lease that is still there was never settled.
func (s *Store) claim(t *tx, id, lease string, until time.Time) (provider.Claim, error) {
	const statement = `
		UPDATE messages
		SET tries = tries + 1, lease = ?2, leased_until = ?3,
			unsure = iif(lease = '', unsure, '` + provider.SendUnsettled + `')
		WHERE id = ?1
		RETURNING id, channel, account, template, lang, challenge, target, data, at, expires, tries - 1, lease, unsure`
	var c provider.Claim
	var target, data []byte
	err := t.row(statement, id, lease, micros(until)).Scan(&c.ID, &c.Channel, &c.Account, &c.Template, &c.Lang, &c.Challenge,
		&target, &data, instant{&c.At}, instant{&c.Expires}, &c.Tries, &c.Lease, &c.Unsure)
	if err != nil {
		return c, err
	}
	err = row.OpenMessage(s.sealer, &c.Message, target, data)
	if err != nil {
		return c, fmt.Errorf("%w: %w", errBroken, err)
	}
	return c, nil
}

// SettleMessage ends a claim.
func (s *Store) SettleMessage(ctx context.Context, c provider.Claim, d provider.Settled) error {
	const statement = `
		UPDATE messages
		SET state = ?, fault = ?, ref = ?, unsure = ?, due = ?, settled_at = ?, lease = '', leased_until = 0
		WHERE id = ? AND lease = ? AND lease <> '' AND settled_at IS NULL`
	due, settled := micros(c.At), maybe(d.At)
	if d.State == provider.MessageWaiting {
		due, settled = micros(d.Next), nil
	}
	return s.transact(ctx, func(t *tx) error {
		return t.one(provider.ErrStale, statement, d.State, d.Fault, d.Ref, d.Unsure, due, settled, c.ID, c.Lease)
	})
}

// ReportMessage notes what a carrier said later. What it said of a message that waits again settles that too.
func (s *Store) ReportMessage(ctx context.Context, ref string, state provider.MessageState, fault provider.SendFault, at time.Time) error {
	const statement = `
		UPDATE messages SET state = ?, fault = ?, settled_at = coalesce(settled_at, ?), lease = ''
		WHERE ref = ? AND ref <> '' AND state NOT IN ('` + string(provider.MessageDelivered) + `', '` + string(provider.MessageFailed) + `')`
	const exists = `SELECT count(*) FROM messages WHERE ref = ? AND ref <> ''`
	return s.transact(ctx, func(t *tx) error {
		n, err := t.exec(statement, state, fault, micros(at), ref)
		if err != nil || n > 0 {
			return err
		}
		var known int
		err = t.row(exists, ref).Scan(&known)
		if err == nil && known == 0 {
			return provider.ErrNotFound
		}
		return err
	})
}

// DeliveryOf tells what became of the newest message of a challenge.
func (s *Store) DeliveryOf(ctx context.Context, challenge string) (provider.Delivery, error) {
	const query = `
		SELECT state, fault, at FROM messages
		WHERE challenge = ? AND challenge <> ''
		ORDER BY at DESC LIMIT 1`
	var d provider.Delivery
	err := s.reader.row(ctx, query, challenge).Scan(&d.State, &d.Fault, instant{&d.At})
	return d, found(err)
}

// Backlog counts what waits.
func (s *Store) Backlog(ctx context.Context) (int, time.Time, error) {
	const query = `SELECT count(*), min(at) FROM messages WHERE settled_at IS NULL`
	var n int
	var since time.Time
	err := s.reader.row(ctx, query).Scan(&n, instant{&since})
	return n, since, err
}
