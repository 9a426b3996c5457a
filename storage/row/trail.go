package row

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

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
