-- +goose Up

-- Accounts whose owners want them closed. It is no foreign key: what is closed has none.
CREATE TABLE closings (
    asked_at  BIGINT NOT NULL,
    due_at    BIGINT NOT NULL,
    notice_at BIGINT NOT NULL, -- when somebody has to look at it next
    account   TEXT   NOT NULL PRIMARY KEY,
    id        TEXT   NOT NULL
);

CREATE INDEX closings_notice ON closings (notice_at);

-- A link that somebody gave of their own record ends. The release before knows of none that do, and reads no links.
ALTER TABLE record_links ADD COLUMN granted_by TEXT NOT NULL DEFAULT '';
ALTER TABLE record_links ADD COLUMN until BIGINT;

CREATE INDEX record_links_granted ON record_links (granted_by) WHERE granted_by <> '';
CREATE INDEX record_links_until ON record_links (until) WHERE until IS NOT NULL;

-- By which it is found who else has a record, and all that a person who leaves ever recovered: see CloseAccount.
CREATE INDEX record_links_record ON record_links (fingerprint);
CREATE INDEX recoveries_account ON recoveries (account);

-- That release would copy the relation and not the end: it uses no such invitation.
ALTER TABLE record_links ADD CONSTRAINT record_links_trusted CHECK (relation <> 'trusted' OR until IS NOT NULL AND granted_by <> '');

-- Which terms each person accepted, and when.
CREATE TABLE terms_accepted (
    accepted_at BIGINT NOT NULL,
    account     TEXT   NOT NULL REFERENCES accounts (id),
    version     TEXT   NOT NULL,
    PRIMARY KEY (account, version)
);
