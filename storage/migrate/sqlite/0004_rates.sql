-- +goose Up

-- Request limits are in the memory of the one process that an embedded database has. Both schemas keep the same versions.
SELECT 1;
