package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// A place is one path and what may be done there. The place named other is every path that nobody has.
type place struct {
	house  *house
	path   string
	routes map[string]Route // by method; none: not found
	kind   Kind             // how errors without a route are told: Protocol if all of its routes are
	cors   bool
	allow  string // the Allow header
	verbs  string // what a script of another origin may do
	secret bool   // account pages: Cross-Origin-Opener-Policy
}

// settle computes what follows from the routes.
func (p *place) settle() {
	p.kind = Protocol
	for _, route := range p.routes {
		p.kind = errorsAs(p.kind, route.Kind)
		p.cors = p.cors || route.CORS
	}
	verbs := slices.Sorted(maps.Keys(p.routes))
	p.verbs = strings.Join(verbs, ", ")
	if p.routes[http.MethodGet].Handle != nil {
		verbs = append(verbs, http.MethodHead)
	}
	if p.cors {
		verbs = append(verbs, http.MethodOptions)
	}
	p.allow = strings.Join(verbs, ", ")
	p.secret = p.house.Console || p.path == "/account" || strings.HasPrefix(p.path, "/account/")
}

// errorsAs is how errors are told at a path with routes of both kinds: a person's way goes before an application's.
func errorsAs(a, b Kind) Kind {
	switch {
	case a == Protocol:
		return b
	case b == Protocol || a == Browser:
		return a
	default:
		return b
	}
}

// find returns the route for a method; HEAD is answered as GET.
func (p *place) find(method string) (Route, bool) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	route, ok := p.routes[method]
	return route, ok
}

// ServeHTTP gets the request back from the mux, with the values of its wildcards.
func (p *place) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := w.(*exchange)
	x.place, x.request.HTTP = p, r
	x.serve()
}
