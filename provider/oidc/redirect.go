package oidc

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"gatehouse/provider"
)

// matches compares a redirect URI with the registered ones, byte for byte (RFC 9700, 4.1.3). The one exception is the
// port of a public client's loopback address (RFC 8252, 7.3): a native application cannot know it beforehand.
func matches(c provider.Client, uri string) bool {
	if slices.Contains(c.RedirectURIs, uri) {
		return true
	}
	if !c.Public() {
		return false
	}
	return slices.ContainsFunc(c.RedirectURIs, func(registered string) bool { return sameButPort(registered, uri) })
}

func sameButPort(registered, uri string) bool {
	r, err := url.Parse(registered)
	if err != nil || r.Scheme != "http" || !isLoopback(r.Hostname()) {
		return false
	}
	u, err := url.Parse(uri)
	if err != nil || u.Port() == "" {
		return false
	}
	want := *r
	want.Host = net.JoinHostPort(r.Hostname(), u.Port())
	return want.String() == uri
}

func isLoopback(host string) bool { return host == "127.0.0.1" || host == "::1" }

// differs says in what way a redirect URI comes closest to a registered one, for the developer who reads the page.
func differs(c provider.Client, uri string) string {
	got, err := url.Parse(uri)
	if err != nil || !got.IsAbs() || got.Fragment != "" {
		return "redirect_invalid"
	}
	for _, registered := range c.RedirectURIs {
		want, err := url.Parse(registered)
		if err != nil {
			continue
		}
		if key := near(*want, *got); key != "" {
			return key
		}
	}
	return "redirect_mismatch"
}

// near names the one thing in which two URIs differ; "" if it is more than one.
func near(want, got url.URL) string {
	only := func(change func(u *url.URL)) bool {
		w := want
		change(&w)
		return w.String() == got.String()
	}
	switch {
	case only(func(u *url.URL) { u.Scheme = got.Scheme }):
		return "redirect_scheme"
	case strings.TrimSuffix(want.String(), "/") == strings.TrimSuffix(got.String(), "/"):
		return "redirect_slash"
	case only(func(u *url.URL) { u.RawQuery, u.ForceQuery = got.RawQuery, got.ForceQuery }):
		return "redirect_query"
	case want.Hostname() == got.Hostname() && only(func(u *url.URL) { u.Host = got.Host }):
		return "redirect_port"
	default:
		return ""
	}
}
