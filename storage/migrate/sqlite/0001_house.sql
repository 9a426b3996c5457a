-- +goose Up

-- Times are INTEGER microseconds since 1970 UTC; NULL where the noun says that the zero time means "not yet" or "never".
-- Lists are JSON arrays in TEXT. Columns marked "sealed" are opaque without the keyset; "fingerprint" is a keyed hash.

CREATE TABLE accounts (
    id         TEXT    NOT NULL PRIMARY KEY,
    status     TEXT    NOT NULL,
    status_at  INTEGER NOT NULL,
    profile    BLOB    NOT NULL, -- sealed
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    rev        INTEGER NOT NULL
) STRICT;

CREATE TABLE identifiers (
    account     TEXT    NOT NULL REFERENCES accounts (id),
    position    INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    name        BLOB    NOT NULL, -- sealed: as written and in canonical form
    verified_at INTEGER,
    PRIMARY KEY (account, position)
) STRICT, WITHOUT ROWID;

-- A username has one owner; an e-mail address or phone may be shared by a family.
CREATE UNIQUE INDEX identifiers_username ON identifiers (fingerprint) WHERE kind = 'username';
CREATE INDEX identifiers_fingerprint ON identifiers (fingerprint, kind);

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

CREATE INDEX authenticators_account ON authenticators (account, created_at, id);

-- The one row of nobody: a failure for a name that does not exist is counted here, so that it costs what any other does.
CREATE TABLE nobody (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    failures INTEGER NOT NULL
) STRICT;

INSERT INTO nobody (id, failures) VALUES (1, 0);

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

CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_over ON sessions (min(ends_at, coalesce(ended_at, ends_at)));

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

CREATE TABLE consents (
    account    TEXT    NOT NULL REFERENCES accounts (id),
    client     TEXT    NOT NULL REFERENCES clients (id),
    scopes     TEXT    NOT NULL,
    given_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, client)
) STRICT, WITHOUT ROWID;

CREATE INDEX consents_client ON consents (client);

-- One row per token family. The session is no foreign key: an offline grant outlives it.
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

CREATE INDEX grants_account ON grants (account);
CREATE INDEX grants_client ON grants (client);
CREATE INDEX grants_session ON grants (session);
CREATE INDEX grants_expires ON grants (expires_at);
CREATE INDEX grants_revoked ON grants (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX grants_unredeemed ON grants (code_expires_at) WHERE code_used_at IS NULL;

-- Whatever may happen once: keys are kept as SHA-256, however long or telling they are.
CREATE TABLE marks (
    purpose  TEXT    NOT NULL,
    key_hash BLOB    NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (purpose, key_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX marks_until ON marks (until);

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

CREATE INDEX events_account ON events (account, seq) WHERE account <> '';

-- +goose StatementBegin
CREATE TRIGGER events_append_only BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd

CREATE TABLE keyring (
    id  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    doc BLOB    NOT NULL,
    rev INTEGER NOT NULL
) STRICT;

-- Volatile.
CREATE TABLE ceremonies (
    id       TEXT    NOT NULL PRIMARY KEY,
    payload  BLOB    NOT NULL, -- sealed
    deadline INTEGER NOT NULL,
    rev      INTEGER NOT NULL
) STRICT;

CREATE INDEX ceremonies_deadline ON ceremonies (deadline);
