package sqlite

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// OpenChallenge adds one, with the message that carries it.
func (s *Store) OpenChallenge(ctx context.Context, c provider.Challenge, e provider.Event) error {
	const statement = `
		INSERT INTO challenges (id, account, authenticator, channel, target, tries, max_tries, created_at, expires_at, solved_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`
	target, err := row.SealChallenge(s.sealer, c)
	if err != nil {
		return err
	}
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrTaken, statement, c.ID, c.Account, c.Authenticator, c.Channel, target, c.Tries, c.MaxTries,
			micros(c.CreatedAt), micros(c.ExpiresAt), maybe(c.SolvedAt))
	})
}

// Challenge reads one.
func (s *Store) Challenge(ctx context.Context, id string) (provider.Challenge, error) {
	const query = `
		SELECT account, authenticator, channel, target, tries, max_tries, created_at, expires_at, solved_at
		FROM challenges WHERE id = ?`
	return s.scanChallenge(s.reader.row(ctx, query, id), id)
}

func (s *Store) scanChallenge(a answer, id string) (provider.Challenge, error) {
	c := provider.Challenge{ID: id}
	var target []byte
	err := a.Scan(&c.Account, &c.Authenticator, &c.Channel, &target, &c.Tries, &c.MaxTries,
		instant{&c.CreatedAt}, instant{&c.ExpiresAt}, instant{&c.SolvedAt})
	if err != nil {
		return provider.Challenge{}, found(err)
	}
	err = row.OpenChallenge(s.sealer, &c, target)
	return c, err
}

// TryChallenge counts an answer: of a thousand at once, as many get a row as there are tries. One that could not be counted
// is looked for without the write lock, so that a storm of guesses keeps nobody from writing for long.
func (s *Store) TryChallenge(ctx context.Context, id string, at time.Time) (provider.Challenge, error) {
	const statement = `
		UPDATE challenges SET tries = tries + 1
		WHERE id = ? AND tries < max_tries AND solved_at IS NULL AND expires_at > ?
		RETURNING account, authenticator, channel, target, tries, max_tries, created_at, expires_at, solved_at`
	var c provider.Challenge
	err := s.transact(ctx, func(t *tx) (err error) {
		c, err = s.scanChallenge(t.row(statement, id, micros(at)), id)
		return err
	})
	if !errors.Is(err, provider.ErrNotFound) {
		return c, err
	}
	_, err = s.Challenge(ctx, id)
	if err != nil {
		return provider.Challenge{}, err
	}
	return provider.Challenge{}, provider.ErrUsed
}

// SolveChallenge spends one.
func (s *Store) SolveChallenge(ctx context.Context, id string, at time.Time) error {
	const statement = `UPDATE challenges SET solved_at = ? WHERE id = ? AND solved_at IS NULL AND expires_at > ?`
	return s.transact(ctx, func(t *tx) error {
		return t.one(provider.ErrUsed, statement, micros(at), id, micros(at))
	})
}
