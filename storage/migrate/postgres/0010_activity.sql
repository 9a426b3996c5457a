-- +goose Up

-- Whether an application reports what the person does in it, and is signed out with its session when they have been away.
ALTER TABLE clients ADD COLUMN reports_activity BOOLEAN NOT NULL DEFAULT false;

-- Few report, or none: where none does, nothing is looked for.
CREATE INDEX clients_reporting ON clients (reports_activity) WHERE reports_activity AND disabled_at IS NULL;
