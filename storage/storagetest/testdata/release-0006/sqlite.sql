CREATE TABLE accounts (
    id         TEXT    NOT NULL PRIMARY KEY,
    status     TEXT    NOT NULL,
    status_at  INTEGER NOT NULL,
    profile    BLOB    NOT NULL, -- sealed
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    rev        INTEGER NOT NULL
) STRICT;
INSERT INTO accounts (id, status, status_at, profile, created_at, updated_at, rev) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 'active', 1930810026543210, X'01753464667335737AA8B09193AEC2A1681B569572BA997C3539B7ADD5DD52056BD666B823022B05E3D74E7622C05759505DBFD6B0904B5ADEA699E519F319170E89AFB66715FCD0BC715539A18A8C98CFB3E5449443AA7C8E7A07FD78FF646D05673C39', 1930810026543210, 1930810027543210, 1);
CREATE TABLE activations (
    id          TEXT    NOT NULL PRIMARY KEY,
    code_hash   BLOB    NOT NULL UNIQUE,
    fingerprint BLOB    NOT NULL,
    relation    TEXT    NOT NULL,
    invitation  BLOB    NOT NULL, -- sealed: the record, the contact, the facts
    issued_at   INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    revoked_at  INTEGER,
    revoked_why TEXT    NOT NULL DEFAULT '',
    used_at     INTEGER,
    used_by     TEXT    NOT NULL DEFAULT ''
) STRICT;
INSERT INTO activations (id, code_hash, fingerprint, relation, invitation, issued_at, expires_at, revoked_at, revoked_why, used_at, used_by) VALUES ('kept open', X'636F6465206F66206B657074206F70656E', X'05762D27B0A3885AB01604BDEC2C581B9E7EF35C32457914C92824DF49835112', 'self', X'01753464667335737A3AF3B39A7CAE1932028FF427C7B311D17322BA11B9D8DC39A1C99F9BF9CFB9ADA0CE6FE517BFEC609B0DFE5EC3AAFE31A7476034E741EEE34C971552EC61BFC3B2CF25122C6F9F11949C1E647F5A0EB22861B7EC69BD02A941529108B13F230B34BAFC59D45B52C65884508E1F318B20066B477B85A9FA413D9B59B09D65391CA77BF9C02755FF822C72D8B68F472578E04CC07C3F89606DCA5578212B652A16B5F7E7C622CD63B750DF2C4DD60FDBB5E98D7C5C7BED9F825E6C560C8D99D693227AC1AE201838BD9A99E4D0C7851F14B858401DD746805A637D', 1930810026543210, 1933402026543210, NULL, '', NULL, '');
INSERT INTO activations (id, code_hash, fingerprint, relation, invitation, issued_at, expires_at, revoked_at, revoked_why, used_at, used_by) VALUES ('kept used', X'636F6465206F66206B6570742075736564', X'9C4B68591673BF0A1F23371FB21FE594C6C34A4E8919434473F30668DF0491A6', 'self', X'01753464667335737A773D86209A338D71D056C56FA0787FD35FC046EEB322A660D43F6AEC8CE3D08B1FC079772079D70C0F4882C0D2C5C0C7588808FD8FC4F2D75DABB3A7565061529F3B4E4F747B31354C3797CA99EC91BCDC9FFDD2525A9C7D0B31E03295492996F3CD670F6ACF1317162A2EB45EBC3B5EE87866AFBEB7FB80EFDDAF829D9C48C51E40ED5CA6319B82F8843D56C05D943B0D969D44646143845CC97A756C9EDE7227DF1AABB7FDEE3C5A5EDAB2C687465D5D4785101DAE332A6473784EEE15854371833A73F7816028FBAE7983808CE4BBB9FB14EF7AFD78C90514', 1930810026543210, 1933402026543210, NULL, '', 1930810026543210, 'AAAAAAAAAAAAAAAAAAAAAA');
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
INSERT INTO authenticators (id, account, kind, data, failures, change_owed, created_at, used_at, rev, name, step) VALUES ('kept password', 'AAAAAAAAAAAAAAAAAAAAAA', 'password', X'01753464667335737AF195C8DDF6BD6A6F499EB90A0E3D64C453A81F25DFB40345ED8E20252935E6BA8300AD5D8034EBE6EC8608CF', 0, '', 1930810026543210, 1930810026543210, 2, NULL, 0);
INSERT INTO authenticators (id, account, kind, data, failures, change_owed, created_at, used_at, rev, name, step) VALUES ('kept app', 'AAAAAAAAAAAAAAAAAAAAAA', 'totp', X'01753464667335737AFFBB397948210D4D1ADFA1000315615BE420A0EBA1B66541D1EF2095DCEEF71B2CB896750C58C466', 0, '', 1930810086543210, NULL, 1, X'01753464667335737ABB7647C8CC830ECF4BE702EDAA82C515E57AE60C7579CABCCE60776ED1322003E94D8BAC46147B', 57);
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
INSERT INTO challenges (id, account, authenticator, channel, target, tries, max_tries, created_at, expires_at, solved_at) VALUES ('DDDDDDDDDDDDDDDDDDDDDA', 'AAAAAAAAAAAAAAAAAAAAAA', 'a1', 'text', X'01753464667335737A9D401C2F0DA7E8932411A6593BEF8BD32AC740944A35F399BF00316E1A126904552A8E2AED', 1, 5, 1930810026543210, 1930810626543210, NULL);
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
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (11, 1930810026543210, 'activation.issued', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (12, 1930810026543210, 'activation.issued', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (13, 1930810026543210, 'record.joined', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (14, 1930810026543210, 'recovery.started', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (15, 1930810026543210, 'told', '', '', '', '', 'house', '{"why":"test"}');
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
INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 0, 'username', X'2364843EC6CCA94115A26227082A18CF7A3F90EF46B9C04BCADF24C5729E63B2', X'01753464667335737A7B4128713386CCF8F531F52E12902D23C6C1716D7B50380D5D9ECE0214F9FB2780F5FD9A7E9BADEDC1036A9A133CE3145787DBE5365E1FEA337BA324F3F28BDF7E38AD739384FD', NULL);
INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 1, 'email', X'01F86C89C839AF2EC447D299D042D7E711D61B461208FAF14474A4D1A8C4851D', X'01753464667335737A29247541F8880BDBEF0B794A215AC73F38AA2D7078FA8D8B2BB735A360D58C17DBAB556B9A827A7187A2AF3B5C175ADD9EF90AB6EBC48A8F951F79AAA5494FA63E12D184CAF0A9C6A9C6DD9718E4183A3F5958BF77', 1930810086543210);
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
INSERT INTO marks (purpose, key_hash, until) VALUES ('ceremony', X'6E8E9D0C460049A89458E1486AEAECEF1FCB876996850BB2B906B0CCE2268404', 1930813626543210);
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
INSERT INTO messages (id, state, channel, account, template, lang, challenge, target, data, at, expires, due, lease, leased_until, tries, settled_at, fault, ref, unsure) VALUES ('kept message', 'waiting', 'email', 'ada', 'M-01', 'es-419', 'DDDDDDDDDDDDDDDDDDDDDA', X'01753464667335737A3C54461B2C7861235BDD1B930F8DB07D5480AC5930D87D1A7CC5EEDD4D82F004BBF28A74F62C4448C642A6', X'01753464667335737A7C1E16F408110C1D67315EBFDE764018F8D8A9DAC0447535E2FE0529841E98AE4F21FE8DFCAA332C5AD30DFD3B6781627D66E3030846D25AC65EECFB155BCFC9092463F2', 1930810086543210, 1930810626543210, 1930810086543210, '', 0, 0, NULL, '', '', '');
INSERT INTO messages (id, state, channel, account, template, lang, challenge, target, data, at, expires, due, lease, leased_until, tries, settled_at, fault, ref, unsure) VALUES ('G8T607gH4_KO9liGmUZt5g', 'sent', 'text', 'ada', 'M-01', 'es-419', 'settled', X'01753464667335737A5980CE8ADB9244C61E2045F90F600764EDC804B2AED1058EA9F2395772E4EB137AAF32E49C', X'01753464667335737A901CDC22030D77E663D136EAE7D8EBEED6513C2EC96CDC02E5EABE96E096E9D962B6AE5800F27D9F63725030B9D18E9CAD79FA86930FA82CF4E594F8557672202F30C978', 1930810026543210, 1930810626543210, 1930810026543210, '', 0, 1, 1930810026543210, '', 'kept reference', '');
INSERT INTO messages (id, state, channel, account, template, lang, challenge, target, data, at, expires, due, lease, leased_until, tries, settled_at, fault, ref, unsure) VALUES ('kept for nobody', 'dropped', 'nobody', 'ada', 'M-01', 'es-419', 'of nobody', X'01753464667335737AB47996436DDCE69AB086C161BD8C457E6614E2C102C224C52DAFDB331E30C8838DC12C1D9F', X'01753464667335737ACEB031D2D121E62BA97C7B95415B81358EACC0F83B7554996D491CB41E1EB8F1938D9ADBEDAC135B0108E989FDA54F826DE1DE720A44E4D602A200FED9D4C0912351768A', 1930810026543210, 1930810626543210, 1930810026543210, '', 0, 0, 1930810026543210, '', '', '');
CREATE TABLE nobody (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    failures INTEGER NOT NULL
) STRICT;
INSERT INTO nobody (id, failures) VALUES (1, 0);
CREATE TABLE record_links (
    account     TEXT    NOT NULL REFERENCES accounts (id),
    fingerprint BLOB    NOT NULL,
    relation    TEXT    NOT NULL,
    activation  TEXT    NOT NULL,
    record      BLOB    NOT NULL, -- sealed
    linked_at   INTEGER NOT NULL,
    PRIMARY KEY (account, fingerprint)
) STRICT, WITHOUT ROWID;
INSERT INTO record_links (account, fingerprint, relation, activation, record, linked_at) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', X'9C4B68591673BF0A1F23371FB21FE594C6C34A4E8919434473F30668DF0491A6', 'self', 'kept used', X'01753464667335737ADAAA4A5CFA7761D9E3B298A57FA42FCC18251DD4947FA3AF76A6B822A3721B253D4C4F3A4D15ACF7C927511774B6303E1D', 1930810026543210);
CREATE TABLE recoveries (
    id         TEXT    NOT NULL PRIMARY KEY,
    account    TEXT    NOT NULL,
    contacts   BLOB    NOT NULL, -- sealed, with the one it was started by
    started_at INTEGER NOT NULL,
    ready_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    notice_at  INTEGER,
    ended_at   INTEGER,
    ended_why  TEXT    NOT NULL DEFAULT ''
) STRICT;
INSERT INTO recoveries (id, account, contacts, started_at, ready_at, expires_at, notice_at, ended_at, ended_why) VALUES ('kept recovery', 'AAAAAAAAAAAAAAAAAAAAAA', X'01753464667335737ACF5583F0A29BE03297760AD238526EA7237F8EF348D1791CE5AB0C347ECC477F8BCAA632EA4B82F362AF92E36B2F17952920EC4740F45413E94C3DA9C0D9FD750E2849B189B137993D8093FD9DE9D14E40F20B5502D8B1C1FF8E1CCCB1EC3BEC8BC18BB946743182BB9223F6B2A29738D980794DE7D0375EFEE6C7D6D74CCD8CA2807F175FB5F90B2B547690F23EB715B92BF1D286F93BC0A21C7EFA02F5A9416DE45D4BADF2B3124B8ECF9277E8FD3CF0CF897B8A8CC401C1273EABEF46A4FA62E024E1D213858A980CF3FF77D371BA1C2EDEA811CAE9EA758C9E5E7295D1607718E8A109C6D9ADFD55EBCF9D6B0086D7098CB9E5E0EED8BADA262DFD3EA8D0AF6913CE9FFE8A7F4F2FD8526E1D44B86F15FF396D5A255D52A0A1CD59A465A929C14285FE9041B26A9984DD4F08DE5D8CFE3D20A53A32D8728B0C', 1930810026543210, 1931069226543210, 1931414826543210, 1930939626543210, NULL, '');
CREATE TABLE schema_serves (oldest INTEGER NOT NULL) STRICT;
INSERT INTO schema_serves (oldest) VALUES (5);
CREATE TABLE schema_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (1, 0, 1, '2026-11-22 20:20:42');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (2, 1, 1, '2026-11-22 20:20:42');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (3, 2, 1, '2026-11-22 20:20:42');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (4, 3, 1, '2026-11-22 20:20:42');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (5, 4, 1, '2026-11-22 20:20:42');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (6, 5, 1, '2026-11-22 20:20:42');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (7, 6, 1, '2026-11-22 20:20:42');
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
INSERT INTO sessions (id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev) VALUES ('xRxhtATtjKGengkZx9f4qQ', X'5C1D0F437667BE5CAA0C6E8E04AFC862C1F23DBAC2218D0DF8B54D90F4286F7D', 'AAAAAAAAAAAAAAAAAAAAAA', '[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]', 1930810026543210, 1930810026543210, 1930853226543210, NULL, '', 1);
CREATE INDEX activations_over ON activations (min(expires_at, coalesce(revoked_at, expires_at), coalesce(used_at, expires_at)));
CREATE INDEX activations_record ON activations (fingerprint, issued_at);
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
CREATE INDEX recoveries_notice ON recoveries (notice_at) WHERE ended_at IS NULL AND notice_at IS NOT NULL;
CREATE INDEX recoveries_over ON recoveries (min(expires_at, coalesce(ended_at, expires_at)));
CREATE UNIQUE INDEX recoveries_pending ON recoveries (account) WHERE ended_at IS NULL;
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_over ON sessions (min(ends_at, coalesce(ended_at, ends_at)));
