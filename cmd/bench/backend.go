package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gatehouse/storage/storagetest/servers"
)

// backend is a PostgreSQL and a Redis of our own.
type backend struct {
	postgres *servers.Postgres
	redis    *servers.Redis
}

func startBackend() (*backend, error) {
	p, err := servers.StartPostgres()
	if err != nil {
		return nil, err
	}
	r, err := servers.StartRedis()
	if err != nil {
		p.Stop()
		return nil, err
	}
	return &backend{p, r}, nil
}

func (b *backend) stop() {
	b.redis.Stop()
	b.postgres.Stop()
}

func (b *backend) create(ctx context.Context, database string) error {
	return b.postgres.Exec(ctx, "postgres", `CREATE DATABASE `+database)
}

// flags name the two for gatehouse; none where there is no backend but the folder.
func (b *backend) flags(database string) []string {
	if b == nil {
		return nil
	}
	return []string{"--database", b.postgres.URL(database), "--redis", b.redis.URL()}
}

// used is the CPU time of both so far.
func (b *backend) used() (postgres, redis float64) {
	if b == nil {
		return 0, 0
	}
	return tree(b.postgres.PID()), own(b.redis.PID())
}

// grow adds live sessions with a grant each: copies of the newest, under names of the same length.
func (b *backend) grow(ctx context.Context, database string, n int) error {
	began := time.Now()
	copies := fmt.Sprintf(`
		INSERT INTO sessions (created_at, seen_at, ends_at, ended_at, rev, id, account, secret_hash, proofs, ended_why)
		SELECT created_at, seen_at, ends_at + 86400000000::bigint * 30, NULL, 1, 's' || left(md5(n::text), 25), account,
			sha256(('s' || n)::bytea), proofs, ''
		FROM (SELECT * FROM sessions ORDER BY created_at DESC LIMIT 1) AS one, generate_series(1, %[1]d) AS n;
		INSERT INTO grants (auth_time, created_at, expires_at, code_expires_at, code_used_at, generation, rotated_at, revoked_at,
			sweep_at, offline, id, account, client, session, scopes, acr, amr, code_hash, redirect_uri, nonce, challenge, revoked_why)
		SELECT auth_time, created_at, expires_at + 86400000000::bigint * 30, code_expires_at, code_used_at, generation, rotated_at, NULL,
			sweep_at + 86400000000::bigint * 30, offline, 'g' || left(md5(n::text), 25), account, client, 's' || left(md5(n::text), 25),
			scopes, acr, amr, sha256(('g' || n)::bytea), redirect_uri, nonce, challenge, ''
		FROM (SELECT * FROM grants WHERE code_used_at IS NOT NULL ORDER BY created_at DESC LIMIT 1) AS one, generate_series(1, %[1]d) AS n;`, n)
	err := errors.Join(b.postgres.Exec(ctx, database, copies), b.postgres.Exec(ctx, database, `VACUUM ANALYZE`))
	if err != nil {
		return err
	}
	bytes, err := b.bytes(ctx, database, "sessions", "grants")
	fmt.Printf("added in %v; sessions and grants take %.0f MB\n\n", time.Since(began).Round(time.Second), float64(bytes)/1e6)
	return err
}

// bytes is the size of tables with their indexes.
func (b *backend) bytes(ctx context.Context, database string, tables ...string) (all int64, err error) {
	for _, table := range tables {
		n, err := b.postgres.Number(ctx, database, `SELECT pg_total_relation_size('`+table+`')`)
		if err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}
