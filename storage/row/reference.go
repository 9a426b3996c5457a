package row

import (
	"encoding/json"
	"fmt"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
)

// refused is the sealed part of a reference.
type refused struct {
	Account provider.AccountID `json:"account"`
	Invited string             `json:"invited"`
	Count   int                `json:"count"`
	Of      int                `json:"of"`
	LiftsAt time.Time          `json:"lifts_at"`
}

// refusedLength is longer than any of them: each is filled up to it, so that its length tells nothing.
const refusedLength = 256

// SealReference returns the fingerprint of a reference's code, and what of it is sealed.
func SealReference(s Sealer, r provider.Reference) (fingerprint, sealed []byte, err error) {
	fingerprint = ReferenceFingerprint(s, r.Code)
	text, err := json.Marshal(refused{r.Account, r.Invited, r.Count, r.Of, r.LiftsAt.UTC().Truncate(time.Microsecond)})
	if err != nil {
		return nil, nil, err
	}
	if len(text) > refusedLength {
		return nil, nil, fmt.Errorf("row: a reference of %d bytes", len(text))
	}
	for len(text) < refusedLength {
		text = append(text, ' ')
	}
	sealed, err = s.Seal(text, ofReference(fingerprint, r.Rule))
	return fingerprint, sealed, err
}

// ReferenceFingerprint is what a reference is found by.
func ReferenceFingerprint(s Sealer, code string) []byte { return s.Fingerprint("reference", code) }

// OpenReference puts it into r, of which the code and the rule are looked at.
func OpenReference(s Sealer, r *provider.Reference, sealed []byte) error {
	var was refused
	err := openJSON(s, ofReference(ReferenceFingerprint(s, r.Code), r.Rule), sealed, &was)
	r.Account, r.Invited, r.Count, r.Of, r.LiftsAt = was.Account, was.Invited, was.Count, was.Of, was.LiftsAt
	return err
}

// ofReference binds what was refused to its code and rule.
func ofReference(fingerprint []byte, rule provider.RefusalRule) keys.Where {
	return keys.Where{Table: "refusals", Column: "words", Row: bound(fmt.Sprintf("%x", fingerprint), string(rule))}
}
