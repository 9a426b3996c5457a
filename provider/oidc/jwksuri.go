package oidc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"gatehouse/provider"
)

// How long a client's fetched keys are believed. A client that leads us to an address of its own pays for a slow one alone: others
// do not wait for it.
const (
	keysFresh      = 10 * time.Minute // where its answer does not say (Cache-Control: max-age)
	keysFreshLeast = time.Minute
	keysFreshMost  = time.Hour
	keysStale      = 4 * time.Hour    // while its address is down
	keysAgain      = time.Minute      // between one fetch and the next, whatever kids are shown to us
	keysRetry      = 10 * time.Second // after a fetch that failed, where there are no keys at all
	keysMost       = 64 << 10         // bytes
	keysWithin     = 5 * time.Second
)

// fetched are the sets of clients with a jwks_uri, in memory: one entry for each that asked, so as many as are registered at most.
type fetched struct {
	mu  sync.Mutex
	all map[string]*keySet // by client id
}

// keySet is what was fetched for a client.
type keySet struct {
	uri string

	mu    sync.Mutex
	keys  []clientKey
	got   time.Time // zero: never
	fresh time.Duration
	tried time.Time
	going chan struct{} // closed when the fetch that is under way has ended; nil: none is
}

// fetches reports whether the address should be asked now: where there are no keys, or old ones, or none of that name, and not
// too soon after the last time.
func (s *keySet) fetches(kid string, now time.Time) bool {
	switch {
	case s.got.IsZero():
		return now.Sub(s.tried) >= keysRetry
	case now.Sub(s.got) >= s.fresh, !s.names(kid):
		return now.Sub(s.tried) >= keysAgain
	}
	return false
}

func (s *keySet) names(kid string) bool {
	if kid == "" {
		return len(s.keys) > 0
	}
	for _, k := range s.keys {
		if k.id == kid {
			return true
		}
	}
	return false
}

// usable are the keys, unless they are too old to be believed.
func (s *keySet) usable(now time.Time) ([]clientKey, error) {
	if s.got.IsZero() || now.Sub(s.got) >= keysStale {
		return nil, errNoKeys
	}
	return s.keys, nil
}

// errNoKeys: the client's address has given none, or not for too long.
var errNoKeys = errors.New("none fetched")

// keysOf are the keys of a client: those registered with it, or those at its address.
func (o *OIDC) keysOf(ctx context.Context, client provider.Client, kid string, now time.Time) ([]clientKey, error) {
	if client.JWKS != "" {
		return readJWKS([]byte(client.JWKS))
	}
	if client.JWKSURI == "" || o.Out == nil {
		return nil, errNoKeys
	}
	set := o.fetched.of(client)
	set.mu.Lock()
	going := set.going
	switch {
	case going != nil && set.names(kid): // somebody else is looking: what we have will do
		going = nil
	case going == nil && set.fetches(kid, now):
		going = make(chan struct{})
		set.going, set.tried = going, now
		go o.fetch(context.WithoutCancel(ctx), set, now) // others may wait for it when this request has gone
	}
	set.mu.Unlock()
	if going != nil {
		select {
		case <-going:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	set.mu.Lock()
	defer set.mu.Unlock()
	return set.usable(now)
}

func (f *fetched) of(client provider.Client) *keySet {
	f.mu.Lock()
	defer f.mu.Unlock()
	set := f.all[client.ID]
	if set == nil || set.uri != client.JWKSURI {
		set = &keySet{uri: client.JWKSURI}
		if f.all == nil {
			f.all = map[string]*keySet{}
		}
		f.all[client.ID] = set
	}
	return set
}

// fetch asks the address once. What was there before stays where that fails.
func (o *OIDC) fetch(ctx context.Context, set *keySet, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, keysWithin)
	defer cancel()
	keys, fresh, err := o.download(ctx, set.uri)
	set.mu.Lock()
	defer set.mu.Unlock()
	if err == nil {
		set.keys, set.fresh, set.got = keys, fresh, now
	}
	close(set.going)
	set.going = nil
}

// download reads a set by https. Redirects are not followed: RoundTrip answers them like anything else.
func (o *OIDC) download(ctx context.Context, uri string) ([]clientKey, time.Duration, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, 0, err
	}
	if request.URL.Scheme != "https" {
		return nil, 0, errors.New("not by https")
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	answer, err := o.Out.RoundTrip(request)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, 0, fmt.Errorf("status %d", answer.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, keysMost+1))
	if err != nil || len(text) > keysMost {
		return nil, 0, errors.Join(errors.New("not read to its end"), err)
	}
	keys, err := readJWKS(text)
	return keys, keptFor(answer.Header.Get("Cache-Control")), err
}

// keptFor is how long an answer says that it may be kept (RFC 9111, 5.2.2), within bounds.
func keptFor(cacheControl string) time.Duration {
	fresh := keysFresh
	for directive := range strings.SplitSeq(strings.ToLower(cacheControl), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		age, err := strconv.Atoi(strings.Trim(value, `"`))
		switch {
		case name == "no-store" || name == "no-cache":
			return keysFreshLeast
		case name == "max-age" && err == nil && age >= 0:
			fresh = min(max(time.Duration(min(age, 86400))*time.Second, keysFreshLeast), keysFreshMost)
		}
	}
	return fresh
}
