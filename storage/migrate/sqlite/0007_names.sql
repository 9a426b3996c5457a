-- +goose Up

-- Whose each username is, or was: nobody else is given it, ever. It is no foreign key: it outlives the name and the account.
CREATE TABLE usernames_given (
    fingerprint BLOB NOT NULL PRIMARY KEY,
    account     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO usernames_given (fingerprint, account) SELECT fingerprint, account FROM identifiers WHERE kind = 'username';

-- Whoever takes a username has it for good, also where the program is that of the release before. Of one that is somebody else's the
-- row is left out, as by ON CONFLICT DO NOTHING.
-- +goose StatementBegin
CREATE TRIGGER identifiers_username_given BEFORE INSERT ON identifiers WHEN NEW.kind = 'username'
BEGIN
    INSERT INTO usernames_given (fingerprint, account)
        SELECT NEW.fingerprint, NEW.account WHERE NOT EXISTS (SELECT 1 FROM usernames_given WHERE fingerprint = NEW.fingerprint);
    SELECT RAISE(IGNORE) WHERE NOT EXISTS (SELECT 1 FROM usernames_given WHERE fingerprint = NEW.fingerprint AND account = NEW.account);
END;
-- +goose StatementEnd
