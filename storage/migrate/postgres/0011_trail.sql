-- +goose Up

-- Personal data that came with an act, sealed. It can be erased; what its hash was stays in the link.
ALTER TABLE events ADD COLUMN private BYTEA;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.private IS NULL AND to_jsonb(OLD) - 'private' = to_jsonb(NEW) - 'private' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'events are append-only';
END
$$;
-- +goose StatementEnd

-- Where each chain stands. Sixteen, so that as many acts can be committed at once; began is the newest event before the trail.
CREATE TABLE chains (
    chain INTEGER NOT NULL PRIMARY KEY,
    n     BIGINT  NOT NULL,
    hash  BYTEA   NOT NULL,
    began BIGINT  NOT NULL
) WITH (fillfactor = 20);

-- The newest link of each chain that was deleted since its time was over.
CREATE TABLE chain_cuts (
    chain INTEGER NOT NULL PRIMARY KEY,
    n     BIGINT  NOT NULL,
    hash  BYTEA   NOT NULL
);

CREATE TABLE links (
    n            BIGINT  NOT NULL,
    event        BIGINT  NOT NULL,
    subject_n    BIGINT  NOT NULL,
    chain        INTEGER NOT NULL,
    account      TEXT    NOT NULL,
    hash         BYTEA   NOT NULL,
    private_hash BYTEA,
    PRIMARY KEY (chain, n)
);

CREATE UNIQUE INDEX links_event ON links (event);
CREATE UNIQUE INDEX links_subject ON links (account, subject_n) WHERE account <> '';

-- An act is linked when its transaction commits: the head of its chain is locked last of all. All events of an account are in one
-- chain, so that the head's lock numbers them too. What is hashed, and how, is said at provider.HashLink.
-- +goose StatementBegin
CREATE FUNCTION trail_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    c        INTEGER := CASE WHEN NEW.account <> '' THEN hashtext(NEW.account) ELSE pg_backend_pid() END & 15;
    next     BIGINT;
    subject  BIGINT := 0;
    newest   BYTEA;
    personal BYTEA := sha256(NEW.private);
BEGIN
    SELECT n + 1, hash INTO STRICT next, newest FROM chains WHERE chain = c FOR UPDATE;
    IF NEW.account <> '' THEN
        SELECT coalesce(max(l.subject_n), 0) + 1 INTO subject FROM links l WHERE l.account = NEW.account AND l.account <> '';
    END IF;
    newest := sha256(newest || int8send(c) || int8send(next) || int8send(subject) || int8send(NEW.at)
        || int4send(octet_length(NEW.kind)) || convert_to(NEW.kind, 'UTF8')
        || int4send(octet_length(NEW.account)) || convert_to(NEW.account, 'UTF8')
        || int4send(octet_length(NEW.client)) || convert_to(NEW.client, 'UTF8')
        || int4send(octet_length(NEW.session)) || convert_to(NEW.session, 'UTF8')
        || int4send(octet_length(NEW.grant_id)) || convert_to(NEW.grant_id, 'UTF8')
        || int4send(octet_length(NEW.actor)) || convert_to(NEW.actor, 'UTF8')
        || int4send(octet_length(NEW.detail)) || convert_to(NEW.detail, 'UTF8')
        || int4send(coalesce(octet_length(personal), 0)) || coalesce(personal, ''::bytea));
    UPDATE chains SET n = next, hash = newest WHERE chain = c;
    INSERT INTO links (n, event, subject_n, chain, account, hash, private_hash) VALUES (next, NEW.seq, subject, c, NEW.account, newest, personal);
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- It waits for acts under way, so that each is either before the trail or in it.
LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO chains (chain, n, hash, began)
    SELECT c, 0, decode(repeat('00', 32), 'hex'), (SELECT coalesce(max(seq), 0) FROM events) FROM generate_series(0, 15) c;

CREATE CONSTRAINT TRIGGER trail_link AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trail_link();

-- Signed statements of where the chains stood.
CREATE TABLE checkpoints (
    number BIGINT NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    doc    BYTEA  NOT NULL
);
