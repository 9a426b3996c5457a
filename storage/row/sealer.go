package row

import (
	"encoding/json"
	"fmt"

	"gatehouse/keys"
)

// Sealer is what storage wants of the keyset. Equal inputs have equal fingerprints; sealing the same twice differs.
type Sealer interface {
	Seal(plaintext []byte, where keys.Where) ([]byte, error)
	Open(sealed []byte, where keys.Where) ([]byte, error)
	Fingerprint(kind, canonical string) []byte
}

// sealJSON seals v as JSON.
func sealJSON(s Sealer, where keys.Where, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.Seal(plain, where)
}

// openJSON opens what sealJSON made. Where a value does not open, the error says which row.
func openJSON(s Sealer, where keys.Where, sealed []byte, v any) error {
	plain, err := open(s, where, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, v)
}

func open(s Sealer, where keys.Where, sealed []byte) ([]byte, error) {
	plain, err := s.Open(sealed, where)
	if err != nil {
		return nil, fmt.Errorf("storage: %s.%s of %s: %w", where.Table, where.Column, where.Row, err)
	}
	return plain, nil
}
