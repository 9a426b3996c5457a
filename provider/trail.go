package provider

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"time"
)

// Link is the place of an event in the trail. Every event is linked when its act takes place, in the same transaction; the chain's
// head is locked last, so that the order of a chain is the order in which acts took effect.
type Link struct {
	Chain    int    // a house may have several, so that acts need not wait for one another; an account's events are all in one
	N        int64  // 1, 2, 3 … in its chain, without a gap; 0 for an event that is older than the trail
	SubjectN int64  // 1, 2, 3 … among the events of its account, without a gap; 0 where it is of no account
	Hash     []byte // HashLink of the one before in its chain and of this one
}

// TrailRow is an event as it is kept: what is hashed are the very texts.
type TrailRow struct {
	Link
	Seq         int64
	At          int64 // microseconds since 1970, UTC
	Kind        string
	Account     AccountID
	Client      string
	Session     string
	Grant       string
	Actor       string
	Detail      string // JSON
	PrivateHash []byte // SHA-256 of the sealed personal data that came with it; nil: none did
	Private     []byte // sealed; nil: there was none, or it was erased, which breaks no chain
}

// ChainHead is the newest link of a chain, and where the chain begins.
type ChainHead struct {
	Chain   int
	N       int64 // of the newest; 0: the chain is empty
	Hash    []byte
	CutN    int64 // of the newest that was deleted because its time was over; 0: none was
	CutHash []byte
	Began   int64 // events up to this Seq are older than the trail, and not linked
}

// HashLink is what a link's hash must be: SHA-256 over prev, the hash before it in its chain (32 zero bytes for the first), and the
// row without its Hash, Seq and Private. Numbers are eight bytes, big endian; texts and PrivateHash are led by their length in bytes as
// four bytes, big endian. PostgreSQL computes the same in trail_link (0011_trail.sql).
func HashLink(prev []byte, r TrailRow) []byte {
	h := sha256.New()
	h.Write(prev)
	number(h, int64(r.Chain))
	number(h, r.N)
	number(h, r.SubjectN)
	number(h, r.At)
	for _, text := range []string{r.Kind, string(r.Account), r.Client, r.Session, r.Grant, r.Actor, r.Detail, string(r.PrivateHash)} {
		var length [4]byte
		binary.BigEndian.PutUint32(length[:], uint32(len(text))) // the store bounds each of them
		h.Write(length[:])
		h.Write([]byte(text))
	}
	return h.Sum(nil)
}

func number(h hash.Hash, n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n)) // its bits
	h.Write(b[:])
}

// FirstLink is the hash before the first link of a chain.
func FirstLink() []byte { return make([]byte, sha256.Size) }

// TrailQuery says which rows are wanted.
type TrailQuery struct {
	After   int64     // with a greater Seq
	Account AccountID // "": of all
	Actor   string    // "": by all
	Since   time.Time // zero: from the first on
	Limit   int
}

// Trails are the audit trail as those read it who judge it.
type Trails interface {
	// ChainHeads reads where each chain stands, by number.
	ChainHeads(ctx context.Context) ([]ChainHead, error)
	// Trail reads rows in the order of Seq. Within a chain this need not be the order of N: two acts at once may have taken
	// their numbers in one order and their effect in the other.
	Trail(ctx context.Context, q TrailQuery) ([]TrailRow, error)
	// ErasePrivate deletes the sealed personal data of the events of an account, and of none else; their hashes stay.
	ErasePrivate(ctx context.Context, account AccountID, e Event) error
	// OpenPrivate opens what Private holds: nil where there is none.
	OpenPrivate(r TrailRow) (map[string]string, error)
	// SaveCheckpoint keeps a signed statement of the heads: ErrTaken where there is one with this number.
	SaveCheckpoint(ctx context.Context, number int64, at time.Time, doc []byte) error
	// Checkpoints reads those with a greater number, at most limit, in order.
	Checkpoints(ctx context.Context, after int64, limit int) ([][]byte, error)
	// LastCheckpoint reads the newest: nil where there is none.
	LastCheckpoint(ctx context.Context) ([]byte, error)
}
