package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/templates"
)

// An exchange is one request on its way to its response. It is an http.ResponseWriter only so that the mux can hand it on.
type exchange struct {
	http.ResponseWriter
	house   *house
	place   *place
	kind    Kind
	request Request
	began   time.Time
	left    <-chan struct{} // closed when the client has gone
	proxied bool
	status  int
	bytes   int
	err     error  // why there was trouble
	stack   string // where it panicked
}

// ServeHTTP takes one request. Whatever happens, there is one answer, one log line and one count.
func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{ResponseWriter: w, house: h, began: time.Now(), left: r.Context().Done()}
	x.request = Request{HTTP: r, Now: h.Now(), Lang: h.languages[0].Tag, Reference: newReference()}
	x.request.Address, x.proxied = clientAddress(r, h.TrustedProxies, h.Forwarded)
	if h.Metrics != nil {
		h.Metrics.Began()
	}
	defer x.end()
	if !plainPath(r) {
		x.place = &place{house: h, path: "other"}
		x.serve()
		return
	}
	h.mux.ServeHTTP(x, r)
}

// plainPath reports whether the mux would look the path up as it stands, without a redirect to a cleaner one.
func plainPath(r *http.Request) bool {
	p := r.URL.Path
	if !strings.HasPrefix(p, "/") || r.RequestURI == "*" || r.Method == http.MethodConnect {
		return false
	}
	clean := path.Clean(p)
	return clean == p || clean+"/" == p
}

// serve answers: with what the route says, else with a page about the trouble, else with one plain sentence.
func (x *exchange) serve() {
	ready, err := x.try()
	if err != nil {
		x.err = err
		if ready, err = x.prepare(x.trouble(err)); err != nil {
			x.err = errors.Join(x.err, err)
			ready = x.bland()
		}
	}
	x.keep(ready, x.err)
	x.hold(ready.response.Every)
	x.send(ready)
}

// hold waits for the next multiple of every after the request came. A client that leaves does not shorten it for anybody.
func (x *exchange) hold(every time.Duration) {
	if every <= 0 {
		return
	}
	left := every - time.Since(x.began)%every
	select {
	case <-time.After(left):
	case <-x.left:
	}
}

// try asks the route and renders what it says. A panic is an error like any other.
func (x *exchange) try() (ready prepared, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			x.stack = string(debug.Stack())
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	x.kind = x.place.kind
	route, found := x.place.find(x.request.HTTP.Method)
	if found {
		x.kind = route.Kind
	}
	x.listen()
	if err := x.limit(route, found); err != nil {
		return prepared{}, err
	}
	if err := checkText(x.request.HTTP.URL.Path); err != nil {
		return prepared{}, err
	}
	switch {
	case found:
	case x.place.routes == nil:
		return prepared{}, &provider.Problem{Kind: provider.NotFound}
	case x.place.cors && x.request.HTTP.Method == http.MethodOptions:
		return prepared{response: x.preflight(), status: http.StatusNoContent}, nil
	default:
		return prepared{}, &provider.Problem{Kind: provider.WrongMethod}
	}
	if route.Kind == Browser && x.request.Now.Before(x.house.ClosedUntil) {
		return x.prepare(x.closed())
	}
	if err := x.admit(route); err != nil {
		return prepared{}, err
	}
	ctx, cancel := context.WithTimeout(x.request.HTTP.Context(), x.house.Timeout)
	defer cancel()
	x.request.HTTP = x.request.HTTP.WithContext(ctx)
	response, err := route.Handle(&x.request)
	if err != nil {
		return prepared{}, err
	}
	if route.Cache > 0 {
		response = cached(response, route.Cache)
	}
	return x.prepare(response)
}

// closed is E-06: planned work, with the time when it is over. Applications keep what they have: tokens go on.
func (x *exchange) closed() Response {
	until := x.house.ClosedUntil
	response := ShowStatus(http.StatusServiceUnavailable, templates.Trouble{Key: string(provider.ClosedForWork), Until: until, At: x.request.Now})
	response.Header = http.Header{"Retry-After": {strconv.Itoa(int(until.Sub(x.request.Now).Seconds()) + 1)}}
	return response
}

// listen learns the language of the answer, and takes the cookies away from whom they do not concern.
func (x *exchange) listen() {
	r := &x.request
	if x.kind != Browser && len(r.HTTP.Header["Cookie"]) > 0 {
		bare := *r.HTTP
		bare.Header = r.HTTP.Header.Clone()
		bare.Header.Del("Cookie")
		r.HTTP = &bare
	}
	if x.kind == Protocol || x.kind == file {
		return
	}
	r.tongue = tongue{set: x.house.Templates, header: languageHeader(r.HTTP.Header)}
	if x.kind == Browser {
		r.tongue.cookie = r.Cookie(languageCookie)
	}
	r.Lang = r.tongue.match()
}

// admit lets through what the route may be asked at all, and reads the query and the body.
func (x *exchange) admit(route Route) error {
	r := x.request.HTTP
	if route.Kind == Browser {
		if err := x.house.sameSite.Check(r); err != nil {
			return &provider.Problem{Kind: provider.NotAllowed, Cause: err}
		}
	}
	if r.ContentLength > maxBody {
		return &provider.Problem{Kind: provider.TooBig}
	}
	query, err := parse(r.URL.RawQuery)
	if err != nil {
		return err
	}
	x.request.query = query
	return x.readBody()
}
