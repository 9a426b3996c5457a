package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Errors of a request that is not made or not read to its end.
var (
	// ErrForbidden: the address is none of the open internet, or the request is not by https.
	ErrForbidden = errors.New("egress: not an address that is met from here")
	// ErrTooBig: the answer is longer than anybody reads.
	ErrTooBig = errors.New("egress: the answer is too long")
)

// Config bounds what leaves. The zero Config is strict.
type Config struct {
	Most    int64          // bytes of an answer's body; 0: 64 KiB
	Timeout time.Duration  // of a request, until its body is read; 0: 5 s
	Allow   []netip.Prefix // networks of the operator's own that may be met, and in plain http too; none as a rule
	Roots   *tls.Config    // certificate authorities and the like; nil: those of the machine
	Resolve *net.Resolver  // nil: that of the machine
}

// Transport is a guarded http.RoundTripper: it makes connections to public addresses only, by https, through no proxy of the
// environment, and bounds size and time. It follows nothing: an answer that leads elsewhere is an answer.
type Transport struct {
	config Config
	base   *http.Transport
}

const (
	defaultMost    = 64 << 10
	defaultTimeout = 5 * time.Second
	idleFor        = 30 * time.Second
)

// New makes a Transport.
func New(c Config) *Transport {
	if c.Most == 0 {
		c.Most = defaultMost
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	t := &Transport{config: c}
	dialer := &net.Dialer{Timeout: c.Timeout, Control: t.judge, Resolver: c.Resolve}
	secure := c.Roots.Clone()
	if secure == nil {
		secure = &tls.Config{}
	}
	secure.MinVersion = max(secure.MinVersion, tls.VersionTLS12)
	t.base = &http.Transport{
		DialContext: dialer.DialContext, TLSClientConfig: secure, TLSHandshakeTimeout: c.Timeout, ForceAttemptHTTP2: true,
		ResponseHeaderTimeout: c.Timeout, MaxResponseHeaderBytes: 16 << 10, MaxIdleConnsPerHost: 16, IdleConnTimeout: idleFor,
		DisableCompression: true, // or a small answer could become a large one
	}
	return t
}

// Client is an http.Client on the Transport that follows no redirect.
func (t *Transport) Client() *http.Client {
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// judge looks at the address that is about to be connected to, after its name was resolved.
func (t *Transport) judge(network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return ErrForbidden
	}
	if t.allowed(to.Addr()) || Public(to.Addr()) {
		return nil
	}
	return ErrForbidden // the address stays out of logs: it may be what somebody wants to learn
}

func (t *Transport) allowed(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	for _, p := range t.config.Allow {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// RoundTrip implements http.RoundTripper. Errors: ErrForbidden, those of net/http; ErrTooBig while the body is read.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && (r.URL.Scheme != "http" || !t.plainAllowed(r.URL.Hostname())) {
		closeBody(r)
		return nil, fmt.Errorf("%w: not by https", ErrForbidden)
	}
	ctx, cancel := context.WithTimeout(r.Context(), t.config.Timeout)
	answer, err := t.base.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	if answer.ContentLength > t.config.Most {
		cancel()
		_ = answer.Body.Close()
		return nil, ErrTooBig
	}
	answer.Body = &bounded{body: answer.Body, left: t.config.Most, done: cancel}
	return answer, nil
}

// plainAllowed is for an operator's own networks, named by address.
func (t *Transport) plainAllowed(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && t.allowed(a)
}

// closeBody is what net/http wants of every RoundTripper, also where nothing is sent.
func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}

// bounded is a body of so many bytes at most. The time of the request goes on until it is closed.
type bounded struct {
	body io.ReadCloser
	left int64
	done context.CancelFunc
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooBig
	}
	if int64(len(p)) > b.left+1 { // one more, to see whether there is more
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, ErrTooBig
	}
	return n, err
}

func (b *bounded) Close() error {
	defer b.done()
	return b.body.Close()
}
