package web

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func asked(peer, header string, lines ...string) *http.Request {
	return &http.Request{RemoteAddr: peer, Header: http.Header{header: lines}}
}

func ours() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:aaaa::/48")}
}

// TestForwarded: RFC 7239 is read like X-Forwarded-For: from the right, as far as our own proxies go.
func TestForwarded(t *testing.T) {
	for _, c := range []struct{ peer, header, want string }{
		{"10.0.0.1:1", `for=198.51.100.7`, "198.51.100.7"},
		{"10.0.0.1:1", `For="198.51.100.7:4711";proto=https;by=10.0.0.1`, "198.51.100.7"},
		{"10.0.0.1:1", `proto=https; for="[2001:db8:1::17]:4711"`, "2001:db8:1::17"},
		{"10.0.0.1:1", `for="[2001:db8:1::17]"`, "2001:db8:1::17"},
		{"10.0.0.1:1", `for=1.1.1.1, for=198.51.100.7, for=10.0.0.9;by=10.0.0.1`, "198.51.100.7"},
		{"10.0.0.1:1", `for="[2001:db8:aaaa::1]", for=10.2.3.4`, "2001:db8:aaaa::1"}, // all are ours: the first
		{"10.0.0.1:1", `for=198.51.100.7, for=unknown`, "10.0.0.1"},
		{"10.0.0.1:1", `for=198.51.100.7, for=_hidden`, "10.0.0.1"},
		{"10.0.0.1:1", `for=198.51.100.7, for=_hidden, for=10.0.0.8`, "10.0.0.8"},
		{"10.0.0.1:1", `for=198.51.100.7, proto=https`, "10.0.0.1"},
		{"10.0.0.1:1", `for=198.51.100.7;for=198.51.100.8`, "10.0.0.1"},
		{"10.0.0.1:1", `for="198.51.100.7`, "10.0.0.1"},
		{"10.0.0.1:1", `for=1.1.1.1;host="a,b", for=198.51.100.7`, "198.51.100.7"},
		{"10.0.0.1:1", `for=", for=198.51.100.7;host="a,b"`, "198.51.100.7"}, // an open quote of the caller
		{"10.0.0.1:1", `for="\", for=198.51.100.7`, "198.51.100.7"},
		{"10.0.0.1:1", ``, "10.0.0.1"},
		{"203.0.113.9:1", `for=198.51.100.7`, "203.0.113.9"}, // none of ours: nobody's word is taken
	} {
		if got, _ := clientAddress(asked(c.peer, "Forwarded", c.header), ours(), true); got.String() != c.want {
			t.Errorf("%s from %s: %s, want %s", c.header, c.peer, got, c.want)
		}
	}
}

// TestOneHeaderIsRead: the one that the operator names, whatever the other says.
func TestOneHeaderIsRead(t *testing.T) {
	r := asked("10.0.0.1:1", "Forwarded", "for=198.51.100.1")
	r.Header["X-Forwarded-For"] = []string{"198.51.100.2"}
	for forwarded, want := range map[bool]string{true: "198.51.100.1", false: "198.51.100.2"} {
		if got, _ := clientAddress(r, ours(), forwarded); got.String() != want {
			t.Errorf("Forwarded %v: %s", forwarded, got)
		}
	}
}

// TestHopsWithPorts: some proxies write the port of their client too.
func TestHopsWithPorts(t *testing.T) {
	for hop, want := range map[string]string{
		"198.51.100.7:4711": "198.51.100.7", "[2001:db8::1]:80": "2001:db8::1", "[2001:db8::1]": "2001:db8::1", "2001:db8::1": "2001:db8::1",
		"::ffff:198.51.100.7": "198.51.100.7", "fe80::1%eth0": "fe80::1", "[198.51.100.7": "10.0.0.1", "198.51.100.7:x": "10.0.0.1", "0x7f.1": "10.0.0.1",
	} {
		if got, _ := clientAddress(asked("10.0.0.1:1", "X-Forwarded-For", hop), ours(), false); got.String() != want {
			t.Errorf("%s: %s, want %s", hop, got, want)
		}
	}
}

// FuzzAddress: what a caller writes into the header, however it is broken, moves nothing of what our proxy wrote after it; and
// from a peer that is none of ours nothing is read at all.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{``, `for=1.1.1.1`, `for="`, `"\`, `,,,`, `for="[::1]:80";by=x`, `1.1.1.1, 10.0.0.1`, `for="a,b", for=10.0.0.7`, "\x00\xff"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, lie string, forwarded bool) {
		header, truth := "X-Forwarded-For", "198.51.100.7"
		if forwarded {
			header, truth = "Forwarded", `for="198.51.100.7:80";host="a,b"`
		}
		for _, lines := range [][]string{{lie + ", " + truth}, {lie, truth}} {
			if got, proxied := clientAddress(asked("10.0.0.1:1", header, lines...), ours(), forwarded); got.String() != "198.51.100.7" || !proxied {
				t.Errorf("%q: %s", lines, got)
			}
			if got, proxied := clientAddress(asked("203.0.113.9:1", header, lines...), ours(), forwarded); got.String() != "203.0.113.9" || proxied {
				t.Errorf("%q, from no proxy: %s", lines, got)
			}
		}
		alone, _ := clientAddress(asked("10.0.0.1:1", header, lie), ours(), forwarded)
		if !alone.IsValid() || alone.Zone() != "" || alone.Is4In6() || strings.Contains(alone.String(), "%") {
			t.Errorf("%q: %s", lie, alone)
		}
	})
}
