package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
)

// CheckpointType is the media type of a signed checkpoint.
const CheckpointType = "gatehouse-checkpoint+jwt"

// How often checkpoints are made: a little less than a minute apart, since the round that makes them comes every minute; and
// where nothing happens, every hour.
const (
	checkpointEvery = 50 * time.Second
	checkpointQuiet = time.Hour
)

// ErrCheckpoint says that a document is no checkpoint that this house signed.
var ErrCheckpoint = errors.New("audit: not a checkpoint that this house signed")

// Checkpoint is a statement of where the chains stood. Signed, it is one line of text, a compact JWS. Kept where nobody who can
// write the database can write, it shows a trail that was cut short, rolled back or written anew.
type Checkpoint struct {
	Number int64            `json:"number"` // 1, 2, 3 … without a gap
	At     time.Time        `json:"at"`
	Prev   string           `json:"prev"` // SHA-256 of the document before it, in hex; "" in the first
	Rows   int64            `json:"rows"` // linked until then, with those that were deleted since because their time was over
	Heads  []CheckpointHead `json:"heads"`
}

// CheckpointHead is where one chain stood.
type CheckpointHead struct {
	Chain int    `json:"chain"`
	N     int64  `json:"n"`
	Hash  string `json:"hash"` // in hex
}

// NextCheckpoint is what is to be signed now, after the last document (nil: there was none). It is false where nothing is
// due: one was made within the minute, or nothing has happened since one that is less than an hour old. Errors: ErrCheckpoint,
// where the last is not of this key.
func NextCheckpoint(last []byte, public ed25519.PublicKey, heads []provider.ChainHead, now time.Time) (Checkpoint, bool, error) {
	next := Checkpoint{Number: 1, At: now.UTC()}
	for _, h := range heads {
		if h.N > 0 {
			next.Heads = append(next.Heads, CheckpointHead{Chain: h.Chain, N: h.N, Hash: hex.EncodeToString(h.Hash)})
			next.Rows += h.N
		}
	}
	if last == nil {
		return next, next.Rows > 0, nil
	}
	before, err := OpenCheckpoint(last, public)
	if err != nil {
		return Checkpoint{}, false, err
	}
	next.Number, next.Prev = before.Number+1, digest(last)
	since := now.Sub(before.At)
	return next, since >= checkpointQuiet || since >= checkpointEvery && next.Rows != before.Rows, nil
}

// Sign makes the document.
func (c Checkpoint) Sign(key keys.AuditKey) ([]byte, error) {
	payload, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	doc, err := key.Sign(CheckpointType, payload)
	return []byte(doc), err
}

// OpenCheckpoint reads a document that the house with this key has signed. Errors: ErrCheckpoint.
func OpenCheckpoint(doc []byte, public ed25519.PublicKey) (Checkpoint, error) {
	payload, err := keys.OpenAudit(public, CheckpointType, string(doc))
	if err != nil {
		return Checkpoint{}, ErrCheckpoint
	}
	var c Checkpoint
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	if d.Decode(&c) != nil || c.Number < 1 {
		return Checkpoint{}, ErrCheckpoint
	}
	return c, nil
}

func digest(doc []byte) string {
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:])
}
