package support

import (
	"context"
	"crypto/sha256"
	_ "embed" // the description of the API
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// The administration API: what staff do at the console, for an office's own systems. Context: a desk's program knows who calls and what for.
// Choice: a system is a person of the house who is an application; each request is a contact of its own, from its opening to its end, by
// the same searches, checks, rules, limits and records as the console's. Rejected: rights of a machine's own, which would go around what
// staff must prove. What an office's system says it has been told is worth what a caller says: two facts are L1, and no more.

// API is where it is.
const API = "/api/v1"

// The scopes.
const (
	scopeStatus = "support.status"
	scopeAct    = "support.act"
	scopeIssue  = "activation.issue"
	scopeRevoke = "activation.revoke"
)

// Caller is whose access token came.
type Caller struct {
	Client   provider.Client
	Scopes   []string
	Audience []string
}

// Invite is an invitation as an office's system asks for it.
type Invite struct {
	Record    string `json:"record"`
	Relation  string `json:"relation"`
	Name      string `json:"name"`
	Birthdate string `json:"birthdate"`
	LastName  string `json:"last_name"`
	ZIP       string `json:"zip"`
	IDLast4   string `json:"id_last4"`
	Email     string `json:"email"`
	Phone     string `json:"phone"`
	Language  string `json:"language"`
	Days      int    `json:"days"`
	Send      bool   `json:"send"`
}

// description is the OpenAPI document.
//
//go:embed openapi.json
var description []byte

// APIRoutes are the addresses of the API. Its description needs no token: it says nothing that this program's source does not.
func (s *Support) APIRoutes() []web.Route {
	return []web.Route{
		{Kind: web.Protocol, Pattern: "GET " + API + "/openapi.json", Handle: describe},
		{Kind: web.Protocol, Pattern: "POST " + API + "/status", Handle: apiCall(s, scopeStatus, s.apiStatus)},
		{Kind: web.Protocol, Pattern: "POST " + API + "/actions/{action}", Handle: apiCall(s, scopeAct, s.apiAct)},
		{Kind: web.Protocol, Pattern: "POST " + API + "/activations", Handle: apiCall(s, scopeIssue, s.apiIssue)},
		{Kind: web.Protocol, Pattern: "POST " + API + "/activations/{id}/revoke", Handle: apiCall(s, scopeRevoke, s.apiRevoke)},
	}
}

func describe(*web.Request) (web.Response, error) {
	return web.Response{Body: description, Type: "application/json"}, nil
}

// answer is what is answered, and kept for who asks again.
type answer struct {
	status int
	body   any
}

// problem is an answer that says why not (RFC 9457). It implements error.
type problem struct {
	status int
	kind   string // of the list in the description
	detail string
	header http.Header
}

func (p *problem) Error() string { return p.kind + ": " + p.detail }

// problemType is a problem's stable name.
const problemType = "urn:gatehouse:problem:"

// response is the problem as a document.
func (p *problem) response(r *web.Request) web.Response {
	r.Note("refused", p.kind)
	body, err := json.Marshal(map[string]any{
		"type": problemType + p.kind, "title": strings.ReplaceAll(p.kind, "-", " "), "status": p.status, "detail": p.detail, "instance": "urn:gatehouse:reference:" + r.Reference,
	})
	if err != nil {
		return web.Response{Status: http.StatusInternalServerError}
	}
	return web.Response{Status: p.status, Body: body, Type: "application/problem+json", Header: p.header}
}

// apiCall lets a system do something once. What is asked is looked at before its key is claimed; after that, whatever is answered is kept.
func apiCall[T any](s *Support, scope string, handle func(r *web.Request, d desk, ask T) (answer, error)) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		response, err := begun(s, r, scope, handle)
		var why *problem
		switch {
		case err == nil:
			return response, nil
		case errors.As(err, &why):
			return why.response(r), nil
		}
		return web.Response{}, err
	}
}

func begun[T any](s *Support, r *web.Request, scope string, handle func(r *web.Request, d desk, ask T) (answer, error)) (web.Response, error) {
	d, err := s.system(r, scope)
	if err != nil {
		return web.Response{}, err
	}
	call, err := keyed(r, d)
	if err != nil {
		return web.Response{}, err
	}
	var ask T
	body, err := strictly(r.HTTP, &ask)
	if err != nil {
		return web.Response{}, err
	}
	sum := sha256.Sum256(append([]byte(r.HTTP.URL.Path+"\n"), body...))
	call.Request = sum[:]
	was, err := s.Store.BeginCall(r.Context(), call)
	switch {
	case errors.Is(err, provider.ErrStale):
		return web.Response{}, &problem{status: http.StatusUnprocessableEntity, kind: "key-reused", detail: "This Idempotency-Key came with another request before."}
	case errors.Is(err, provider.ErrTaken) && was.Status == 0:
		return web.Response{}, &problem{
			status: http.StatusConflict, kind: "unfinished",
			detail: "The first request with this Idempotency-Key is still at work, or broke off. Look at the status before you ask anew with another key.",
		}
	case errors.Is(err, provider.ErrTaken):
		return replayed(was), nil
	case err != nil:
		return web.Response{}, err
	}
	return s.done(r, call, func() (answer, error) { return handle(r, d, ask) })
}

