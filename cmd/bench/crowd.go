package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/pquerna/otp/totp"
)

// login is one of many invented people, with the browser that is theirs alone.
type login struct {
	account

	ID         string `json:"account"`
	Email      string `json:"email"`
	TOTPSecret string `json:"totp_secret"`
	Passkey    *key   `json:"passkey"`

	device string // the cookie by which the browser is known again
	mu     sync.Mutex
	spent  int64 // the time step of the code that was shown last
}

// crowd are people with one second way, one after another and then from the first again.
type crowd struct {
	mu   sync.Mutex
	all  []*login
	next int
}

func (c *crowd) take() *login {
	c.mu.Lock()
	defer c.mu.Unlock()
	one := c.all[c.next]
	c.next = (c.next + 1) % len(c.all)
	return one
}

// crowds are told apart by the second way.
type crowds struct {
	mails, apps, keys crowd
	met               bool // everybody's browser is known
}

// meet has everybody sign in once, by password, before they are measured: most people's browser is known.
func (h *house) meet(ctx context.Context) error {
	if h.met {
		return nil
	}
	h.met = true
	all := slices.Concat(h.mails.all, h.apps.all, h.keys.all)
	return several(len(all), func(_, i int) error { return h.sites[0].as(all[i]).signIn(ctx, h.clients["bench-web"]) })
}

func (c *crowds) learn(all []*login) {
	if len(c.mails.all) > 0 {
		return // another server on the same data
	}
	for _, l := range all {
		switch {
		case l.Email != "":
			c.mails.all = append(c.mails.all, l)
		case l.TOTPSecret != "":
			c.apps.all = append(c.apps.all, l)
		case l.Passkey != nil:
			c.keys.all = append(c.keys.all, l)
		}
	}
}

// period is how long a code of an app lasts, in seconds.
const period = 30

// app is the code of somebody's app that was not shown yet: of this time step, or the next, which is taken as well. Each
// works once (RFC 6238, 5.2), so there may be none.
func (l *login) app(now time.Time) (code string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	current := now.Unix() / period
	step := max(current, l.spent+1)
	if step > current+1 {
		return "", false
	}
	code, err := totp.GenerateCode(l.TOTPSecret, time.Unix(step*period, 0))
	l.spent = step
	return code, err == nil
}

// rested is somebody whose app has a code to show; before the clock starts there is time to wait for them.
func (c *crowd) rested(ctx context.Context) (*login, error) {
	l := c.take()
	for time.Now().Unix()/period+1 <= l.spent {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return l, nil
}
