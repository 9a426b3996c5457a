package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// ClaimMessages takes what is due of each channel by its own index, and drops what has expired of any, in one statement that
// waits for nobody.
func (s *Store) ClaimMessages(ctx context.Context, channels []provider.Channel, at time.Time, lease time.Duration, limit int) ([]provider.Claim, error) {
	const statement = `
		WITH late AS (
			UPDATE messages SET state = '` + string(provider.MessageDropped) + `', settled_at = $1, lease = ''
			WHERE id = ANY (ARRAY (
				SELECT id FROM messages
				WHERE settled_at IS NULL AND expires <= $1 AND leased_until <= $1
				ORDER BY expires LIMIT 1000
				FOR UPDATE SKIP LOCKED))),
		mine AS MATERIALIZED (
			SELECT each.id, each.due
			FROM unnest($2::text[]) AS wanted (channel), LATERAL (
				SELECT id, due FROM messages
				WHERE channel = wanted.channel AND settled_at IS NULL AND due <= $1 AND leased_until <= $1 AND expires > $1
				ORDER BY due LIMIT $3
				FOR UPDATE SKIP LOCKED) AS each
			ORDER BY each.due LIMIT $3)
		UPDATE messages AS m
		SET tries = tries + 1, lease = $4, leased_until = $5,
			unsure = CASE WHEN lease = '' THEN unsure ELSE '` + provider.SendUnsettled + `' END
		FROM mine WHERE m.id = mine.id
		RETURNING mine.due, m.id, m.channel, m.account, m.template, m.lang, m.challenge, m.target, m.data, m.at, m.expires,
			m.tries - 1, m.lease, m.unsure`
	var all []claimed
	err := s.each(ctx, statement, func(rows pgx.Rows) error {
		c, err := s.scanClaim(rows)
		all = append(all, c)
		return err
	}, micros(at), channelNames(channels), max(limit, 0), provider.NewID(), micros(at.Add(lease)))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b claimed) int { return cmp.Or(cmp.Compare(a.due, b.due), a.At.Compare(b.At)) })
	return s.sound(ctx, all, at)
}

// claimed is a message on its way to a worker, with the time since when it is due, and why it does not open.
type claimed struct {
	provider.Claim
	due    int64
	broken error
}

func (s *Store) scanClaim(rows pgx.Rows) (c claimed, err error) {
	var target, data []byte
	err = rows.Scan(&c.due, &c.ID, (*string)(&c.Channel), (*string)(&c.Account), &c.Template, &c.Lang, &c.Challenge,
		&target, &data, instant{&c.At}, instant{&c.Expires}, &c.Tries, &c.Lease, &c.Unsure)
	if err == nil {
		c.broken = row.OpenMessage(s.sealer, &c.Message, target, data)
	}
	return c, err
}

// sound are the claims that can be sent. One that somebody changed behind our back has failed: it must not keep the others
// waiting, now and whenever its lease ends. The error is of the last such, where nothing else was claimed.
func (s *Store) sound(ctx context.Context, all []claimed, at time.Time) ([]provider.Claim, error) {
	var claims []provider.Claim
	var broken error
	for _, c := range all {
		if c.broken == nil {
			claims = append(claims, c.Claim)
			continue
		}
		broken = c.broken
		err := s.SettleMessage(ctx, c.Claim, provider.Settled{State: provider.MessageFailed, Fault: provider.FaultConfig, At: at})
		if err != nil {
			return claims, err
		}
	}
	if len(claims) > 0 {
		return claims, nil
	}
	return nil, broken
}

// channelNames is never NULL; each is named once, so that none is looked at twice.
func channelNames(channels []provider.Channel) []string {
	names := make([]string, 0, len(channels))
	for _, c := range channels {
		if !slices.Contains(names, string(c)) {
			names = append(names, string(c))
		}
	}
	return names
}

// SettleMessage ends a claim.
func (s *Store) SettleMessage(ctx context.Context, c provider.Claim, d provider.Settled) error {
	const statement = `
		WITH done AS (
			UPDATE messages
			SET state = $3, fault = $4, ref = $5, unsure = $6, due = $7, settled_at = $8, lease = '', leased_until = 0
			WHERE id = $1 AND lease = $2 AND lease <> '' AND settled_at IS NULL
			RETURNING 1)
		SELECT count(*) FROM done`
	due, settled := micros(c.At), maybe(d.At)
	if d.State == provider.MessageWaiting {
		due, settled = micros(d.Next), nil
	}
	return s.ask(ctx, statement, c.ID, c.Lease, string(d.State), string(d.Fault), d.Ref, d.Unsure, due, settled).one(provider.ErrStale)
}

// ReportMessage notes what a carrier said later. What it said of a message that waits again settles that too.
func (s *Store) ReportMessage(ctx context.Context, ref string, state provider.MessageState, fault provider.SendFault, at time.Time) error {
	const statement = `
		WITH done AS (
			UPDATE messages SET state = $2, fault = $3, settled_at = coalesce(settled_at, $4), lease = ''
			WHERE ref = $1 AND ref <> '' AND state NOT IN ('` + string(provider.MessageDelivered) + `', '` + string(provider.MessageFailed) + `')
			RETURNING 1)
		SELECT (SELECT count(*) FROM done) + (SELECT count(*) FROM messages WHERE ref = $1 AND ref <> '')`
	return found(s.ask(ctx, statement, ref, string(state), string(fault), micros(at)).one(provider.ErrNotFound))
}

// DeliveryOf tells what became of the newest message of a challenge.
func (s *Store) DeliveryOf(ctx context.Context, challenge string) (provider.Delivery, error) {
	const query = `
		SELECT state, fault, at FROM messages
		WHERE challenge = $1 AND challenge <> ''
		ORDER BY at DESC LIMIT 1`
	var d provider.Delivery
	err := s.ask(ctx, query, challenge).Scan((*string)(&d.State), (*string)(&d.Fault), instant{&d.At})
	return d, found(err)
}

// Backlog counts what waits.
func (s *Store) Backlog(ctx context.Context) (int, time.Time, error) {
	const query = `SELECT count(*), min(at) FROM messages WHERE settled_at IS NULL`
	var n int
	var since time.Time
	err := s.ask(ctx, query).Scan(&n, instant{&since})
	return n, since, err
}
