-- +goose Up

-- Invitations to open an account for a patient record. Whose record is a fingerprint.
CREATE TABLE activations (
    issued_at   BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    revoked_at  BIGINT,
    used_at     BIGINT,
    id          TEXT   NOT NULL PRIMARY KEY,
    code_hash   BYTEA  NOT NULL UNIQUE,
    fingerprint BYTEA  NOT NULL,
    relation    TEXT   NOT NULL,
    revoked_why TEXT   NOT NULL DEFAULT '',
    used_by     TEXT   NOT NULL DEFAULT '',
    invitation  BYTEA  NOT NULL -- sealed: the record, the contact, the facts
);

CREATE INDEX activations_record ON activations (fingerprint, issued_at);
CREATE INDEX activations_over ON activations (least(expires_at, revoked_at, used_at)); -- least() leaves NULL out

-- Which accounts may use which records. The invitation is no foreign key: the link outlives it.
CREATE TABLE record_links (
    linked_at   BIGINT NOT NULL,
    account     TEXT   NOT NULL REFERENCES accounts (id),
    fingerprint BYTEA  NOT NULL,
    relation    TEXT   NOT NULL,
    activation  TEXT   NOT NULL,
    record      BYTEA  NOT NULL, -- sealed
    PRIMARY KEY (account, fingerprint)
);

-- People who lost every second factor and wait. An account has one that has not ended; one that is over is ended by the next.
CREATE TABLE recoveries (
    started_at BIGINT NOT NULL,
    ready_at   BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    notice_at  BIGINT,
    ended_at   BIGINT,
    id         TEXT   NOT NULL PRIMARY KEY,
    account    TEXT   NOT NULL,
    ended_why  TEXT   NOT NULL DEFAULT '',
    contacts   BYTEA  NOT NULL -- sealed, with the one it was started by
);

CREATE UNIQUE INDEX recoveries_pending ON recoveries (account) WHERE ended_at IS NULL;
CREATE INDEX recoveries_notice ON recoveries (notice_at) WHERE ended_at IS NULL AND notice_at IS NOT NULL;
CREATE INDEX recoveries_over ON recoveries (least(expires_at, ended_at));
