package main

import (
	"context"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// browser is a person's browser without scripts: it keeps cookies and follows redirects within the house.
type browser struct {
	door    *door
	replica string // the one to ask, "" for any

	mu      sync.Mutex
	cookies map[string]string
}

func newBrowser(d *door) *browser { return &browser{door: d, cookies: map[string]string{}} }

// twin is another browser with a copy of the cookies.
func (b *browser) twin() *browser {
	b.mu.Lock()
	defer b.mu.Unlock()
	return &browser{door: b.door, replica: b.replica, cookies: maps.Clone(b.cookies)}
}

// page is what the browser shows after the last redirect.
type page struct {
	answer
	path string   // of the house
	away *url.URL // where it leads that is not the house; nil: it stays
}

func (b *browser) get(ctx context.Context, path string) page {
	return b.visit(ctx, request{method: http.MethodGet, path: path})
}

// press sends a form as its page would.
func (b *browser) press(ctx context.Context, f form) page {
	return b.visit(ctx, request{method: http.MethodPost, path: f.action, form: f.fields})
}

const mostRedirects = 10

func (b *browser) visit(ctx context.Context, r request) page {
	for range mostRedirects {
		p := page{answer: b.once(ctx, r), path: r.path}
		to := leads(p.answer)
		if p.lost() || to == "" {
			return p
		}
		next, err := url.Parse(to)
		if err != nil {
			return p
		}
		if next.Host != "" && !strings.HasPrefix(to, b.door.issuer+"/") {
			p.away = next
			return p
		}
		r = request{method: http.MethodGet, path: strings.TrimPrefix(to, b.door.issuer)}
	}
	return page{path: r.path}
}

func (b *browser) once(ctx context.Context, r request) answer {
	r.header = http.Header{"Accept-Language": {"en"}}
	if b.replica != "" {
		r.header.Set(headerReplica, b.replica)
	}
	if r.form != nil {
		r.header.Set("Origin", b.door.issuer)
	}
	b.mu.Lock()
	pairs := make([]string, 0, len(b.cookies))
	for name, value := range b.cookies {
		pairs = append(pairs, name+"="+value)
	}
	b.mu.Unlock()
	if len(pairs) > 0 {
		r.header.Set("Cookie", strings.Join(pairs, "; "))
	}
	a := b.door.send(ctx, r)
	b.keep(a)
	return a
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

var (
	metaRefresh = regexp.MustCompile(`http-equiv="?refresh"?\s+content="0;\s*url=([^"]+)"`)
	formAction  = regexp.MustCompile(`<form[^>]*action="([^"]+)"`)
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
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

// form is one of a page, with its hidden fields.
type form struct {
	action string
	fields url.Values
}

// form finds the one whose action ends in suffix.
func (p page) form(suffix string) (form, bool) {
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
		return f, true
	}
	return form{}, false
}

// with sets fields from pairs.
func (f form) with(pairs ...string) form {
	fields := maps.Clone(f.fields)
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return form{action: f.action, fields: fields}
}

// ceremony is the id of the sign-in that a form belongs to.
func (f form) ceremony() string {
	rest := strings.TrimPrefix(f.action, "/signin/")
	id, _, _ := strings.Cut(rest, "/")
	return id
}

// code is what an application gets of a page that leads to it; refused names an error instead.
func (p page) code() (code, refused string) {
	if p.away == nil {
		return "", ""
	}
	return p.away.Query().Get("code"), p.away.Query().Get("error")
}
