-- +goose Up

-- Failures to sign in. Of whom is a fingerprint: an account, a browser, or a name that is nobody's. 0 is never.
CREATE TABLE lanes (
    kind         TEXT    NOT NULL,
    fingerprint  BLOB    NOT NULL,
    tries        INTEGER NOT NULL, -- of the window
    began        INTEGER NOT NULL, -- the window
    pauses       INTEGER NOT NULL, -- one after another
    paused_until INTEGER NOT NULL,
    today        INTEGER NOT NULL,
    day_began    INTEGER NOT NULL,
    in_a_row     INTEGER NOT NULL,
    forget_at    INTEGER NOT NULL,
    PRIMARY KEY (kind, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE INDEX lanes_forget ON lanes (forget_at);
