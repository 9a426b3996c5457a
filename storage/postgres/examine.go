package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gatehouse/storage/doctor"
)

// settings are what Examine judges by.
type settings struct {
	fsync, fullPages, commit string // "on", "off", and what else synchronous_commit may be
	syncNames                string // synchronous_standby_names
	standbys                 int    // that follow now, or whose slot waits for them
	readOnly                 bool   // a standby itself
	timeout                  string // statement_timeout
	reserved, connections    int32
	backend                  uint32 // the process that answers
}

// Examine asks the server of a URL how it is set up, and answers what may lose what was acknowledged or make requests fail.
// Any user may ask: nothing of it needs a right of its own.
func Examine(ctx context.Context, database string) ([]doctor.Finding, error) {
	c, err := configure(database)
	if err != nil {
		return nil, err
	}
	said := pooled(c.ConnConfig)
	how := c.ConnConfig.Copy()
	how.DefaultQueryExecMode = pgx.QueryExecModeExec // and no limits: nobody in between may refuse them
	for name := range limits() {
		delete(how.RuntimeParams, name)
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, how)
	if err != nil {
		return nil, fault(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	s, err := inquire(ctx, conn)
	if err != nil {
		return nil, fault(err)
	}
	found := append(s.durability(), s.replication()...)
	found = append(found, s.pooler(conn.PgConn(), said)...)
	return append(found, s.room(c.MaxConns, said)...), nil
}

func inquire(ctx context.Context, conn *pgx.Conn) (s settings, err error) {
	const query = `
		SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
			current_setting('synchronous_standby_names'),
			greatest((SELECT count(*) FROM pg_stat_replication),
				(SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'physical')),
			pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
			current_setting('statement_timeout'), current_setting('superuser_reserved_connections')::integer,
			current_setting('max_connections')::integer, pg_backend_pid()`
	err = conn.QueryRow(ctx, query).Scan(&s.fsync, &s.fullPages, &s.commit, &s.syncNames, &s.standbys, &s.readOnly, &s.timeout,
		&s.reserved, &s.connections, &s.backend)
	return s, err
}

// durability: an acknowledged sign-out, lock or rotation that a power cut undoes is a promise that was broken.
func (s settings) durability() []doctor.Finding {
	var off []string
	for _, each := range []struct{ name, value string }{{"fsync", s.fsync}, {"full_page_writes", s.fullPages}, {"synchronous_commit", s.commit}} {
		if each.value == "off" {
			off = append(off, each.name)
		}
	}
	if len(off) == 0 {
		return nil
	}
	return []doctor.Finding{{
		What: "durability", Found: "PostgreSQL runs with " + strings.Join(off, ", ") + " off: a crash loses what was acknowledged, or the database",
		Mend: "set them to on, in postgresql.conf or with ALTER SYSTEM", Grave: true,
	}}
}

func (s settings) replication() []doctor.Finding {
	switch {
	case s.readOnly:
		return []doctor.Finding{{
			What: "replication", Found: "the server that answers only reads: it is a standby, or set to", Grave: true,
			Mend: "name the primary, or all servers with target_session_attrs=read-write",
		}}
	case s.standbys > 0 && (s.syncNames == "" || s.commit == "local" || s.commit == "off"):
		return []doctor.Finding{{
			What: "replication", Found: "there is a standby, and commits do not wait for it: a failover to it loses what was acknowledged last",
			Mend: "set synchronous_standby_names, and synchronous_commit to on (with two standbys or more, so that one may be away)",
		}}
	}
	return nil
}

// pooler compares the process that the connection was told of with the one that answers: a pgbouncer tells one of its own.
func (s settings) pooler(conn *pgconn.PgConn, said bool) []doctor.Finding {
	between := conn.PID() != s.backend
	switch {
	case between && !said:
		return []doctor.Finding{{
			What: "pooler", Found: "a pooler such as pgbouncer answers, and the URL does not say so: prepared statements will fail", Grave: true,
			Mend: "add pgbouncer=1 to the URL of the database",
		}}
	case !between && said:
		return []doctor.Finding{{
			What: "pooler", Found: "the URL says pgbouncer=1, and PostgreSQL itself answers: every statement is planned anew",
			Mend: "take pgbouncer=1 out of the URL",
		}}
	case between && s.timeout == "0":
		return []doctor.Finding{{
			What: "pooler", Found: "behind the pooler no statement has a time limit, so that one that waits keeps its connection",
			Mend: "ALTER ROLE … SET statement_timeout = '2500ms', SET lock_timeout = '2s' for the role of Gatehouse",
		}}
	}
	return nil
}

// room: the pool may grow to more connections than the server takes.
func (s settings) room(pool int32, throughPooler bool) []doctor.Finding {
	if throughPooler || pool <= s.connections-s.reserved {
		return nil
	}
	return []doctor.Finding{{
		What: "connections", Found: fmt.Sprintf("one replica may open %d connections, and the server takes %d", pool, s.connections-s.reserved),
		Mend: "lower pool_max_conns in the URL, or raise max_connections; all replicas together must fit",
	}}
}
