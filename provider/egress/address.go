package egress

import (
	"encoding/binary"
	"net/netip"
)

// special are the networks that are not the open internet: IANA's registries of special-purpose addresses, but for those that
// are marked globally reachable.
func special() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range []string{
		"0.0.0.0/8",        // this host
		"10.0.0.0/8",       // private
		"100.64.0.0/10",    // behind a carrier's NAT, and metadata of some clouds
		"127.0.0.0/8",      // loopback
		"169.254.0.0/16",   // link-local, and metadata of most clouds
		"172.16.0.0/12",    // private
		"192.0.0.0/24",     // protocol assignments, and metadata of some clouds
		"192.0.2.0/24",     // documentation
		"192.88.99.0/24",   // 6to4 relays, which are no more
		"192.168.0.0/16",   // private
		"198.18.0.0/15",    // benchmarks
		"198.51.100.0/24",  // documentation
		"203.0.113.0/24",   // documentation
		"224.0.0.0/4",      // multicast
		"240.0.0.0/4",      // reserved, and broadcast
		"168.63.129.16/32", // a public address that is the host of a virtual machine in one cloud
		"::/96",            // unspecified, loopback, and IPv4 in the oldest clothes
		"64:ff9b:1::/48",   // NAT64 of a network's own
		"100::/64",         // discarded
		"100:0:0:1::/64",   // discarded
		"2001::/23",        // protocol assignments, Teredo among them
		"2001:db8::/32",    // documentation
		"3fff::/20",        // documentation
		"5f00::/16",        // segment routing
		"fc00::/7",         // private, and metadata of some clouds
		"fe80::/10",        // link-local
		"fec0::/10",        // site-local, which is no more
		"ff00::/8",         // multicast
	} {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// Public reports whether an address is one of the open internet. An IPv4 address within an IPv6 one (mapped, NAT64, 6to4) is
// judged as what it is.
func Public(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	if !a.IsValid() {
		return false
	}
	for _, p := range special() {
		if p.Contains(a) {
			return false
		}
	}
	if inner, hidden := within(a); hidden {
		return Public(inner)
	}
	return true
}

// within is the IPv4 address that an IPv6 address leads to: of NAT64 (RFC 6052) its last 32 bits, of 6to4 (RFC 3056) those
// after the first 16.
func within(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() {
		return a, false
	}
	bytes := a.As16()
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(a):
		return netip.AddrFrom4([4]byte(bytes[12:16])), true
	case binary.BigEndian.Uint16(bytes[:2]) == 0x2002:
		return netip.AddrFrom4([4]byte(bytes[2:6])), true
	}
	return a, false
}