// done acts, and keeps what is answered.
func (s *Support) done(r *web.Request, call provider.Call, act func() (answer, error)) (web.Response, error) {
	got, err := act()
	var why *problem
	if err != nil && !errors.As(err, &why) {
		return web.Response{}, err
	}
	response := web.Response{Status: got.status, Type: "application/json"}
	if why != nil {
		response = why.response(r)
	} else if response.Body, err = json.Marshal(got.body); err != nil {
		return web.Response{}, err
	}
	call.Status, call.Answer = response.Status, response.Body
	return response, s.Store.EndCall(context.WithoutCancel(r.Context()), call)
}

// replayed is an answer as it was.
func replayed(was provider.Call) web.Response {
	response := web.Response{
		Status: was.Status, Body: was.Answer, Type: "application/json", Header: http.Header{"Idempotency-Replayed": {"true"}},
	}
	if was.Status >= http.StatusBadRequest {
		response.Type = "application/problem+json"
	}
	if was.Status == http.StatusTooManyRequests {
		response.Header.Set("Retry-After", strconv.Itoa(int(time.Hour.Seconds())))
	}
	return response
}

// keyed reads the key by which a request is told from others.
func keyed(r *web.Request, d desk) (provider.Call, error) {
	const longest = 128
	all := r.HTTP.Header.Values("Idempotency-Key")
	visible := func(c rune) bool { return c > ' ' && c <= '~' }
	if len(all) != 1 || all[0] == "" || len(all[0]) > longest || strings.ContainsFunc(all[0], func(c rune) bool { return !visible(c) }) {
		return provider.Call{}, &problem{
			status: http.StatusBadRequest, kind: "key", detail: "Send one Idempotency-Key of 1 to 128 visible ASCII characters, a new one for each thing that is asked.",
		}
	}
	return provider.Call{Client: d.staff.ID.System(), Key: all[0], BegunAt: r.Now.Truncate(time.Microsecond)}, nil
}

// system is which system calls, if its token, its application and its place in the house are good, and the scope is given.
func (s *Support) system(r *web.Request, scope string) (d desk, err error) {
	token, is := bearer(r)
	if !is {
		return d, &problem{
			status: http.StatusUnauthorized, kind: "token", detail: "Send an access token in the Authorization header.",
			header: http.Header{"Www-Authenticate": {`Bearer realm="gatehouse"`}},
		}
	}
	caller, err := s.Caller(r.Context(), token, r.Now)
	if err == nil && !slices.Contains(caller.Audience, s.Origin) {
		err = provider.ErrNotFound
	}
	if errors.Is(err, provider.ErrNotFound) {
		return d, &problem{
			status: http.StatusUnauthorized, kind: "token", detail: "The access token is not good here: made up, over, revoked, a person's, or for another audience.",
			header: http.Header{"Www-Authenticate": {`Bearer realm="gatehouse", error="invalid_token"`}},
		}
	}
	if err != nil {
		return d, err
	}
	r.Note("client", caller.Client.ID)
	if caller.Client.AuthMethod != provider.AuthKey {
		return d, &problem{status: http.StatusForbidden, kind: "client", detail: "Only an application that shows who it is by private_key_jwt may call."}
	}
	if !slices.Contains(caller.Scopes, scope) {
		return d, &problem{
			status: http.StatusForbidden, kind: "scope", detail: "The access token lacks the scope " + scope + ".",
			header: http.Header{"Www-Authenticate": {`Bearer realm="gatehouse", error="insufficient_scope", scope="` + scope + `"`}},
		}
	}
	d.staff, err = s.Store.StaffOf(r.Context(), provider.SystemOf(caller.Client.ID))
	if errors.Is(err, provider.ErrNotFound) || err == nil && (!d.staff.Enabled() || d.staff.Role != provider.Agent) {
		return d, &problem{status: http.StatusForbidden, kind: "system", detail: "The application is no system of the house, or is disabled: gatehouse staff add --client."}
	}
	r.Note("staff", string(d.staff.ID))
	return d, err
}

// bearer reads the one place where a token may be.
func bearer(r *web.Request) (string, bool) {
	all := r.HTTP.Header.Values("Authorization")
	if len(all) != 1 {
		return "", false
	}
	scheme, token, _ := strings.Cut(all[0], " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer") && strings.TrimSpace(token) != ""
}
