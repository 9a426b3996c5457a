-- +goose Up

-- What the release before this one does not know is optional: it goes on adding and changing rows.

ALTER TABLE authenticators ADD COLUMN name BLOB;                       -- sealed; NULL where it has none
ALTER TABLE authenticators ADD COLUMN step INTEGER NOT NULL DEFAULT 0; -- the last time step that was spent

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

CREATE INDEX challenges_expires ON challenges (expires_at);

-- Counters of what may happen so often in a while. For whom is a fingerprint: phone numbers are too few for a plain hash.
CREATE TABLE budgets (
    purpose     TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    spent       INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    PRIMARY KEY (purpose, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE INDEX budgets_until ON budgets (until);

-- Browsers in which somebody signed in.
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

CREATE INDEX devices_seen ON devices (seen_at);

-- The outbox. A message waits until it is settled.
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

CREATE INDEX messages_due ON messages (channel, due) WHERE settled_at IS NULL;
CREATE INDEX messages_expires ON messages (expires) WHERE settled_at IS NULL;
CREATE INDEX messages_settled ON messages (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX messages_challenge ON messages (challenge, at) WHERE challenge <> '';
CREATE INDEX messages_ref ON messages (ref) WHERE ref <> '';
