package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// edge is about what comes before anybody is looked at: addresses, rates, connections and parsers.
func edge() []probe {
	return []probe{
		{"made-up addresses", "150 guesses from a peer that is no proxy, each under another forwarded address: it is limited, and those whose addresses they are are not", "any-proxy", false, madeUp},
		{"guesses of one network", "150 guesses from one address, 400 from one /64: limited", "no-rates", false, ofOneNetwork},
		{"many connections", "700 from one address: 512 stay open, and others are answered", "no-bounds", false, manyConnections},
		{"slow headers", "40 that never end: all are cut, and others are answered meanwhile", "no-deadlines", false, slowHeaders},
		{"bodies and parsers", "huge and endless bodies, deep JSON, 10,000 fields, long addresses and headers, bad text: refused at once, and others are answered", "whole-bodies", false, parsers},
	}
}

// tried sends n forms in which something could be guessed, and answers how many were turned away.
func (s *site) tried(ctx context.Context, by *http.Client, n int, header func(i int) http.Header) (int, error) {
	var away atomic.Int64
	err := s.names(ctx, 10, n, func(i int) error {
		got, err := s.send(ctx, by, request{method: http.MethodPost, path: "/signin/none/password", form: url.Values{}, header: header(i)})
		switch {
		case err != nil:
			return err
		case got.status == http.StatusTooManyRequests:
			away.Add(1)
		case got.status >= http.StatusInternalServerError:
			return fmt.Errorf("a guess is answered by %d", got.status)
		}
		return nil
	})
	return int(away.Load()), err
}

// forwarded are the headers in which a peer says for whom it asks.
func forwarded(a netip.Addr) http.Header {
	return http.Header{
		"X-Forwarded-For": {a.String()}, "X-Real-Ip": {a.String()}, "Forwarded": {"for=" + a.String()}, "True-Client-Ip": {a.String()},
		"Cf-Connecting-Ip": {a.String()}, "X-Client-Ip": {a.String()}, "X-Cluster-Client-Ip": {a.String()},
	}
}

func madeUp(ctx context.Context, s *site) error {
	const n = 150
	victim := s.address()
	away, err := s.tried(ctx, wire("127.0.0.66"), n, func(i int) http.Header {
		if i%2 == 0 {
			return forwarded(victim)
		}
		return forwarded(s.address())
	})
	if err != nil {
		return err
	}
	if away == 0 {
		return broken("nobody limits a peer that makes up addresses")
	}
	got, err := s.send(ctx, s.proxy, request{
		method: http.MethodPost, path: "/signin/none/password", form: url.Values{}, header: http.Header{"X-Forwarded-For": {victim.String()}},
	})
	if got.status == http.StatusTooManyRequests {
		return broken("somebody is limited for what others did under their address")
	}
	return err
}

func ofOneNetwork(ctx context.Context, s *site) error {
	one := s.address()
	away, err := s.tried(ctx, s.proxy, 150, func(int) http.Header { return http.Header{"X-Forwarded-For": {one.String()}} })
	if err != nil {
		return err
	}
	if away == 0 {
		return broken("150 guesses from one address were all taken")
	}
	n := s.from.Add(1)
	away, err = s.tried(ctx, s.proxy, 400, func(i int) http.Header {
		return http.Header{"X-Forwarded-For": {fmt.Sprintf("2001:db8:%x::%x", n, i+1)}}
	})
	if err == nil && away == 0 {
		return broken("400 guesses from one /64 were all taken")
	}
	return err
}

// answered makes sure that an honest person still gets the sign-in page, of every process.
func (s *site) answered(ctx context.Context) error {
	for range s.running {
		shown, err := s.browser().get(ctx, s.apps.records.address())
		if err == nil {
			_, err = shown.form("/password")
		}
		if err != nil {
			return broken("an honest request beside it: %v", err)
		}
	}
	return nil
}

// dial opens connections to one process from an address of this machine.
func (s *site) dial(ctx context.Context, from string, n int) (all []net.Conn, err error) {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	for range n {
		conn, err := dialer.DialContext(ctx, "tcp", s.running[0].public)
		if err != nil {
			return all, err
		}
		all = append(all, conn)
	}
	return all, nil
}

func hangUp(all []net.Conn) {
	for _, conn := range all {
		_ = conn.Close()
	}
}

// cut is how many of the connections the house has closed within a time.
func cut(all []net.Conn, within time.Duration) (closed int) {
	var gone atomic.Int64
	until := time.Now().Add(within)
	_ = atOnce(len(all), func(i int) error {
		_ = all[i].SetReadDeadline(until)
		_, err := io.Copy(io.Discard, all[i])
		if stillOpen := (net.Error)(nil); !errors.As(err, &stillOpen) || !stillOpen.Timeout() {
			gone.Add(1)
		}
		return nil
	})
	return int(gone.Load())
}

