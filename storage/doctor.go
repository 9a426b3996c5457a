package storage

import (
	"context"

	"gatehouse/storage/doctor"
	"gatehouse/storage/postgres"
	"gatehouse/storage/redis"
	"gatehouse/storage/sqlite"
)

// Finding is something about a database or Redis that an operator should know and mend.
type Finding = doctor.Finding

// Doctor looks at the database and Redis as an operator would who asks whether what is acknowledged will last, and answers
// what is wrong; nothing is well. It writes nothing and may run beside the house. An embedded database is read as a whole.
// The clock is not looked at: see provider.ClockOff. The keyset is not needed.
func Doctor(ctx context.Context, o Options) ([]Finding, error) {
	scheme, rest, err := o.database()
	if err != nil {
		return nil, err
	}
	var found []Finding
	switch scheme {
	case "sqlite":
		found, err = sqlite.Examine(ctx, rest)
	case "postgres", "postgresql":
		found, err = postgres.Examine(ctx, o.Database)
	default:
		err = unsupported(o.Database)
	}
	if err != nil || o.Redis == "" {
		return found, err
	}
	volatile, err := redis.Examine(ctx, o.Redis)
	return append(found, volatile...), err
}
