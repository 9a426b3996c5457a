CREATE TABLE accounts (
    id         TEXT    NOT NULL PRIMARY KEY,
    status     TEXT    NOT NULL,
    status_at  INTEGER NOT NULL,
    profile    BLOB    NOT NULL, -- sealed
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    rev        INTEGER NOT NULL
) STRICT;
INSERT INTO accounts (id, status, status_at, profile, created_at, updated_at, rev) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 'active', 1930810026543210, X'01753464667335737AD2A2722358B1481142BD09C695798DAA1C978D58E61E52E82928E6EA9C4DC335F3B195DA9FD713DCB8FE82FBABC2AD64D51FFC8207F977661FCF118215A694B4066912EB97E874084A59B8B96AFA4E6656ECDA62FFDD9EC2FCAA1C', 1930810026543210, 1930810027543210, 1);
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
, name BLOB, step INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO authenticators (id, account, kind, data, failures, change_owed, created_at, used_at, rev, name, step) VALUES ('kept password', 'AAAAAAAAAAAAAAAAAAAAAA', 'password', X'01753464667335737A410074BD3272C649369606A7CBC6FE9C1917B7779C157212CD17BE747DD32EE80588F277C023B164949BE8B7', 0, '', 1930810026543210, 1930810026543210, 2, NULL, 0);
INSERT INTO authenticators (id, account, kind, data, failures, change_owed, created_at, used_at, rev, name, step) VALUES ('kept app', 'AAAAAAAAAAAAAAAAAAAAAA', 'totp', X'01753464667335737A5065DF12599AD20C3A0328796A567AAE0544FF28270E1F896B49B03FB2F78D651E1225C60E49C530', 0, '', 1930810086543210, NULL, 1, X'01753464667335737ABD599383853E38EC9F6206D7345EAB4986B952221BC20A317A5EB6B890B00CC6CFDC8ADD3CE8EB', 57);
CREATE TABLE budgets (
    purpose     TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    spent       INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    PRIMARY KEY (purpose, fingerprint)
) STRICT, WITHOUT ROWID;
INSERT INTO budgets (purpose, fingerprint, spent, until) VALUES ('sends', X'6210422B5381089EB3DFAF7AC3F07EC5137B58BAE679A71A700A5803CA0323BC', 1, 1930813626543210);
CREATE TABLE ceremonies (
    id       TEXT    NOT NULL PRIMARY KEY,
    payload  BLOB    NOT NULL, -- sealed
    deadline INTEGER NOT NULL,
    rev      INTEGER NOT NULL
) STRICT;
CREATE TABLE challenges (
    id            TEXT    NOT NULL PRIMARY KEY,
    account       TEXT    NOT NULL,
    authenticator TEXT    NOT NULL,
    channel       TEXT    NOT NULL,
    target        BLOB    NOT NULL, -- sealed: the address
    tries         INTEGER NOT NULL,
    max_tries     INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    solved_at     INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO challenges (id, account, authenticator, channel, target, tries, max_tries, created_at, expires_at, solved_at) VALUES ('DDDDDDDDDDDDDDDDDDDDDA', 'AAAAAAAAAAAAAAAAAAAAAA', 'a1', 'text', X'01753464667335737A465A6A35ED881DD9AA24F225AA613E08D2119CCE7A160852CBB6D7E18E6A1BC6CB794E0242', 1, 5, 1930810026543210, 1930810626543210, NULL);
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
CREATE TABLE devices (
    account          TEXT    NOT NULL,
    secret_hash      BLOB    NOT NULL,
    id               TEXT    NOT NULL,
    words            TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    seen_at          INTEGER NOT NULL,
    remembered_until INTEGER,
    PRIMARY KEY (account, secret_hash)
) STRICT, WITHOUT ROWID;
INSERT INTO devices (account, secret_hash, id, words, created_at, seen_at, remembered_until) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', X'6F03D2971640F794DF3C2747054D321B4D40454B31D278FFDCA692617F2E2FA6', 'kept device', 'Firefox on Windows', 1930810026543210, 1930810026543210, 1933402026543210);
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
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (7, 1930810026543210, 'authenticator.bound', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (8, 1930810026543210, 'told', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (9, 1930810026543210, 'session.began', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (10, 1930810026543210, 'told', '', '', '', '', 'house', '{"why":"test"}');
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
INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 0, 'username', X'2364843EC6CCA94115A26227082A18CF7A3F90EF46B9C04BCADF24C5729E63B2', X'01753464667335737A14B740AD60A1C058F65DC8B9738340893DD39F16A27B8BF59802B10050EBD3FC5F59431BEA8533310387AC6C8E9F94C49EAE6C10423DC1CB72268FDCB7BE0B06BC9480D80C3E3D', NULL);
INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 1, 'email', X'01F86C89C839AF2EC447D299D042D7E711D61B461208FAF14474A4D1A8C4851D', X'01753464667335737AB89BA869556769176FD67D721C9D0F20D68AD7B0E4E72E55F95B9C031ACF3FC4B9D1F725564043A73C025151EDD5B04CF4F4A764DEC0E2CC831CEE8DE0E03144C8EE551BE50D4E8A75B831601BBD968AC5033B51D8', 1930810086543210);
CREATE TABLE keyring (
    id  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    doc BLOB    NOT NULL,
    rev INTEGER NOT NULL
) STRICT;
INSERT INTO keyring (id, doc, rev) VALUES (1, X'7365616C6564206B657972696E67', 1);
CREATE TABLE lanes (
    kind         TEXT    NOT NULL,
    fingerprint  BLOB    NOT NULL,
    tries        INTEGER NOT NULL, -- of the window
    began        INTEGER NOT NULL, -- the window
    pauses       INTEGER NOT NULL, -- one after another
    paused_until INTEGER NOT NULL,
    today        INTEGER NOT NULL,
    day_began    INTEGER NOT NULL,
    in_a_row     INTEGER NOT NULL,
    forget_at    INTEGER NOT NULL,
    PRIMARY KEY (kind, fingerprint)
) STRICT, WITHOUT ROWID;
INSERT INTO lanes (kind, fingerprint, tries, began, pauses, paused_until, today, day_began, in_a_row, forget_at) VALUES ('strangers', X'BB95A8A67D4755C5625108EB96B068288B46BAE03843B075C4ACE78305F31B9C', 3, 1930810026543210, 0, 0, 3, 1930810026543210, 3, 1965370026543210);
CREATE TABLE marks (
    purpose  TEXT    NOT NULL,
    key_hash BLOB    NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (purpose, key_hash)
) STRICT, WITHOUT ROWID;
INSERT INTO marks (purpose, key_hash, until) VALUES ('ceremony', X'279144DB6E2AEE14B773F58EB0D9AF05EC29ADEB513DE523A441048AD68E1348', 1930813626543210);
INSERT INTO marks (purpose, key_hash, until) VALUES ('ceremony', X'D95F8B78C43E84881DA8D3B1A7C98007BCD6489484689589EDF185976C9AC129', 1930813626543210);
INSERT INTO marks (purpose, key_hash, until) VALUES ('revoked-token', X'15EBE4F459CF303E73F740AAB93627B9E3726D3768712D4624B183B1E84C3B8F', 1930813626543210);
CREATE TABLE messages (
    id           TEXT    NOT NULL PRIMARY KEY,
    state        TEXT    NOT NULL,
    channel      TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    template     TEXT    NOT NULL,
    lang         TEXT    NOT NULL,
    challenge    TEXT    NOT NULL,
    target       BLOB    NOT NULL, -- sealed: the address
    data         BLOB,             -- sealed; NULL where there is none
    at           INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    due          INTEGER NOT NULL,           -- not sent before
    lease        TEXT    NOT NULL DEFAULT '',
    leased_until INTEGER NOT NULL DEFAULT 0, -- a worker has it until then
    tries        INTEGER NOT NULL DEFAULT 0,
    settled_at   INTEGER,
    fault        TEXT    NOT NULL DEFAULT '',
    ref          TEXT    NOT NULL DEFAULT '',
    unsure       TEXT    NOT NULL DEFAULT ''
) STRICT;
INSERT INTO messages (id, state, channel, account, template, lang, challenge, target, data, at, expires, due, lease, leased_until, tries, settled_at, fault, ref, unsure) VALUES ('kept message', 'waiting', 'email', 'ada', 'M-01', 'es-419', 'DDDDDDDDDDDDDDDDDDDDDA', X'01753464667335737AEED15F3A1DB73C974AA2EF36E29C0BB3BD193D43D791B93AD1E2A465E4ADCC58499FD2DDBA8D30954D4C9D', X'01753464667335737A8FD4771C65987CACF179E9910C06D9B418BF61A6C46E1D55D06A1EF6B7D67FB4BC3EF591D77B058828AD344C2B4C0C63154978AFF39675A31C644635DC88E812138EDAAF', 1930810086543210, 1930810626543210, 1930810086543210, '', 0, 0, NULL, '', '', '');
INSERT INTO messages (id, state, channel, account, template, lang, challenge, target, data, at, expires, due, lease, leased_until, tries, settled_at, fault, ref, unsure) VALUES ('UJgudhh1TwERK8TkIUDOHg', 'sent', 'text', 'ada', 'M-01', 'es-419', 'settled', X'01753464667335737A7D08D053C66379DE69BFA2A872A12AC29E560DCCF1AA2C6BB5A13C26D11427DA4348A66306', X'01753464667335737A55C36831BB470BB5C1188A75E4F0494F1129AEB49019E83C9A5C5AE9C52947B5E7B1F87FF8AB8F770982AB3282ABDF9A3EEEDB43876199D9195CF87B4097C0311AD10686', 1930810026543210, 1930810626543210, 1930810026543210, '', 0, 1, 1930810026543210, '', 'kept reference', '');
CREATE TABLE nobody (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    failures INTEGER NOT NULL
) STRICT;
INSERT INTO nobody (id, failures) VALUES (1, 0);
CREATE TABLE schema_serves (oldest INTEGER NOT NULL) STRICT;
INSERT INTO schema_serves (oldest) VALUES (5);
CREATE TABLE schema_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (1, 0, 1, '2026-11-22 19:13:07');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (2, 1, 1, '2026-11-22 19:13:07');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (3, 2, 1, '2026-11-22 19:13:07');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (4, 3, 1, '2026-11-22 19:13:07');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (5, 4, 1, '2026-11-22 19:13:07');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (6, 5, 1, '2026-11-22 19:13:07');
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
INSERT INTO sessions (id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev) VALUES ('BBBBBBBBBBBBBBBBBBBBBA', X'019BB44146D308316687C95AB76CB0C90AC5ED10C308B1D717E2B5F1532CA83A', 'AAAAAAAAAAAAAAAAAAAAAA', '[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]', 1930810026543210, 1930810026543210, 1930853226543210, NULL, '', 1);
INSERT INTO sessions (id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev) VALUES ('do7Ws195CCPpufLJLj-6RQ', X'8E41B4EB0A9897354D87B4F3C03815E431556299FB4AB6543FAA59531DEAC34F', 'AAAAAAAAAAAAAAAAAAAAAA', '[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]', 1930810026543210, 1930810026543210, 1930853226543210, NULL, '', 1);
CREATE INDEX authenticators_account ON authenticators (account, created_at, id);
CREATE INDEX budgets_until ON budgets (until);
CREATE INDEX ceremonies_deadline ON ceremonies (deadline);
CREATE INDEX challenges_expires ON challenges (expires_at);
CREATE INDEX consents_client ON consents (client);
CREATE INDEX devices_seen ON devices (seen_at);
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
CREATE INDEX lanes_forget ON lanes (forget_at);
CREATE INDEX marks_until ON marks (until);
CREATE INDEX messages_challenge ON messages (challenge, at) WHERE challenge <> '';
CREATE INDEX messages_due ON messages (channel, due) WHERE settled_at IS NULL;
CREATE INDEX messages_expires ON messages (expires) WHERE settled_at IS NULL;
CREATE INDEX messages_ref ON messages (ref) WHERE ref <> '';
CREATE INDEX messages_settled ON messages (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_over ON sessions (min(ends_at, coalesce(ended_at, ends_at)));
