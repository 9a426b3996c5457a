package redis

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	driver "github.com/redis/go-redis/v9"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// MadeHere begins the id of every ceremony that this store keeps.
const MadeHere = "r"

// revBytes is how long the revision is that a value begins with, highest byte first.
const revBytes = 8

// key of a ceremony. The braces are a hash tag: in a cluster, all keys of one ceremony would be on one node.
func key(id string) string { return "gatehouse:ceremony:{" + id + "}" }

// BeginCeremony keeps a new ceremony; its revision becomes 1.
func (s *Store) BeginCeremony(ctx context.Context, c provider.Ceremony) (string, error) {
	c.ID = MadeHere + provider.NewID()
	value, err := s.seal(c, 1)
	if err != nil {
		return "", err
	}
	err = s.call(ctx, func(ctx context.Context) error {
		return s.client.Do(ctx, "SET", key(c.ID), value, "PXAT", goesAt(c)).Err()
	})
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// Ceremony reads one, also past its deadline as long as it is there.
func (s *Store) Ceremony(ctx context.Context, id string) (provider.Ceremony, error) {
	var value []byte
	err := s.insist(ctx, func(ctx context.Context) (err error) {
		value, err = s.client.Get(ctx, key(id)).Bytes()
		return err
	})
	switch {
	case errors.Is(err, driver.Nil):
		return provider.Ceremony{}, provider.ErrNotFound
	case err != nil:
		return provider.Ceremony{}, err
	}
	return s.open(id, value)
}

// swap compares the revision and replaces the value: KEYS[1] the ceremony; ARGV the revision as it must be, the new value,
// and when it goes.
func swap() *driver.Script {
	return driver.NewScript(`
		local kept = redis.call('GET', KEYS[1])
		if not kept then return 'gone' end
		if string.sub(kept, 1, 8) ~= ARGV[1] then return 'stale' end
		redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
		return 'done'`)
}

// SwapCeremony replaces one if its revision is still the one that was read.
func (s *Store) SwapCeremony(ctx context.Context, c provider.Ceremony) error {
	value, err := s.seal(c, c.Rev+1)
	if err != nil {
		return err
	}
	was := binary.BigEndian.AppendUint64(nil, uint64(c.Rev))
	var outcome string
	err = s.insist(ctx, func(ctx context.Context) (err error) {
		outcome, err = s.swap.Run(ctx, s.client, []string{key(c.ID)}, was, value, goesAt(c)).Text()
		return err
	})
	switch {
	case err != nil:
		return err
	case outcome == "done":
		return nil
	case outcome == "stale":
		return provider.ErrStale
	default:
		return provider.ErrNotFound
	}
}

// goesAt is when Redis drops a ceremony, in milliseconds since 1970.
func goesAt(c provider.Ceremony) int64 { return c.Deadline.Add(row.CeremonyKept).UnixMilli() }

func (s *Store) seal(c provider.Ceremony, rev int64) ([]byte, error) {
	sealed, err := row.SealCeremony(s.sealer, c)
	if err != nil {
		return nil, err
	}
	value := make([]byte, revBytes, revBytes+len(sealed))
	binary.BigEndian.PutUint64(value, uint64(rev))
	return append(value, sealed...), nil
}

func (s *Store) open(id string, value []byte) (provider.Ceremony, error) {
	if len(value) < revBytes {
		return provider.Ceremony{}, fmt.Errorf("redis: the value of ceremony %s is cut short", id)
	}
	c, err := row.OpenCeremony(s.sealer, id, value[revBytes:])
	if err != nil {
		return provider.Ceremony{}, err
	}
	c.Rev = int64(binary.BigEndian.Uint64(value))
	return c, nil
}
