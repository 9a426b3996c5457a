package backchannel

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/egress"
)

func TestAnswered(t *testing.T) {
	for status, want := range map[int]verdict{
		200: told, 204: told, 400: no, 401: no, 404: no, 405: no, 410: no, 408: silence, 429: silence,
		201: silence, 202: silence, 301: silence, 302: silence, 307: silence, 500: silence, 501: silence, 503: silence, 504: silence, 0: silence,
	} {
		if got := answered(status); got != want {
			t.Errorf("%d: %d, want %d", status, got, want)
		}
	}
}

// TestNext: an application that does not answer is asked for an hour, one that says no for a minute; told and gone are over at once.
func TestNext(t *testing.T) {
	for name, c := range map[string]struct {
		verdict verdict
		tries   int
		over    provider.SignalOutcome
		lasts   time.Duration
	}{
		"told": {told, 1, provider.SignalTold, 0}, "gone": {gone, 1, provider.SignalDropped, 0},
		"no": {no, 3, provider.SignalRefused, 62 * time.Second}, "silence": {silence, 11, provider.SignalLost, time.Hour - 16*time.Second},
	} {
		began := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
		now, wait := began, time.Duration(0)
		for tries := 1; ; tries++ {
			outcome, again := next(provider.Signal{Tries: tries}, c.verdict, now)
			if outcome != "" {
				if tries != c.tries || outcome != c.over || !again.IsZero() || now.Sub(began) != c.lasts {
					t.Errorf("%s: %s after %d tries and %s", name, outcome, tries, now.Sub(began))
				}
				break
			}
			if again.Sub(now) <= wait {
				t.Errorf("%s: the waits do not grow: %s after %s", name, again.Sub(now), wait)
			}
			now, wait = again, again.Sub(now)
		}
	}
}

// TestFault: the operator reads what sort of trouble it was, and no address.
func TestFault(t *testing.T) {
	at := &net.TCPAddr{IP: net.ParseIP("10.1.2.3"), Port: 443}
	for want, err := range map[string]error{
		"forbidden address": &url.Error{Op: "Post", URL: "https://secret.example", Err: &net.OpError{Op: "dial", Addr: at, Err: egress.ErrForbidden}},
		"answer too long":   &url.Error{Err: egress.ErrTooBig}, "timeout": &url.Error{Err: context.DeadlineExceeded},
		"certificate": &url.Error{Err: &tls.CertificateVerificationError{Err: errors.New("secret.example")}},
		"connection":  &url.Error{Err: &net.OpError{Op: "dial", Addr: at, Err: errors.New("refused")}},
	} {
		if got := fault(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}
