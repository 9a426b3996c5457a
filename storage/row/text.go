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

// keptProof is a proof as a row of a session keeps it. Its account is left out where it is the session's own.
type keptProof struct {
	Account       provider.AccountID `json:"account,omitempty"`
	Authenticator string             `json:"authenticator"`
	Kind          provider.Kind      `json:"kind"`
	UserVerified  bool               `json:"uv,omitempty"`
	Synced        bool               `json:"synced,omitempty"`
	Voice         bool               `json:"voice,omitempty"`
	At            time.Time          `json:"at"`
	SetAt         time.Time          `json:"set_at,omitzero"`
	Where         string             `json:"where,omitempty"`
}

// ProofsText is the proofs of a session as JSON, their times in UTC to the microsecond like every other time. Its keys are
// those of the first release and those that it may do without: replicas of it read what newer ones write.
func ProofsText(s provider.Session) (string, error) {
	kept := make([]keptProof, len(s.Proofs))
	for i, p := range s.Proofs {
		p.At, p.SetAt = p.At.UTC().Truncate(time.Microsecond), p.SetAt.UTC().Truncate(time.Microsecond)
		if p.Account == s.Account {
			p.Account = ""
		}
		kept[i] = keptProof(p)
	}
	text, err := json.Marshal(kept)
	return string(text), err
}

// ParseProofs reads what ProofsText wrote; no proofs are nil. Own puts the session's account back.
func ParseProofs(text string) ([]provider.Proof, error) {
	if text == "[]" {
		return nil, nil
	}
	var kept []keptProof
	err := json.Unmarshal([]byte(text), &kept)
	if err != nil {
		return nil, err
	}
	proofs := make([]provider.Proof, len(kept))
	for i, p := range kept {
		proofs[i] = provider.Proof(p)
	}
	return proofs, nil
}

// Own puts the account of a session into those of its proofs that were kept without one.
func Own(s *provider.Session) {
	for i := range s.Proofs {
		if s.Proofs[i].Account == "" {
			s.Proofs[i].Account = s.Account
		}
	}
}
