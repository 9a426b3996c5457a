-- +goose Up

-- A person of the house has one contact open at a time; a system of the office, which works for many callers at once, has many.
DROP INDEX cases_open;
CREATE UNIQUE INDEX cases_open ON cases (staff) WHERE ended_at IS NULL AND substr(staff, 1, 7) <> 'client:';
CREATE INDEX cases_staff ON cases (staff) WHERE ended_at IS NULL;

-- Requests of systems that are done once, and their answers. Rows go after a day.
CREATE TABLE api_calls (
    begun_at    BIGINT  NOT NULL,
    status      INTEGER NOT NULL, -- of the answer; 0: none yet
    fingerprint BYTEA   NOT NULL PRIMARY KEY, -- of the application and the key that it chose
    request     BYTEA   NOT NULL, -- a fingerprint of what is asked
    answer      BYTEA -- sealed
);

CREATE INDEX api_calls_begun ON api_calls (begun_at);
