package sqlite

import (
	"context"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Consent reads what an account allowed a client.
func (s *Store) Consent(ctx context.Context, account provider.AccountID, client string) (provider.Consent, error) {
	const query = `SELECT scopes, given_at, expires_at FROM consents WHERE account = ? AND client = ?`
	c := provider.Consent{Account: account, Client: client}
	err := s.reader.row(ctx, query, account, client).Scan(list{&c.Scopes}, instant{&c.GivenAt}, instant{&c.ExpiresAt})
	if err != nil {
		return provider.Consent{}, found(err)
	}
	return c, nil
}

// GiveConsent writes or replaces one.
func (s *Store) GiveConsent(ctx context.Context, c provider.Consent, e provider.Event) error {
	const statement = `
		INSERT INTO consents (account, client, scopes, given_at, expires_at)
		VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (account, client) DO UPDATE
		SET scopes = excluded.scopes, given_at = excluded.given_at, expires_at = excluded.expires_at`
	return s.act(ctx, e, func(t *tx) error {
		_, err := t.exec(statement, c.Account, c.Client, row.ListText(c.Scopes), micros(c.GivenAt), micros(c.ExpiresAt))
		return unknown(err)
	})
}

// WithdrawConsent deletes one.
func (s *Store) WithdrawConsent(ctx context.Context, account provider.AccountID, client string, e provider.Event) error {
	const statement = `DELETE FROM consents WHERE account = ? AND client = ?`
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrNotFound, statement, account, client)
	})
}
