package web

import (
	"net"
	"net/netip"
	"sync"
)

// Connections bounds how many connections may be open.
type Connections struct {
	PerAddress int            // of one address; 0: 512, some eighty browsers of six connections behind the address of a clinic
	All        int            // of everybody; 0: 10,000
	Exempt     []netip.Prefix // trusted proxies: all of their callers come from one address
}

const (
	defaultPerAddress = 512
	defaultAll        = 10_000
)

// Bound closes at once what is accepted beyond the bounds, before a byte of it is read: to hold a connection open costs its
// caller nothing, and us memory.
func (c Connections) Bound(l net.Listener) net.Listener {
	if c.PerAddress == 0 {
		c.PerAddress = defaultPerAddress
	}
	if c.All == 0 {
		c.All = defaultAll
	}
	return &bounded{Listener: l, Connections: c, open: map[netip.Addr]int{}}
}

type bounded struct {
	net.Listener
	Connections

	mutex sync.Mutex
	open  map[netip.Addr]int
	all   int
}

// Accept implements net.Listener.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := addressOf(conn)
		if b.enter(from) {
			return &counted{Conn: conn, leave: sync.OnceFunc(func() { b.leave(from) })}, nil
		}
		_ = conn.Close()
	}
}

// addressOf is the zero address where there is none, as of a Unix socket.
func addressOf(conn net.Conn) netip.Addr {
	peer, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return plain(peer.Addr())
}

func (b *bounded) enter(from netip.Addr) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.all >= b.All || b.open[from] >= b.PerAddress && !within(b.Exempt, from) {
		return false
	}
	b.all++
	b.open[from]++
	return true
}

func (b *bounded) leave(from netip.Addr) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.all--
	if b.open[from]--; b.open[from] == 0 {
		delete(b.open, from)
	}
}

// counted is a connection that leaves when it is closed, once.
type counted struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
