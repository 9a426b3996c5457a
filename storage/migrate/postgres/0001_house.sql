-- +goose Up

-- Times are BIGINT microseconds since 1970 UTC (to_timestamp(at / 1e6) shows one); NULL where the noun says that the zero
-- time means "not yet" or "never". Lists are JSON arrays in TEXT. Columns marked "sealed" are opaque without the keyset;
-- "fingerprint" is a keyed hash. Columns of fixed width stand first: a row is then no wider than what it holds.

CREATE TABLE accounts (
    status_at  BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    rev        BIGINT NOT NULL,
    id         TEXT   NOT NULL PRIMARY KEY,
    status     TEXT   NOT NULL,
    profile    BYTEA  NOT NULL -- sealed
) WITH (fillfactor = 90);

CREATE TABLE identifiers (
    verified_at BIGINT,
    position    INTEGER NOT NULL,
    account     TEXT    NOT NULL REFERENCES accounts (id),
    kind        TEXT    NOT NULL,
    fingerprint BYTEA   NOT NULL,
    name        BYTEA   NOT NULL, -- sealed: as written and in canonical form
    PRIMARY KEY (account, position)
);

-- A username has one owner; an e-mail address or phone may be shared by a family.
CREATE UNIQUE INDEX identifiers_username ON identifiers (fingerprint) WHERE kind = 'username';
CREATE INDEX identifiers_fingerprint ON identifiers (fingerprint, kind);

-- Room on every page: a failure or a use changes no indexed column and stays on its page.
CREATE TABLE authenticators (
    created_at  BIGINT  NOT NULL,
    used_at     BIGINT,
    rev         BIGINT  NOT NULL,
    failures    INTEGER NOT NULL,
    id          TEXT    NOT NULL PRIMARY KEY,
    account     TEXT    NOT NULL REFERENCES accounts (id),
    kind        TEXT    NOT NULL,
    change_owed TEXT    NOT NULL,
    data        BYTEA   NOT NULL -- sealed
) WITH (fillfactor = 85);

CREATE INDEX authenticators_account ON authenticators (account, created_at, id);

-- The rows of nobody: a failure for a name that does not exist is counted in one of them, so that it costs what any other
-- does. Many rows, since a storm of invented names would otherwise wait for one lock.
CREATE TABLE nobody (
    failures BIGINT  NOT NULL,
    id       INTEGER NOT NULL PRIMARY KEY
) WITH (fillfactor = 30);

INSERT INTO nobody (id, failures) SELECT n, 0 FROM generate_series(0, 63) AS n;

-- No foreign keys on sessions and grants: each would take a lock on, and write to, the row of the account and of the
-- application with every sign-in, and all sign-ins share the row of the application. Accounts are never deleted, and
-- whoever deletes an application deletes its grants.
CREATE TABLE sessions (
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    ends_at     BIGINT NOT NULL,
    ended_at    BIGINT,
    rev         BIGINT NOT NULL,
    id          TEXT   NOT NULL PRIMARY KEY,
    account     TEXT   NOT NULL,
    secret_hash BYTEA  NOT NULL,
    proofs      TEXT   NOT NULL, -- JSON; a proof with no account is one of the session's own
    ended_why   TEXT   NOT NULL
) WITH (fillfactor = 90);

-- 256 random bits are unique by themselves. A hash index takes a third of the room, and finds them faster.
CREATE INDEX sessions_secret ON sessions USING hash (secret_hash);
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_over ON sessions (least(ends_at, ended_at)); -- least() leaves NULL out

CREATE TABLE clients (
    created_at                BIGINT   NOT NULL,
    disabled_at               BIGINT,
    rev                       BIGINT   NOT NULL,
    min_level                 SMALLINT NOT NULL,
    pkce_optional             BOOLEAN  NOT NULL,
    first_party               BOOLEAN  NOT NULL,
    rotate                    BOOLEAN  NOT NULL,
    id                        TEXT     NOT NULL PRIMARY KEY,
    name                      TEXT     NOT NULL,
    secret_hash               BYTEA,
    auth_method               TEXT     NOT NULL,
    redirect_uris             TEXT     NOT NULL,
    post_logout_redirect_uris TEXT     NOT NULL,
    grants                    TEXT     NOT NULL,
    scopes                    TEXT     NOT NULL,
    audience                  TEXT     NOT NULL,
    id_token_alg              TEXT     NOT NULL
);

