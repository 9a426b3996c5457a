-- +goose Up

-- How an application shows with a key of its own who it is (private_key_jwt): the algorithm it keeps to, the audience that its
-- assertions name, and its public keys (a JWK set) or where they are. The release before refuses such an application: it has no secret.
ALTER TABLE clients ADD COLUMN auth_alg TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN auth_audience TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN jwks TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN jwks_uri TEXT NOT NULL DEFAULT '';
