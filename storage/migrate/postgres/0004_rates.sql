-- +goose Up

-- Request limits, where no Redis has them: when a rate is whole again. Not logged: after a crash it is empty, which costs
-- nobody more than a little patience, and nothing waits for the disk. Taking changes no indexed column: sweep_at is when the
-- janitor looks at a row next. got is what the last one took, so that a statement can answer it.
CREATE UNLOGGED TABLE rates (
    whole    BIGINT NOT NULL,
    got      BIGINT NOT NULL,
    sweep_at BIGINT NOT NULL,
    key      BYTEA  NOT NULL PRIMARY KEY
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX rates_sweep ON rates (sweep_at);
