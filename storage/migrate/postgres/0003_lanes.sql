-- +goose Up

-- Failures to sign in. Of whom is a fingerprint: an account, a browser, or a name that is nobody's. 0 is never. A try changes no
-- indexed column: sweep_at is when the janitor looks at one next, never later than the moment from which it may go.
CREATE TABLE lanes (
    began        BIGINT  NOT NULL, -- the window
    paused_until BIGINT  NOT NULL,
    day_began    BIGINT  NOT NULL,
    forget_at    BIGINT  NOT NULL,
    sweep_at     BIGINT  NOT NULL,
    tries        INTEGER NOT NULL, -- of the window
    pauses       INTEGER NOT NULL, -- one after another
    today        INTEGER NOT NULL,
    in_a_row     INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    fingerprint  BYTEA   NOT NULL,
    PRIMARY KEY (fingerprint, kind)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX lanes_sweep ON lanes (sweep_at);
