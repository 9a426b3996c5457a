package sqlite

import (
	"context"
	"database/sql"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// CreateClient adds one; its revision becomes 1.
func (s *Store) CreateClient(ctx context.Context, c provider.Client, e provider.Event) error {
	const statement = `
		INSERT INTO clients (id, name, secret_hash, auth_method, redirect_uris, post_logout_redirect_uris, grants, scopes,
			audience, min_level, pkce_optional, first_party, id_token_alg, rotate, created_at, disabled_at,
			backchannel_logout_uri, backchannel_logout_session_required, reports_activity,
			auth_alg, auth_audience, jwks, jwks_uri,
			require_par, sector, userinfo_alg, initiate_login_uri, rev)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT DO NOTHING`
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrTaken, statement, c.ID, c.Name, bytesOrNull(c.SecretHash), c.AuthMethod,
			row.ListText(c.RedirectURIs), row.ListText(c.PostLogoutRedirectURIs), row.ListText(c.Grants),
			row.ListText(c.Scopes), row.ListText(c.Audience), c.MinLevel, c.PKCEOptional, c.FirstParty, c.IDTokenAlg,
			c.Rotate, micros(c.CreatedAt), maybe(c.DisabledAt), c.BackChannelLogoutURI, c.BackChannelNeedsSID,
			c.ReportsActivity, c.AuthAlg, c.AuthAudience, c.JWKS, c.JWKSURI,
			c.RequirePAR, c.Sector, c.UserinfoAlg, c.InitiateLoginURI)
	})
}

// Client reads one, disabled or not.
func (s *Store) Client(ctx context.Context, id string) (provider.Client, error) {
	const query = `
		SELECT id, name, secret_hash, auth_method, redirect_uris, post_logout_redirect_uris, grants, scopes, audience,
			min_level, pkce_optional, first_party, id_token_alg, rotate, created_at, disabled_at,
			backchannel_logout_uri, backchannel_logout_session_required, reports_activity,
			auth_alg, auth_audience, jwks, jwks_uri,
			require_par, sector, userinfo_alg, initiate_login_uri, rev
		FROM clients WHERE id = ?`
	var c provider.Client
	err := s.reader.row(ctx, query, id).Scan(clientColumns(&c)...)
	if err != nil {
		return provider.Client{}, found(err)
	}
	return c, nil
}

// Clients lists all, by id.
func (s *Store) Clients(ctx context.Context) ([]provider.Client, error) {
	const query = `
		SELECT id, name, secret_hash, auth_method, redirect_uris, post_logout_redirect_uris, grants, scopes, audience,
			min_level, pkce_optional, first_party, id_token_alg, rotate, created_at, disabled_at,
			backchannel_logout_uri, backchannel_logout_session_required, reports_activity,
			auth_alg, auth_audience, jwks, jwks_uri,
			require_par, sector, userinfo_alg, initiate_login_uri, rev
		FROM clients ORDER BY id`
	var all []provider.Client
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var c provider.Client
		err := rows.Scan(clientColumns(&c)...)
		all = append(all, c)
		return err
	})
	return all, err
}

func clientColumns(c *provider.Client) []any {
	return []any{&c.ID, &c.Name, &c.SecretHash, &c.AuthMethod, list{&c.RedirectURIs}, list{&c.PostLogoutRedirectURIs},
		list{&c.Grants}, list{&c.Scopes}, list{&c.Audience}, &c.MinLevel, &c.PKCEOptional, &c.FirstParty, &c.IDTokenAlg,
		&c.Rotate, instant{&c.CreatedAt}, instant{&c.DisabledAt}, &c.BackChannelLogoutURI, &c.BackChannelNeedsSID,
		&c.ReportsActivity, &c.AuthAlg, &c.AuthAudience, &c.JWKS,
		&c.JWKSURI, &c.RequirePAR, &c.Sector, &c.UserinfoAlg, &c.InitiateLoginURI, &c.Rev}
}

// UpdateClient replaces one if its revision is still the one that was read.
func (s *Store) UpdateClient(ctx context.Context, c provider.Client, e provider.Event) error {
	const statement = `
		UPDATE clients
		SET name = ?, secret_hash = ?, auth_method = ?, redirect_uris = ?, post_logout_redirect_uris = ?, grants = ?,
			scopes = ?, audience = ?, min_level = ?, pkce_optional = ?, first_party = ?, id_token_alg = ?, rotate = ?,
			created_at = ?, disabled_at = ?, backchannel_logout_uri = ?, backchannel_logout_session_required = ?,
			reports_activity = ?, auth_alg = ?, auth_audience = ?, jwks = ?, jwks_uri = ?,
			require_par = ?, sector = ?, userinfo_alg = ?, initiate_login_uri = ?, rev = rev + 1
		WHERE id = ? AND rev = ?`
	const exists = `SELECT count(*) FROM clients WHERE id = ?`
	return s.act(ctx, e, func(t *tx) error {
		n, err := t.exec(statement, c.Name, bytesOrNull(c.SecretHash), c.AuthMethod, row.ListText(c.RedirectURIs),
			row.ListText(c.PostLogoutRedirectURIs), row.ListText(c.Grants), row.ListText(c.Scopes),
			row.ListText(c.Audience), c.MinLevel, c.PKCEOptional, c.FirstParty, c.IDTokenAlg, c.Rotate,
			micros(c.CreatedAt), maybe(c.DisabledAt), c.BackChannelLogoutURI, c.BackChannelNeedsSID,
			c.ReportsActivity, c.AuthAlg, c.AuthAudience, c.JWKS, c.JWKSURI,
			c.RequirePAR, c.Sector, c.UserinfoAlg, c.InitiateLoginURI, c.ID, c.Rev)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.stale(exists, c.ID)
		}
		return nil
	})
}

// RemoveClient deletes one with its consents and grants.
func (s *Store) RemoveClient(ctx context.Context, id string, e provider.Event) error {
	const grants = `DELETE FROM grants WHERE client = ?`
	const consents = `DELETE FROM consents WHERE client = ?`
	const client = `DELETE FROM clients WHERE id = ?`
	return s.act(ctx, e, func(t *tx) error {
		_, err := t.exec(grants, id)
		if err != nil {
			return err
		}
		_, err = t.exec(consents, id)
		if err != nil {
			return err
		}
		return t.one(provider.ErrNotFound, client, id)
	})
}
