package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientAddress is who is asking: the peer, or, where the peer is a trusted proxy, the right-most address of its header that
// is none. What stands further left was written by the caller. It also says whether a proxy was between. The header is
// X-Forwarded-For, or Forwarded (RFC 7239) where the operator says so; never both, since proxies pass on the one that they do
// not know, and with it what a caller wrote there.
func clientAddress(r *http.Request, trusted []netip.Prefix, forwarded bool) (netip.Addr, bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	client, proxied := plain(peer.Addr()), false
	if !within(trusted, client) {
		return client, false
	}
	header, hopOf, apart := r.Header["X-Forwarded-For"], hopAddress, commas
	if forwarded {
		header, hopOf, apart = r.Header["Forwarded"], forwardedAddress, commasOutsideQuotes
	}
	hops := apart(strings.Join(header, ","))
	for i := len(hops) - 1; i >= 0 && within(trusted, client); i-- {
		hop, ok := hopOf(strings.TrimSpace(hops[i]))
		if !ok {
			break // the last hop that can be read is the one that answers for it
		}
		client, proxied = plain(hop), true
	}
	return client, proxied
}

func commas(list string) []string { return strings.Split(list, ",") }

// hopAddress reads an address; some proxies add the port.
func hopAddress(hop string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(hop); err == nil {
		return a, true
	}
	if ap, err := netip.ParseAddrPort(hop); err == nil {
		return ap.Addr(), true
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(hop, "["), "]"))
	return a, err == nil && strings.HasPrefix(hop, "[") && strings.HasSuffix(hop, "]")
}

// forwardedAddress reads the for parameter of an element of Forwarded (RFC 7239, 4 and 6). An element that names none, or
// several, or an obfuscated or unknown node, is one that cannot be read.
func forwardedAddress(element string) (netip.Addr, bool) {
	node, named := "", 0
	for pair := range strings.SplitSeq(element, ";") { // neither a semicolon nor an escape stands in an address
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(name, "for") {
			node, named = value, named+1
		}
	}
	if named != 1 {
		return netip.Addr{}, false
	}
	inner, opened := strings.CutPrefix(node, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	if opened != closed || strings.ContainsAny(inner, `"\`) {
		return netip.Addr{}, false
	}
	return hopAddress(inner)
}

// commasOutsideQuotes parts a list whose elements may hold quoted strings. It reads from the right, where our proxies wrote:
// a quote that a caller left open further left makes nothing of what they said.
func commasOutsideQuotes(list string) []string {
	var all []string
	end, quoted := len(list), false
	for i := len(list) - 1; i >= 0; i-- {
		switch c := list[i]; {
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			all = append(all, list[i+1:end])
			end = i
		}
	}
	all = append(all, list[:end])
	slices.Reverse(all)
	return all
}

func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

func within(prefixes []netip.Prefix, a netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// remoteKind says of an address only what an operator needs to notice a proxy that is not configured.
func remoteKind(a netip.Addr, proxied bool) string {
	kind := "public"
	switch {
	case !a.IsValid():
		return "unknown"
	case a.IsLoopback():
		kind = "loopback"
	case a.IsPrivate() || a.IsLinkLocalUnicast():
		kind = "private"
	}
	if proxied {
		return kind + " by proxy"
	}
	return kind
}
