package backchannel

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/egress"
)

// verdict is what one try came to.
type verdict int

const (
	told    verdict = iota
	no              // it answered that it cannot or will not
	silence         // no answer, or one of trouble: it may pass
	gone            // there is nobody to tell any more
)

// answered judges an answer (OpenID Connect Back-Channel Logout 1.0, 2.8). 204 is what some frameworks make of an empty 200.
// 408 and 429 ask to come again. A redirect is followed by nobody, and may be gone tomorrow.
func answered(status int) verdict {
	switch {
	case status == http.StatusOK || status == http.StatusNoContent:
		return told
	case status == http.StatusRequestTimeout || status == http.StatusTooManyRequests:
		return silence
	case status >= 400 && status < 500:
		return no
	}
	return silence
}

// waits are how long after each try the next one is made: an hour in all. An application that said no is asked fewer times:
// it may have been in the middle of something.
func waits(v verdict) []time.Duration {
	if v == no {
		return []time.Duration{2 * time.Second, time.Minute}
	}
	return []time.Duration{
		time.Second, 3 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
		10 * time.Minute, 15 * time.Minute, 26 * time.Minute,
	}
}

// next is what becomes of a signal: settled with an outcome, or "" and when it is tried again.
func next(s provider.Signal, v verdict, now time.Time) (provider.SignalOutcome, time.Time) {
	switch v {
	case told:
		return provider.SignalTold, time.Time{}
	case gone:
		return provider.SignalDropped, time.Time{}
	}
	if all := waits(v); s.Tries <= len(all) {
		return "", now.Add(all[max(s.Tries, 1)-1])
	}
	if v == no {
		return provider.SignalRefused, time.Time{}
	}
	return provider.SignalLost, time.Time{}
}

// fault names why there was no answer, in few words. It holds no address: what a name led to may be what somebody wants to learn.
func fault(err error) string {
	var late net.Error
	var bad *tls.CertificateVerificationError
	switch {
	case errors.Is(err, egress.ErrForbidden):
		return "forbidden address"
	case errors.Is(err, egress.ErrTooBig):
		return "answer too long"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &late) && late.Timeout():
		return "timeout"
	case errors.As(err, &bad):
		return "certificate"
	}
	return "connection"
}
