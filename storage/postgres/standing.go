package postgres

import (
	"context"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// family is what both ways of asking for a standing read: the grant, its account (open or not, nothing sealed), whether
// its password must be changed, its session and its consent.
const (
	family = `
		g.id, g.account, g.client, g.session, g.offline, g.scopes, g.nonce, g.auth_time, g.acr, g.amr, g.created_at,
		g.expires_at, g.code_hash, g.code_expires_at, g.code_used_at, g.redirect_uri, g.challenge, g.generation,
		g.rotated_at, g.revoked_at, g.revoked_why, g.claims,
		a.id, a.status, a.status_at, a.rev,
		(SELECT max(p.change_owed) FROM authenticators p WHERE p.account = g.account AND p.kind = 'password'),
		s.id, s.secret_hash, s.account, s.proofs, s.created_at, s.seen_at, s.ends_at, s.ended_at, s.ended_why, s.rev,
		o.account, o.client, o.scopes, o.given_at, o.expires_at`
	familyTables = `
		grants g
		LEFT JOIN accounts a ON a.id = g.account
		LEFT JOIN sessions s ON s.id = g.session
		LEFT JOIN consents o ON o.account = g.account AND o.client = g.client`
)

// familyRow is one such row; what is gone has zero values.
type familyRow struct {
	grant   provider.Grant
	account provider.Account
	owed    string
	session provider.Session
	consent provider.Consent
}

func (f *familyRow) columns() []any {
	return append(grantColumns(&f.grant),
		maybeText(&f.account.ID), maybeText(&f.account.Status), instant{&f.account.StatusAt}, number{&f.account.Rev},
		maybeText(&f.owed),
		maybeText(&f.session.ID), &f.session.SecretHash, maybeText(&f.session.Account), proofs{&f.session.Proofs},
		instant{&f.session.CreatedAt}, instant{&f.session.SeenAt}, instant{&f.session.EndsAt}, instant{&f.session.EndedAt},
		maybeText(&f.session.EndedWhy), number{&f.session.Rev},
		maybeText(&f.consent.Account), maybeText(&f.consent.Client), list{&f.consent.Scopes},
		instant{&f.consent.GivenAt}, instant{&f.consent.ExpiresAt})
}

func grantColumns(g *provider.Grant) []any {
	return []any{&g.ID, (*string)(&g.Account), &g.Client, &g.Session, &g.Offline, list{&g.Scopes}, raw{&g.Nonce},
		instant{&g.AuthTime}, &g.ACR, list{&g.AMR}, instant{&g.CreatedAt}, instant{&g.ExpiresAt}, &g.CodeHash,
		instant{&g.CodeExpiresAt}, instant{&g.CodeUsedAt}, &g.RedirectURI, raw{&g.Challenge}, &g.Generation,
		instant{&g.RotatedAt}, instant{&g.RevokedAt}, &g.RevokedWhy, &g.Claims}
}

// standing makes nil what is gone: every record that exists has a name.
func (f *familyRow) standing() provider.Standing {
	st := provider.Standing{Grant: &f.grant, ChangeOwed: f.owed}
	if f.account.ID != "" {
		st.Account = &f.account
	}
	if f.session.ID != "" {
		row.Own(&f.session)
		st.Session = &f.session
	}
	if f.consent.Account != "" {
		st.Consent = &f.consent
	}
	return st
}

// GrantByCode reads the standing of the grant with this code, redeemed or not. The client is left to the caller, who has
// authenticated it.
func (s *Store) GrantByCode(ctx context.Context, codeHash []byte) (provider.Standing, error) {
	const query = `SELECT` + family + ` FROM` + familyTables + ` WHERE g.code_hash = $1`
	var f familyRow
	err := s.ask(ctx, query, codeHash).Scan(f.columns()...)
	if err != nil {
		return provider.Standing{}, found(err)
	}
	return f.standing(), nil
}

// Standing reads everything that the gate wants to know in one statement, hence of one moment.
func (s *Store) Standing(ctx context.Context, grant, tokenID string) (provider.Standing, error) {
	const query = `SELECT` + family + `,
		c.id, c.name, c.secret_hash, c.auth_method, c.redirect_uris, c.post_logout_redirect_uris, c.grants, c.scopes,
		c.audience, c.min_level, c.pkce_optional, c.first_party, c.id_token_alg, c.rotate, c.created_at, c.disabled_at,
		c.backchannel_logout_uri, c.backchannel_logout_session_required, c.reports_activity,
		c.auth_alg, c.auth_audience, c.jwks, c.jwks_uri,
		c.require_par, c.sector, c.userinfo_alg, c.initiate_login_uri, c.rev,
		EXISTS (SELECT 1 FROM marks m WHERE m.purpose = $1 AND m.key_hash = $2)
		FROM` + familyTables + ` JOIN clients c ON c.id = g.client WHERE g.id = $3`
	var f familyRow
	var c provider.Client
	var revoked bool
	columns := append(append(f.columns(), clientColumns(&c)...), &revoked)
	err := s.ask(ctx, query, provider.RevokedToken, tokenHash(tokenID), grant).Scan(columns...)
	if err != nil {
		return provider.Standing{}, found(err)
	}
	st := f.standing()
	st.Client, st.Revoked = &c, revoked
	return st, nil
}

// tokenHash is nothing that a mark could equal where no token is asked about.
func tokenHash(tokenID string) []byte {
	if tokenID == "" {
		return nil
	}
	return row.KeyHash(tokenID)
}
