-- +goose Up

-- Accounts whose owners want them closed. It is no foreign key: what is closed has none.
CREATE TABLE closings (
    account   TEXT    NOT NULL PRIMARY KEY,
    id        TEXT    NOT NULL,
    asked_at  INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,
    notice_at INTEGER NOT NULL -- when somebody has to look at it next
) STRICT, WITHOUT ROWID;

CREATE INDEX closings_notice ON closings (notice_at);

-- A link that somebody gave of their own record ends. The release before knows of none that do, and reads no links.
ALTER TABLE record_links ADD COLUMN granted_by TEXT NOT NULL DEFAULT '';
ALTER TABLE record_links ADD COLUMN until INTEGER;

CREATE INDEX record_links_granted ON record_links (granted_by) WHERE granted_by <> '';
CREATE INDEX record_links_until ON record_links (until) WHERE until IS NOT NULL;

-- By which it is found who else has a record, and all that a person who leaves ever recovered: see CloseAccount.
CREATE INDEX record_links_record ON record_links (fingerprint);
CREATE INDEX recoveries_account ON recoveries (account);

-- That release would copy the relation and not the end: it uses no such invitation.
-- +goose StatementBegin
CREATE TRIGGER record_links_trusted BEFORE INSERT ON record_links
WHEN NEW.relation = 'trusted' AND (NEW.until IS NULL OR NEW.granted_by = '')
BEGIN
    SELECT RAISE(ABORT, 'a trusted link without an end');
END;
-- +goose StatementEnd

-- Which terms each person accepted, and when.
CREATE TABLE terms_accepted (
    account     TEXT    NOT NULL REFERENCES accounts (id),
    version     TEXT    NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (account, version)
) STRICT, WITHOUT ROWID;
