-- +goose Up

-- What pages refused, under the reference codes that they showed, for the people who are called about it. Rows go after 30 days.
CREATE TABLE refusals (
    fingerprint BLOB    NOT NULL PRIMARY KEY, -- of the code
    at          INTEGER NOT NULL,
    rule        TEXT    NOT NULL,
    words       BLOB    NOT NULL -- sealed, always as long: whom it is about, what was counted, when it ends
) STRICT, WITHOUT ROWID;

CREATE INDEX refusals_at ON refusals (at);

-- The invitation that a contact with a caller is about, who has no account yet; '' for none.
ALTER TABLE cases ADD COLUMN activation TEXT NOT NULL DEFAULT '';
