package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// CreateClient adds one; its revision becomes 1.
func (s *Store) CreateClient(ctx context.Context, c provider.Client, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO clients (id, name, secret_hash, auth_method, redirect_uris, post_logout_redirect_uris, grants, scopes,
				audience, min_level, pkce_optional, first_party, id_token_alg, rotate, created_at, disabled_at,
				backchannel_logout_uri, backchannel_logout_session_required, reports_activity,
				auth_alg, auth_audience, jwks, jwks_uri,
			require_par, sector, userinfo_alg, initiate_login_uri, rev)
			VALUES ($9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29,
				$30, $31, $32, $33, $34, $35, 1)
			ON CONFLICT DO NOTHING RETURNING 1)` + counted
	return s.act(ctx, e, statement, clientValues(c)...).one(provider.ErrTaken)
}

func clientValues(c provider.Client) []any {
	return []any{c.ID, c.Name, bytesOrNull(c.SecretHash), c.AuthMethod, row.ListText(c.RedirectURIs),
		row.ListText(c.PostLogoutRedirectURIs), row.ListText(c.Grants), row.ListText(c.Scopes), row.ListText(c.Audience),
		int(c.MinLevel), c.PKCEOptional, c.FirstParty, c.IDTokenAlg, c.Rotate, micros(c.CreatedAt), maybe(c.DisabledAt),
		c.BackChannelLogoutURI, c.BackChannelNeedsSID, c.ReportsActivity,
		c.AuthAlg, c.AuthAudience, c.JWKS, c.JWKSURI,
		c.RequirePAR, c.Sector, c.UserinfoAlg, c.InitiateLoginURI}
}

// Client reads one, disabled or not.
func (s *Store) Client(ctx context.Context, id string) (provider.Client, error) {
	const query = `
		SELECT id, name, secret_hash, auth_method, redirect_uris, post_logout_redirect_uris, grants, scopes, audience,
			min_level, pkce_optional, first_party, id_token_alg, rotate, created_at, disabled_at,
			backchannel_logout_uri, backchannel_logout_session_required, reports_activity,
			auth_alg, auth_audience, jwks, jwks_uri,
			require_par, sector, userinfo_alg, initiate_login_uri, rev
		FROM clients WHERE id = $1`
	var c provider.Client
	err := s.ask(ctx, query, id).Scan(clientColumns(&c)...)
	if err != nil {
		return provider.Client{}, found(err)
	}
	return c, nil
}

// Clients lists all, by id, byte for byte.
func (s *Store) Clients(ctx context.Context) ([]provider.Client, error) {
	const query = `
		SELECT id, name, secret_hash, auth_method, redirect_uris, post_logout_redirect_uris, grants, scopes, audience,
			min_level, pkce_optional, first_party, id_token_alg, rotate, created_at, disabled_at,
			backchannel_logout_uri, backchannel_logout_session_required, reports_activity,
			auth_alg, auth_audience, jwks, jwks_uri,
			require_par, sector, userinfo_alg, initiate_login_uri, rev
		FROM clients ORDER BY id COLLATE "C"`
	var all []provider.Client
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var c provider.Client
		err := rows.Scan(clientColumns(&c)...)
		all = append(all, c)
		return err
	})
	return all, err
}

func clientColumns(c *provider.Client) []any {
	return []any{&c.ID, &c.Name, &c.SecretHash, &c.AuthMethod, list{&c.RedirectURIs}, list{&c.PostLogoutRedirectURIs},
		list{&c.Grants}, list{&c.Scopes}, list{&c.Audience}, (*int)(&c.MinLevel), &c.PKCEOptional, &c.FirstParty,
		&c.IDTokenAlg, &c.Rotate, instant{&c.CreatedAt}, instant{&c.DisabledAt}, &c.BackChannelLogoutURI,
		&c.BackChannelNeedsSID, &c.ReportsActivity, &c.AuthAlg, &c.AuthAudience, &c.JWKS,
		&c.JWKSURI, &c.RequirePAR, &c.Sector, &c.UserinfoAlg, &c.InitiateLoginURI, &c.Rev}
}

// UpdateClient replaces one if its revision is still the one that was read.
func (s *Store) UpdateClient(ctx context.Context, c provider.Client, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE clients
			SET name = $10, secret_hash = $11, auth_method = $12, redirect_uris = $13, post_logout_redirect_uris = $14,
				grants = $15, scopes = $16, audience = $17, min_level = $18, pkce_optional = $19, first_party = $20,
				id_token_alg = $21, rotate = $22, created_at = $23, disabled_at = $24,
				backchannel_logout_uri = $25, backchannel_logout_session_required = $26, reports_activity = $27,
				auth_alg = $28, auth_audience = $29, jwks = $30, jwks_uri = $31,
				require_par = $32, sector = $33, userinfo_alg = $34, initiate_login_uri = $35, rev = rev + 1
			WHERE id = $9 AND rev = $36
			RETURNING 1)` + said + `
		SELECT (SELECT count(*) FROM done), EXISTS (SELECT 1 FROM clients WHERE id = $9)`
	return s.act(ctx, e, statement, append(clientValues(c), c.Rev)...).swapped()
}

// RemoveClient deletes one with its consents and grants. No index leads from an application to its grants: it would cost
// every sign-in, and this is an operator's rare command, which may take a minute.
func (s *Store) RemoveClient(ctx context.Context, id string, e provider.Event) error {
	const statement = `
		WITH done AS (DELETE FROM clients WHERE id = $9 RETURNING id),
		families AS (DELETE FROM grants USING done WHERE client = done.id),
		allowed AS (DELETE FROM consents USING done WHERE client = done.id)` + counted
	return s.act(ctx, e, statement, id).within(operatorWithin).one(provider.ErrNotFound)
}
