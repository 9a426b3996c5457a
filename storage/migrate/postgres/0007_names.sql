-- +goose Up

-- Whose each username is, or was: nobody else is given it, ever. It is no foreign key: it outlives the name and the account.
CREATE TABLE usernames_given (
    fingerprint BYTEA NOT NULL PRIMARY KEY,
    account     TEXT  NOT NULL
);

-- Nobody takes a name between the filling of the table and the watch over it.
LOCK TABLE identifiers IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO usernames_given (fingerprint, account) SELECT fingerprint, account FROM identifiers WHERE kind = 'username';

-- Whoever takes a username has it for good, also where the program is that of the release before. Of two at once the second waits for
-- the first, and then sees whose it is: each statement of the function looks anew.
-- +goose StatementBegin
CREATE FUNCTION identifiers_username_given() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO usernames_given (fingerprint, account) VALUES (NEW.fingerprint, NEW.account) ON CONFLICT DO NOTHING;
    IF NOT EXISTS (SELECT 1 FROM usernames_given WHERE fingerprint = NEW.fingerprint AND account = NEW.account) THEN
        RAISE EXCEPTION 'refused' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER identifiers_username_given BEFORE INSERT ON identifiers FOR EACH ROW WHEN (NEW.kind = 'username')
    EXECUTE FUNCTION identifiers_username_given();
