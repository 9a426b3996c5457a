-- +goose Up

-- Whether an application reports what the person does in it, and is signed out with its session when they have been away.
ALTER TABLE clients ADD COLUMN reports_activity INTEGER NOT NULL DEFAULT 0;

-- Few report, or none: where none does, nothing is looked for.
CREATE INDEX clients_reporting ON clients (reports_activity) WHERE disabled_at IS NULL;
