package portal

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

//go:embed pages static
var files embed.FS

const (
	signedInFor  = 8 * time.Hour    // then the app asks the provider again
	signingInFor = 15 * time.Minute // as long as a person may take at the provider
	postedFor    = time.Minute      // between a form_post and the redirect after it
	mostSessions = 10_000           // per app; the one that ends first gives way
)

// Portal serves the front page and every app below it.
type Portal struct {
	cfg     Config
	csp     string
	pages   *template.Template
	apps    []*app
	found   atomic.Pointer[provider] // nil until discovery has worked once
	handler http.Handler
}

// app is one relying app at work.
type app struct {
	App
	*Portal
	sessions *shelf[*session]   // by the value of the cookie
	posted   *shelf[url.Values] // answers that came by form_post, by handle
}

// New builds the portal, or names every fault of the configuration at once. It
// does not talk to the provider, which may well start later.
func New(cfg Config) (*Portal, error) {
	err := cfg.check()
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	pages, err := template.ParseFS(files, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	cfg = cfg.withDefaults()
	p := &Portal{cfg: cfg, csp: contentPolicy(cfg.Issuer), pages: pages}
	for _, config := range cfg.Apps {
		p.apps = append(p.apps, &app{
			App:      config.withDefaults(),
			Portal:   p,
			sessions: newShelf[*session](mostSessions, cfg.Now),
			posted:   newShelf[url.Values](mostSessions, cfg.Now),
		})
	}
	p.handler = p.routes()
	return p, nil
}

// ServeHTTP answers for the whole portal.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	p.handler.ServeHTTP(w, r)
}

func (p *Portal) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.front)
	mux.Handle("GET /static/portal.css", http.FileServerFS(files))
	mux.Handle("GET /static/activity.js", http.FileServerFS(files))
	mux.Handle("GET /static/icon.svg", http.FileServerFS(files))
	guard := http.NewCrossOriginProtection()
	for _, a := range p.apps {
		home := "/" + a.Path + "/"
		mux.HandleFunc("GET "+home+"{$}", a.page(a.show))
		mux.HandleFunc("GET "+home+"login", a.page(a.login))
		mux.HandleFunc("GET "+home+"callback", a.page(a.callback))
		mux.HandleFunc("POST "+home+"callback", a.page(a.callbackByForm))
		mux.HandleFunc("POST "+home+"refresh", a.page(a.refresh))
		mux.HandleFunc("POST "+home+"call-api", a.page(a.callAPI))
		mux.HandleFunc("POST "+home+"act", a.page(a.act))
		mux.HandleFunc("POST "+home+"logout", a.page(a.logout))
		mux.HandleFunc("POST "+home+"backchannel-logout", a.backchannel)
		mux.HandleFunc("GET "+home+"activity", a.activity)
		mux.HandleFunc("POST "+home+"activity", a.activity)
		mux.HandleFunc("GET "+home+"api/items", a.serveItems)
		mux.HandleFunc("POST "+home+"api/act", a.serveAct)
		// A form_post answer comes from the provider's site, by design; the state
		// in it protects it. Every other POST must come from our own pages.
		guard.AddInsecureBypassPattern("POST " + home + "callback")
	}
	return guard.Handler(mux)
}

// page turns an error of a handler into the page that says what to do.
func (a *app) page(h func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		var t *trouble
		if !errors.As(err, &t) {
			t = unexpected(err)
		}
		a.cfg.Log.WarnContext(r.Context(), "sign-in trouble",
			"app", a.Path, "path", r.URL.Path, "code", t.Code, "error", t.Unwrap())
		a.showTrouble(w, t)
	}
}

// goHome ends every act of an app: 303, so that reloading repeats nothing.
func (a *app) goHome(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/"+a.Path+"/", http.StatusSeeOther)
	return nil
}
