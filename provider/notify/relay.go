package notify

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Relay is a mail server that takes our e-mail.
type Relay struct {
	Host, Port     string
	Implicit       bool // TLS from the first byte (RFC 8314, 3.3); else STARTTLS (RFC 3207), which must succeed
	Plain          bool // no TLS at all
	User, Password string
}

// ParseRelay reads the URL of a relay: smtp://USER:PASSWORD@HOST[:587] for STARTTLS, smtps://…[:465] for TLS from the first
// byte. smtp://HOST?tls=off sends in clear, which is for a relay on the same machine or network, and with a password only for
// the same machine. Errors say nothing of what stands in the URL, since that may be the password.
func ParseRelay(raw string) (Relay, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return Relay{}, errors.New("it cannot be read: write special characters of the password percent-encoded, such as %40 for @")
	}
	r := Relay{Host: u.Hostname(), Port: u.Port(), Implicit: u.Scheme == "smtps", User: u.User.Username()}
	r.Password, _ = u.User.Password()
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps" || r.Host == "":
		return Relay{}, errors.New("it is not like smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST:465")
	case u.Path != "" && u.Path != "/" || u.Fragment != "":
		return Relay{}, errors.New("it must end after host and port")
	case u.RawQuery == "tls=off" && !r.Implicit:
		r.Plain = true
	case u.RawQuery != "":
		return Relay{}, errors.New("after the question mark nothing but tls=off is known, and only for smtp")
	}
	if (r.User == "") != (r.Password == "") {
		return Relay{}, errors.New("user and password are given together or not at all")
	}
	if r.Plain && r.User != "" && !loopback(r.Host) {
		return Relay{}, errors.New("with tls=off the password would cross the network in clear")
	}
	if r.Port == "" {
		r.Port = map[bool]string{false: "587", true: "465"}[r.Implicit]
	}
	return r, nil
}

// Address is host and port.
func (r Relay) Address() string { return net.JoinHostPort(r.Host, r.Port) }

// Exposed reports whether e-mail to it crosses a network in clear.
func (r Relay) Exposed() bool { return r.Plain && !loopback(r.Host) }

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// mechanism chooses how to authenticate from what a server offers: where it can be, so that the server does not learn the
// password.
func mechanism(offered string) string {
	all := strings.Fields(strings.ToUpper(offered))
	for _, known := range []string{"SCRAM-SHA-256", "PLAIN", "LOGIN"} {
		if slices.Contains(all, known) {
			return known
		}
	}
	return ""
}
