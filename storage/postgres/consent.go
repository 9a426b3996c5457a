package postgres

import (
	"context"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Consent reads what an account allowed a client.
func (s *Store) Consent(ctx context.Context, account provider.AccountID, client string) (provider.Consent, error) {
	const query = `SELECT scopes, given_at, expires_at FROM consents WHERE account = $1 AND client = $2`
	c := provider.Consent{Account: account, Client: client}
	err := s.ask(ctx, query, string(account), client).Scan(list{&c.Scopes}, instant{&c.GivenAt}, instant{&c.ExpiresAt})
	if err != nil {
		return provider.Consent{}, found(err)
	}
	return c, nil
}

// GiveConsent writes or replaces one.
func (s *Store) GiveConsent(ctx context.Context, c provider.Consent, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO consents (account, client, scopes, given_at, expires_at)
			VALUES ($9, $10, $11, $12, $13)
			ON CONFLICT (account, client) DO UPDATE
			SET scopes = excluded.scopes, given_at = excluded.given_at, expires_at = excluded.expires_at
			RETURNING 1)` + counted
	err := s.act(ctx, e, statement,
		string(c.Account), c.Client, row.ListText(c.Scopes), micros(c.GivenAt), micros(c.ExpiresAt)).one(nil)
	if is(err, codeNoParent) {
		return provider.ErrNotFound
	}
	return err
}

// WithdrawConsent deletes one.
func (s *Store) WithdrawConsent(ctx context.Context, account provider.AccountID, client string, e provider.Event) error {
	const statement = `
		WITH done AS (DELETE FROM consents WHERE account = $9 AND client = $10 RETURNING 1)` + counted
	return s.act(ctx, e, statement, string(account), client).one(provider.ErrNotFound)
}
