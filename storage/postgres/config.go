package postgres

import (
	"errors"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// borrowWithin is how long a caller waits for a connection, a new one included. Then the house is full: 503.
	borrowWithin = 500 * time.Millisecond
	// answerWithin is how long a statement may take, from our side. The server gives up before, see limits.
	answerWithin = 3 * time.Second
	// connectWithin bounds the making of a connection to one address.
	connectWithin = 2 * time.Second
	// readyWithin bounds the answer to Ready and Clock.
	readyWithin = time.Second
	// operatorWithin bounds the few statements of operators that read or delete much.
	operatorWithin = time.Minute
	// fewest connections of a pool that is not told how many: enough for commits to share one flush of the disk.
	fewest = 16
)

// errURL says nothing of the URL, which may hold a password, also in the part that cannot be read.
var errURL = errors.New("postgres: the URL of the database cannot be read; its form is postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=verify-full, with special characters of the password percent-encoded")

// limits are set on every connection where nobody stands between us and the server. Through pgbouncer they would be
// refused: there, ALTER ROLE does the same.
//
//	statement_timeout   the server stops what the caller no longer waits for
//	lock_timeout        nobody holds a row for longer than a commit
//	plan_cache_mode     every statement finds its rows by a key: one plan does, planning each time costs more than running
//	jit                 never worth it for such statements
func limits() map[string]string {
	return map[string]string{
		"statement_timeout": "2500",
		"lock_timeout":      "2000",
		"plan_cache_mode":   "force_generic_plan",
		"jit":               "off",
	}
}

// configure reads a URL: that of libpq, and what pgxpool adds (pool_max_conns …). pgbouncer=1 is ours.
func configure(database string) (*pgxpool.Config, error) {
	database, throughPooler, err := cutPooler(database)
	if err != nil {
		return nil, err
	}
	c, err := pgxpool.ParseConfig(database)
	if err != nil {
		return nil, errURL
	}
	if !strings.Contains(database, "pool_max_conns=") {
		c.MaxConns = max(fewest, int32(min(4*runtime.GOMAXPROCS(0), 1000)))
	}
	c.PingTimeout = borrowWithin
	c.ConnConfig.ConnectTimeout = connectWithin
	behave(c.ConnConfig, throughPooler)
	return c, nil
}

// cutPooler takes pgbouncer=1 out of a URL.
func cutPooler(database string) (rest string, found bool, err error) {
	base, query, _ := strings.Cut(database, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", false, errURL
	}
	switch values.Get("pgbouncer") {
	case "", "0":
	case "1":
		found = true
	default:
		return "", false, errURL
	}
	values.Del("pgbouncer")
	if len(values) == 0 {
		return base, found, nil
	}
	return base + "?" + values.Encode(), found, nil
}

// behave sets what every connection has. What the URL says about a limit holds.
func behave(c *pgx.ConnConfig, throughPooler bool) {
	if throughPooler {
		c.DefaultQueryExecMode = pgx.QueryExecModeExec
		return
	}
	for name, value := range limits() {
		if _, said := c.RuntimeParams[name]; !said {
			c.RuntimeParams[name] = value
		}
	}
	if _, said := c.RuntimeParams["application_name"]; !said {
		c.RuntimeParams["application_name"] = "gatehouse"
	}
}

// pooled reports whether a connection goes through pgbouncer.
func pooled(c *pgx.ConnConfig) bool { return c.DefaultQueryExecMode == pgx.QueryExecModeExec }
