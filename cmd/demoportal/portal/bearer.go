package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// This file is the resource server: it knows nothing of sessions and cookies and
// would run as well on another machine. It checks the token by itself (RFC 9068,
// 4), which is fast and needs no call to the provider. The price: a token revoked
// a minute ago is accepted until it expires. Where that is too long, ask the
// introspection endpoint (RFC 7662) instead.

// serveItems answers the app's API: JSON for a good token, 401 or 403 otherwise.
func (a *app) serveItems(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	_, denied := a.authorize(r)
	if denied != nil {
		a.cfg.Log.InfoContext(r.Context(), "api refused", "app", a.Path, "error", denied)
		denied.write(w, a.Path)
		return
	}
	err := json.NewEncoder(w).Encode(map[string]any{"items": a.items(a.cfg.Now())})
	if err != nil {
		a.cfg.Log.InfoContext(r.Context(), "api answer not sent", "error", err)
	}
}

// granted is what this API reads in an access token.
type granted struct {
	Scope    string `json:"scope"`
	ACR      string `json:"acr"`
	AuthTime int64  `json:"auth_time"`
}

// authorize denies nothing where the request carries an access token that our
// provider made, for us, not long ago, with the scope that this API needs.
func (a *app) authorize(r *http.Request) (granted, *denial) {
	var said granted
	scheme, raw, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || raw == "" {
		return said, &denial{status: http.StatusUnauthorized} // RFC 6750, 3.1: no code where nothing was tried
	}
	if !isAccessToken(raw) {
		return said, invalidToken(errors.New("typ is not at+jwt"))
	}
	op, err := a.discover(r.Context())
	if err != nil {
		return said, &denial{status: http.StatusServiceUnavailable, err: err}
	}
	verifier := op.Verifier(&oidc.Config{
		ClientID: a.ClientID, // in aud: a token made for another app is not for us
		// Access tokens have an algorithm of their own; never take "none" or HS256.
		SupportedSigningAlgs: []string{oidc.ES256, oidc.RS256, oidc.PS256, oidc.EdDSA},
		Now:                  a.cfg.Now,
	})
	token, err := verifier.Verify(a.withClient(r.Context()), raw)
	if err != nil {
		return said, invalidToken(err)
	}
	err = token.Claims(&said)
	if err != nil {
		return said, invalidToken(err)
	}
	if !slices.Contains(strings.Fields(said.Scope), a.APIScope) {
		return said, &denial{
			status: http.StatusForbidden, code: "insufficient_scope", scope: a.APIScope, err: errors.New("scope is missing"),
		}
	}
	return said, nil
}

// isAccessToken keeps ID tokens out: they too are signed by the provider and name
// us as their audience (RFC 9068, 4 and 5).
func isAccessToken(raw string) bool {
	typ := strings.ToLower(inspect(raw).Type())
	return typ == "at+jwt" || typ == "application/at+jwt"
}

// denial is a refusal in the words of RFC 6750, 3.
type denial struct {
	status int
	code   string
	scope  string
	acr    string // RFC 9470: how sure the sign-in must be
	maxAge string // and how young, in seconds
	err    error  // for the log
}

func invalidToken(err error) *denial {
	return &denial{status: http.StatusUnauthorized, code: "invalid_token", err: err}
}

func (d *denial) Error() string { return fmt.Sprintf("%d %s: %v", d.status, d.code, d.err) }

func (d *denial) write(w http.ResponseWriter, realm string) {
	if d.status != http.StatusServiceUnavailable {
		challenge := fmt.Sprintf("Bearer realm=%q", realm)
		if d.code != "" {
			challenge += fmt.Sprintf(", error=%q", d.code)
		}
		for _, more := range [][2]string{{"scope", d.scope}, {"acr_values", d.acr}, {"max_age", d.maxAge}} {
			if more[1] != "" {
				challenge += fmt.Sprintf(", %s=%q", more[0], more[1])
			}
		}
		w.Header().Set("WWW-Authenticate", challenge)
	}
	w.WriteHeader(d.status)
	fmt.Fprintf(w, "{\"error\":%q}\n", d.code) // a failed write has nobody left to tell
}

// apiItem is one line of the API's answer.
type apiItem struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
	When   string `json:"when"`
	Date   string `json:"date"`
}

func (a *app) items(now time.Time) []apiItem {
	items := []apiItem{}
	for _, item := range a.Items {
		items = append(items, apiItem{
			Title:  item.Title,
			Detail: item.Detail,
			When:   inDays(item.InDays),
			Date:   now.AddDate(0, 0, item.InDays).Format(time.DateOnly),
		})
	}
	return items
}
