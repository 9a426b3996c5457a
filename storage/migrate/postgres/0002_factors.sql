-- +goose Up

-- What the release before this one does not know is optional: it goes on adding and changing rows while this one starts.

ALTER TABLE authenticators
    ADD COLUMN step BIGINT NOT NULL DEFAULT 0, -- the last time step that was spent
    ADD COLUMN name BYTEA;                     -- sealed; NULL where it has none

-- A try and a solution change no indexed column and stay on their page.
CREATE TABLE challenges (
    created_at    BIGINT  NOT NULL,
    expires_at    BIGINT  NOT NULL,
    solved_at     BIGINT,
    tries         INTEGER NOT NULL,
    max_tries     INTEGER NOT NULL,
    id            TEXT    NOT NULL PRIMARY KEY,
    account       TEXT    NOT NULL,
    authenticator TEXT    NOT NULL,
    channel       TEXT    NOT NULL,
    target        BYTEA   NOT NULL -- sealed: the address
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX challenges_expires ON challenges (expires_at);

-- Counters of what may happen so often in a while. For whom is a fingerprint: phone numbers are too few for a plain hash.
CREATE TABLE budgets (
    until       BIGINT  NOT NULL,
    spent       INTEGER NOT NULL,
    purpose     TEXT    NOT NULL,
    fingerprint BYTEA   NOT NULL,
    PRIMARY KEY (fingerprint, purpose)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX budgets_until ON budgets (until);

-- Browsers in which somebody signed in. Being seen changes no indexed column: sweep_at is when the janitor looks at one next,
-- never later than the moment from which it may go.
CREATE TABLE devices (
    created_at       BIGINT NOT NULL,
    seen_at          BIGINT NOT NULL,
    remembered_until BIGINT,
    sweep_at         BIGINT NOT NULL,
    id               TEXT   NOT NULL,
    account          TEXT   NOT NULL,
    secret_hash      BYTEA  NOT NULL,
    words            TEXT   NOT NULL,
    PRIMARY KEY (account, secret_hash)
) WITH (fillfactor = 85);

CREATE INDEX devices_sweep ON devices (sweep_at);

-- The outbox. A message waits until it is settled; being claimed and reported on change no indexed column.
CREATE TABLE messages (
    at           BIGINT  NOT NULL,
    expires      BIGINT  NOT NULL,
    due          BIGINT  NOT NULL,           -- not sent before
    leased_until BIGINT  NOT NULL DEFAULT 0, -- a worker has it until then
    settled_at   BIGINT,
    tries        INTEGER NOT NULL DEFAULT 0,
    id           TEXT    NOT NULL PRIMARY KEY,
    state        TEXT    NOT NULL,
    channel      TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    template     TEXT    NOT NULL,
    lang         TEXT    NOT NULL,
    challenge    TEXT    NOT NULL,
    lease        TEXT    NOT NULL DEFAULT '',
    fault        TEXT    NOT NULL DEFAULT '',
    ref          TEXT    NOT NULL DEFAULT '',
    unsure       TEXT    NOT NULL DEFAULT '',
    target       BYTEA   NOT NULL, -- sealed: the address
    data         BYTEA             -- sealed; NULL where there is none
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX messages_due ON messages (channel, due) WHERE settled_at IS NULL;
CREATE INDEX messages_expires ON messages (expires) WHERE settled_at IS NULL;
CREATE INDEX messages_settled ON messages (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX messages_challenge ON messages (challenge, at) WHERE challenge <> '';
CREATE INDEX messages_ref ON messages (ref) WHERE ref <> '';
