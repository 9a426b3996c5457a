package server

import (
	"context"
	"errors"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// ringStore keeps the keyring where provider.Store keeps it, with a record of each change.
type ringStore struct {
	store provider.Store
	at    time.Time
	by    audit.Actor
}

// Keyring reads the sealed document.
func (s ringStore) Keyring(ctx context.Context) ([]byte, int64, error) { return s.store.Keyring(ctx) }

// SwapKeyring writes it, if nobody else did meanwhile.
func (s ringStore) SwapKeyring(ctx context.Context, doc []byte, rev int64) error {
	err := s.store.SwapKeyring(ctx, doc, rev, audit.KeysChanged(s.at, s.by))
	if errors.Is(err, provider.ErrStale) {
		return errors.Join(keys.ErrConflict, err)
	}
	return err
}

// OpenRing reads the signing keys from the store, making the first ones where there are none.
func OpenRing(ctx context.Context, store provider.Store, keyset *keys.Keyset, now time.Time, by audit.Actor) (*keys.Ring, error) {
	return keys.OpenRing(ctx, ringStore{store: store, at: now, by: by}, keyset, keys.Policy{}, now)
}
