package lookup

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// sheet is an authenticator's data.
type sheet struct {
	Version int         `json:"v"`
	Key     string      `json:"key"`  // under which the codes are hashed
	Salt    string      `json:"salt"` // random, the sheet's own
	Codes   [][]byte    `json:"codes"`
	Used    []time.Time `json:"used"` // oldest first
}

func (s sheet) encode() []byte {
	data, err := json.Marshal(s)
	if err != nil { // a time before the year 0 or after 9999
		return nil
	}
	return data
}

// decode takes nothing but what encode makes.
func decode(data []byte) (sheet, error) {
	var s sheet
	err := json.Unmarshal(data, &s)
	broken := slices.ContainsFunc(s.Codes, func(hash []byte) bool { return len(hash) != sha256.Size })
	if err != nil || s.Version != 1 || s.Key == "" || s.Salt == "" || broken || len(s.Codes)+len(s.Used) > PerSheet || !bytes.Equal(s.encode(), data) {
		return sheet{}, errors.New("lookup: not the data of a sheet")
	}
	return s, nil
}

// hash is what is kept of a code; not ok: the sheet's key is not there any more.
func (s sheet) hash(k Keys, code string) (hash []byte, ok bool) {
	return k.MACWith(purpose, s.Key, []byte(useHash), []byte(s.Salt), []byte(code))
}

// without is the sheet once a code is spent.
func (s sheet) without(i int, at time.Time) sheet {
	s.Codes = slices.Delete(slices.Clone(s.Codes), i, i+1)
	s.Used = append(slices.Clone(s.Used), at.UTC().Truncate(time.Second))
	slices.SortFunc(s.Used, time.Time.Compare)
	return s
}
