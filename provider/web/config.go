package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"gatehouse/templates"
)

// Config is what the public listener needs.
type Config struct {
	Issuer         string         // https://host[:port]; http for dev. Decides HSTS and whose form posts are ours
	Templates      *templates.Set // pages, static files, languages; its first language is the default
	Log            *slog.Logger
	TrustedProxies []netip.Prefix      // whose X-Forwarded-For is believed; none: nobody's
	Forwarded      bool                // they send Forwarded (RFC 7239): it is read, and X-Forwarded-For is not
	Now            func() time.Time    // nil: time.Now
	Metrics        Meter               // nil: nothing is counted
	Limiter        Limiter             // asked before every request is worked on; nil: nobody is
	Known          func(*Request) bool // whether a request comes from a browser that somebody has signed in with, as far as it shows by itself; nil: none does
	References     Keeper              // what pages refuse is kept there under their reference codes; nil: nowhere
	Timeout        time.Duration       // of a handler's context; 0: 20 s
	Preload        bool                // HSTS preload: an operator's decision that is hard to take back
	ClosedUntil    time.Time           // planned work: people see E-06 until then, applications go on; zero: open
	Dev            bool                // the issuer may be http; nothing else changes
	Console        bool                // the staff console: no page of it shares its window with another origin (Cross-Origin-Opener-Policy)
}

// Meter counts requests. provider/web/metrics has the one for Prometheus.
type Meter interface {
	// Began and Ended stand around every request. route is a pattern without its method, or "other"; method is bounded too.
	Began()
	Ended(route, method string, status int, took time.Duration)
}

// house is the public listener: what all requests share. Nothing in it changes after New, but the ledger.
type house struct {
	Config
	sameSite  *http.CrossOriginProtection
	languages []templates.Language
	hsts      []string // nil: the issuer has no TLS
	mux       *http.ServeMux
	ledger    ledger
}

const defaultTimeout = 20 * time.Second

// Clock is the one that is given, or for nil this machine's: this package is where it may be read.
func Clock(now func() time.Time) func() time.Time {
	if now == nil {
		return time.Now
	}
	return now
}

// New is the public listener. All faults of the routes are reported at once.
func New(c Config, routes ...Route) (http.Handler, error) {
	h, err := furnish(c)
	if err != nil {
		return nil, err
	}
	routes = append(routes, h.ownRoutes()...)
	if err := h.mount(routes); err != nil {
		return nil, err
	}
	return h, nil
}

func furnish(c Config) (*house, error) {
	issuer, err := url.Parse(c.Issuer)
	if err != nil || issuer.Host == "" || issuer.Scheme != "https" && !(c.Dev && issuer.Scheme == "http") {
		return nil, fmt.Errorf("web: issuer %q is no https address", c.Issuer)
	}
	if c.Templates == nil || c.Log == nil {
		return nil, errors.New("web: Templates and Log are needed")
	}
	c.Now = Clock(c.Now)
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	h := &house{Config: c, mux: http.NewServeMux(), languages: c.Templates.Languages(), sameSite: http.NewCrossOriginProtection()}
	if issuer.Scheme == "https" {
		h.hsts = []string{"max-age=63072000; includeSubDomains"}
		if c.Preload {
			h.hsts[0] += "; preload"
		}
	}
	// A proxy may have changed the Host that the standard library compares with; the issuer's own origin always holds.
	if err := h.sameSite.AddTrustedOrigin(issuer.Scheme + "://" + issuer.Host); err != nil {
		return nil, fmt.Errorf("web: issuer: %w", err)
	}
	return h, nil
}

// mount registers the routes, one mux entry for each path, so that a wrong method is answered by us.
func (h *house) mount(routes []Route) error {
	paths := map[string]*place{}
	var faults []error
	for _, route := range routes {
		method, path, err := route.split()
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if paths[path] == nil {
			paths[path] = &place{house: h, path: path, routes: map[string]Route{}}
			faults = append(faults, h.handle(path, paths[path]))
		}
		if _, twice := paths[path].routes[method]; twice {
			faults = append(faults, fmt.Errorf("web: route %q is named twice", route.Pattern))
		}
		paths[path].routes[method] = route
	}
	for _, p := range paths {
		p.settle()
	}
	faults = append(faults, h.handle("/", &place{house: h, path: "other"}))
	return errors.Join(faults...)
}

// handle turns the panic of http.ServeMux for a bad or ambiguous pattern into an error.
func (h *house) handle(path string, p *place) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("web: route %q: %v", path, fault)
		}
	}()
	h.mux.Handle(path, p)
	return nil
}
