package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gatehouse/provider"
)

// Codes of PostgreSQL (appendix A of its manual) and of our own function refuse.
const (
	codeUnique   = "23505"
	codeNoParent = "23503" // the account or client that the row is of is not there
	codeNoText   = "22021" // the bytes are no text: no record can have such a name
	codeStale    = "GH001" // refuse: the record has changed since it was read
	codeReads    = "25006" // the server only reads
	codeStopped  = "57P"   // the server goes down, crashed, or does not take connections yet
)

// passing are the codes, by their beginnings, of what may pass by itself.
func passing() []string {
	return []string{
		"08",            // connection
		"28000",         // role, as while it is set up
		"40",            // serialization failure, deadlock, unknown completion
		"53",            // disk full, out of memory, too many connections
		"55P03",         // a lock was not free in time
		"57",            // stopped, crashed, starting, statement timeout
		"58", codeReads, // the server's disk; a standby
	}
}

// fault wraps an error of the database. What may pass by itself is ErrUnavailable; all else is a fault of ours.
func fault(err error) error {
	switch {
	case err == nil:
		return nil
	case unavailable(err):
		return fmt.Errorf("postgres: %w: %w", provider.ErrUnavailable, err)
	default:
		return fmt.Errorf("postgres: %w", err)
	}
}

func unavailable(err error) bool {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		for _, code := range passing() {
			if said.Code[:min(len(code), len(said.Code))] == code {
				return true
			}
		}
		return false
	}
	var failed *pgconn.ConnectError
	return errors.As(err, &failed) || lost(err) || errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err)
}

// lost reports whether the connection broke, other than by our own patience.
func lost(err error) bool {
	var network net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, pgconn.ErrConnClosed) || errors.As(err, &network) && !network.Timeout()
}

// judge turns the outcome of a statement into what the contract names. A server that went away takes all connections of
// the pool with it: they are dropped at once, so that each of them does not fail somebody's request later.
func (s *Store) judge(err error) error {
	if err == nil || errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	var said *pgconn.PgError
	if errors.As(err, &said) {
		if said.Code == codeReads || said.Code[:min(3, len(said.Code))] == codeStopped {
			s.pool.Reset()
		}
		if said.Code == codeStale {
			return provider.ErrStale
		}
		return fault(err)
	}
	if lost(err) {
		s.pool.Reset()
	}
	return fault(err)
}

// found turns the absence of a row into ErrNotFound. Nothing has a name that is no text.
func found(err error) error {
	if errors.Is(err, pgx.ErrNoRows) || is(err, codeNoText) {
		return provider.ErrNotFound
	}
	return err
}

// taken makes ErrTaken of a unique column's refusal.
func taken(err error) error {
	if is(err, codeUnique) {
		return provider.ErrTaken
	}
	return err
}

func is(err error, code string) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && said.Code == code
}
