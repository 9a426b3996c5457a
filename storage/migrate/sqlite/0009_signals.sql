-- +goose Up

-- Where an application is told that a session is over (OpenID Connect Back-Channel Logout 1.0, 2.2); '' for nowhere.
ALTER TABLE clients ADD COLUMN backchannel_logout_uri TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN backchannel_logout_session_required INTEGER NOT NULL DEFAULT 0;

-- What applications are to be told, one row per application and session. It waits until it is settled.
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

CREATE UNIQUE INDEX signals_once ON signals (session, client, kind);
CREATE INDEX signals_due ON signals (due) WHERE settled_at IS NULL;
CREATE INDEX signals_at ON signals (at);

-- By which sessions are found whose time is up and that nobody ended.
CREATE INDEX sessions_expiring ON sessions (ends_at) WHERE ended_at IS NULL;

-- Whatever ends a session, in whichever statement of whichever release: what its applications are to be told is written with it.
-- A code that may still be redeemed counts, and so does a grant that was revoked: the application may have a session of its own.
-- +goose StatementBegin
CREATE TRIGGER sessions_signal AFTER UPDATE OF ended_at ON sessions WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
BEGIN
    INSERT INTO signals (kind, client, account, session, why, at, due)
    SELECT DISTINCT 'session-ended', g.client, NEW.account, NEW.id, NEW.ended_why, NEW.ended_at, NEW.ended_at
    FROM grants g JOIN clients c ON c.id = g.client
    WHERE g.session = NEW.id AND c.backchannel_logout_uri <> '' AND c.disabled_at IS NULL
        AND (g.code_used_at IS NOT NULL OR g.code_expires_at > NEW.ended_at)
    ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd

-- An account that is no longer open has no session, whoever shut it.
-- +goose StatementBegin
CREATE TRIGGER accounts_shut AFTER UPDATE OF status ON accounts WHEN OLD.status <> NEW.status AND NEW.status <> 'active'
BEGIN
    UPDATE sessions SET ended_at = max(NEW.status_at, NEW.updated_at), ended_why = 'account ' || NEW.status, rev = rev + 1
    WHERE account = NEW.id AND ended_at IS NULL AND ends_at > max(NEW.status_at, NEW.updated_at);
END;
-- +goose StatementEnd
