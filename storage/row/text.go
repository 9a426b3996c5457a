package row

import (
	"encoding/json"
	"time"

	"gatehouse/provider"
)

// ListText is a list as a JSON array; nil and empty are the same.
func ListText(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	text, _ := json.Marshal(list) // strings always encode
	return string(text)
}

// ParseList reads what ListText wrote; an empty list is nil.
func ParseList(text string) ([]string, error) {
	if text == "[]" {
		return nil, nil
	}
	var list []string
	err := json.Unmarshal([]byte(text), &list)
	return list, err
}

// ProofsText is proofs as JSON, their times in UTC to the microsecond like every other time.
func ProofsText(proofs []provider.Proof) (string, error) {
	kept := make([]provider.Proof, len(proofs))
	for i, p := range proofs {
		p.At = p.At.UTC().Truncate(time.Microsecond)
		kept[i] = p
	}
	text, err := json.Marshal(kept)
	return string(text), err
}

// ParseProofs reads what ProofsText wrote; no proofs are nil.
func ParseProofs(text string) ([]provider.Proof, error) {
	if text == "[]" {
		return nil, nil
	}
	var proofs []provider.Proof
	err := json.Unmarshal([]byte(text), &proofs)
	return proofs, err
}
