package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Places are the database and Redis. Their URLs may hold passwords: every user of a machine can read the command lines of
// its programs, so a URL may stand in a file.
type Places struct {
	// Database is where accounts, clients, sessions and events are kept. How large the pool is stands in the URL
	// (pool_max_conns=16), and that a pgbouncer in transaction mode answers (pgbouncer=1).
	Database     string `name:"database" placeholder:"URL" help:"Database, where it is not the one of --data: sqlite:PATH or postgres://USER@HOST/NAME."`
	DatabaseFile string `name:"database-file" placeholder:"FILE" help:"File that holds the URL of the database, since passwords do not belong on a command line."`

	// Redis keeps the ceremonies of people who are signing in. It may be away or lose what it has at any time.
	Redis     string `name:"redis" placeholder:"URL" help:"Redis for sign-ins under way, beside PostgreSQL: redis://HOST:PORT; without it they are in the database."`
	RedisFile string `name:"redis-file" placeholder:"FILE" help:"File that holds the URL of Redis."`
}

// database answers the URL of the database, "" for none.
func (p Places) database() (string, error) {
	url, err := inFile(p.Database, p.DatabaseFile, "database")
	if _, clear := legible(url); err == nil && !clear {
		err = usageError{errors.New("the URL of the database cannot be read: write special characters of its password percent-encoded, such as %40 for @")}
	}
	return url, err
}

// redis answers the URL of Redis, "" for none.
func (p Places) redis() (string, error) { return inFile(p.Redis, p.RedisFile, "redis") }

// inFile answers a value that is given either by itself or in a file.
func inFile(value, file, flag string) (string, error) {
	switch {
	case file == "":
		return value, nil
	case value != "":
		return "", usageError{fmt.Errorf("--%s and --%s-file exclude each other", flag, flag)}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("--%s-file: %w", flag, err)
	}
	if value = strings.TrimSpace(string(text)); value == "" {
		return "", errors.New("--" + flag + "-file: " + file + " is empty")
	}
	return value, nil
}

// shown is a database as it may be printed: its path, or its host and name without user, password and parameters.
func shown(database string) string {
	text, _ := legible(database)
	return text
}

// legible is shown, and whether it is certain which part of a URL is the password; else only its scheme is told. What is
// taken for the host is looked up on the network and stands in errors.
func legible(database string) (string, bool) {
	scheme, rest, _ := strings.Cut(database, ":")
	switch {
	case scheme == "sqlite":
		return database, true
	case !strings.HasPrefix(rest, "//"):
		return scheme, true // no backend of ours: storage says so
	}
	rest = rest[2:]
	user, host, found := strings.Cut(rest, "@")
	if !found {
		user, host = "", rest
	}
	if strings.Contains(host, "@") || strings.ContainsAny(user, "?/") {
		return scheme, false
	}
	host, _, _ = strings.Cut(host, "?")
	return scheme + "://" + host, true
}
