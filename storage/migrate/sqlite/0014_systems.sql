-- +goose Up

-- A person of the house has one contact open at a time; a system of the office, which works for many callers at once, has many.
DROP INDEX cases_open;
CREATE UNIQUE INDEX cases_open ON cases (staff) WHERE ended_at IS NULL AND substr(staff, 1, 7) <> 'client:';
CREATE INDEX cases_staff ON cases (staff) WHERE ended_at IS NULL;

-- Requests of systems that are done once, and their answers. Rows go after a day.
CREATE TABLE api_calls (
    fingerprint BLOB    NOT NULL PRIMARY KEY, -- of the application and the key that it chose
    request     BLOB    NOT NULL, -- a fingerprint of what is asked
    begun_at    INTEGER NOT NULL,
    status      INTEGER NOT NULL, -- of the answer; 0: none yet
    answer      BLOB -- sealed
) STRICT, WITHOUT ROWID;

CREATE INDEX api_calls_begun ON api_calls (begun_at);
