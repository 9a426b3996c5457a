package portal

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Config is all a portal needs to know.
type Config struct {
	Issuer string           // the provider, exactly as its discovery document spells it
	Base   string           // where browsers reach this portal, e.g. http://127.0.0.1:8090
	Apps   []App            // at least one
	HTTP   *http.Client     // towards the provider and the apps' own APIs; nil: 10 s time-out
	Log    *slog.Logger     // nil: slog.Default
	Brand  string           // the portal's name; empty: "Example Clinic"
	Now    func() time.Time // nil: time.Now
}

// App is one relying application, with a client registration of its own.
type App struct {
	Path  string // first part of its address: "records" lives under /records/
	Name  string // what people call it
	Intro string // one sentence for people who are not signed in
	Ask   string // the button that calls its API, e.g. "Show my appointments"

	ClientID     string
	ClientSecret string   // "" makes it a public client
	Scopes       []string // empty: openid profile email
	ACR          string   // acr_values of every sign-in; "" asks for none
	StepUp       string   // acr_values of the "stronger sign-in" link; "" shows no link
	ResponseMode string   // "" (query) or "form_post"
	Reports      bool     // tells the provider what the person does, and is registered for it: see activity.go

	Act      *Act   // what needs a stronger sign-in; nil: nothing
	APIScope string // the scope its API demands; empty: openid
	Items    []Item // what its API answers
}

// Act is something that the app's API does only for somebody who has signed in well enough (RFC 9470).
type Act struct {
	Button string        // what people press: "Book an appointment"
	Done   string        // what the page says when it is done
	ACR    []string      // any of these is enough; the first is what the API asks for
	MaxAge time.Duration // how long ago the sign-in may be; 0: does not matter
}

// Item is one line of an app's demo data.
type Item struct {
	Title  string
	Detail string
	InDays int // days from today; negative lies in the past
}

// RedirectURI is the redirect URI to register for the app.
func (a App) RedirectURI(base string) string { return a.home(base) + "callback" }

// PostLogoutURI is the post-logout redirect URI to register for the app.
func (a App) PostLogoutURI(base string) string { return a.home(base) }

// BackChannelURI is the backchannel_logout_uri to register for the app.
func (a App) BackChannelURI(base string) string { return a.home(base) + "backchannel-logout" }

func (a App) home(base string) string {
	return strings.TrimSuffix(base, "/") + "/" + a.Path + "/"
}

// withDefaults fills in what may be left out.
func (c Config) withDefaults() Config {
	c.Base = strings.TrimSuffix(c.Base, "/")
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 10 * time.Second}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Brand == "" {
		c.Brand = "Example Clinic"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func (a App) withDefaults() App {
	if len(a.Scopes) == 0 {
		a.Scopes = []string{"openid", "profile", "email"}
	}
	if a.APIScope == "" {
		a.APIScope = "openid"
	}
	if a.Ask == "" {
		a.Ask = "Show my " + strings.ToLower(a.Name)
	}
	return a
}

// check names every fault at once.
func (c Config) check() error {
	faults := []error{checkURL("issuer", c.Issuer), checkURL("base", c.Base)}
	if len(c.Apps) == 0 {
		faults = append(faults, errors.New("no apps"))
	}
	seen := map[string]bool{}
	for _, app := range c.Apps {
		faults = append(faults, app.check())
		if seen[app.Path] {
			faults = append(faults, fmt.Errorf("app %q: path used twice", app.Path))
		}
		seen[app.Path] = true
	}
	return errors.Join(faults...)
}

func (a App) check() error {
	var faults []error
	if !regexp.MustCompile(`^[a-z][a-z0-9-]*$`).MatchString(a.Path) || a.Path == "static" {
		faults = append(faults, fmt.Errorf("app %q: the path must be small letters, digits and hyphens, and not \"static\"", a.Path))
	}
	if a.Name == "" {
		faults = append(faults, fmt.Errorf("app %q: no name", a.Path))
	}
	if a.ClientID == "" {
		faults = append(faults, fmt.Errorf("app %q: no client id", a.Path))
	}
	if a.ResponseMode != "" && a.ResponseMode != "form_post" {
		faults = append(faults, fmt.Errorf("app %q: response mode %q is neither empty nor form_post", a.Path, a.ResponseMode))
	}
	return errors.Join(faults...)
}

func checkURL(what, raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("%s: %q is not an http or https address", what, raw)
	}
	return nil
}
