-- +goose Up

-- The people of the house who help patients, and those who look after them. changed_at is when their row last was, other than by a passkey.
CREATE TABLE staff (
    id           TEXT    NOT NULL PRIMARY KEY,
    person       BLOB    NOT NULL, -- sealed: name and e-mail address
    fingerprint  BLOB    NOT NULL, -- of the e-mail address
    role         TEXT    NOT NULL,
    account      TEXT    NOT NULL DEFAULT '', -- their own as a patient
    enroll_hash  BLOB, -- of the one-time link for their first passkey
    enroll_until INTEGER,
    created_at   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    disabled_at  INTEGER,
    rev          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX staff_fingerprint ON staff (fingerprint);
CREATE UNIQUE INDEX staff_account ON staff (account) WHERE account <> '';
CREATE UNIQUE INDEX staff_enroll ON staff (enroll_hash) WHERE enroll_hash IS NOT NULL;

-- Their passkeys.
CREATE TABLE staff_keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    staff      TEXT    NOT NULL REFERENCES staff (id),
    data       BLOB    NOT NULL, -- sealed
    created_at INTEGER NOT NULL,
    used_at    INTEGER,
    rev        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_keys_staff ON staff_keys (staff);

-- Their sign-ins.
CREATE TABLE staff_sessions (
    id          TEXT    NOT NULL PRIMARY KEY,
    secret_hash BLOB    NOT NULL,
    staff       TEXT    NOT NULL REFERENCES staff (id),
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    proven_at   INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    ended_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX staff_sessions_secret ON staff_sessions (secret_hash);
CREATE INDEX staff_sessions_open ON staff_sessions (staff) WHERE ended_at IS NULL;
CREATE INDEX staff_sessions_over ON staff_sessions (min(ends_at, coalesce(ended_at, ends_at)));

-- Contacts with callers. A person of the house has one open at a time.
CREATE TABLE cases (
    id        TEXT    NOT NULL PRIMARY KEY,
    staff     TEXT    NOT NULL REFERENCES staff (id),
    account   TEXT    NOT NULL, -- whom it is about, once found
    opened_at INTEGER NOT NULL,
    channel   TEXT    NOT NULL,
    caller    TEXT    NOT NULL,
    purpose   TEXT    NOT NULL,
    language  TEXT    NOT NULL,
    words     BLOB    NOT NULL, -- sealed: note, ticket, interpreter, the end of the document's number
    found_by  TEXT    NOT NULL, -- JSON array
    facts     TEXT    NOT NULL, -- JSON array
    misses    INTEGER NOT NULL,
    live_at   INTEGER,
    live_by   TEXT    NOT NULL,
    document  TEXT    NOT NULL,
    glass     INTEGER NOT NULL,
    ended_at  INTEGER,
    ended_why TEXT    NOT NULL,
    rev       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX cases_open ON cases (staff) WHERE ended_at IS NULL;
CREATE INDEX cases_opened ON cases (opened_at);

-- What a second person is asked, and their word. It goes with its case.
CREATE TABLE approvals (
    id         TEXT    NOT NULL PRIMARY KEY,
    contact    TEXT    NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    staff      TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    target     BLOB    NOT NULL, -- sealed
    level      INTEGER NOT NULL,
    evidence   TEXT    NOT NULL, -- JSON array
    asked_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    decided_by TEXT    NOT NULL,
    decided_at INTEGER,
    refused    INTEGER NOT NULL,
    done_at    INTEGER,
    rev        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX approvals_contact ON approvals (contact, asked_at);
CREATE INDEX approvals_pending ON approvals (expires_at) WHERE decided_at IS NULL;

-- Accounts that nobody acts on without a second person.
CREATE TABLE watched (
    account TEXT    NOT NULL PRIMARY KEY REFERENCES accounts (id),
    why     BLOB    NOT NULL, -- sealed
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Channels whose messages come late; as many rows as there are channels at most.
CREATE TABLE slow_channels (
    channel TEXT    NOT NULL PRIMARY KEY,
    since   INTEGER NOT NULL,
    until   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may not sign in any more, or must enroll anew, is signed in nowhere and has nothing open.
-- +goose StatementBegin
CREATE TRIGGER staff_out AFTER UPDATE ON staff
    WHEN OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL OR NEW.enroll_hash IS NOT NULL AND NEW.enroll_hash IS NOT OLD.enroll_hash
BEGIN
    UPDATE staff_sessions SET ended_at = NEW.changed_at WHERE staff = NEW.id AND ended_at IS NULL;
    UPDATE cases SET ended_at = NEW.changed_at, ended_why = 'disabled', rev = rev + 1 WHERE staff = NEW.id AND ended_at IS NULL;
    DELETE FROM staff_keys WHERE staff = NEW.id AND NEW.enroll_hash IS NOT NULL;
END;
-- +goose StatementEnd
