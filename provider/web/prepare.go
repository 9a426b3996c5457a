package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"gatehouse/templates"
)

// prepared is a response that can only be written any more: everything that may fail is behind it.
type prepared struct {
	response Response
	status   int
	kind     string // content type
	body     []byte
	page     bool
	location string
	cookies  []string
	posts    string // CSP source that a form_post page posts to
}

// prepare checks a response and renders it.
func (x *exchange) prepare(r Response) (prepared, error) {
	ready := prepared{response: r, status: r.Status}
	if err := x.check(r); err != nil {
		return prepared{}, err
	}
	var err error
	if ready.cookies, err = cookieHeaders(r.Cookies); err != nil {
		return prepared{}, err
	}
	switch {
	case r.Page != nil:
		err = x.draw(&ready)
	case r.Redirect != "":
		if ready.status == 0 {
			ready.status = http.StatusSeeOther
		}
		ready.location, err = location(r.Redirect)
	case r.JSON != nil:
		ready.kind = "application/json"
		ready.body, err = json.Marshal(r.JSON)
	default:
		ready.kind, ready.body = r.Type, r.Body
	}
	if ready.status == 0 {
		ready.status = http.StatusOK
	}
	return ready, err
}

// check finds the faults of a handler, which are ours and never the caller's.
func (x *exchange) check(r Response) error {
	said := 0
	for _, says := range [...]bool{r.Page != nil, r.Redirect != "", r.JSON != nil, r.Body != nil} {
		if says {
			said++
		}
	}
	switch {
	case said > 1:
		return errors.New("web: a response has at most one of Page, Redirect, JSON and Body")
	case r.Page != nil && x.kind == Protocol:
		return errors.New("web: a page on a protocol route")
	case len(r.Cookies) > 0 && x.kind != Browser:
		return fmt.Errorf("web: a cookie on a route of kind %v", x.kind)
	case r.Redirect != "" && r.Status != 0 && r.Status != http.StatusSeeOther && r.Status != http.StatusFound:
		return fmt.Errorf("web: a redirect with status %d", r.Status)
	case r.Status != 0 && (r.Status < 200 || r.Status > 599):
		return fmt.Errorf("web: status %d", r.Status)
	}
	for name := range r.Header {
		switch textproto.CanonicalMIMEHeaderKey(name) {
		case "Set-Cookie", "Location", "Content-Length", "Content-Security-Policy":
			return fmt.Errorf("web: header %s has a way of its own", name)
		}
	}
	return nil
}

// draw renders a page into memory.
func (x *exchange) draw(ready *prepared) error {
	var err error
	if ready.response.FormAction != "" {
		if ready.posts, err = formSource(ready.response); err != nil {
			return err
		}
	}
	frame := templates.Frame{Lang: x.request.Lang, Path: x.self(ready.response), Reference: x.request.Reference, Refused: x.request.refusal != nil, Banner: x.banner()}
	var page bytes.Buffer
	if err := x.house.Templates.Render(&page, frame, ready.response.Page); err != nil {
		return err
	}
	ready.page, ready.kind, ready.body = true, "text/html; charset=utf-8", page.Bytes()
	return nil
}

// self is where a change of language leads back to. What was posted cannot be repeated by a link, so after a POST it is
// the page that can be got at the same path, if there is one.
func (x *exchange) self(r Response) string {
	u, method := x.request.HTTP.URL, x.request.HTTP.Method
	switch {
	case r.Self != "":
		return r.Self
	case method == http.MethodGet || method == http.MethodHead:
		return u.RequestURI()
	case x.place.routes[http.MethodGet].Handle != nil:
		return u.EscapedPath()
	default:
		return ""
	}
}

// location makes an address fit for the header: what is not ASCII is escaped; control characters never pass.
func location(to string) (string, error) {
	if strings.ContainsFunc(to, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", errors.New("web: control characters in a redirect")
	}
	var b strings.Builder
	for i := range len(to) {
		if c := to[i]; c == ' ' || c >= 0x80 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

// formSource is the origin, or the scheme of a native app, that a form_post page may post to.
func formSource(r Response) (string, error) {
	if page, ok := r.Page.(templates.Leaving); !ok || page.Post == "" {
		return "", errors.New("web: FormAction on a page that is no form_post")
	}
	u, err := url.Parse(r.FormAction)
	if err != nil || u.Scheme == "" || strings.ContainsAny(u.Host, " ;,'\"*") {
		return "", errors.New("web: FormAction is no absolute address")
	}
	if u.Host == "" {
		return u.Scheme + ":", nil
	}
	return u.Scheme + "://" + u.Host, nil
}
