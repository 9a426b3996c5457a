-- +goose Up

-- Whether an application reports what the person does in it, and is signed out with its session when they have been away.
ALTER TABLE clients ADD COLUMN reports_activity INTEGER NOT NULL DEFAULT 0;

-- By which sessions are found that nobody has used for a while.
CREATE INDEX sessions_idle ON sessions (seen_at) WHERE ended_at IS NULL;
