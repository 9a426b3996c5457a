package web

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is for a machine that hangs; no test waits for it.
const patience = time.Minute

// listening is a server of the house on loopback, with the time-outs of NewServer made short.
func listening(t *testing.T, bounds Connections) string {
	t.Helper()
	f := open(t, func(c *Config) { c.Metrics = nil }, Route{Pattern: "GET /page", Handle: plainPage}, Route{Pattern: "POST /page", Handle: plainPage},
		Route{Kind: Protocol, Pattern: "POST /token", Handle: plainJSON})
	s := NewServer(f.Handler)
	s.ReadHeaderTimeout, s.ReadTimeout, s.IdleTimeout = 500*time.Millisecond, time.Second, time.Second
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(bounds.Bound(l)) }()
	t.Cleanup(func() { _ = s.Close() })
	return l.Addr().String()
}

func TestServerHasTimeouts(t *testing.T) {
	s := NewServer(nil)
	for name, d := range map[string]time.Duration{
		"header": s.ReadHeaderTimeout, "read": s.ReadTimeout, "write": s.WriteTimeout, "idle": s.IdleTimeout,
	} {
		if d <= 0 || d > time.Minute {
			t.Errorf("%s: %v", name, d)
		}
	}
	if s.ReadHeaderTimeout > 5*time.Second || s.ReadTimeout > 10*time.Second || s.MaxHeaderBytes > 16<<10 || s.HTTP2.MaxConcurrentStreams > 100 {
		t.Error("too patient")
	}
}

// tell opens a connection, says something and answers all that comes back until the server closes.
func tell(t *testing.T, address, what string) (string, error) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	_, _ = io.WriteString(conn, what) // a server that has heard enough may close before the end
	all, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return string(all), errors.New("it was never cut")
	}
	return string(all), nil
}

// greedy is what callers send who mean no good, and what they may get: nothing, or a refusal. Of what is too long the time may be over
// before its end is seen: 400 then.
func greedy() map[string]struct{ what, may string } {
	long := strings.Repeat("x", 40<<10)
	deep := strings.Repeat("[", 1<<15) + strings.Repeat("]", 1<<15)
	post := func(length, kind, body string) string {
		return "POST /token HTTP/1.1\r\nHost: x\r\n" + length + "Content-Type: " + kind + "\r\n\r\n" + body
	}
	sized := func(body string) string { return fmt.Sprintf("Content-Length: %d\r\n", len(body)) }
	var many strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&many, "a%d=b&", i)
	}
	return map[string]struct{ what, may string }{
		"nothing":                 {"", ""},
		"half a line":             {"GET /pa", "400"},
		"half a header":           {"GET /page HTTP/1.1\r\nHost: x\r\nX-A: b", "400"},
		"a body that never comes": {"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nab", "400"},
		"a chunk that never ends": {"POST /page HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nab", "400"},
		"a long line":             {"GET /" + long + " HTTP/1.1\r\nHost: x\r\n\r\n", "431 400"},
		"a long header":           {"GET /page HTTP/1.1\r\nHost: x\r\nX-A: " + long + "\r\n\r\n", "431 400"},
		"many headers":            {"GET /page HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-A: b\r\n", 5000) + "\r\n", "431 400"},
		"a huge length":           {"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nab", "413"},
		"a huge body":             {post(sized(strings.Repeat(long, 4)), "application/json", strings.Repeat(long, 4)), "413"},
		"endless chunks":          {post("Transfer-Encoding: chunked\r\n", formType, strings.Repeat("400\r\n"+strings.Repeat("a", 1024)+"\r\n", 200)), "413"},
		"deep nesting":            {post(sized(deep)+"Connection: close\r\n", "application/json", deep), "200"}, // nobody parses it here
		"many fields":             {post(sized(many.String()), formType, many.String()), "413"},
		"two lengths":             {"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
		"length and chunks":       {"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n", "400 403 200"},
		"no protocol":             {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "400"},
	}
}

// TestGreedyCallersAreCut: forty of each at once, and every honest request beside them is served.
func TestGreedyCallersAreCut(t *testing.T) {
	address := listening(t, Connections{PerAddress: 10_000})
	var all sync.WaitGroup
	var once sync.Map // one line for each sort
	for name, g := range greedy() {
		for range 40 {
			all.Go(func() {
				got, err := tell(t, address, g.what)
				status := strings.TrimPrefix(got[:min(len(got), 12)], "HTTP/1.1 ")
				if _, told := once.Load(name); !told && (err != nil || status != "" && !strings.Contains(g.may, status)) {
					once.Store(name, true)
					t.Errorf("%s: %v, %.100q", name, err, got)
				}
			})
		}
	}
	served := honest(t, address, 200)
	all.Wait()
	if served != 200 {
		t.Errorf("%d of 200 honest requests were served beside them", served)
	}
	if after := honest(t, address, 20); after != 20 {
		t.Errorf("%d of 20 were served after them", after)
	}
}

// honest makes requests one after another and answers how many were served.
func honest(t *testing.T, address string, n int) int {
	t.Helper()
	client := &http.Client{Timeout: patience}
	defer client.CloseIdleConnections()
	served := 0
	for range n {
		response, err := client.Get("http://" + address + "/page")
		if err != nil {
			t.Log(err)
			continue
		}
		_, _ = io.Copy(io.Discard, response.Body)
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			served++
		}
	}
	return served
}

// TestConnectionsAreBounded: beyond its number, an address is cut off at once; another one and a trusted proxy are not; a place
// that is given back can be taken again.
func TestConnectionsAreBounded(t *testing.T) {
	for name, c := range map[string]struct {
		bounds Connections
		opened int
		want   int
	}{
		"of an address": {Connections{PerAddress: 7}, 30, 7},
		"of all":        {Connections{PerAddress: 100, All: 9}, 30, 9},
		"of a proxy":    {Connections{PerAddress: 7, Exempt: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, 30, 30},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		b := c.bounds.Bound(l)
		accepted := make(chan net.Conn, 100)
		go func() {
			for {
				conn, err := b.Accept()
				if err != nil {
					close(accepted)
					return
				}
				_, _ = io.WriteString(conn, "x")
				accepted <- conn
			}
		}()
		greeted := func() int {
			got := 0
			var mine []net.Conn
			for range c.opened {
				conn, err := net.Dial("tcp", l.Addr().String())
				if err != nil {
					continue
				}
				mine = append(mine, conn)
				_ = conn.SetReadDeadline(time.Now().Add(patience))
				if n, _ := conn.Read(make([]byte, 1)); n == 1 {
					got++
				}
			}
			for _, conn := range mine {
				conn.Close()
			}
			return got
		}
		for round := range 3 {
			got := greeted()
			if got != c.want {
				t.Errorf("%s, round %d: %d connections, want %d", name, round, got, c.want)
			}
			for range got {
				conn := <-accepted
				conn.Close()
				conn.Close() // twice counts once
			}
		}
		l.Close()
	}
}
