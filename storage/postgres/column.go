package postgres

import (
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// micros is a time that is always there.
func micros(t time.Time) int64 { return t.UnixMicro() }

// maybe is a time that is NULL where it is zero.
func maybe(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	at := t.UnixMicro()
	return &at
}

// instant scans a time; NULL is the zero time.
type instant struct{ into *time.Time }

// ScanInt64 implements pgtype.Int64Scanner.
func (i instant) ScanInt64(v pgtype.Int8) error {
	if !v.Valid {
		*i.into = time.Time{}
		return nil
	}
	*i.into = time.UnixMicro(v.Int64).UTC()
	return nil
}

// number scans an integer of an outer join; NULL is 0.
type number struct{ into *int64 }

// ScanInt64 implements pgtype.Int64Scanner.
func (n number) ScanInt64(v pgtype.Int8) error {
	*n.into = v.Int64
	return nil
}

// text scans a text of an outer join; NULL is "".
type text[T ~string] struct{ into *T }

// ScanText implements pgtype.TextScanner.
func (t text[T]) ScanText(v pgtype.Text) error {
	*t.into = T(v.String)
	return nil
}

func maybeText[T ~string](into *T) text[T] { return text[T]{into} }

// raw scans bytes into a text of any bytes.
type raw struct{ into *string }

// ScanBytes implements pgtype.BytesScanner.
func (r raw) ScanBytes(v []byte) error {
	*r.into = string(v)
	return nil
}

// list scans a JSON array; an empty one, and NULL, are nil.
type list struct{ into *[]string }

// ScanText implements pgtype.TextScanner.
func (l list) ScanText(v pgtype.Text) (err error) {
	*l.into = nil
	if v.Valid {
		*l.into, err = row.ParseList(v.String)
	}
	return err
}

// proofs scans a session's proofs.
type proofs struct{ into *[]provider.Proof }

// ScanText implements pgtype.TextScanner.
func (p proofs) ScanText(v pgtype.Text) (err error) {
	*p.into = nil
	if v.Valid {
		*p.into, err = row.ParseProofs(v.String)
	}
	return err
}

// bytesOrNull keeps an empty hash as NULL.
func bytesOrNull(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

// bytesOrEmpty keeps no bytes as none, in a column that is never NULL.
func bytesOrEmpty(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
