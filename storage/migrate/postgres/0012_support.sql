-- +goose Up

-- The people of the house who help patients, and those who look after them. changed_at is when their row last was, other than by a passkey.
CREATE TABLE staff (
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    enroll_until BIGINT,
    disabled_at  BIGINT,
    rev          BIGINT NOT NULL,
    id           TEXT   NOT NULL PRIMARY KEY,
    role         TEXT   NOT NULL,
    account      TEXT   NOT NULL DEFAULT '', -- their own as a patient
    enroll_hash  BYTEA,                      -- of the one-time link for their first passkey
    fingerprint  BYTEA  NOT NULL,            -- of the e-mail address
    person       BYTEA  NOT NULL             -- sealed: name and e-mail address
);

CREATE UNIQUE INDEX staff_fingerprint ON staff (fingerprint);
CREATE UNIQUE INDEX staff_account ON staff (account) WHERE account <> '';
CREATE UNIQUE INDEX staff_enroll ON staff (enroll_hash) WHERE enroll_hash IS NOT NULL;

-- Their passkeys.
CREATE TABLE staff_keys (
    created_at BIGINT NOT NULL,
    used_at    BIGINT,
    rev        BIGINT NOT NULL,
    id         TEXT   NOT NULL PRIMARY KEY,
    staff      TEXT   NOT NULL REFERENCES staff (id),
    data       BYTEA  NOT NULL -- sealed
);

CREATE INDEX staff_keys_staff ON staff_keys (staff);

-- Their sign-ins. Every page that they see moves seen_at.
CREATE TABLE staff_sessions (
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    proven_at   BIGINT NOT NULL,
    ends_at     BIGINT NOT NULL,
    ended_at    BIGINT,
    id          TEXT   NOT NULL PRIMARY KEY,
    staff       TEXT   NOT NULL REFERENCES staff (id),
    secret_hash BYTEA  NOT NULL
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX staff_sessions_secret ON staff_sessions (secret_hash);
CREATE INDEX staff_sessions_open ON staff_sessions (staff) WHERE ended_at IS NULL;
CREATE INDEX staff_sessions_over ON staff_sessions (least(ends_at, ended_at));

-- Contacts with callers. A person of the house has one open at a time.
CREATE TABLE cases (
    opened_at BIGINT   NOT NULL,
    live_at   BIGINT,
    ended_at  BIGINT,
    rev       BIGINT   NOT NULL,
    misses    INTEGER  NOT NULL,
    glass     BOOLEAN  NOT NULL,
    id        TEXT     NOT NULL PRIMARY KEY,
    staff     TEXT     NOT NULL REFERENCES staff (id),
    account   TEXT     NOT NULL, -- whom it is about, once found
    channel   TEXT     NOT NULL,
    caller    TEXT     NOT NULL,
    purpose   TEXT     NOT NULL,
    language  TEXT     NOT NULL,
    found_by  TEXT     NOT NULL, -- JSON array
    facts     TEXT     NOT NULL, -- JSON array
    live_by   TEXT     NOT NULL,
    document  TEXT     NOT NULL,
    ended_why TEXT     NOT NULL,
    words     BYTEA    NOT NULL  -- sealed: note, ticket, interpreter, the end of the document's number
);

CREATE UNIQUE INDEX cases_open ON cases (staff) WHERE ended_at IS NULL;
CREATE INDEX cases_opened ON cases (opened_at);

-- What a second person is asked, and their word. It goes with its case.
CREATE TABLE approvals (
    asked_at   BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    decided_at BIGINT,
    done_at    BIGINT,
    rev        BIGINT  NOT NULL,
    level      INTEGER NOT NULL,
    refused    BOOLEAN NOT NULL,
    id         TEXT    NOT NULL PRIMARY KEY,
    contact    TEXT    NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    staff      TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    evidence   TEXT    NOT NULL, -- JSON array
    decided_by TEXT    NOT NULL,
    target     BYTEA   NOT NULL  -- sealed
);

CREATE INDEX approvals_contact ON approvals (contact, asked_at);
CREATE INDEX approvals_pending ON approvals (expires_at) WHERE decided_at IS NULL;

-- Accounts that nobody acts on without a second person.
CREATE TABLE watched (
    at      BIGINT NOT NULL,
    account TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id),
    why     BYTEA  NOT NULL -- sealed
);

-- Channels whose messages come late; as many rows as there are channels at most.
CREATE TABLE slow_channels (
    since   BIGINT NOT NULL,
    until   BIGINT NOT NULL,
    channel TEXT   NOT NULL PRIMARY KEY
);

-- Who may not sign in any more, or must enroll anew, is signed in nowhere and has nothing open, whatever began meanwhile.
-- +goose StatementBegin
CREATE FUNCTION staff_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE staff_sessions SET ended_at = NEW.changed_at WHERE staff = NEW.id AND ended_at IS NULL;
    UPDATE cases SET ended_at = NEW.changed_at, ended_why = 'disabled', rev = rev + 1 WHERE staff = NEW.id AND ended_at IS NULL;
    IF NEW.enroll_hash IS NOT NULL THEN
        DELETE FROM staff_keys WHERE staff = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER staff_out AFTER UPDATE ON staff FOR EACH ROW
    WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL OR NEW.enroll_hash IS NOT NULL AND NEW.enroll_hash IS DISTINCT FROM OLD.enroll_hash)
    EXECUTE FUNCTION staff_out();
