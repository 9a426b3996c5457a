package main

import (
	"context"
	"errors"
	"fmt"
	"html"
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
	account

	site    *site
	cookies map[string]string
	device  *string // the value of deviceCookie, which outlives this person
	code    string
}

// deviceCookie is what a browser is known by from one sign-in to the next.
const deviceCookie = "__Host-device"

// person is Ana, at the caller's own browser, who begins again: all that it still has is what it is known by.
func (s *site) person() *person { return s.browser(s.accounts[0], s.device) }

// as is one of the crowd at theirs.
func (s *site) as(l *login) *person { return s.browser(l.account, &l.device) }

func (s *site) browser(a account, device *string) *person {
	p := &person{account: a, site: s, device: device}
	p.forget()
	return p
}

func (p *person) forget() {
	p.cookies = map[string]string{}
	if *p.device != "" {
		p.cookies[deviceCookie] = *p.device
	}
}

func (p *person) address(c client) string { return "/authorize?" + asked(c).Encode() }

// asked is the authorization request of a client.
func asked(c client) url.Values {
	return url.Values{
		"client_id": {c.ID}, "redirect_uri": {c.Redirects[0]}, "response_type": {"code"}, "scope": {"openid profile email"},
		"state": {"bench"}, "nonce": {"bench"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
}

var (
	actions = regexp.MustCompile(`<form[^>]*action="([^"]+/[a-z]+)"`)
	ticket  = regexp.MustCompile(`name="ticket" value="([^"]+)"`)
	leaves  = regexp.MustCompile(`content="0;\s*url=([^"]+)"`)
	options = regexp.MustCompile(`data-options="([^"]+)"`)
)

// patience is how often a person begins.
const patience = 5

// errVanished: the sign-in page is not there any more.
var errVanished = errors.New("the ceremony has vanished")

// patiently tries again where a ceremony has vanished, since Redis gets fifty milliseconds and no more: a person begins again.
func (p *person) patiently(try func() error) error {
	err := try()
	for tried := 1; errors.Is(err, errVanished) && tried < patience; tried++ {
		p.forget()
		err = try()
	}
	return err
}

// signIn goes from the authorization request to a code, by name and password.
func (p *person) signIn(ctx context.Context, c client) error {
	return p.patiently(func() error {
		form, err := p.named(ctx, c)
		if err != nil {
			return err
		}
		return form.send(ctx)
	})
}

// open goes from the authorization request to the sign-in page.
func (p *person) open(ctx context.Context, c client) (page string, err error) {
	to, _, err := p.visit(ctx, http.MethodGet, p.address(c), nil)
	if err != nil {
		return "", err
	}
	elsewhere, page, err := p.visit(ctx, http.MethodGet, to, nil)
	if err == nil && elsewhere != "" {
		err = errVanished
	}
	return page, err
}

// named is the sign-in page filled in with name and password.
func (p *person) named(ctx context.Context, c client) (form, error) {
	page, err := p.open(ctx, c)
	if err != nil {
		return form{}, err
	}
	return p.fill(page, "password", "username", p.Username, "password", p.Password)
}

// form is one that a person has filled in and not sent yet.
type form struct {
	person *person
	to     string
	fields url.Values
}

// fill fills in the form of a page that posts to a kind.
func (p *person) fill(page, kind string, pairs ...string) (form, error) {
	sealed := ticket.FindStringSubmatch(page)
	for _, action := range actions.FindAllStringSubmatch(page, -1) {
		if sealed == nil || !strings.HasSuffix(action[1], "/"+kind) {
			continue
		}
		f := form{p, action[1], url.Values{"ticket": {html.UnescapeString(sealed[1])}}}
		for i := 0; i+1 < len(pairs); i += 2 {
			f.fields.Set(pairs[i], pairs[i+1])
		}
		return f, nil
	}
	return form{}, fmt.Errorf("%w: no form for %s: %.300s", errVanished, kind, inside(page))
}

// inside is what a page says, without its head.
func inside(page string) string {
	_, said, _ := strings.Cut(page, "<main")
	return said
}

// send sends the last form of a sign-in: the application gets its code.
func (f form) send(ctx context.Context) error {
	_, page, err := f.person.visit(ctx, http.MethodPost, f.to, f.fields)
	if err != nil {
		return err
	}
	away := leaves.FindStringSubmatch(page)
	if away == nil {
		return fmt.Errorf("%w: %.300s", errVanished, inside(page)) // the page that begins anew
	}
	f.person.code, err = codeOf(html.UnescapeString(away[1]))
	return err
}

// next sends a form that another page follows.
func (f form) next(ctx context.Context) (page string, err error) {
	to, page, err := f.person.visit(ctx, http.MethodPost, f.to, f.fields)
	if err == nil && to != "" {
		_, page, err = f.person.visit(ctx, http.MethodGet, to, nil)
	}
	return page, err
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
		if c.Name == deviceCookie {
			*p.device = c.Value
		}
	}
	body, err := readAll(response)
	if err == nil && response.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s: %.300s", method, path, response.Status, inside(body))
	}
	return response.Header.Get("Location"), body, err
}
