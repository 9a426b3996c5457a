package row

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
)

const maxEventPrivate = 2048

// SealPrivate seals the personal data of an event: nil where there are none.
func SealPrivate(s Sealer, e provider.Event) ([]byte, error) {
	if len(e.Private) == 0 {
		return nil, nil
	}
	size := 0
	for name, value := range e.Private {
		size += len(name) + len(value)
	}
	if size > maxEventPrivate {
		return nil, fmt.Errorf("%w: the personal data of %s are %d bytes of %d", ErrEvent, e.Kind, size, maxEventPrivate)
	}
	where := ofPrivate(provider.TrailRow{At: e.At.UnixMicro(), Kind: e.Kind, Account: e.Account, Actor: e.Actor})
	return sealJSON(s, where, e.Private)
}

// OpenPrivate opens what SealPrivate made, and says where it is not what was hashed.
func OpenPrivate(s Sealer, r provider.TrailRow) (map[string]string, error) {
	if r.Private == nil {
		return nil, nil
	}
	var data map[string]string
	err := openJSON(s, ofPrivate(r), r.Private, &data)
	return data, err
}

// PrivateHash is what stays of it in the chain.
func PrivateHash(sealed []byte) []byte {
	if sealed == nil {
		return nil
	}
	sum := sha256.Sum256(sealed)
	return sum[:]
}

// ofPrivate binds it to its event, as far as that is known before it is written.
func ofPrivate(r provider.TrailRow) keys.Where {
	bound, _ := json.Marshal([]any{r.At, r.Kind, string(r.Account), r.Actor}) // numbers and strings always encode
	return keys.Where{Table: "events", Column: "private", Row: string(bound)}
}

// skew is more than the clocks of two replicas ever differ.
const skew = time.Hour

// Since answers behind which Seq the rows of a query begin. Context: an index over times would cost every act for what an auditor asks for
// once a month. Choice: rows come nearly in the order of their times, so the place is found by halving; youngest answers the time of the
// youngest of a few rows behind a Seq (-1: none is), and the newest Seq of all. A clock that was ahead makes it begin too early, and
// the query still holds each row against the time; one that was far behind for many rows on end is what the few rows are for.
func Since(q provider.TrailQuery, youngest func(after int64) (at, newest int64, err error)) (int64, error) {
	if q.Since.IsZero() || q.Account != "" || ByStaff(q.Actor) { // those are found by an index
		return q.After, nil
	}
	from := q.Since.Add(-skew).UnixMicro()
	at, high, err := youngest(q.After)
	low := q.After
	if err != nil || at >= from {
		return low, err
	}
	for low < high {
		middle := low + (high-low)/2
		at, _, err := youngest(middle)
		switch {
		case err != nil:
			return 0, err
		case at < 0 || at >= from:
			high = middle
		default:
			low = middle + 1
		}
	}
	return low, nil
}

// ByStaff reports whether an actor is one of those whose acts have an index.
func ByStaff(actor string) bool { return strings.HasPrefix(actor, "staff:") }
