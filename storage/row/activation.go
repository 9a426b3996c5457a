package row

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
)

// WhyReplaced is why an invitation was revoked that gave way to a newer one.
const WhyReplaced = "replaced"

// invitation is the sealed part of an activation.
type invitation struct {
	Record  string                     `json:"record"`
	Contact provider.ActivationContact `json:"contact"`
	Facts   map[string][]byte          `json:"facts,omitempty"`
	By      provider.AccountID         `json:"by,omitempty"`
	Until   time.Time                  `json:"until,omitzero"`
}

// RecordFingerprint is what the invitations and links of a patient record are found by.
func RecordFingerprint(s Sealer, record string) []byte { return s.Fingerprint("record", record) }

// SealActivation returns the fingerprint of the record and what of an invitation is sealed.
func SealActivation(s Sealer, a provider.Activation) (fingerprint, sealed []byte, err error) {
	sealed, err = sealJSON(s, ofActivation(a), invitation{a.Record, a.Contact, a.Facts, a.By, a.Until.UTC().Truncate(time.Microsecond)})
	return RecordFingerprint(s, a.Record), sealed, err
}

// OpenActivation puts it into a, of which the id, the code and the relation are looked at.
func OpenActivation(s Sealer, a *provider.Activation, fingerprint, sealed []byte) error {
	where := ofActivation(*a)
	var i invitation
	err := openJSON(s, where, sealed, &i)
	if err != nil {
		return err
	}
	a.Record, a.Contact, a.Facts, a.By, a.Until = i.Record, i.Contact, i.Facts, i.By, i.Until
	return sameRecord(s, i.Record, fingerprint, where)
}

// SealLink returns the fingerprint of the record of a link and its sealed name.
func SealLink(s Sealer, l provider.RecordLink) (fingerprint, sealed []byte, err error) {
	sealed, err = s.Seal([]byte(l.Record), ofLink(l))
	return RecordFingerprint(s, l.Record), sealed, err
}

// OpenLink puts the record into l, of which all else is looked at.
func OpenLink(s Sealer, l *provider.RecordLink, fingerprint, sealed []byte) error {
	where := ofLink(*l)
	record, err := open(s, where, sealed)
	if err != nil {
		return err
	}
	l.Record = string(record)
	return sameRecord(s, l.Record, fingerprint, where)
}

// sameRecord refuses a row that would be found by another record than its own.
func sameRecord(s Sealer, record string, fingerprint []byte, where keys.Where) error {
	if !bytes.Equal(fingerprint, RecordFingerprint(s, record)) {
		return fmt.Errorf("storage: %s of %s: the fingerprint belongs to another record", where.Table, where.Row)
	}
	return nil
}

// ofActivation binds the record to the code above all: who can write to the database, and has no key, must not get somebody
// else's record with a code of his own.
func ofActivation(a provider.Activation) keys.Where {
	bound, _ := json.Marshal([]string{a.ID, hex.EncodeToString(a.CodeHash), string(a.Relation)}) // strings always encode
	return keys.Where{Table: "activations", Column: "invitation", Row: string(bound)}
}

func ofLink(l provider.RecordLink) keys.Where {
	names := []string{string(l.Account), string(l.Relation), l.Activation}
	if l.GrantedBy != "" { // and until when it lasts: nobody makes it last longer unseen
		names = append(names, string(l.GrantedBy), strconv.FormatInt(l.Until.UnixMicro(), 10))
	}
	bound, _ := json.Marshal(names) // strings always encode
	return keys.Where{Table: "record_links", Column: "record", Row: string(bound)}
}
