CREATE TABLE accounts (
    id         TEXT    NOT NULL PRIMARY KEY,
    status     TEXT    NOT NULL,
    status_at  INTEGER NOT NULL,
    profile    BLOB    NOT NULL, -- sealed
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    rev        INTEGER NOT NULL
) STRICT;
INSERT INTO accounts (id, status, status_at, profile, created_at, updated_at, rev) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 'active', 1930810026543210, X'01753464667335737A1431EC4BFF811F981713764512B8D9DB6E7F252330C21226C7B834F48B3F95A2645F56CA653EBA2522EBDDF0F50CAF5F8E886C25ACEA303B8E99F53ADFD199D6BA6399AD6BC79B6FB280577F88C4AC72B015CE2454C087437CAFFF', 1930810026543210, 1930810027543210, 1);
INSERT INTO accounts (id, status, status_at, profile, created_at, updated_at, rev) VALUES ('EEEEEEEEEEEEEEEEEEEEEA', 'active', 1930810026543210, X'01753464667335737A5DB5FEEF34763FECCF70327CC77FFDF42677FA3CF409F6368DC84882D391F825A5F0208C5CC5554714549EFEDDA431E9CA87DA78D88876CE128487071E6B1C2643BC47DC0576272F1443E5C10BB763C0B2097FA624A56CE9B4C1AAA4A4BC9D702585F101F9757A835FFF2BF22C0DA6F23C6525F04D8B362A2568F76651C698D4C7BC2AB18FDB2629E7A610C73421E50000EAA0', 1930810026543210, 1930810027543210, 1);
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
INSERT INTO activations (id, code_hash, fingerprint, relation, invitation, issued_at, expires_at, revoked_at, revoked_why, used_at, used_by) VALUES ('kept open', X'636F6465206F66206B657074206F70656E', X'05762D27B0A3885AB01604BDEC2C581B9E7EF35C32457914C92824DF49835112', 'self', X'01753464667335737A023B05AEBB82BF667A14F2CC9E960E64DF95D5789627F94C60981B1554FEB43B5263853D0416A31F8F3C1DB33E58B5EEEE51EE203147687E1A5FF7F6F367D8359D4F54824595E7B03C1721E4DE9C99BCCD2E6B126BDCA5F862C19CDDBE8A4DB968E1211453E1EDA8C119075249FD72CA13117B990FCC4F9F5E3C3A8FC8FBA3CD6562DBB5220681B37C807E38F3C1A0934FFCC2A5F0D21088E6C540F1CE037B8F4232AC97187A2E8D5AD738917E434068ED0B9399EE1E10C4CD268207CAB1C212117EF2D2CA2C4C7619D927646A2A0533FCC70D0928D68A83EB17', 1930810026543210, 1933402026543210, NULL, '', NULL, '');
INSERT INTO activations (id, code_hash, fingerprint, relation, invitation, issued_at, expires_at, revoked_at, revoked_why, used_at, used_by) VALUES ('kept used', X'636F6465206F66206B6570742075736564', X'9C4B68591673BF0A1F23371FB21FE594C6C34A4E8919434473F30668DF0491A6', 'self', X'01753464667335737A0E380FB4755C7FE8C97FBBE4F8E736B2DA8DD12C6ACA649977BA5DE98F9680A064EFB18AF55C76B0B76587518BE657E76DA0A90D947F5D474B17D076BB3C0097BA5936291AC5EC348AEB31BC009B08BD96626A4506818CB5AC129A693A57985C19E07209043BF17165830FA2DE33C1BD082B2D736E9B78085AE3B680526CDD0159BF452E663C50837EB41A31F3F3AE004F774938BAB759BE189B6C8A526FC860AD82B91489E2D14DE7E532DC87E94126518FC7D8BA1106C04A6DF6A12B664AC1F91958FF10A841E0B4CC60D6EDE268A00AE32963D96DB98A5316', 1930810026543210, 1933402026543210, NULL, '', 1930810026543210, 'AAAAAAAAAAAAAAAAAAAAAA');
INSERT INTO activations (id, code_hash, fingerprint, relation, invitation, issued_at, expires_at, revoked_at, revoked_why, used_at, used_by) VALUES ('kept trust', X'636F6465206F66207472757374', X'55F44894CFEF87895F7E79837BE7DFF5F56637DEB1BA031208CDD3ABA2ADD22B', 'trusted', X'01753464667335737A58D2B5BCCF913E04BED981EEFB4FF75E0550E3E8C7C78CF025A2E290E10D3E1E85AFB8FE7939D9C0E32F2B6EAE402C803248D4C83F9C1E8C63A1BE745AD54967DD5B45E5CB3A7F26BBD99D8BB33619E850562CFB55D7FF98ED6F90410BAAFE1E1758DDE984BBC84592EB6A69448770B3476EEBA8A6D7957F15A4082BACEE6331CD96673404E4F70E932D76C8BABE478788F6FB111104630F488F7C2964F118DDC3E410EBBFEF847C5DA0809236851418640334AD97D3CA5D825B10D4344F88B9A29DBA8EFD8694C09BCFBDA48F33685F033965B394884B11A169948F674C052626B92BD531255478A37B2141AE782C9C2CF127244EF32C90399A83BDC0AED7AAEC556C05CE32521DAC822B861983647BDEB84B50F34A4046D1B3', 1930810026543210, 1933402026543210, NULL, '', 1930810026543210, 'EEEEEEEEEEEEEEEEEEEEEA');
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
INSERT INTO authenticators (id, account, kind, data, failures, change_owed, created_at, used_at, rev, name, step) VALUES ('kept password', 'AAAAAAAAAAAAAAAAAAAAAA', 'password', X'01753464667335737ADC11FCC7D80571815D9ABFF84D2270F739EFDDD94D7B9845F9780FB043B9A07FDE0AFF08B0E7DF9EE78493A8', 0, '', 1930810026543210, 1930810026543210, 2, NULL, 0);
INSERT INTO authenticators (id, account, kind, data, failures, change_owed, created_at, used_at, rev, name, step) VALUES ('kept app', 'AAAAAAAAAAAAAAAAAAAAAA', 'totp', X'01753464667335737A079DC9510E0B188AFBF767758F580AEB453FFF84A5A7979AEC5297F3FC9A2B58F6A676A6783438E4', 0, '', 1930810086543210, NULL, 1, X'01753464667335737AF4CEAA6B67B451AA76BFC648B02E87D7528F236FBEE7583F0B608B099237253C42B6FAC6E0ADBC', 57);
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
INSERT INTO challenges (id, account, authenticator, channel, target, tries, max_tries, created_at, expires_at, solved_at) VALUES ('DDDDDDDDDDDDDDDDDDDDDA', 'AAAAAAAAAAAAAAAAAAAAAA', 'a1', 'text', X'01753464667335737A3834DEECD8E1F7C01DB140BBFFBC8D232BE50675841A79DDACDC68DE057E6B667AD4C1D581', 1, 5, 1930810026543210, 1930810626543210, NULL);
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
, backchannel_logout_uri TEXT NOT NULL DEFAULT '', backchannel_logout_session_required INTEGER NOT NULL DEFAULT 0, reports_activity INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO clients (id, name, secret_hash, auth_method, redirect_uris, post_logout_redirect_uris, grants, scopes, audience, min_level, pkce_optional, first_party, id_token_alg, rotate, created_at, disabled_at, rev, backchannel_logout_uri, backchannel_logout_session_required, reports_activity) VALUES ('records', 'Client records', X'68617368206F662074686520736563726574', 'client_secret_basic', '["https://records.example.org/back"]', '[]', '["authorization_code"]', '["openid","profile"]', '["https://api.example.org"]', 2, 0, 0, 'RS256', 0, 1930810026543210, NULL, 1, '', 0, 0);
INSERT INTO clients (id, name, secret_hash, auth_method, redirect_uris, post_logout_redirect_uris, grants, scopes, audience, min_level, pkce_optional, first_party, id_token_alg, rotate, created_at, disabled_at, rev, backchannel_logout_uri, backchannel_logout_session_required, reports_activity) VALUES ('kept-watching', 'Client kept-watching', X'68617368206F662074686520736563726574', 'client_secret_basic', '["https://kept-watching.example.org/back"]', '[]', '["authorization_code"]', '["openid","profile"]', '["https://api.example.org"]', 2, 0, 0, 'RS256', 0, 1930810026543210, NULL, 1, 'https://kept.example.org/out', 1, 1);
CREATE TABLE closings (
    account   TEXT    NOT NULL PRIMARY KEY,
    id        TEXT    NOT NULL,
    asked_at  INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,
    notice_at INTEGER NOT NULL -- when somebody has to look at it next
) STRICT, WITHOUT ROWID;
INSERT INTO closings (account, id, asked_at, due_at, notice_at) VALUES ('EEEEEEEEEEEEEEEEEEEEEA', 'kept closing', 1930810026543210, 1932019626543210, 1931760426543210);
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
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (16, 1930810026543210, 'kept', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (17, 1930810026543210, 'activation.issued', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (18, 1930810026543210, 'record.joined', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (19, 1930810026543210, 'kept', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (20, 1930810026543210, 'closing.asked', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (21, 1930810026543210, 'kept', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (22, 1930810026543210, 'session.began', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (23, 1930810026543210, 'kept', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (24, 1930810026543210, 'session.began', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (25, 1930810026543210, 'kept', '', '', '', '', 'house', '{"why":"test"}');
INSERT INTO events (seq, at, kind, account, client, session, grant_id, actor, detail) VALUES (26, 1930810026543210, 'kept', '', '', '', '', 'house', '{"why":"test"}');
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
INSERT INTO grants (id, account, client, session, offline, scopes, nonce, auth_time, acr, amr, created_at, expires_at, code_hash, code_expires_at, code_used_at, redirect_uri, challenge, generation, rotated_at, revoked_at, revoked_why) VALUES ('EWx_xuCZaAW9aXNw76zasg', 'EEEEEEEEEEEEEEEEEEEEEA', 'kept-watching', 'FFFFFFFFFFFFFFFFFFFFFA', 0, '["openid"]', 'n-0', 1930810026543210, 'urn:gatehouse:acr:two-step', '["otp","pwd"]', 1930810026543210, 1933402026543210, X'667A991EBE9C9AF77AB7AA417D55F69AB7DAD21AA07B13D16D51741A01F87DA0', 1930810086543210, 1930810026543210, 'https://app.example.org/back', 'E9Melhoa2Ow', 0, NULL, NULL, '');
INSERT INTO grants (id, account, client, session, offline, scopes, nonce, auth_time, acr, amr, created_at, expires_at, code_hash, code_expires_at, code_used_at, redirect_uri, challenge, generation, rotated_at, revoked_at, revoked_why) VALUES ('1yYRBAybAQvC6sIE69576w', 'EEEEEEEEEEEEEEEEEEEEEA', 'kept-watching', 'GGGGGGGGGGGGGGGGGGGGGA', 0, '["openid"]', 'n-0', 1930810026543210, 'urn:gatehouse:acr:two-step', '["otp","pwd"]', 1930810026543210, 1933402026543210, X'E41DA4B92A9F87DC6F29A09DD650438E0B043B95C9070471229D30AFF2FF8EE8', 1930810086543210, 1930810026543210, 'https://app.example.org/back', 'E9Melhoa2Ow', 0, NULL, NULL, '');
CREATE TABLE identifiers (
    account     TEXT    NOT NULL REFERENCES accounts (id),
    position    INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    name        BLOB    NOT NULL, -- sealed: as written and in canonical form
    verified_at INTEGER,
    PRIMARY KEY (account, position)
) STRICT, WITHOUT ROWID;
INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 0, 'username', X'2364843EC6CCA94115A26227082A18CF7A3F90EF46B9C04BCADF24C5729E63B2', X'01753464667335737A56DBDAE4642E504684250D6404A26E1A9C904061AF9486967117E993D535D289FAABB34A086AE9F05A5E70CE6BEE58DE46DDFFE0115F46E09A7B3D55A651A0CE51587CB7903318', NULL);
INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 1, 'email', X'01F86C89C839AF2EC447D299D042D7E711D61B461208FAF14474A4D1A8C4851D', X'01753464667335737A577C80519CFED2F7884D3A6E419D236E1DC4F3697AC4852877A3D8EE32795AA6DFBB2C83C73F863F7737E74A7110465D967A494EE0D53CFD87FFBABE4DCEA971AA5354212D213C27C57AE304E9B54EFB75B324B316', 1930810086543210);
INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at) VALUES ('EEEEEEEEEEEEEEEEEEEEEA', 0, 'username', X'49B8518F3188A65CAD12076854D0832C57A2CD1B6796875385933C02E19CB80A', X'01753464667335737ACC96A0CF9BAE713F7CE64FB8D2F29F5D206207254D59B99301F455DA55ECDF098E7BFE56ED8F4BF28410441EA2CF12DE74FC82A6B153F600555ED69C570C1118EA71643EDD3754', NULL);
INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at) VALUES ('EEEEEEEEEEEEEEEEEEEEEA', 1, 'email', X'CEF1831733E15B8CCC83CE5C3724304AF9117D96FE9E901C32FC824603104306', X'01753464667335737AA65214296908133C3ED7778F63DC623D49AC6ED61D50F42463410AA65B5CEC2FC979B1C8A8DD4C25A3FD4E94B60302E933CC49CA041E35918CF2AEAE818B9760F71FC6D66768523E694185B6CFC6BEE7436895CB3A', 1930810086543210);
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
INSERT INTO marks (purpose, key_hash, until) VALUES ('ceremony', X'1A45ADC96F5DFDA91800C8FD20399869FC2BF955DA1753025D65A1C27ECDC5F1', 1930813626543210);
INSERT INTO marks (purpose, key_hash, until) VALUES ('ceremony', X'431267136F2914B291AE693915DD3C5212F867013AED2E73A4575D7297FB93E3', 1930813626543210);
INSERT INTO marks (purpose, key_hash, until) VALUES ('ceremony', X'D95F8B78C43E84881DA8D3B1A7C98007BCD6489484689589EDF185976C9AC129', 1930813626543210);
INSERT INTO marks (purpose, key_hash, until) VALUES ('ceremony', X'DCD5FC23EA76F199EEFBE5A932D899CD6C5DD2830DAAB26756E598C22AD00829', 1930813626543210);
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
INSERT INTO messages (id, state, channel, account, template, lang, challenge, target, data, at, expires, due, lease, leased_until, tries, settled_at, fault, ref, unsure) VALUES ('kept message', 'waiting', 'email', 'ada', 'M-01', 'es-419', 'DDDDDDDDDDDDDDDDDDDDDA', X'01753464667335737A21BBBC4A34E4EA89BFED4C6C01A8CE25205D3ABEABE727CFD9D983F70B3CF67BF873019BFB552F60A760FB', X'01753464667335737AEC73CE62B0304D8E48971B075A192C8A546A469224A779C7C924FCFA4F710DDA697E4040B7927F0ED25709116621456F9E4580D81855383F4E99CC1A5887720EA02BFFB5', 1930810086543210, 1930810626543210, 1930810086543210, '', 0, 0, NULL, '', '', '');
INSERT INTO messages (id, state, channel, account, template, lang, challenge, target, data, at, expires, due, lease, leased_until, tries, settled_at, fault, ref, unsure) VALUES ('Yo_BuqHINaxkkStJ7aE9vg', 'sent', 'text', 'ada', 'M-01', 'es-419', 'settled', X'01753464667335737AA62D67E298A25F19C531E34213BF67CEE725BA528C7A7E4836B48FDA627034E8E522F0F5FE', X'01753464667335737AF4EB5FF6498E46A5CD18A8249F9B6E37293950C4AFC2ED2FC48737BDDA653761FF11F6FD38AB90F22366482AA097E37E6C72396429F23E7D88AA7D90DA5E9C83784EE6BF', 1930810026543210, 1930810626543210, 1930810026543210, '', 0, 1, 1930810026543210, '', 'kept reference', '');
INSERT INTO messages (id, state, channel, account, template, lang, challenge, target, data, at, expires, due, lease, leased_until, tries, settled_at, fault, ref, unsure) VALUES ('kept for nobody', 'dropped', 'nobody', 'ada', 'M-01', 'es-419', 'of nobody', X'01753464667335737A5EAE80BC8ACD6FF57A1FDB05643EC622A6D4E4F7E051B4D083486C2120632A17A580FC7F8E', X'01753464667335737AF6C25902FEE08912BA9D78EB9802BA53A22526D846C415D3488B2893F2813CE2B67069A0F8166207BD5FEA11B5CCD9D6E4A92CB07221810C3355F0418D3E75DECC912418', 1930810026543210, 1930810626543210, 1930810026543210, '', 0, 0, 1930810026543210, '', '', '');
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
    linked_at   INTEGER NOT NULL, granted_by TEXT NOT NULL DEFAULT '', until INTEGER,
    PRIMARY KEY (account, fingerprint)
) STRICT, WITHOUT ROWID;
INSERT INTO record_links (account, fingerprint, relation, activation, record, linked_at, granted_by, until) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', X'9C4B68591673BF0A1F23371FB21FE594C6C34A4E8919434473F30668DF0491A6', 'self', 'kept used', X'01753464667335737ABE59834285F3FF32ED552E549A107535D1B5A8227A3EF76CF376010B0420825F88D228FD20FDAADD67B0E78673266A8CA2', 1930810026543210, '', NULL);
INSERT INTO record_links (account, fingerprint, relation, activation, record, linked_at, granted_by, until) VALUES ('EEEEEEEEEEEEEEEEEEEEEA', X'55F44894CFEF87895F7E79837BE7DFF5F56637DEB1BA031208CDD3ABA2ADD22B', 'trusted', 'kept trust', X'01753464667335737A5E91B19419AB09DFEFC935405FDFDEE5F0364ACB6260859331527EFB60238A2FB9B0F2664F7A8F8E7F4B95836933', 1930810026543210, 'AAAAAAAAAAAAAAAAAAAAAA', 1938586026543210);
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
INSERT INTO recoveries (id, account, contacts, started_at, ready_at, expires_at, notice_at, ended_at, ended_why) VALUES ('kept recovery', 'AAAAAAAAAAAAAAAAAAAAAA', X'01753464667335737ABEF2B2263C8B02C0A44E8C82D856D225C72699AA344D2825B6485A092EC6A1E8A09746A4439CF69CF0EB33BD77273B874632C5CB61BF34B1BE10904B4F592A43798DC06BE237A223B42E70E791E3F1EE68D52C890C3243ED7CD2989BE2938B63774A879C89BABC1C8D60E1B5BAEA0DFE321078622B763F8605B0329D3C3BD7008EC41B8163DCFD6A7F1C42742B46606D16C841F13F9FA4F4285C7E500EBEF9259D218798A16409FFD433E2F63DE4B69216BA6DD4137A94FC983E458915437E4537950BF2F7E3B483C495D884BBEED73A589FC0A53B668A5C4C14651DE8C90755746AB9FF54CD752E1C34A259249CC28CB1107C6F7B7BCF6D57F761028CA174769AF52D06DD9965938B116741DB7CB78E56EEAAB30ABA776F0E1F9DCEBC38C29FB38A039644391C0138A446404725DFF9D58B63FD53C2CCD07779A9', 1930810026543210, 1931069226543210, 1931414826543210, 1930939626543210, NULL, '');
CREATE TABLE schema_serves (oldest INTEGER NOT NULL) STRICT;
INSERT INTO schema_serves (oldest) VALUES (5);
CREATE TABLE schema_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (1, 0, 1, '2026-11-23 03:17:47');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (2, 1, 1, '2026-11-23 03:17:47');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (3, 2, 1, '2026-11-23 03:17:47');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (4, 3, 1, '2026-11-23 03:17:47');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (5, 4, 1, '2026-11-23 03:17:47');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (6, 5, 1, '2026-11-23 03:17:47');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (7, 6, 1, '2026-11-23 03:17:47');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (8, 7, 1, '2026-11-23 03:17:47');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (9, 8, 1, '2026-11-23 03:17:47');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (10, 9, 1, '2026-11-23 03:17:47');
INSERT INTO schema_version (id, version_id, is_applied, tstamp) VALUES (11, 10, 1, '2026-11-23 03:17:47');
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
INSERT INTO sessions (id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev) VALUES ('ogBSyeJ-6dii9wrF-J0YVg', X'BCA7215ABBE45AD7D07DC14A7620FBF026936611A7D86F21367BB81FE423ABF2', 'AAAAAAAAAAAAAAAAAAAAAA', '[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]', 1930810026543210, 1930810026543210, 1930853226543210, NULL, '', 1);
INSERT INTO sessions (id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev) VALUES ('FFFFFFFFFFFFFFFFFFFFFA', X'EBED3C572A4E8DF22FC7FE0CD5BA2FDC73F3450B62FEEF9D329BFAC75A0A109D', 'EEEEEEEEEEEEEEEEEEEEEA', '[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]', 1930810026543210, 1930810026543210, 1930853226543210, NULL, '', 1);
INSERT INTO sessions (id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev) VALUES ('GGGGGGGGGGGGGGGGGGGGGA', X'62D9622733F2C4BF3F29578175AC372AD658E64F5D4037D7291B81CADDD6BEC3', 'EEEEEEEEEEEEEEEEEEEEEA', '[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]', 1930810026543210, 1930810026543210, 1930853226543210, 1930810086543210, 'signed_out', 2);
CREATE TABLE signals (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind         TEXT    NOT NULL,
    client       TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    session      TEXT    NOT NULL,
    why          TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    due          INTEGER NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0,
    lease        TEXT    NOT NULL DEFAULT '',
    leased_until INTEGER NOT NULL DEFAULT 0,
    settled_at   INTEGER,
    outcome      TEXT    NOT NULL DEFAULT ''
) STRICT;
INSERT INTO signals (id, kind, client, account, session, why, at, due, tries, lease, leased_until, settled_at, outcome) VALUES (1, 'session-ended', 'kept-watching', 'EEEEEEEEEEEEEEEEEEEEEA', 'GGGGGGGGGGGGGGGGGGGGGA', 'signed_out', 1930810086543210, 1930810086543210, 0, '', 0, NULL, '');
CREATE TABLE terms_accepted (
    account     TEXT    NOT NULL REFERENCES accounts (id),
    version     TEXT    NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (account, version)
) STRICT, WITHOUT ROWID;
INSERT INTO terms_accepted (account, version, accepted_at) VALUES ('EEEEEEEEEEEEEEEEEEEEEA', '2031-03', 1930810026543210);
CREATE TABLE usernames_given (
    fingerprint BLOB NOT NULL PRIMARY KEY,
    account     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO usernames_given (fingerprint, account) VALUES (X'2364843EC6CCA94115A26227082A18CF7A3F90EF46B9C04BCADF24C5729E63B2', 'AAAAAAAAAAAAAAAAAAAAAA');
INSERT INTO usernames_given (fingerprint, account) VALUES (X'49B8518F3188A65CAD12076854D0832C57A2CD1B6796875385933C02E19CB80A', 'EEEEEEEEEEEEEEEEEEEEEA');
CREATE TRIGGER accounts_shut AFTER UPDATE OF status ON accounts WHEN OLD.status <> NEW.status AND NEW.status <> 'active'
BEGIN
    UPDATE sessions SET ended_at = max(NEW.status_at, NEW.updated_at), ended_why = 'account ' || NEW.status, rev = rev + 1
    WHERE account = NEW.id AND ended_at IS NULL AND ends_at > max(NEW.status_at, NEW.updated_at);
END;
CREATE INDEX activations_over ON activations (min(expires_at, coalesce(revoked_at, expires_at), coalesce(used_at, expires_at)));
CREATE INDEX activations_record ON activations (fingerprint, issued_at);
CREATE INDEX authenticators_account ON authenticators (account, created_at, id);
CREATE INDEX budgets_until ON budgets (until);
CREATE INDEX ceremonies_deadline ON ceremonies (deadline);
CREATE INDEX challenges_expires ON challenges (expires_at);
CREATE INDEX clients_reporting ON clients (reports_activity) WHERE disabled_at IS NULL;
CREATE INDEX closings_notice ON closings (notice_at);
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
CREATE TRIGGER identifiers_username_given BEFORE INSERT ON identifiers WHEN NEW.kind = 'username'
BEGIN
    INSERT INTO usernames_given (fingerprint, account)
        SELECT NEW.fingerprint, NEW.account WHERE NOT EXISTS (SELECT 1 FROM usernames_given WHERE fingerprint = NEW.fingerprint);
    SELECT RAISE(IGNORE) WHERE NOT EXISTS (SELECT 1 FROM usernames_given WHERE fingerprint = NEW.fingerprint AND account = NEW.account);
END;
CREATE INDEX lanes_forget ON lanes (forget_at);
CREATE INDEX marks_until ON marks (until);
CREATE INDEX messages_challenge ON messages (challenge, at) WHERE challenge <> '';
CREATE INDEX messages_due ON messages (channel, due) WHERE settled_at IS NULL;
CREATE INDEX messages_expires ON messages (expires) WHERE settled_at IS NULL;
CREATE INDEX messages_ref ON messages (ref) WHERE ref <> '';
CREATE INDEX messages_settled ON messages (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX record_links_granted ON record_links (granted_by) WHERE granted_by <> '';
CREATE INDEX record_links_record ON record_links (fingerprint);
CREATE TRIGGER record_links_trusted BEFORE INSERT ON record_links
WHEN NEW.relation = 'trusted' AND (NEW.until IS NULL OR NEW.granted_by = '')
BEGIN
    SELECT RAISE(ABORT, 'a trusted link without an end');
END;
CREATE INDEX record_links_until ON record_links (until) WHERE until IS NOT NULL;
CREATE INDEX recoveries_account ON recoveries (account);
CREATE INDEX recoveries_notice ON recoveries (notice_at) WHERE ended_at IS NULL AND notice_at IS NOT NULL;
CREATE INDEX recoveries_over ON recoveries (min(expires_at, coalesce(ended_at, expires_at)));
CREATE UNIQUE INDEX recoveries_pending ON recoveries (account) WHERE ended_at IS NULL;
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_expiring ON sessions (ends_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_over ON sessions (min(ends_at, coalesce(ended_at, ends_at)));
CREATE TRIGGER sessions_signal AFTER UPDATE OF ended_at ON sessions WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
BEGIN
    INSERT INTO signals (kind, client, account, session, why, at, due)
    SELECT DISTINCT 'session-ended', g.client, NEW.account, NEW.id, NEW.ended_why, NEW.ended_at, NEW.ended_at
    FROM grants g JOIN clients c ON c.id = g.client
    WHERE g.session = NEW.id AND c.backchannel_logout_uri <> '' AND c.disabled_at IS NULL
        AND (g.code_used_at IS NOT NULL OR g.code_expires_at > NEW.ended_at)
    ON CONFLICT DO NOTHING;
END;
CREATE INDEX signals_at ON signals (at);
CREATE INDEX signals_due ON signals (due) WHERE settled_at IS NULL;
CREATE UNIQUE INDEX signals_once ON signals (session, client, kind);
