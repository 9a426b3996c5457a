//go:build planted

package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/limit"
	"gatehouse/provider/notify"
	"gatehouse/provider/server"
)

// faultVariable names the fault to plant; none is a sound house.
const faultVariable = "PLANTED_FAULT"

// plantable are the faults there are. Each breaks one defence, or two that hold each other up, and nothing else.
func plantable() []string {
	return []string{
		"code-twice", "no-punishment", "ceremony-twice", "code-tries", "step-twice", "recovery-twice", "link-twice", "link-never", "invitation-twice",
		"lanes-open", "lanes-apart", "lanes-by-spelling", "lane-for-all", "passkey-locked",
		"gate-locked", "gate-paused", "gate-closed", "gate-owed", "gate-session", "gate-consent", "gate-client",
		"any-redirect", "any-verifier", "any-signature", "same-session", "any-browser", "any-origin", "any-ticket", "host-in-links",
		"any-proxy", "no-rates", "no-budgets", "no-storm", "no-bounds", "no-deadlines", "whole-bodies", "needs-redis",
	}
}

// planted is a house with a fault.
type planted struct{ *fault }

type fault struct {
	name   string
	redis  string
	keyset *keys.Keyset
	ring   *keys.Ring
	inner  provider.Store
	issuer string
	host   atomic.Value // of the latest request, as it says

	given sync.Map // consents that were given here

	mu    sync.Mutex
	lanes map[provider.Lane]int
}

func plant(c Config) (planted, error) {
	name := os.Getenv(faultVariable)
	if name != "" && !slices.Contains(plantable(), name) {
		return planted{}, errors.New(faultVariable + ": no such fault: " + name)
	}
	redis, err := c.redis()
	return planted{&fault{name: name, redis: redis, issuer: c.Issuer, lanes: map[provider.Lane]int{}}}, err
}

func (f *fault) is(name string) bool { return f.name == name }

func (p planted) store(s provider.Store, k *keys.Keyset) provider.Store {
	p.keyset, p.inner = k, s
	return &brokenStore{Store: s, fault: p.fault}
}

func (p planted) config(c server.Config) server.Config {
	p.ring = c.Ring
	switch p.name {
	case "any-proxy":
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	case "no-rates":
		c.Rates = limit.Rates{Times: forMeasuring}
	case "no-storm":
		c.Rates.Stranger = limit.PerMinute{Address: 60_000, All: 600_000}
	case "host-in-links":
		for channel, sender := range c.Senders {
			c.Senders[channel] = hostSender{sender, p.fault}
		}
	}
	return c
}

// hostSender writes links as the latest caller named the house.
type hostSender struct {
	notify.Sender
	*fault
}

func (s hostSender) Send(ctx context.Context, m notify.Outgoing) (string, error) {
	if host, ok := s.host.Load().(string); ok {
		m.Text = strings.ReplaceAll(m.Text, s.issuer, "https://"+host)
		m.HTML = strings.ReplaceAll(m.HTML, s.issuer, "https://"+host)
	}
	return s.Sender.Send(ctx, m)
}

func (p planted) doors(all []door) []door {
	for i := range all {
		switch p.name {
		case "no-bounds":
			all[i].bounds = nil
		case "no-deadlines":
			for j, l := range all[i].listeners {
				all[i].listeners[j] = patientListener{l}
			}
		}
	}
	return all
}

// patientListener has connections that wait for ever.
type patientListener struct{ net.Listener }

func (l patientListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return patientConn{c}, nil
}

type patientConn struct{ net.Conn }

func (c patientConn) SetReadDeadline(t time.Time) error {
	if t.After(time.Now()) {
		return nil
	}
	return c.Conn.SetReadDeadline(t) // the server's own wish to stop reading
}

func (c patientConn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// asked is the request that a call of the store is made for.
type asked struct {
	r    *http.Request
	form url.Values
}

type askedKey struct{}

func askedFor(ctx context.Context) asked {
	a, _ := ctx.Value(askedKey{}).(asked)
	return a
}

func (a asked) cookie(name string) string {
	if a.r == nil {
		return ""
	}
	c, err := a.r.Cookie("__Host-" + name)
	if err != nil {
		return ""
	}
	return c.Value
}
