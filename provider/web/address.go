package web

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddress is who is asking: the peer, or, where the peer is a trusted proxy, the right-most address of
// X-Forwarded-For that is none. What stands further left was written by the caller. It also says whether a proxy was
// between. No other forwarding header is read.
func clientAddress(r *http.Request, trusted []netip.Prefix) (netip.Addr, bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	client, proxied := plain(peer.Addr()), false
	if !within(trusted, client) {
		return client, false
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for i := len(hops) - 1; i >= 0 && within(trusted, client); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break // the last hop that can be read is the one that answers for it
		}
		client, proxied = plain(hop), true
	}
	return client, proxied
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