CREATE TABLE consents (
    given_at   BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    account    TEXT   NOT NULL REFERENCES accounts (id),
    client     TEXT   NOT NULL REFERENCES clients (id),
    scopes     TEXT   NOT NULL,
    PRIMARY KEY (account, client)
);

CREATE INDEX consents_client ON consents (client);

-- One row per token family. Redeeming its code and every refresh change no indexed column and stay on their page. sweep_at
-- is when the janitor looks at it next: never later than the moment from which it may go, but for the end of its session,
-- by which grants_session finds it.
CREATE TABLE grants (
    auth_time       BIGINT  NOT NULL,
    created_at      BIGINT  NOT NULL,
    expires_at      BIGINT  NOT NULL,
    code_expires_at BIGINT,
    code_used_at    BIGINT,
    generation      BIGINT  NOT NULL,
    rotated_at      BIGINT,
    revoked_at      BIGINT,
    sweep_at        BIGINT  NOT NULL,
    offline         BOOLEAN NOT NULL,
    id              TEXT    NOT NULL PRIMARY KEY,
    account         TEXT    NOT NULL,
    client          TEXT    NOT NULL,
    session         TEXT    NOT NULL,
    scopes          TEXT    NOT NULL,
    acr             TEXT    NOT NULL,
    amr             TEXT    NOT NULL,
    code_hash       BYTEA,
    redirect_uri    TEXT    NOT NULL,
    nonce           BYTEA   NOT NULL, -- BYTEA: an application may send any bytes, and TEXT does not take all
    challenge       BYTEA   NOT NULL,
    revoked_why     TEXT    NOT NULL
) WITH (fillfactor = 90);

CREATE INDEX grants_code ON grants USING hash (code_hash);
CREATE INDEX grants_account ON grants (account);
CREATE INDEX grants_session ON grants (session);
CREATE INDEX grants_sweep ON grants (sweep_at);

-- Whatever may happen once: keys are kept as SHA-256, however long or telling they are.
CREATE TABLE marks (
    until    BIGINT NOT NULL,
    purpose  TEXT   NOT NULL,
    key_hash BYTEA  NOT NULL,
    PRIMARY KEY (key_hash, purpose)
) WITH (autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX marks_until ON marks (until);

CREATE TABLE events (
    seq      BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    client   TEXT   NOT NULL,
    session  TEXT   NOT NULL,
    grant_id TEXT   NOT NULL,
    actor    TEXT   NOT NULL,
    detail   TEXT   NOT NULL
);

CREATE INDEX events_account ON events (account, seq) WHERE account <> '';

-- +goose StatementBegin
CREATE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER events_append_only BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION events_append_only();

-- refuse undoes the statement that calls it, for a reason that the caller knows by its code.
-- +goose StatementBegin
CREATE FUNCTION refuse(code TEXT) RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE EXCEPTION 'refused' USING ERRCODE = code;
END
$$;
-- +goose StatementEnd

CREATE TABLE keyring (
    rev BIGINT  NOT NULL,
    id  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    doc BYTEA   NOT NULL
);

-- Volatile, hence UNLOGGED: writing one waits for no disk, and a crash of the database empties the table. EXTERNAL: what is
-- sealed cannot be compressed, so nothing tries.
CREATE UNLOGGED TABLE ceremonies (
    deadline BIGINT NOT NULL,
    rev      BIGINT NOT NULL,
    id       TEXT   NOT NULL PRIMARY KEY,
    payload  BYTEA  NOT NULL -- sealed
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

ALTER TABLE ceremonies ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE INDEX ceremonies_deadline ON ceremonies (deadline);
