-- +goose Up

-- The place of an event in the trail (n is 0 before it began), and the personal data that came with it, sealed. Those can be erased;
-- what their hash was stays.
ALTER TABLE events ADD COLUMN n INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN subject_n INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN hash BLOB;
ALTER TABLE events ADD COLUMN private_hash BLOB;
ALTER TABLE events ADD COLUMN private BLOB;

DROP TRIGGER events_append_only;

-- +goose StatementBegin
CREATE TRIGGER events_append_only BEFORE UPDATE ON events
WHEN NEW.private IS NOT NULL
    OR (OLD.seq, OLD.at, OLD.kind, OLD.account, OLD.client, OLD.session, OLD.grant_id, OLD.actor, OLD.detail)
        <> (NEW.seq, NEW.at, NEW.kind, NEW.account, NEW.client, NEW.session, NEW.grant_id, NEW.actor, NEW.detail)
    OR OLD.private_hash IS NOT NEW.private_hash
    OR ((OLD.n, OLD.subject_n) <> (NEW.n, NEW.subject_n) OR OLD.hash IS NOT NEW.hash)
        AND (OLD.n > 0 OR OLD.hash IS NOT NULL OR OLD.seq <= (SELECT began FROM chains WHERE chain = 0))
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd

-- Where the chain stands: one, since one writes at a time. began is the newest event before the trail; cut_n and cut_hash are of the
-- newest link that was deleted.
CREATE TABLE chains (
    chain    INTEGER NOT NULL PRIMARY KEY,
    n        INTEGER NOT NULL,
    hash     BLOB    NOT NULL,
    began    INTEGER NOT NULL,
    cut_n    INTEGER NOT NULL DEFAULT 0,
    cut_hash BLOB
) STRICT;

INSERT INTO chains (chain, n, hash, began) SELECT 0, 0, zeroblob(32), coalesce(max(seq), 0) FROM events;

-- A program of the release before writes events without a link while it still runs: whoever writes next links them.
CREATE INDEX events_unlinked ON events (seq) WHERE n = 0;

-- +goose StatementBegin
CREATE TRIGGER events_cut AFTER DELETE ON events WHEN OLD.n > 0
BEGIN
    UPDATE chains SET cut_n = OLD.n, cut_hash = OLD.hash WHERE chain = 0 AND cut_n < OLD.n;
END;
-- +goose StatementEnd

-- Signed statements of where the chains stood.
CREATE TABLE checkpoints (
    number INTEGER NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL,
    doc    BLOB    NOT NULL
) STRICT;
