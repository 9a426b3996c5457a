package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Store is a provider.Store in a PostgreSQL database.
type Store struct {
	sealer  row.Sealer
	pool    *pgxpool.Pool
	waiting chan struct{} // holds one token while there may be messages that nobody was told of
	ended   chan struct{} // and this one while there may be signals
}

var _ provider.Store = (*Store)(nil)

// Open opens the database of a URL (see configure). A schema that is not that of this build is refused: migrate.ErrOlder,
// migrate.ErrNewer. No error holds the URL.
func Open(ctx context.Context, database string, sealer row.Sealer) (*Store, error) {
	c, err := configure(database)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fault(err)
	}
	err = check(ctx, pool)
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &Store{sealer: sealer, pool: pool, waiting: make(chan struct{}, 1), ended: make(chan struct{}, 1)}, nil
}

// errReplica is the answer of a server that cannot write.
var errReplica = fmt.Errorf("postgres: this server only reads; it is a standby, or set to: %w", provider.ErrUnavailable)

// Ready answers nil if the database can be reached and written to.
func (s *Store) Ready(ctx context.Context) error {
	const query = `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean`
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	var readOnly bool
	err := s.ask(ctx, query).within(readyWithin).Scan(&readOnly)
	if err != nil {
		return err
	}
	if readOnly {
		s.pool.Reset() // after a failover the URL may lead elsewhere
		return errReplica
	}
	return nil
}

// Clock is the server's time.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	const query = `SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`
	var at time.Time
	err := s.ask(ctx, query).within(readyWithin).Scan(instant{&at})
	return at, err
}

// Close waits for the statements under way and closes the connections.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}
