package row

import (
	"bytes"
	"fmt"

	"gatehouse/keys"
	"gatehouse/provider"
)

// CallKey is what a call is found by.
func CallKey(s Sealer, c provider.Call) []byte {
	return s.Fingerprint("call", fmt.Sprintf("%d %s %s", len(c.Client), c.Client, c.Key))
}

// CallRequest is what is kept of what a call asks.
func CallRequest(s Sealer, c provider.Call) []byte {
	return s.Fingerprint("call request", string(c.Request))
}

// SealCall returns the sealed answer.
func SealCall(s Sealer, c provider.Call) ([]byte, error) {
	return s.Seal(c.Answer, ofCall(CallKey(s, c), c.Status))
}

// OpenCall puts the answer into c, whose client, key and status are looked at, and answers nil, ErrStale or ErrTaken (provider.Calls).
func OpenCall(s Sealer, c *provider.Call, request, sealed []byte) (err error) {
	if !bytes.Equal(request, CallRequest(s, *c)) {
		return provider.ErrStale
	}
	if c.Status != 0 {
		if c.Answer, err = s.Open(sealed, ofCall(CallKey(s, *c), c.Status)); err != nil {
			return err
		}
	}
	return provider.ErrTaken
}

// ofCall binds an answer to its call.
func ofCall(fingerprint []byte, status int) keys.Where {
	return keys.Where{Table: "api_calls", Column: "answer", Row: bound(fmt.Sprintf("%x", fingerprint), fmt.Sprint(status))}
}
