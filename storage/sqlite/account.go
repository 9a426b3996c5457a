package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// CreateAccount adds an account with its authenticators; its revision becomes 1.
func (s *Store) CreateAccount(ctx context.Context, a provider.Account, held []provider.Authenticator, e provider.Event) error {
	return s.act(ctx, e, func(t *tx) error { return s.addAccount(t, a, held) })
}

// addAccount adds one with its identifiers and authenticators: ErrTaken, where one of them is there already.
func (s *Store) addAccount(t *tx, a provider.Account, held []provider.Authenticator) error {
	err := s.insertAccount(t, a)
	if err != nil {
		return err
	}
	err = s.insertIdentifiers(t, a)
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Account != a.ID {
			return errStranger("authenticator", h.ID)
		}
		err = s.insertAuthenticator(t, h)
		if errors.Is(err, provider.ErrStale) {
			return provider.ErrTaken
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// errStranger: an account was to be made with something of somebody else's.
func errStranger(what, id string) error {
	return fmt.Errorf("sqlite: %s %s belongs to another account", what, id)
}

func (s *Store) insertAccount(t *tx, a provider.Account) error {
	const statement = `
		INSERT INTO accounts (id, status, status_at, profile, created_at, updated_at, rev)
		VALUES (?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT DO NOTHING`
	profile, err := row.SealProfile(s.sealer, a.ID, a.Profile)
	if err != nil {
		return err
	}
	return t.one(provider.ErrTaken, statement,
		a.ID, a.Status, micros(a.StatusAt), profile, micros(a.CreatedAt), micros(a.UpdatedAt))
}

// Account reads one with its identifiers, in one statement: read in two, a change between them could pair an old
// identifier with the new revision, and the next UpdateAccount would bring the old one back.
func (s *Store) Account(ctx context.Context, id provider.AccountID) (provider.Account, error) {
	const query = `
		SELECT a.status, a.status_at, a.profile, a.created_at, a.updated_at, a.rev,
		       i.position, i.kind, i.fingerprint, i.name, i.verified_at
		FROM accounts a LEFT JOIN identifiers i ON i.account = a.id
		WHERE a.id = ?
		ORDER BY i.position`
	a := provider.Account{ID: id}
	var profile []byte
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var i identifierRow
		err := rows.Scan(&a.Status, instant{&a.StatusAt}, &profile, instant{&a.CreatedAt}, instant{&a.UpdatedAt}, &a.Rev,
			&i.position, &i.kind, &i.fingerprint, &i.name, instant{&i.verifiedAt})
		if err != nil {
			return err
		}
		return s.addIdentifier(&a, i)
	}, id)
	if err != nil {
		return provider.Account{}, err
	}
	if a.Rev == 0 {
		return provider.Account{}, provider.ErrNotFound
	}
	a.Profile, err = row.OpenProfile(s.sealer, id, profile)
	return a, err
}

// UpdateAccount replaces all of an account, its identifiers too.
func (s *Store) UpdateAccount(ctx context.Context, a provider.Account, e provider.Event) error {
	return s.act(ctx, e, func(t *tx) error { return s.replaceAccount(t, a) })
}

func (s *Store) replaceAccount(t *tx, a provider.Account) error {
	const statement = `
		UPDATE accounts
		SET status = ?, status_at = ?, profile = ?, created_at = ?, updated_at = ?, rev = rev + 1
		WHERE id = ? AND rev = ?`
	const exists = `SELECT count(*) FROM accounts WHERE id = ?`
	profile, err := row.SealProfile(s.sealer, a.ID, a.Profile)
	if err != nil {
		return err
	}
	n, err := t.exec(statement,
		a.Status, micros(a.StatusAt), profile, micros(a.CreatedAt), micros(a.UpdatedAt), a.ID, a.Rev)
	if err != nil {
		return err
	}
	if n == 0 {
		return t.stale(exists, a.ID)
	}
	t.ended = t.ended || a.Status != provider.Active
	err = deleteIdentifiers(t, a.ID)
	if err != nil {
		return err
	}
	return s.insertIdentifiers(t, a)
}
