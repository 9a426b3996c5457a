package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// verifier and its challenge (RFC 7636, appendix B): the same for all, since nobody attacks a bench.
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// person is a browser that only knows the way in. It keeps cookies by name: the house has but one site.
type person struct {
	site    *site
	cookies map[string]string
	code    string
}

func (s *site) person() *person { return &person{site: s, cookies: map[string]string{}} }

func (p *person) address(c client) string {
	return "/authorize?" + url.Values{
		"client_id": {c.ID}, "redirect_uri": {c.Redirects[0]}, "response_type": {"code"}, "scope": {"openid profile email"},
		"state": {"bench"}, "nonce": {"bench"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}.Encode()
}

var (
	action = regexp.MustCompile(`<form[^>]*action="([^"]+/password)"`)
	ticket = regexp.MustCompile(`name="ticket" value="([^"]+)"`)
	leaves = regexp.MustCompile(`content="0;\s*url=([^"]+)"`)
)

// signIn goes from the authorization request to a code, by the sign-in page. A ceremony may vanish, since Redis gets fifty
// milliseconds and no more: then a person begins again.
func (p *person) signIn(ctx context.Context, c client) error {
	err := p.tryToSignIn(ctx, c)
	for try := 1; errors.Is(err, errVanished) && try < patience; try++ {
		err = p.tryToSignIn(ctx, c)
	}
	return err
}

// patience is how often a person begins.
const patience = 5

// errVanished: the sign-in page is not there any more.
var errVanished = errors.New("the ceremony has vanished")

func (p *person) tryToSignIn(ctx context.Context, c client) error {
	to, _, err := p.visit(ctx, http.MethodGet, p.address(c), nil)
	if err != nil {
		return err
	}
	elsewhere, page, err := p.visit(ctx, http.MethodGet, to, nil)
	if err != nil {
		return err
	}
	if elsewhere != "" {
		return errVanished
	}
	where, sealed := action.FindStringSubmatch(page), ticket.FindStringSubmatch(page)
	if where == nil || sealed == nil {
		return fmt.Errorf("no sign-in form: %.300s", page)
	}
	ana := p.site.accounts[0]
	_, page, err = p.visit(ctx, http.MethodPost, where[1], url.Values{
		"username": {ana.Username}, "password": {ana.Password}, "ticket": {strings.ReplaceAll(sealed[1], "&#43;", "+")},
	})
	if err != nil {
		return err
	}
	away := leaves.FindStringSubmatch(page)
	if away == nil {
		return fmt.Errorf("%w: %.300s", errVanished, page) // the page that begins anew
	}
	p.code, err = codeOf(strings.ReplaceAll(away[1], "&amp;", "&"))
	return err
}

// authorize gets a code with the session that is there.
func (p *person) authorize(ctx context.Context, c client) (string, error) {
	to, _, err := p.visit(ctx, http.MethodGet, p.address(c), nil)
	if err != nil {
		return "", err
	}
	return codeOf(to)
}

func codeOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	if code := u.Query().Get("code"); code != "" {
		return code, nil
	}
	return "", errors.New("no code in " + address)
}

// visit makes one request and answers where it leads and what it shows.
func (p *person) visit(ctx context.Context, method, path string, form url.Values) (to, page string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, p.site.issuer+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", "", err
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Origin", p.site.issuer)
	}
	for name, value := range p.cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	response, err := p.site.http.Do(request)
	if err != nil {
		return "", "", err
	}
	for _, c := range response.Cookies() {
		p.cookies[c.Name] = c.Value
	}
	body, err := readAll(response)
	if err == nil && response.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s: %.300s", method, path, response.Status, body)
	}
	return response.Header.Get("Location"), body, err
}