func manyConnections(ctx context.Context, s *site) error {
	const n, most = 700, 512
	all, err := s.dial(ctx, "127.0.0.67", n)
	defer hangUp(all)
	if err != nil {
		return err
	}
	if closed := cut(all, 2*time.Second); closed < n-most {
		return broken("%d of %d connections of one address stay open", n-closed, n)
	}
	return s.answered(ctx)
}

func slowHeaders(ctx context.Context, s *site) error {
	const n, longest = 40, 11 * time.Second // headers have 5 s
	all, err := s.dial(ctx, "127.0.0.69", n)
	defer hangUp(all)
	if err != nil {
		return err
	}
	for _, conn := range all {
		if _, err := io.WriteString(conn, "GET /signin HTTP/1.1\r\nHost: "+host+"\r\nX-Slow: "); err != nil {
			return err
		}
	}
	closed := make(chan int, 1)
	go func() { closed <- cut(all, longest) }()
	for range 5 {
		if err := s.answered(ctx); err != nil {
			return err
		}
	}
	if got := <-closed; got < n {
		return broken("%d of %d that never end their headers are still open after %s", n-got, n, longest)
	}
	return nil
}

// raw is the status of an answer to text that may be no request, with its end not sent. The house has five seconds.
func (s *site) raw(ctx context.Context, text string) (int, error) {
	all, err := s.dial(ctx, "127.0.0.70", 1)
	defer hangUp(all)
	if err != nil {
		return 0, err
	}
	go func() { _, _ = io.WriteString(all[0], text) }() // it may hang up on us
	_ = all[0].SetReadDeadline(time.Now().Add(5 * time.Second))
	got, err := http.ReadResponse(bufio.NewReader(all[0]), nil)
	if err != nil {
		return 0, broken("no answer: %v", err)
	}
	defer func() { _ = got.Body.Close() }()
	return got.StatusCode, nil
}

// bombs are requests that cost their sender little, by what is tried.
func bombs(page form) map[string]string {
	post := func(path, header, body string) string {
		return "POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/x-www-form-urlencoded\r\n" + header + "\r\n" + body
	}
	sized := func(path, body string) string {
		return post(path, fmt.Sprintf("Content-Length: %d\r\n", len(body)), body)
	}
	const much = 128 << 10
	chunk := fmt.Sprintf("%x\r\n%s\r\n", much, strings.Repeat("a", much))
	all := map[string]string{
		"a long address":       "GET /authorize?x=" + strings.Repeat("a", 9<<10) + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
		"a long header":        "GET /signin HTTP/1.1\r\nHost: " + host + "\r\nX: " + strings.Repeat("a", 24<<10) + "\r\n\r\n",
		"two lengths":          post("/token", "Content-Length: 3\r\nContent-Length: 4\r\n", "a=1"),
		"length and chunks":    post("/token", "Content-Length: 3\r\nTransfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"),
		"no host":              "GET / HTTP/1.1\r\n\r\n",
		"a NUL in the address": "GET /authorize?client_id=%00 HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
		"no UTF-8":             sized("/token", "grant_type=%ff%fe"),
		"a broken escape":      sized("/token", "grant_type=%zz"),
	}
	for _, path := range []string{"/token", page.action, "/userinfo", "/introspect"} {
		all["a huge body at "+path] = post(path, "Content-Length: 67108864\r\n", strings.Repeat("a", much))
		all["an endless body at "+path] = post(path, "Transfer-Encoding: chunked\r\n", chunk)
		all["10,000 fields at "+path] = sized(path, strings.Repeat("a=1&", 10_000))
		all["10,000 names at "+path] = sized(path, manyNames())
	}
	return all
}

func manyNames() string {
	var b strings.Builder
	for i := range 8000 {
		fmt.Fprintf(&b, "a%d=&", i)
	}
	return b.String()
}

func parsers(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byPasskey)
	if err != nil {
		return err
	}
	b := s.browser()
	shown, err := b.get(ctx, s.apps.vault.address())
	if err != nil {
		return err
	}
	f, err := keyForm(shown, p)
	if err != nil {
		return err
	}
	for what, text := range bombs(f) {
		status, err := s.raw(ctx, text)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if (status < 400 || status >= 500) && status != http.StatusNotImplemented {
			return broken("%s is answered by %d", what, status)
		}
	}
	const deep = 16_000
	for what, response := range map[string]string{
		"deep lists": strings.Repeat("[", deep), "deep objects": strings.Repeat(`{"a":`, deep/5), "closed": strings.Repeat("[", deep/2) + strings.Repeat("]", deep/2),
		"a long number": `{"id":` + strings.Repeat("9", deep) + "}", "escapes": `{"id":"` + strings.Repeat(`\u0000`, deep/6) + `"}`,
	} {
		got, err := b.once(ctx, http.MethodPost, f.action, f.with("response", response).fields, nil)
		if err != nil {
			return err
		}
		if got.status < 400 || got.status >= 500 {
			return broken("a passkey response of %s is answered by %d", what, got.status)
		}
	}
	return s.answered(ctx)
}
