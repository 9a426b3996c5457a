package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"gatehouse/provider"
)

// Request is what a handler sees of an HTTP request. It serves one goroutine.
type Request struct {
	HTTP      *http.Request // its body is read already; ParseForm costs nothing
	Now       time.Time     // one time for the whole request
	Lang      string        // language of the answer
	Reference string        // 8 characters without 0 O 1 I, shown to people, in the log line
	Address   netip.Addr    // client address, by configured trusted proxies only; the zero Addr where it cannot be told

	query  url.Values
	form   url.Values
	tongue tongue
	notes  []slog.Attr

	refusal *provider.Refusal // what the page refuses; nil: nothing that a room has named
}

// maxNotes bounds the log line of one request.
const maxNotes = 24

// Context ends with the request or its time-out.
func (r *Request) Context() context.Context { return r.HTTP.Context() }

// Query is the decoded query: UTF-8, without NUL. It is the request's own: do not change it.
func (r *Request) Query() url.Values { return r.query }

// PostForm is the decoded form body, for protocols that let unknown fields pass; nil where the body is no form. Pages of
// ours use Form.
func (r *Request) PostForm() url.Values { return r.form }

// Path is the value of a wildcard of the route's pattern.
func (r *Request) Path(name string) string { return r.HTTP.PathValue(name) }

// Cookie is the value of the cookie __Host-NAME; "" if it is absent, or sent twice with different values, so that nobody
// gains by planting a second one.
func (r *Request) Cookie(name string) string {
	value, found := "", false
	for _, c := range r.HTTP.CookiesNamed(cookiePrefix + name) {
		if found && c.Value != value {
			return ""
		}
		value, found = c.Value, true
	}
	return value
}

// Note adds an attribute to the wide log line: ids and outcomes, never a secret or a personal datum.
func (r *Request) Note(key string, value any) {
	if len(r.notes) == maxNotes {
		return
	}
	if text, ok := value.(string); ok {
		r.notes = append(r.notes, slog.String(key, text))
		return
	}
	r.notes = append(r.notes, slog.Any(key, value))
}

// UILocales makes the application's wish (ui_locales, OIDC Core 3.1.2.1) count for this response; the person's own
// choice goes before it.
func (r *Request) UILocales(list string) {
	r.tongue.uiLocales = list
	r.Lang = r.tongue.match()
}

// Locale makes the account's language count for this response, after ui_locales and before the browser's.
func (r *Request) Locale(tag string) {
	r.tongue.account = tag
	r.Lang = r.tongue.match()
}
