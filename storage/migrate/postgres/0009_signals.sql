-- +goose Up

-- Where an application is told that a session is over (OpenID Connect Back-Channel Logout 1.0, 2.2); '' for nowhere.
ALTER TABLE clients
    ADD COLUMN backchannel_logout_uri              TEXT    NOT NULL DEFAULT '',
    ADD COLUMN backchannel_logout_session_required BOOLEAN NOT NULL DEFAULT false;

-- What applications are to be told, one row per application and session. It waits until it is settled.
CREATE TABLE signals (
    id           BIGINT  NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           BIGINT  NOT NULL,
    due          BIGINT  NOT NULL,
    leased_until BIGINT  NOT NULL DEFAULT 0,
    settled_at   BIGINT,
    tries        INTEGER NOT NULL DEFAULT 0,
    kind         TEXT    NOT NULL,
    client       TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    session      TEXT    NOT NULL,
    why          TEXT    NOT NULL,
    lease        TEXT    NOT NULL DEFAULT '',
    outcome      TEXT    NOT NULL DEFAULT ''
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX signals_once ON signals (session, client, kind);
CREATE INDEX signals_due ON signals (due) WHERE settled_at IS NULL;
CREATE INDEX signals_at ON signals (at);

-- By which sessions are found whose time is up and that nobody ended.
CREATE INDEX sessions_expiring ON sessions (ends_at) WHERE ended_at IS NULL;

-- Whatever ends a session, in whichever statement of whichever release: what its applications are to be told is written with it.
-- A code that may still be redeemed counts, and so does a grant that was revoked: the application may have a session of its own.
-- +goose StatementBegin
CREATE FUNCTION sessions_signal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO signals (kind, client, account, session, why, at, due)
    SELECT DISTINCT 'session-ended', g.client, NEW.account, NEW.id, NEW.ended_why, NEW.ended_at, NEW.ended_at
    FROM grants g JOIN clients c ON c.id = g.client
    WHERE g.session = NEW.id AND c.backchannel_logout_uri <> '' AND c.disabled_at IS NULL
        AND (g.code_used_at IS NOT NULL OR g.code_expires_at > NEW.ended_at)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER sessions_signal AFTER UPDATE OF ended_at ON sessions FOR EACH ROW
    WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION sessions_signal();

-- An account that is no longer open has no session, whoever shut it.
-- +goose StatementBegin
CREATE FUNCTION accounts_shut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sessions SET ended_at = greatest(NEW.status_at, NEW.updated_at), ended_why = 'account ' || NEW.status, rev = rev + 1
    WHERE account = NEW.id AND ended_at IS NULL AND ends_at > greatest(NEW.status_at, NEW.updated_at);
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER accounts_shut AFTER UPDATE OF status ON accounts FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status AND NEW.status <> 'active') EXECUTE FUNCTION accounts_shut();
