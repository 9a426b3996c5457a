package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// browser is one person's, at an address of its own. It knows the way in and nothing else.
type browser struct {
	house   *house
	http    *http.Client
	from    netip.Addr
	cookies map[string]string
	action  string // of the form that waits to be sent
	ticket  string
}

// clientOf is one that many browsers share, as a proxy's would.
func clientOf(connections int) *http.Client {
	return &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{MaxIdleConnsPerHost: connections, MaxIdleConns: connections},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// newBrowser is at the nth address: each in a network of its own.
func (h *house) newBrowser(c *http.Client, n int) *browser {
	return &browser{house: h, http: c, from: netip.AddrFrom4([4]byte{byte(11 + n>>16), byte(n >> 8), byte(n), 7}), cookies: map[string]string{}}
}

// forget makes it a browser that nobody knows.
func (b *browser) forget() { b.cookies = map[string]string{} }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (b *browser) send(ctx context.Context, method, path string, form url.Values) (answer, error) {
	path = strings.TrimPrefix(path, issuer)
	r, err := http.NewRequestWithContext(ctx, method, b.house.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("X-Forwarded-For", b.from.String())
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", issuer)
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value}) //nolint:gosec // a cookie of a request has no attributes
	}
	response, err := b.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	for _, c := range response.Cookies() {
		b.cookies[c.Name] = c.Value
	}
	return answer{response.StatusCode, response.Header, string(body)}, err
}

var (
	formAction = regexp.MustCompile(`<form[^>]*action="([^"]+/password)"`)
	formTicket = regexp.MustCompile(`name="ticket" value="([^"]+)"`)
)

// open goes to the sign-in page.
func (b *browser) open(ctx context.Context) error {
	const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B: nobody is attacked by it
	path := "/authorize?" + url.Values{
		"client_id": {clientID}, "redirect_uri": {redirect}, "response_type": {"code"}, "scope": {"openid"}, "state": {"s"}, "nonce": {"n"},
		"prompt": {"login"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}.Encode()
	a, err := b.send(ctx, http.MethodGet, path, nil)
	for range 4 { // where the page vanished meanwhile, it leads to a new one
		if to := a.header.Get("Location"); err == nil && to != "" {
			a, err = b.send(ctx, http.MethodGet, to, nil)
		}
	}
	if err != nil {
		return err
	}
	action, ticket := formAction.FindStringSubmatch(a.body), formTicket.FindStringSubmatch(a.body)
	if action == nil || ticket == nil {
		return fmt.Errorf("no sign-in form: %d %.200s", a.status, a.body)
	}
	b.action, b.ticket = action[1], html.UnescapeString(ticket[1])
	return nil
}

// errAway: the house had no time.
var errAway = errors.New("sent away")

// errAnew: the ceremony has vanished, since a Redis that is too slow is not waited for; the page begins anew.
var errAnew = errors.New("to begin anew")

// press sends name and password. errAway: 503, with the answer.
func (b *browser) press(ctx context.Context, name string) (answer, error) {
	a, err := b.send(ctx, http.MethodPost, b.action, url.Values{"username": {name}, "password": {thePass}, "ticket": {b.ticket}})
	switch {
	case err != nil:
		return a, err
	case a.status == http.StatusServiceUnavailable:
		return a, errAway
	case strings.Contains(a.body+a.header.Get("Location"), "code="):
		return a, nil
	case a.status == http.StatusSeeOther, a.status == http.StatusOK && formAction.MatchString(a.body):
		return a, errAnew
	default:
		return a, fmt.Errorf("%d without a code: %.300s", a.status, a.body)
	}
}
