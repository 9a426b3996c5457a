package web

import (
	"net/http"
	"slices"
	"time"

	"gatehouse/templates"
)

// Response is what a handler answers. At most one of Page, Redirect, JSON and Body says what; none is an empty body.
type Response struct {
	Status     int            // 0: 200, or 303 for Redirect
	Page       templates.Page // Browser and Entry only
	Redirect   string         // absolute, or a path of ours; the status is 303 or 302
	JSON       any            // what encoding/json makes of it
	Body       []byte         // not changed after; may be shared between requests
	Type       string         // content type of Body
	Header     http.Header    // replaces what the standard set has by the same name; Vary is added. Cookies have a field of their own
	Cookies    []Cookie       // Browser only
	FormAction string         // form_post page only: the address that it posts to; its origin is named in CSP form-action
	Every      time.Duration  // 0: answer at once. Else at the next multiple of it after the request came, so that nobody learns how long the work took
	Self       string         // path and query where a change of language brings the person back to; "" for the request's own if it can be got
}

// Cookie is written as __Host-NAME; Path=/; HttpOnly; Secure; SameSite=Lax.
type Cookie struct {
	Name, Value string
	MaxAge      time.Duration // 0: until the browser closes; negative: delete
	Strict      bool          // SameSite=Strict: not even a link from elsewhere brings it
}

// Show answers with a page.
func Show(p templates.Page) Response { return Response{Page: p} }

// ShowStatus answers with a page and a status.
func ShowStatus(status int, p templates.Page) Response { return Response{Status: status, Page: p} }

// SeeOther sends the browser elsewhere with a GET: 303, never 307, which would repeat a posted password.
func SeeOther(to string) Response { return Response{Redirect: to} }

// JSON answers with a value as JSON.
func JSON(v any) Response { return Response{JSON: v} }

// With sets cookies as well; of two with one name the later holds.
func (r Response) With(c ...Cookie) Response {
	all := slices.Clone(r.Cookies)
	for _, next := range c {
		all = slices.DeleteFunc(all, func(old Cookie) bool { return old.Name == next.Name })
		all = append(all, next)
	}
	r.Cookies = all
	return r
}
