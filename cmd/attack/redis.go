package main

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"gatehouse/provider"
)

// withoutRedis is about three processes whose Redis fails them.
func withoutRedis() []probe {
	return []probe{
		{"Redis and guesses", "50 wrong passwords while Redis is emptied, stalls, is gone, comes back with an old snapshot: 10 are looked at", "lanes-apart", true, guessesWithout},
		{"Redis and rates", "400 guesses from one address while Redis fails in each way: limited all the same", "no-rates", true, ratesWithout},
		{"Redis and ended sessions", "a session that has ended, while Redis fails in each way: it does not live again", "gate-session", true, sessionsWithout},
		{"Redis and sign-ins", "10 people sign in while Redis fails in each way: all get in", "needs-redis", true, signInsWithout},
	}
}

// failing is one way in which Redis fails.
type failing struct {
	name  string
	fail  func(context.Context, *site) error
	after func(context.Context, *site) error // makes it good again
}

func ways() []failing {
	well := func(context.Context, *site) error { return nil }
	return []failing{
		{"is emptied", func(ctx context.Context, s *site) error { return s.redis.Do(ctx, "FLUSHALL") }, well},
		{"stalls", func(_ context.Context, s *site) error { return s.redis.Stall() }, func(_ context.Context, s *site) error { return s.redis.Resume() }},
		{"is gone", func(_ context.Context, s *site) error { s.redis.Kill(); return nil }, func(_ context.Context, s *site) error { return s.redis.Start() }},
		{"has an old snapshot", func(_ context.Context, s *site) error { s.redis.Kill(); return s.redis.Start() }, well},
	}
}

// eachWay saves a snapshot, prepares, has Redis fail, and holds what follows; then Redis is good again.
func (s *site) eachWay(ctx context.Context, prepare func() (func(failing) error, error)) error {
	for _, f := range ways() {
		if err := s.redis.Save(ctx); err != nil {
			return err
		}
		hold, err := prepare()
		if err != nil {
			return err
		}
		held := hold(f)
		err = f.after(ctx, s)
		if isBreach(held) {
			return broken("Redis %s: %v", f.name, held)
		}
		if err := errors.Join(held, err); err != nil {
			return err
		}
	}
	return nil
}

func guessesWithout(ctx context.Context, s *site) error {
	return s.eachWay(ctx, func() (func(failing) error, error) {
		p, err := s.person(ctx)
		return func(f failing) error {
			var begun atomic.Int64
			failed := make(chan error, 1)
			go func() {
				for begun.Load() < crowd/3 {
					pause(ctx, time.Millisecond)
				}
				failed <- f.fail(ctx, s)
			}()
			err := atOnce(crowd, func(i int) error {
				pause(ctx, time.Duration(i)*10*time.Millisecond)
				begun.Add(1)
				_, err := s.guess(ctx, p.username)
				return err
			})
			if err := errors.Join(err, <-failed); err != nil {
				return err
			}
			counted, err := s.evaluated(ctx, p, provider.Password)
			if counted > tries {
				return broken("%d guesses were looked at", counted)
			}
			if err == nil && counted == 0 {
				err = errors.New("no guess was looked at")
			}
			return err
		}, err
	})
}

func ratesWithout(ctx context.Context, s *site) error {
	return s.eachWay(ctx, func() (func(failing) error, error) {
		one := s.address()
		return func(f failing) error {
			if err := f.fail(ctx, s); err != nil {
				return err
			}
			away, err := s.tried(ctx, s.proxy, 400, func(int) http.Header { return http.Header{"X-Forwarded-For": {one.String()}} })
			if err == nil && away == 0 {
				return broken("400 guesses from one address were all taken")
			}
			return err
		}, nil
	})
}

func sessionsWithout(ctx context.Context, s *site) error {
	return s.eachWay(ctx, func() (func(failing) error, error) {
		b, t, err := s.signedIn(ctx, s.apps.records)
		if err != nil {
			return nil, err
		}
		if err := s.redis.Save(ctx); err != nil { // with all that there is of the session
			return nil, err
		}
		copied := b.twin()
		if err := b.leave(ctx); err != nil {
			return nil, err
		}
		return func(f failing) error {
			if err := f.fail(ctx, s); err != nil {
				return err
			}
			return s.over(ctx, copied, t)
		}, nil
	})
}

// over holds that a session, and what was given out for it, has ended.
func (s *site) over(ctx context.Context, b *browser, t tokens) error {
	a := s.apps.records
	for range replicas {
		silent, err := b.get(ctx, a.address("prompt", "none"))
		if err != nil {
			return err
		}
		live, err := s.active(ctx, a, t.Access)
		if err != nil {
			return err
		}
		_, refreshed, err := s.refresh(ctx, a, t.Refresh)
		if err != nil {
			return err
		}
		if silent.code() != "" || live || refreshed {
			return broken("an ended session lives: silently %t, token %t, refresh %t", silent.code() != "", live, refreshed)
		}
	}
	return nil
}

func signInsWithout(ctx context.Context, s *site) error {
	const people = 10
	return s.eachWay(ctx, func() (func(failing) error, error) {
		all := make([]*person, people)
		for i := range all {
			p, err := s.person(ctx)
			if err != nil {
				return nil, err
			}
			all[i] = p
		}
		return func(f failing) error {
			if err := f.fail(ctx, s); err != nil {
				return err
			}
			return atOnce(people, func(i int) error { return s.getsIn(ctx, all[i]) })
		}, nil
	})
}

// getsIn is somebody who wants to get in, and begins again where a sign-in has vanished.
func (s *site) getsIn(ctx context.Context, p *person) error {
	if _, err := s.browser().signIn(ctx, p, s.apps.records); err != nil {
		return broken("somebody does not get in: %v", err)
	}
	return nil
}
