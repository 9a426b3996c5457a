package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// micros is a time that is always there.
func micros(t time.Time) int64 { return t.UnixMicro() }

// maybe is a time that is NULL where it is zero.
func maybe(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// instant scans a time; NULL is the zero time.
type instant struct{ into *time.Time }

// Scan implements sql.Scanner.
func (i instant) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*i.into = time.Time{}
	case int64:
		*i.into = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("sqlite: %T is no time", v)
	}
	return nil
}

// list scans a JSON array; an empty one, and NULL, are nil.
type list struct{ into *[]string }

// Scan implements sql.Scanner.
func (l list) Scan(v any) (err error) {
	switch v := v.(type) {
	case nil:
		*l.into = nil
	case string:
		*l.into, err = row.ParseList(v)
	default:
		err = fmt.Errorf("sqlite: %T is no list", v)
	}
	return err
}

// proofs scans a session's proofs.
type proofs struct{ into *[]provider.Proof }

// Scan implements sql.Scanner.
func (p proofs) Scan(v any) (err error) {
	switch v := v.(type) {
	case nil:
		*p.into = nil
	case string:
		*p.into, err = row.ParseProofs(v)
	default:
		err = fmt.Errorf("sqlite: %T are no proofs", v)
	}
	return err
}

// bytesOrNull keeps an empty hash as NULL.
func bytesOrNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// found turns the absence of a row into ErrNotFound.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return provider.ErrNotFound
	}
	return err
}

// outer scans a column of an outer join; NULL is the zero value.
type outer[T any] struct{ into *T }

// Scan implements sql.Scanner.
func (o outer[T]) Scan(v any) error {
	var null sql.Null[T]
	err := null.Scan(v)
	*o.into = null.V
	return err
}

// maybeNull scans a column of an outer join.
func maybeNull[T any](into *T) outer[T] { return outer[T]{into} }
