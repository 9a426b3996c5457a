package both

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gatehouse/provider"
)

// Near keeps ceremonies close by. Its errors are ErrUnavailable while it is away.
type Near interface {
	provider.Volatile
	Close() error
}

// Store is a provider.Store whose ceremonies are kept in Near, as long as that can be reached.
type Store struct {
	provider.Store // durable
	near           Near
	prefix         string
}

var _ provider.Store = (*Store)(nil)

// Join joins the two; prefix begins every id that near gives.
func Join(durable provider.Store, near Near, prefix string) *Store {
	return &Store{Store: durable, near: near, prefix: prefix}
}

// BeginCeremony keeps a new ceremony in the nearer store, or in the durable one.
func (s *Store) BeginCeremony(ctx context.Context, c provider.Ceremony) (string, error) {
	id, err := s.near.BeginCeremony(ctx, c)
	if errors.Is(err, provider.ErrUnavailable) {
		return s.Store.BeginCeremony(ctx, c)
	}
	return id, err
}

// Ceremony reads one from where it was made.
func (s *Store) Ceremony(ctx context.Context, id string) (provider.Ceremony, error) {
	if !s.madeNear(id) {
		return s.Store.Ceremony(ctx, id)
	}
	c, err := s.near.Ceremony(ctx, id)
	return c, vanished(err)
}

// SwapCeremony replaces one where it was made.
func (s *Store) SwapCeremony(ctx context.Context, c provider.Ceremony) error {
	if !s.madeNear(c.ID) {
		return s.Store.SwapCeremony(ctx, c)
	}
	return vanished(s.near.SwapCeremony(ctx, c))
}

// TakeRates takes in the nearer store, or in the durable one. What the one does not know of the other, the caller does.
func (s *Store) TakeRates(ctx context.Context, takes []provider.Take, at time.Time) ([]provider.Taken, error) {
	all, err := s.near.TakeRates(ctx, takes, at)
	if errors.Is(err, provider.ErrUnavailable) {
		return s.Store.TakeRates(ctx, takes, at)
	}
	return all, err
}

// Close closes both.
func (s *Store) Close() error { return errors.Join(s.near.Close(), s.Store.Close()) }

func (s *Store) madeNear(id string) bool { return strings.HasPrefix(id, s.prefix) }

// vanished makes ErrNotFound of a store that is away; why is for the log only.
func vanished(err error) error {
	if errors.Is(err, provider.ErrUnavailable) {
		return fmt.Errorf("%w: %v", provider.ErrNotFound, err) //nolint:errorlint // it must not be ErrUnavailable any more
	}
	return err
}
