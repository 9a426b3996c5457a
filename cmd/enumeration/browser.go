package main

import (
	"context"
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

// browser is one that nobody knows, at an address of its own, in a network of its own.
type browser struct {
	house   *house
	from    netip.Addr
	cookies map[string]string
}

func (h *house) browser() *browser {
	n := h.browsers.Add(1)
	return &browser{house: h, from: netip.AddrFrom4([4]byte{byte(11 + n>>16), byte(n >> 8), byte(n), 7}), cookies: map[string]string{}}
}

// answer is what came back, and how long it took.
type answer struct {
	status int
	header http.Header
	body   string
	took   time.Duration
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
	began := time.Now()
	response, err := b.house.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	took := time.Since(began)
	for _, c := range response.Cookies() {
		b.cookies[c.Name] = c.Value
	}
	return answer{response.StatusCode, response.Header, string(body), took}, err
}

// opens goes to a page, wherever it leads.
func (b *browser) opens(ctx context.Context, path string) (answer, error) {
	a, err := b.send(ctx, http.MethodGet, path, nil)
	for range 4 {
		if to := a.header.Get("Location"); err == nil && to != "" {
			a, err = b.send(ctx, http.MethodGet, to, nil)
		}
	}
	return a, err
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// form finds the form of a page whose action ends so, with its hidden fields.
func (a answer) form(suffix string) (action string, fields url.Values, err error) {
	for _, part := range strings.Split(a.body, "<form")[1:] {
		part, _, _ = strings.Cut(part, "</form>")
		_, rest, _ := strings.Cut(part, `action="`)
		action, _, _ = strings.Cut(rest, `"`)
		if !strings.HasSuffix(action, suffix) {
			continue
		}
		fields = url.Values{}
		for _, f := range hidden.FindAllStringSubmatch(part, -1) {
			fields.Set(f[1], html.UnescapeString(f[2]))
		}
		return action, fields, nil
	}
	return "", url.Values{}, fmt.Errorf("no form to %s: %d %.300s", suffix, a.status, a.body)
}

// signInPage is the one that an application leads to.
func signInPage() string {
	const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B: nobody is attacked by it
	return "/authorize?" + url.Values{
		"client_id": {clientID}, "redirect_uri": {redirect}, "response_type": {"code"}, "scope": {"openid"},
		"state": {"a-state"}, "nonce": {"a-nonce"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}.Encode()
}
