package postgres

import (
	"context"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// OpenChallenge adds one, with the message that carries it.
func (s *Store) OpenChallenge(ctx context.Context, c provider.Challenge, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO challenges (id, account, authenticator, channel, target, tries, max_tries, created_at, expires_at, solved_at)
			VALUES ($9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
			ON CONFLICT DO NOTHING RETURNING 1)` + counted
	target, err := row.SealChallenge(s.sealer, c)
	if err != nil {
		return err
	}
	return s.act(ctx, e, statement, c.ID, string(c.Account), c.Authenticator, string(c.Channel), target, c.Tries, c.MaxTries,
		micros(c.CreatedAt), micros(c.ExpiresAt), maybe(c.SolvedAt)).one(provider.ErrTaken)
}

// Challenge reads one.
func (s *Store) Challenge(ctx context.Context, id string) (provider.Challenge, error) {
	const query = `
		SELECT true, account, authenticator, channel, target, tries, max_tries, created_at, expires_at, solved_at
		FROM challenges WHERE id = $1`
	c, _, err := s.scanChallenge(s.ask(ctx, query, id), id)
	return c, err
}

// scanChallenge reads a challenge, or whether there is one at all.
func (s *Store) scanChallenge(a answer, id string) (c provider.Challenge, exists bool, err error) {
	c.ID = id
	var target []byte
	var tries, most int64
	err = a.Scan(&exists, maybeText(&c.Account), maybeText(&c.Authenticator), maybeText(&c.Channel), &target, number{&tries}, number{&most},
		instant{&c.CreatedAt}, instant{&c.ExpiresAt}, instant{&c.SolvedAt})
	if err != nil {
		return provider.Challenge{}, false, found(err)
	}
	if target == nil {
		return provider.Challenge{}, exists, nil
	}
	c.Tries, c.MaxTries = int(tries), int(most)
	err = row.OpenChallenge(s.sealer, &c, target)
	return c, exists, err
}

// TryChallenge counts an answer: of a thousand at once, as many get a row as there are tries.
func (s *Store) TryChallenge(ctx context.Context, id string, at time.Time) (provider.Challenge, error) {
	const statement = `
		WITH done AS (
			UPDATE challenges SET tries = tries + 1
			WHERE id = $1 AND tries < max_tries AND solved_at IS NULL AND expires_at > $2
			RETURNING account, authenticator, channel, target, tries, max_tries, created_at, expires_at, solved_at)
		SELECT EXISTS (SELECT 1 FROM challenges WHERE id = $1), done.account, done.authenticator, done.channel, done.target,
			done.tries, done.max_tries, done.created_at, done.expires_at, done.solved_at
		FROM (SELECT 1) AS one LEFT JOIN done ON true`
	c, exists, err := s.scanChallenge(s.ask(ctx, statement, id, micros(at)), id)
	switch {
	case err != nil:
		return provider.Challenge{}, err
	case c.ID != "":
		return c, nil
	case exists:
		return provider.Challenge{}, provider.ErrUsed
	default:
		return provider.Challenge{}, provider.ErrNotFound
	}
}

// SolveChallenge spends one.
func (s *Store) SolveChallenge(ctx context.Context, id string, at time.Time) error {
	const statement = `
		WITH done AS (
			UPDATE challenges SET solved_at = $2 WHERE id = $1 AND solved_at IS NULL AND expires_at > $2 RETURNING 1)
		SELECT count(*) FROM done`
	return s.ask(ctx, statement, id, micros(at)).one(provider.ErrUsed)
}
