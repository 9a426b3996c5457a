package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/provider/limit"
)

// A Handler is a decoded request in, a Response or an error out. It writes nothing.
type Handler func(*Request) (Response, error)

// Kind is the sort of caller that a route is for, and so which protections and headers it gets.
type Kind int

// The kinds of route.
const (
	Browser  Kind = iota // people's browsers: cookies, pages, no cross-site POST
	Protocol             // applications: no cookie is read or set, errors are JSON
	Entry                // a POST from any site: reads no cookie, changes nothing, answers 303 to a GET where the cookie is back
	file                 // static files: no cookie, errors are pages
)

func (k Kind) String() string {
	return [...]string{"browser", "protocol", "entry", "file"}[k]
}

// A Route says who answers what.
type Route struct {
	Kind    Kind
	Pattern string // "GET /signin/{id}"; GET answers HEAD too
	Handle  Handler
	CORS    bool          // Protocol only: scripts of any origin may call it, without credentials
	Cache   time.Duration // Protocol only: success may be kept by anybody that long; 0: no-store
	Class   limit.Class   // what a request costs; 0: as the kind and the method say
}

// split parts the pattern and reports what is wrong with the route.
func (t Route) split() (method, path string, err error) {
	method, path, _ = strings.Cut(t.Pattern, " ")
	fault := ""
	switch {
	case !slices.Contains(methods[:], method) || method == http.MethodHead || method == http.MethodOptions:
		fault = "begins with no method that a route can have"
	case !strings.HasPrefix(path, "/"):
		fault = "has no path"
	case strings.HasSuffix(path, "/"):
		fault = "ends with a slash; say /{$} for the root"
	case t.Handle == nil:
		fault = "has no handler"
	case t.Kind < Browser || t.Kind > file:
		fault = "has no kind"
	case t.Kind != Protocol && (t.CORS || t.Cache != 0):
		fault = "has CORS or Cache, which are for Protocol routes"
	case t.Kind == Entry && method != http.MethodPost:
		fault = "is an Entry and no POST"
	}
	if fault != "" {
		return "", "", fmt.Errorf("web: route %q %s", t.Pattern, fault)
	}
	return method, path, nil
}

// methods are those that appear in logs and counters by their own name.
var methods = [...]string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// methodName bounds what a caller can write into logs and counters.
func methodName(method string) string {
	if slices.Contains(methods[:], method) {
		return method
	}
	return "other"
}
