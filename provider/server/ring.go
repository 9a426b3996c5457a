package server

import (
	"context"
	"errors"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// AsPlanned is why keys change by themselves: their dates have come.
const AsPlanned = "as planned"

// ringStore keeps the keyring where provider.Store keeps it, with a record of each change.
type ringStore struct {
	store provider.Store
	by    audit.Actor
	why   string
}

// Keyring reads the sealed document.
func (s ringStore) Keyring(ctx context.Context) ([]byte, int64, error) { return s.store.Keyring(ctx) }

// SwapKeyring writes it, if nobody else did meanwhile.
func (s ringStore) SwapKeyring(ctx context.Context, doc []byte, rev int64, at time.Time) error {
	err := s.store.SwapKeyring(ctx, doc, rev, audit.KeysChanged(at, s.by, s.why))
	if errors.Is(err, provider.ErrStale) {
		return errors.Join(keys.ErrConflict, err)
	}
	return err
}

// OpenRing reads the signing keys from the store, making the first ones where there are none. What it changes is
// recorded as done by somebody for a reason.
func OpenRing(ctx context.Context, store provider.Store, keyset *keys.Keyset, now time.Time, by audit.Actor, why string) (*keys.Ring, error) {
	return keys.OpenRing(ctx, ringStore{store: store, by: by, why: why}, keyset, keys.Policy{}, now)
}
