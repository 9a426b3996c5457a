package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gatehouse/keys"
	"gatehouse/provider"
)

var clientID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,63}$`)

const (
	longestName = 80   // characters of a client's name, which pages show
	longestURI  = 2000 // bytes
)

// algorithms are those that tokens are signed with, as a message names them.
func algorithms() string {
	var names []string
	for _, alg := range keys.Algs() {
		names = append(names, string(alg))
	}
	return strings.Join(names, ", ")
}

// clientFaults are all that is wrong with a registration, at once.
func clientFaults(c provider.Client) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !clientID.MatchString(c.ID) {
		fault("--id %q: 2 to 64 small letters, digits, dots, underscores and hyphens, beginning with a letter or digit", c.ID)
	}
	if n := utf8.RuneCountInString(c.Name); strings.TrimSpace(c.Name) == "" || n > longestName || strings.ContainsFunc(c.Name, unicode.IsControl) {
		fault("--name %q: people read it when they sign in; 1 to %d characters", c.Name, longestName)
	}
	if !slices.Contains([]string{provider.AuthBasic, provider.AuthPost, provider.AuthKey, provider.AuthNone}, c.AuthMethod) {
		fault("--auth-method %q is none of client_secret_basic, client_secret_post, private_key_jwt, none", c.AuthMethod)
	}
	if c.Public() && c.PKCEOptional {
		fault("--no-pkce: a public client has nothing else to protect its codes with (RFC 9700, 2.1.1)")
	}
	if alg := keys.Alg(c.IDTokenAlg); !slices.Contains(keys.Algs(), alg) {
		fault("--id-token-alg %q is none of %s", c.IDTokenAlg, algorithms())
	}
	faults = append(faults, keyFaults(c), askingFaults(c), grantFaults(c), scopeFaults(c), addressFaults(c))
	return errors.Join(faults...)
}

func grantFaults(c provider.Client) error {
	var faults []error
	known := []string{provider.GrantCode, provider.GrantRefresh, provider.GrantMachine}
	for _, grant := range c.Grants {
		if !slices.Contains(known, grant) {
			faults = append(faults, fmt.Errorf("--grant %q is none of %s", grant, strings.Join(known, ", ")))
		}
	}
	if len(c.Grants) == 0 {
		faults = append(faults, errors.New("--grant: a client needs at least one"))
	}
	if c.May(provider.GrantRefresh) && !c.May(provider.GrantCode) {
		faults = append(faults, errors.New("--grant refresh_token: only authorization_code gives refresh tokens; add it or leave both out"))
	}
	if c.Public() && c.May(provider.GrantMachine) {
		faults = append(faults, errors.New("--grant client_credentials: a public client has no credentials (RFC 6749, 4.4)"))
	}
	return errors.Join(faults...)
}

func scopeFaults(c provider.Client) error {
	var faults []error
	for _, scope := range c.Scopes {
		if scope == "" || strings.ContainsFunc(scope, notInScope) {
			faults = append(faults, fmt.Errorf("--scope %q: letters, digits and marks without spaces, quotes and backslashes (RFC 6749, 3.3)", scope))
		}
	}
	if slices.Contains(c.Scopes, provider.ScopeOffline) && !c.May(provider.GrantRefresh) {
		faults = append(faults, errors.New("--scope offline_access does nothing without --grant refresh_token"))
	}
	return errors.Join(faults...)
}

// notInScope is what a scope token may not hold (RFC 6749, 3.3).
func notInScope(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }

func addressFaults(c provider.Client) error {
	var faults []error
	switch {
	case c.May(provider.GrantCode) && len(c.RedirectURIs) == 0:
		faults = append(faults, errors.New("--redirect-uri: the grant authorization_code needs one at least"))
	case !c.May(provider.GrantCode) && len(c.RedirectURIs) > 0:
		faults = append(faults, errors.New("--redirect-uri is only for the grant authorization_code"))
	}
	for _, uri := range c.RedirectURIs {
		if err := checkURI(uri, c.Public()); err != nil {
			faults = append(faults, fmt.Errorf("--redirect-uri %q: %w", uri, err))
		}
	}
	for _, uri := range c.PostLogoutRedirectURIs {
		if err := checkURI(uri, c.Public()); err != nil {
			faults = append(faults, fmt.Errorf("--post-logout-redirect-uri %q: %w", uri, err))
		}
	}
	return errors.Join(append(faults, backChannelFaults(c))...)
}

// backChannelFaults are about the address at which a client is told that a session is over. Gatehouse itself will go there: which
// networks it meets is decided when it does (--reach), not by what a name leads to today.
func backChannelFaults(c provider.Client) error {
	switch {
	case c.BackChannelLogoutURI == "" && c.BackChannelNeedsSID:
		return errors.New("--backchannel-logout-session-required does nothing without --backchannel-logout-uri")
	case c.BackChannelLogoutURI == "":
		return nil
	case !c.May(provider.GrantCode):
		return errors.New("--backchannel-logout-uri is only for the grant authorization_code: nobody else has a session")
	}
	if err := checkURI(c.BackChannelLogoutURI, false); err != nil {
		return fmt.Errorf("--backchannel-logout-uri %q: %w", c.BackChannelLogoutURI, err)
	}
	return nil
}

// checkURI says why nobody may be sent to an address (RFC 6749, 3.1.2; RFC 8252, 7; RFC 9700, 4.1).
func checkURI(uri string, public bool) error {
	u, err := url.Parse(uri)
	switch {
	case err != nil || !u.IsAbs() || len(uri) > longestURI || strings.ContainsFunc(uri, notInURI):
		return errors.New("not an absolute address like https://app.example.org/callback")
	case strings.Contains(uri, "#"):
		return errors.New("it must have no fragment (#)")
	case strings.Contains(uri, "*"):
		return errors.New("no wildcards: addresses are compared sign by sign; register each one")
	case u.User != nil:
		return errors.New("it must have no user name")
	case slices.Contains(strings.Split(u.Path, "/"), ".."):
		return errors.New("it must be written out, without going up in its path")
	case u.Scheme == "https" && u.Hostname() != "":
		return nil
	case u.Scheme == "http" && onThisMachine(u.Hostname()):
		return nil
	case u.Scheme == "https" || u.Scheme == "http":
		return errors.New("use https with a host; http is only for 127.0.0.1, [::1] and localhost")
	case !strings.Contains(u.Scheme, "."):
		return fmt.Errorf("the scheme %q is nobody's: https, or for a public client one of your own like com.example.app", u.Scheme)
	case !public:
		return errors.New("a scheme of your own is for public clients (--public): other programs can claim it too")
	}
	return nil
}

// notInURI is what must be written with percent signs (RFC 3986, 2).
func notInURI(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) }

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
