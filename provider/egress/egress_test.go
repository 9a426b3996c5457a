package egress_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"gatehouse/provider/egress"
)

func TestPublic(t *testing.T) {
	for text, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "1.1.1.1": true, "192.0.1.1": true, "100.128.0.1": true, "172.32.0.1": true, "2a00:1450::1": true,
		"127.0.0.1": false, "127.255.255.254": false, "0.0.0.0": false, "0.1.2.3": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "100.100.100.200": false, "192.0.0.192": false, "168.63.129.16": false,
		"224.0.0.1": false, "239.255.255.250": false, "240.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false, "192.0.2.1": false,
		"::": false, "::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:8.8.8.8": true, "::7f00:1": false,
		"fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false, "fec0::1": false, "2001:db8::1": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b::808:808": true, "64:ff9b:1::1": false,
		"2002:7f00:1::": false, "2002:a9fe:a9fe::1": false, "2002:808:808::1": true, "2001:0:1::1": false, "100::1": false, "5f00::1": false,
	} {
		if got := egress.Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if egress.Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// far is a server on loopback that counts connections.
type far struct {
	*httptest.Server
	met atomic.Int64
}

func newFar(t *testing.T, handle http.HandlerFunc) *far {
	f := &far{}
	f.Server = httptest.NewUnstartedServer(handle)
	f.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			f.met.Add(1)
		}
	}
	f.StartTLS()
	t.Cleanup(f.Close)
	return f
}

func (f *far) port() string {
	u, _ := url.Parse(f.URL)
	return u.Port()
}

func (f *far) roots() *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(f.Certificate())
	return &tls.Config{RootCAs: pool}
}

func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// names answers every question for a name with the addresses, the first time with the first and so on.
func names(t *testing.T, addresses ...string) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		asked := 0
		for {
			packet := make([]byte, 1500)
			n, from, err := server.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(packet[:n]) != nil {
				continue
			}
			m.Response, m.Authoritative, m.Additionals = true, true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				a := netip.MustParseAddr(addresses[min(asked, len(addresses)-1)])
				asked++
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}, Body: &dnsmessage.AResource{A: a.As4()},
				}}
			}
			answer, err := m.Pack()
			if err == nil {
				_, _ = server.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func get(t *testing.T, c egress.Config, address string) (string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	answer, err := egress.New(c).Client().Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.Status + " " + string(body), err
}

// TestNothingWithinIsMet: by address in every way of writing it, and by a name that resolves to one: no connection is made.
func TestNothingWithinIsMet(t *testing.T) {
	f := newFar(t, func(http.ResponseWriter, *http.Request) { t.Error("it was met") })
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "0.0.0.0", "[::]", "127.0.0.1.",
		"LOCALHOST", "[0:0:0:0:0:ffff:7f00:1]", "[64:ff9b::7f00:1]", "169.254.169.254", "user@127.0.0.1", "rebound.example",
	} {
		c := egress.Config{Roots: f.roots(), Timeout: 2 * time.Second, Resolve: names(t, "127.0.0.1")}
		if said, err := get(t, c, "https://"+host+":"+f.port()+"/"); err == nil {
			t.Errorf("%s: %s", host, said)
		}
	}
	c := egress.Config{Roots: f.roots(), Resolve: names(t, "127.0.0.1")}
	if _, err := get(t, c, "https://rebound.example:"+f.port()); !errors.Is(err, egress.ErrForbidden) {
		t.Errorf("a name that leads here: %v", err)
	}
	if n := f.met.Load(); n != 0 {
		t.Fatalf("%d connections", n)
	}
}

// TestRebinding: a name that is an operator's first, and then leads within, is met the first time only.
func TestRebinding(t *testing.T) {
	f := newFar(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") })
	roots := f.roots()
	roots.ServerName = "example.com"
	c := egress.Config{Roots: roots, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Resolve: names(t, "127.0.0.1", "127.0.0.2")}
	client := egress.New(c).Client()
	for i, want := range []bool{true, false} {
		answer, err := client.Get("https://turns.example:" + f.port())
		if (err == nil) != want {
			t.Errorf("request %d: %v", i, err)
		}
		if err == nil {
			answer.Body.Close()
		}
	}
	if n := f.met.Load(); n != 1 {
		t.Fatalf("%d connections", n)
	}
}

// TestAllowed: what an operator names may be met, also in plain http; everything else by https only.
func TestAllowed(t *testing.T) {
	f := newFar(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	if said, err := get(t, egress.Config{Roots: f.roots(), Allow: loopback()}, f.URL); said != "200 OK hello" {
		t.Fatal(said, err)
	}
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "plain") }))
	defer plain.Close()
	if said, err := get(t, egress.Config{Allow: loopback()}, plain.URL); said != "200 OK plain" {
		t.Fatal(said, err)
	}
	for _, address := range []string{plain.URL, "http://example.com", "ftp://example.com", "file:///etc/passwd", "gopher://127.0.0.1"} {
		if _, err := get(t, egress.Config{}, address); !errors.Is(err, egress.ErrForbidden) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestNoProxyOfTheEnvironment: a variable does not lead requests elsewhere.
func TestNoProxyOfTheEnvironment(t *testing.T) {
	f := newFar(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "proxied") })
	t.Setenv("HTTPS_PROXY", f.URL)
	t.Setenv("HTTP_PROXY", f.URL)
	if said, err := get(t, egress.Config{Roots: f.roots(), Resolve: names(t, "127.0.0.1")}, "https://elsewhere.example/"); err == nil || f.met.Load() != 0 {
		t.Fatal(said, err, f.met.Load())
	}
}

// TestRedirectsAreAnswers and nothing else.
func TestRedirectsAreAnswers(t *testing.T) {
	f := newFar(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Error("it was followed")
		}
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	if said, err := get(t, egress.Config{Roots: f.roots(), Allow: loopback()}, f.URL+"/"); err != nil || !strings.HasPrefix(said, "302") {
		t.Fatal(said, err)
	}
}

// TestSize: exactly as much as is allowed can be read, and not a byte more, whether or not the answer says how long it is.
func TestSize(t *testing.T) {
	for size, want := range map[int]error{1000: nil, 1001: egress.ErrTooBig, 100_000: egress.ErrTooBig} {
		for _, tells := range []bool{true, false} {
			f := newFar(t, func(w http.ResponseWriter, _ *http.Request) {
				if !tells {
					w.(http.Flusher).Flush()
				}
				_, _ = io.WriteString(w, strings.Repeat("x", size))
			})
			said, err := get(t, egress.Config{Roots: f.roots(), Allow: loopback(), Most: 1000}, f.URL)
			if !errors.Is(err, want) || len(said) > len("200 OK ")+1000 {
				t.Errorf("%d bytes, told %v: %d, %v", size, tells, len(said), err)
			}
		}
	}
}

// TestTime: a server that never answers, or never ends, is given up.
func TestTime(t *testing.T) {
	for _, part := range []string{"", "half"} {
		release := make(chan struct{})
		f := newFar(t, func(w http.ResponseWriter, r *http.Request) {
			if part != "" {
				_, _ = io.WriteString(w, part)
				w.(http.Flusher).Flush()
			}
			select {
			case <-r.Context().Done():
			case <-release:
			}
		})
		_, err := get(t, egress.Config{Roots: f.roots(), Allow: loopback(), Timeout: 300 * time.Millisecond}, f.URL)
		close(release)
		var late net.Error
		if !errors.Is(err, context.DeadlineExceeded) && (!errors.As(err, &late) || !late.Timeout()) {
			t.Errorf("after %q: %v", part, err)
		}
	}
}
