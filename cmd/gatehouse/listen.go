package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// listen opens an address. flag is the setting to change where it cannot.
func listen(address, flag string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		_, port, _ := net.SplitHostPort(address)
		return nil, fmt.Errorf("port %s is in use (%s): stop the program that has it, or choose another with --%s HOST:PORT", port, address, flag)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("not allowed to listen on %s: choose a port above 1023 with --%s HOST:PORT, or grant the capability CAP_NET_BIND_SERVICE", address, flag)
	case err != nil:
		return nil, fmt.Errorf("--%s: %w", flag, err)
	}
	return l, nil
}

// local is a place on this machine that is listened on: localhost is two addresses, the second where there is IPv6.
type local struct {
	host      string
	port      int
	listeners []net.Listener
}

// listenLocal opens a loopback address and refuses every other.
func listenLocal(address, flag string) (local, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return local{}, usageError{fmt.Errorf("--%s %q is not HOST:PORT, such as localhost:8080", flag, address)}
	}
	if host == "localhost" {
		return listenBoth(port, flag)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return local{}, usageError{fmt.Errorf("--%s %s: dev listens on this machine only (localhost, 127.0.0.1 or [::1]), since its passwords are public; to serve others use: gatehouse serve", flag, address)}
	}
	l, err := listen(address, flag)
	if err != nil {
		return local{}, err
	}
	return local{host: host, port: portOf(l), listeners: []net.Listener{l}}, nil
}

func listenBoth(port, flag string) (local, error) {
	four, err := listen(net.JoinHostPort("127.0.0.1", port), flag)
	if err != nil {
		return local{}, err
	}
	place := local{host: "localhost", port: portOf(four), listeners: []net.Listener{four}}
	six, err := net.Listen("tcp", net.JoinHostPort("::1", strconv.Itoa(place.port)))
	if errors.Is(err, syscall.EADDRINUSE) && port != "0" {
		_ = four.Close()
		return local{}, fmt.Errorf("port %s of [::1] is in use, and browsers would find that program at localhost: stop it, or choose another port with --%s localhost:PORT", port, flag)
	}
	if err == nil {
		place.listeners = append(place.listeners, six)
	}
	return place, nil
}

// url is where a browser finds it.
func (l local) url() string {
	return "http://" + net.JoinHostPort(l.host, strconv.Itoa(l.port))
}

func (l local) close() {
	for _, one := range l.listeners {
		_ = one.Close()
	}
}

func portOf(l net.Listener) int {
	if a, ok := l.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}
