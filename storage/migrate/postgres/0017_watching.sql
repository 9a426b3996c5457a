-- +goose Up

-- Who put an account on the watch list; '' of before this was kept.
ALTER TABLE watched ADD COLUMN by_staff TEXT NOT NULL DEFAULT '';

-- What another supervisor looks at afterwards: broken glass, and who opened an account on the watch list. It goes with its case.
CREATE TABLE reviews (
    opened_at BIGINT NOT NULL,
    due_at    BIGINT NOT NULL,
    late_at   BIGINT, -- when it was said that it is late
    closed_at BIGINT,
    rev       BIGINT NOT NULL,
    id        TEXT   NOT NULL PRIMARY KEY,
    kind      TEXT   NOT NULL,
    contact   TEXT   NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    staff     TEXT   NOT NULL, -- who did it
    account   TEXT   NOT NULL,
    closed_by TEXT   NOT NULL,
    word      TEXT   NOT NULL,
    words     BYTEA  NOT NULL  -- sealed: the reason, and why the patient is not told
);

CREATE INDEX reviews_contact ON reviews (contact);
CREATE INDEX reviews_open ON reviews (due_at) WHERE closed_at IS NULL;

-- What people of the house did, for the numbers of their work. Nobody else's events are in it.
CREATE INDEX events_staff ON events (actor, at) WHERE actor LIKE 'staff:%';
