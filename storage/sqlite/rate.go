package sqlite

import (
	"context"
	"sync"
	"time"

	"gatehouse/provider"
)

// rates are the request limits of this process, in its memory: an embedded database has one server, and a commit for each
// request that somebody floods us with would be the flood's work. A restart forgets them, as an emptied Redis would; what
// must not be forgotten (failures, codes, budgets) is durable.
type rates struct {
	mutex sync.Mutex
	whole map[string]time.Time // when a rate is whole again, by its key
}

// ratesMost bounds the memory: 100,000 addresses are some 15 MB.
const ratesMost = 100_000

// TakeRates takes from each rate in turn, up to the first with nothing left.
func (s *Store) TakeRates(ctx context.Context, takes []provider.Take, at time.Time) ([]provider.Taken, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.rates.mutex.Lock()
	defer s.rates.mutex.Unlock()
	var all []provider.Taken
	for _, take := range takes {
		whole := s.rates.whole[take.Key]
		if take.Whole.After(whole) {
			whole = take.Whole
		}
		got, then := take.Take(whole, at, take.Most)
		s.rates.keep(take.Key, then, at)
		all = append(all, provider.Taken{Got: got, Whole: then})
		if got == 0 {
			break
		}
	}
	return all, nil
}

// keep makes room where there is none: first of rates that are whole, then of any.
func (r *rates) keep(key string, whole, at time.Time) {
	if _, known := r.whole[key]; !known && len(r.whole) >= ratesMost {
		r.sweep(at, len(r.whole))
		for other := range r.whole {
			if len(r.whole) < ratesMost*7/8 {
				break
			}
			delete(r.whole, other)
		}
	}
	if r.whole == nil {
		r.whole = map[string]time.Time{}
	}
	r.whole[key] = whole
}

// sweep forgets at most so many rates that are whole, and answers how many.
func (r *rates) sweep(at time.Time, batch int) int {
	gone := 0
	for key, whole := range r.whole {
		if gone == batch {
			break
		}
		if !whole.After(at) {
			delete(r.whole, key)
			gone++
		}
	}
	return gone
}

// sweepRates is the janitor's.
func (s *Store) sweepRates(at time.Time, batch int) int {
	s.rates.mutex.Lock()
	defer s.rates.mutex.Unlock()
	return s.rates.sweep(at, batch)
}
