-- +goose Up

-- Invitations to open an account for a patient record. Whose record is a fingerprint.
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

CREATE INDEX activations_record ON activations (fingerprint, issued_at);
CREATE INDEX activations_over ON activations (min(expires_at, coalesce(revoked_at, expires_at), coalesce(used_at, expires_at)));

-- Which accounts may use which records. The invitation is no foreign key: the link outlives it.
CREATE TABLE record_links (
    account     TEXT    NOT NULL REFERENCES accounts (id),
    fingerprint BLOB    NOT NULL,
    relation    TEXT    NOT NULL,
    activation  TEXT    NOT NULL,
    record      BLOB    NOT NULL, -- sealed
    linked_at   INTEGER NOT NULL,
    PRIMARY KEY (account, fingerprint)
) STRICT, WITHOUT ROWID;

-- People who lost every second factor and wait. An account has one that has not ended; one that is over is ended by the next.
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

CREATE UNIQUE INDEX recoveries_pending ON recoveries (account) WHERE ended_at IS NULL;
CREATE INDEX recoveries_notice ON recoveries (notice_at) WHERE ended_at IS NULL AND notice_at IS NOT NULL;
CREATE INDEX recoveries_over ON recoveries (min(expires_at, coalesce(ended_at, expires_at)));
