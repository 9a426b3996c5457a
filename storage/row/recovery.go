package row

import (
	"encoding/json"
	"strconv"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
)

// Why a recovery ended, where the store ends it.
const (
	RecoveryDone    = "done"
	RecoveryExpired = "expired"
)

// contacts is the sealed part of a recovery.
type contacts struct {
	Proven   provider.Contact   `json:"proven"`
	Contacts []provider.Contact `json:"contacts,omitempty"`
}

// SealRecovery seals by which contact a recovery was started, and those that the account had. Times are kept like every other
// time: in UTC, to the microsecond.
func SealRecovery(s Sealer, r provider.Recovery) ([]byte, error) {
	kept := contacts{Proven: settled(r.Proven)}
	for _, c := range r.Contacts {
		kept.Contacts = append(kept.Contacts, settled(c))
	}
	return sealJSON(s, ofRecovery(r), kept)
}

func settled(c provider.Contact) provider.Contact {
	c.VerifiedAt = c.VerifiedAt.UTC().Truncate(time.Microsecond)
	return c
}

// OpenRecovery puts them into r, of which the id, the account and the time from which it can be finished are looked at.
func OpenRecovery(s Sealer, r *provider.Recovery, sealed []byte) error {
	var kept contacts
	err := openJSON(s, ofRecovery(*r), sealed, &kept)
	r.Proven, r.Contacts = kept.Proven, kept.Contacts
	return err
}

// ofRecovery binds the contacts to the end of the wait too: who can write to the database, and has no key, cannot shorten it
// unseen.
func ofRecovery(r provider.Recovery) keys.Where {
	bound, _ := json.Marshal([]string{r.ID, string(r.Account), strconv.FormatInt(r.ReadyAt.UnixMicro(), 10)}) // strings always encode
	return keys.Where{Table: "recoveries", Column: "contacts", Row: string(bound)}
}
