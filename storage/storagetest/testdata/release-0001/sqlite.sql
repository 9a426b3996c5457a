CREATE TABLE accounts (
    id         TEXT    NOT NULL PRIMARY KEY,
    status     TEXT    NOT NULL,
    status_at  INTEGER NOT NULL,
    profile    BLOB    NOT NULL, -- sealed
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    rev        INTEGER NOT NULL
) STRICT;
INSERT INTO accounts (id, status, status_at, profile, created_at, updated_at, rev) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 'active', 1930810026543210, X'01753464667335737AD418A0DFF249D5BB8DC3FB8B8D34F44D68542C2857C4AE007B0E543573B3B3CA68B488494C05C3CC673E70E50E118323BA78343755CD02F9BFBB3FA992A75EBF12FA8E357F20C925C8E9426A2BC63A7163F5002F702070569FD26E', 1930810026543210, 1930810027543210, 1);
CREATE TABLE authenticators (
    id          TEXT    NOT NULL PRIMARY KEY,
    account     TEXT    NOT NULL REFERENCES accounts (id),
    kind        TEXT    NOT NULL,
    data        BLOB    NOT NULL, -- sealed
    failures    INTEGER NOT NULL,
    change_owed TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    used_at     INTEGER,
    rev         INTEGER NOT NULL
) STRICT;
INSERT INTO authenticators (id, account, kind, data, failures, change_owed, created_at, used_at, rev) VALUES ('kept password', 'AAAAAAAAAAAAAAAAAAAAAA', 'password', X'01753464667335737A0D2BBEFB5AB0BD6773C588160D130E25616B114FC880F80316C17DBFD9E9EFE14882CB1E7FE92DCD60632610', 0, '', 1930810026543210, 1930810026543210, 2);
CREATE TABLE ceremonies (
    id       TEXT    NOT NULL PRIMARY KEY,
    payload  BLOB    NOT NULL, -- sealed
    deadline INTEGER NOT NULL,
    rev      INTEGER NOT NULL
) STRICT;
CREATE TABLE clients (
    id                        TEXT    NOT NULL PRIMARY KEY,
    name                      TEXT    NOT NULL,
    secret_hash               BLOB,
    auth_method               TEXT    NOT NULL,
    redirect_uris             TEXT    NOT NULL,
    post_logout_redirect_uris TEXT    NOT NULL,
    grants                    TEXT    NOT NULL,
    scopes                    TEXT    NOT NULL,
    audience                  TEXT    NOT NULL,
    min_level                 INTEGER NOT NULL,
    pkce_optional             INTEGER NOT NULL,
    first_party               INTEGER NOT NULL,
    id_token_alg              TEXT    NOT NULL,
    rotate                    INTEGER NOT NULL,
    created_at                INTEGER NOT NULL,
    disabled_at               INTEGER,
    rev                       INTEGER NOT NULL
) STRICT;
INSERT INTO clients (id, name, secret_hash, auth_method, redirect_uris, post_logout_redirect_uris, grants, scopes, audience, min_level, pkce_optional, first_party, id_token_alg, rotate, created_at, disabled_at, rev) VALUES ('records', 'Client records', X'68617368206F662074686520736563726574', 'client_secret_basic', '["https://records.example.org/back"]', '[]', '["authorization_code"]', '["openid","profile"]', '["https://api.example.org"]', 2, 0, 0, 'RS256', 0, 1930810026543210, NULL, 1);
CREATE TABLE consents (
    account    TEXT    NOT NULL REFERENCES accounts (id),
    client     TEXT    NOT NULL REFERENCES clients (id),
    scopes     TEXT    NOT NULL,
    given_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, client)
) STRICT, WITHOUT ROWID;
INSERT INTO consents (account, client, scopes, given_at, expires_at) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 'records', '["openid"]', 1930810026543210, 1930813626543210);
CREATE TABLE events (
    seq      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    account  TEXT    NOT NULL,
    client   TEXT    NOT NULL,
    session  TEXT    NOT NULL,
    grant_id TEXT    NOT NULL,
    actor    TEXT    NOT NULL,
    detail   TEXT    NOT NULL
) STRICT;
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (1, 1930810026543210, 'account.created', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (2, 1930810026543210, 'client.created', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (3, 1930810026543210, 'session.began', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (4, 1930810026543210, 'consent.given', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (5, 1930810026543210, 'grant.began', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (6, 1930810026543210, 'keys.changed', '', '', '', '', 'house', '{"why":"test"}');
CREATE TABLE grants (
    id              TEXT    NOT NULL PRIMARY KEY,
    account         TEXT    NOT NULL REFERENCES accounts (id),
    client          TEXT    NOT NULL REFERENCES clients (id),
    session         TEXT    NOT NULL,
    offline         INTEGER NOT NULL,
    scopes          TEXT    NOT NULL,
    nonce           TEXT    NOT NULL,
    auth_time       INTEGER NOT NULL,
    acr             TEXT    NOT NULL,
    amr             TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    code_hash       BLOB    UNIQUE,
    code_expires_at INTEGER,
    code_used_at    INTEGER,
    redirect_uri    TEXT    NOT NULL,
    challenge       TEXT    NOT NULL,
    generation      INTEGER NOT NULL,
    rotated_at      INTEGER,
    revoked_at      INTEGER,
    revoked_why     TEXT    NOT NULL
) STRICT;
INSERT INTO grants (id, account, client, session, offline, scopes, nonce, auth_time, acr, amr, created_at, expires_at, code_hash, code_expires_at, code_used_at, redirect_uri, challenge, generation, rotated_at, revoked_at, revoked_why) VALUES ('CCCCCCCCCCCCCCCCCCCCCA', 'AAAAAAAAAAAAAAAAAAAAAA', 'records', 'BBBBBBBBBBBBBBBBBBBBBA', 0, '["openid"]', 'n-0', 1930810026543210, 'urn:gatehouse:acr:two-step', '["otp","pwd"]', 1930810026543210, 1933402026543210, X'A2D5F2004D95248ABA3779939392ECCB5C6605EB721DDE0578A2E95F326C3C4A', 1930810086543210, 1930810027543210, 'https://app.example.org/back', 'E9Melhoa2Ow', 1, 1930810086543210, NULL, '');
CREATE TABLE identifiers (
    account     TEXT    NOT NULL REFERENCES accounts (id),
    position    INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    name        BLOB    NOT NULL, -- sealed: as written and in canonical form
    verified_at INTEGER,
    PRIMARY KEY (account, position)
) STRICT, WITHOUT ROWID;
INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 0, 'username', X'2364843EC6CCA94115A26227082A18CF7A3F90EF46B9C04BCADF24C5729E63B2', X'01753464667335737A41C3437D1495C040851D59C46052D44113CE748DF4CA75BDC55E8D47B02417580E8181B218CFD811E7124FA7652681208F77BA70841D152142C469B5E4BD2DFAE2A7E41361CD4A', NULL);
INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 1, 'email', X'01F86C89C839AF2EC447D299D042D7E711D61B461208FAF14474A4D1A8C4851D', X'01753464667335737A7D5090CE845A3B8A525E80B417CA0F01694AE5EB4C058EF44D2CB327D999A32D7D1FB39F7D32CA7AAC920A2434720D4C11A4524598E0FA7C860C970437A7B8093C3C33BDBA823F1313594C3E088642C2E722AA692F', 1930810086543210);
CREATE TABLE keyring (
    id  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    doc BLOB    NOT NULL,
    rev INTEGER NOT NULL
) STRICT;
INSERT INTO keyring (id, doc, rev) VALUES (1, X'7365616C6564206B657972696E67', 1);
CREATE TABLE marks (
    purpose  TEXT    NOT NULL,
    key_hash BLOB    NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (purpose, key_hash)
) STRICT, WITHOUT ROWID;
INSERT INTO marks (purpose, key_hash, until) VALUES ('ceremony', X'D95F8B78C43E84881DA8D3B1A7C98007BCD6489484689589EDF185976C9AC129', 1930813626543210);
INSERT INTO marks (purpose, key_hash, until) VALUES ('revoked-token', X'15EBE4F459CF303E73F740AAB93627B9E3726D3768712D4624B183B1E84C3B8F', 1930813626543210);
CREATE TABLE nobody (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    failures INTEGER NOT NULL
) STRICT;
INSERT INTO nobody (id, failures) VALUES (1, 0);
CREATE TABLE schema_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (1, 0, 1, '2026-11-22 15:53:00');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (2, 1, 1, '2026-11-22 15:53:00');
CREATE TABLE sessions (
    id          TEXT    NOT NULL PRIMARY KEY,
    secret_hash BLOB    NOT NULL UNIQUE,
    account     TEXT    NOT NULL REFERENCES accounts (id),
    proofs      TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    ended_at    INTEGER,
    ended_why   TEXT    NOT NULL,
    rev         INTEGER NOT NULL
) STRICT;
INSERT INTO sessions (id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev) VALUES ('BBBBBBBBBBBBBBBBBBBBBA', X'019BB44146D308316687C95AB76CB0C90AC5ED10C308B1D717E2B5F1532CA83A', 'AAAAAAAAAAAAAAAAAAAAAA', '[{"account":"AAAAAAAAAAAAAAAAAAAAAA","authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]', 1930810026543210, 1930810026543210, 1930853226543210, NULL, '', 1);
CREATE INDEX authenticators_account ON authenticators (account, created_at, id);
CREATE INDEX ceremonies_deadline ON ceremonies (deadline);
CREATE INDEX consents_client ON consents (client);
CREATE INDEX events_account ON events (account, seq) WHERE account <> '';
CREATE TRIGGER events_append_only BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
CREATE INDEX grants_account ON grants (account);
CREATE INDEX grants_client ON grants (client);
CREATE INDEX grants_expires ON grants (expires_at);
CREATE INDEX grants_revoked ON grants (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX grants_session ON grants (session);
CREATE INDEX grants_unredeemed ON grants (code_expires_at) WHERE code_used_at IS NULL;
CREATE INDEX identifiers_fingerprint ON identifiers (fingerprint, kind);
CREATE UNIQUE INDEX identifiers_username ON identifiers (fingerprint) WHERE kind = 'username';
CREATE INDEX marks_until ON marks (until);
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_over ON sessions (min(ends_at, coalesce(ended_at, ends_at)));
