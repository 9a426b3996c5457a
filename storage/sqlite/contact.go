package sqlite

import (
	"context"
	"errors"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// UsernameFree looks whose a username is, or was.
func (s *Store) UsernameFree(ctx context.Context, canonical string, account provider.AccountID) (bool, error) {
	const query = `SELECT count(*) FROM usernames_given WHERE fingerprint = ? AND account <> ?`
	n := 0
	err := s.reader.row(ctx, query, row.Fingerprint(s.sealer, provider.Username, canonical), account).Scan(&n)
	return err == nil && n == 0, err
}

// ChangeContacts replaces an account with what comes and goes with it.
func (s *Store) ChangeContacts(ctx context.Context, c provider.ContactChange, e provider.Event) error {
	return s.act(ctx, e, func(t *tx) error {
		err := s.replaceAccount(t, c.Account)
		if err != nil {
			return err
		}
		err = s.exchange(t, c)
		if err != nil || c.Why == "" {
			return err
		}
		return endOthers(t, c.Account.ID, c.Keep, c.Why, c.At)
	})
}

// exchange unbinds what goes and binds what comes.
func (s *Store) exchange(t *tx, c provider.ContactChange) error {
	const unbind = `DELETE FROM authenticators WHERE id = ? AND account = ? AND rev = ?`
	for _, a := range c.Unbinds {
		err := t.one(provider.ErrStale, unbind, a.ID, c.Account.ID, a.Rev)
		if err != nil {
			return err
		}
	}
	for _, a := range c.Binds {
		if a.Account != c.Account.ID {
			return errStranger("authenticator", a.ID)
		}
		err := s.insertAuthenticator(t, a)
		if errors.Is(err, provider.ErrStale) {
			return provider.ErrTaken
		}
		if err != nil {
			return err
		}
	}
	return nil
}
