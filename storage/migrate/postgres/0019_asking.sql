-- +goose Up

-- What an application is registered for beside the ordinary: that it pushes its requests, the sector of its pairwise subjects, the
-- signature of its answers of userinfo, and where people begin to sign in to it. The release before knows none of it, and would give
-- an application with pairwise subjects the public ones: register such only once every process is of this release.
ALTER TABLE clients ADD COLUMN require_par BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE clients ADD COLUMN sector TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN userinfo_alg TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN initiate_login_uri TEXT NOT NULL DEFAULT '';

-- The claims that an application asked for one by one, as JSON.
ALTER TABLE grants ADD COLUMN claims TEXT NOT NULL DEFAULT '';
