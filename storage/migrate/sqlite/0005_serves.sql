-- +goose Up

-- The oldest schema whose program serves on this one too. A migration that only adds leaves it; one that removes what an older
-- program needs raises it, a release after nothing needs it any more.
CREATE TABLE schema_serves (oldest INTEGER NOT NULL) STRICT;

INSERT INTO schema_serves (oldest) VALUES (5);
