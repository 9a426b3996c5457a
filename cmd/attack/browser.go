package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// browser is somebody's, at an address of its own, without scripts. It keeps cookies and follows redirects within the house.
type browser struct {
	site  *site
	from  netip.Addr
	host  string      // what it calls the house
	extra http.Header // sent with every request
	at    *replica    // the process that answers; nil: any

	mu      sync.Mutex
	cookies map[string]string
}

func (s *site) browser() *browser {
	return &browser{site: s, from: s.address(), host: host, cookies: map[string]string{}}
}

// twin is another one with a copy of the cookies.
func (b *browser) twin() *browser {
	b.mu.Lock()
	defer b.mu.Unlock()
	return &browser{site: b.site, from: b.site.address(), host: host, cookies: maps.Clone(b.cookies)}
}

// only keeps cookies by these names, without their prefix.
func (b *browser) only(names ...string) *browser {
	kept := map[string]string{}
	for _, name := range names {
		if value, ok := b.cookies["__Host-"+name]; ok {
			kept["__Host-"+name] = value
		}
	}
	b.cookies = kept
	return b
}

// patience is how long anybody waits for one answer.
const patience = 30 * time.Second

// wire is how all talk to the house: from an address of this machine, since a peer cannot be made up.
func wire(from string) *http.Client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	return &http.Client{
		Timeout:       patience,
		Transport:     &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// request is one to the house.
type request struct {
	method, path string
	form         url.Values
	header       http.Header
	host         string
	at           *replica // nil: any
}

// send sends one request by a wire to the process whose turn it is.
func (s *site) send(ctx context.Context, by *http.Client, r request) (answer, error) {
	if r.at == nil {
		r.at = s.next()
	}
	sent, err := http.NewRequestWithContext(ctx, r.method, "http://"+r.at.public+strings.TrimPrefix(r.path, issuer), strings.NewReader(r.form.Encode()))
	if err != nil {
		return answer{}, err
	}
	maps.Copy(sent.Header, r.header)
	sent.Host = host
	if r.host != "" {
		sent.Host = r.host
	}
	if r.form != nil {
		sent.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := by.Do(sent)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body)}, err
}

// once is one request without redirects; more headers come last.
func (b *browser) once(ctx context.Context, method, path string, form url.Values, more http.Header) (answer, error) {
	header := http.Header{"X-Forwarded-For": {b.from.String()}, "Accept-Language": {"en"}}
	if form != nil {
		header.Set("Origin", issuer)
	}
	b.mu.Lock()
	pairs := make([]string, 0, len(b.cookies))
	for name, value := range b.cookies {
		pairs = append(pairs, name+"="+value)
	}
	b.mu.Unlock()
	if len(pairs) > 0 {
		header.Set("Cookie", strings.Join(pairs, "; "))
	}
	maps.Copy(header, b.extra)
	for name, values := range more {
		delete(header, name)
		if len(values) > 0 {
			header[name] = values
		}
	}
	a, err := b.site.send(ctx, b.site.proxy, request{method: method, path: path, form: form, header: header, host: b.host, at: b.at})
	b.keep(a)
	return a, err
}

// keep takes the cookies of an answer.
func (b *browser) keep(a answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
}

// page is what the browser shows after the last redirect.
type page struct {
	answer
	path string
	away *url.URL // where it leads that is not the house; nil: it stays
}

func (b *browser) get(ctx context.Context, path string) (page, error) {
	return b.visit(ctx, http.MethodGet, path, nil, nil)
}

// press sends a form as its page would; more headers come last.
func (b *browser) press(ctx context.Context, f form, more http.Header) (page, error) {
	return b.visit(ctx, http.MethodPost, f.action, f.fields, more)
}

const mostRedirects = 10

func (b *browser) visit(ctx context.Context, method, path string, form url.Values, more http.Header) (page, error) {
	for range mostRedirects {
		a, err := b.once(ctx, method, path, form, more)
		p := page{answer: a, path: path}
		to := leads(a)
		if err != nil || to == "" {
			return p, err
		}
		next, err := url.Parse(to)
		if err != nil {
			return p, err
		}
		if next.Host != "" && !strings.HasPrefix(to, issuer+"/") || next.Scheme != "" && next.Scheme != "https" {
			p.away = next
			return p, nil
		}
		method, path, form, more = http.MethodGet, strings.TrimPrefix(to, issuer), nil, nil
	}
	return page{}, errors.New("too many redirects at " + path)
}

var (
	metaRefresh = regexp.MustCompile(`http-equiv="?refresh"?\s+content="0;\s*url=([^"]+)"`)
	formAction  = regexp.MustCompile(`<form[^>]*action="([^"]+)"`)
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
	keyOptions  = regexp.MustCompile(`data-options="([^"]+)"`)
	withCode    = regexp.MustCompile(`href="(https://[^"]+[?&;]code=[^"]+)"`)
	heading     = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)
)

// leads is where an answer sends the browser, "" for nowhere.
func leads(a answer) string {
	if to := a.header.Get("Location"); to != "" {
		return to
	}
	if m := metaRefresh.FindStringSubmatch(a.body); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}

// title is for reports.
func (p page) title() string {
	if m := heading.FindStringSubmatch(p.body); m != nil {
		return fmt.Sprintf("%d %q at %s", p.status, strings.TrimSpace(m[1]), p.path)
	}
	return fmt.Sprintf("%d at %s, away %v", p.status, p.path, p.away)
}

// form is one of a page, with its hidden fields.
type form struct {
	action string
	fields url.Values
}

// form finds the one whose action ends in suffix.
func (p page) form(suffix string) (form, error) {
	for _, part := range strings.Split(p.body, "<form")[1:] {
		part, _, _ = strings.Cut("<form"+part, "</form>")
		m := formAction.FindStringSubmatch(part)
		if m == nil || !strings.HasSuffix(m[1], suffix) {
			continue
		}
		f := form{action: html.UnescapeString(m[1]), fields: url.Values{}}
		for _, field := range hiddenField.FindAllStringSubmatch(part, -1) {
			f.fields.Set(field[1], html.UnescapeString(field[2]))
		}
		return f, nil
	}
	return form{}, fmt.Errorf("no form %s on the page %s", suffix, p.title())
}

// with sets fields from pairs.
func (f form) with(pairs ...string) form {
	fields := maps.Clone(f.fields)
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return form{action: f.action, fields: fields}
}

// code is what an application gets of a page that leads to it, at once or by a link, "" for none.
func (p page) code() string {
	if p.away != nil {
		return p.away.Query().Get("code")
	}
	m := withCode.FindStringSubmatch(p.body)
	if m == nil {
		return ""
	}
	to, err := url.Parse(html.UnescapeString(m[1]))
	if err != nil {
		return ""
	}
	return to.Query().Get("code")
}

// ceremony is the page of the sign-in that a form belongs to.
func (f form) ceremony() string {
	id, _, _ := strings.Cut(strings.TrimPrefix(f.action, "/signin/"), "/")
	return "/signin/" + id
}
