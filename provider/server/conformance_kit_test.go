package server_test

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	oidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/net/html"
	"golang.org/x/oauth2"
)

// party is the server of an application: it tells whoever comes what it was told.
type party struct{ *httptest.Server }

// arrival is what reached the application.
type arrival struct {
	Method, Path, Type string
	Query, Form        url.Values
}

func newParty(t *testing.T) *party {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		_ = json.NewEncoder(w).Encode(arrival{r.Method, r.URL.Path, kind, r.URL.Query(), form})
	}))
	t.Cleanup(server.Close)
	return &party{server}
}

// ask is what the suite sends: a request as the client's plan has it, changed by pairs ("-" leaves one out).
func (e *exam) ask(a *app, pairs ...string) url.Values {
	form := a.Params("state", oauth2.GenerateVerifier(), "nonce", oauth2.GenerateVerifier())
	if a.Client.PKCEOptional {
		with(form, "code_challenge", "-", "code_challenge_method", "-")
	}
	if e.mode != "" {
		form.Set("response_mode", e.mode)
	}
	return with(form, pairs...)
}

// visit is an authorization request that was made in a browser.
type visit struct {
	sent   url.Values
	page   *page
	prompt bool       // the person had to show who she is
	back   url.Values // what the application got; nil if the browser stayed
}

// visits makes a request, and has Ana do what the pages ask.
func (e *exam) visits(b *browser, sent url.Values) visit {
	e.Helper()
	return e.follow(b, sent, b.Get("/authorize?"+sent.Encode()))
}

func (e *exam) follow(b *browser, sent url.Values, p *page) visit {
	e.Helper()
	v := visit{sent: sent}
	if strings.Contains(p.Body, `name="password"`) {
		v.prompt = true
		p = b.SignIn("ana", anasPassword)
	}
	if strings.Contains(p.Body, `/consent"`) {
		p = b.Choose("/consent", "allow")
	}
	v.page = p
	if got := e.arrives(b, p); got != nil {
		v.back = e.answered(sent, got)
	}
	return v
}

// arrives takes the browser where the page leads it: by a redirect, or by the form of form_post.
func (e *exam) arrives(b *browser, p *page) *arrival {
	e.Helper()
	method, to, body := http.MethodGet, "", ""
	if p.To != nil {
		to = p.To.String()
	} else if action, fields := posted(p.Body); strings.HasPrefix(action, e.party.URL) {
		method, to, body = http.MethodPost, action, fields.Encode()
	}
	if to == "" {
		return nil
	}
	request, err := http.NewRequestWithContext(e.Context(), method, to, strings.NewReader(body))
	must(e.T, err)
	if method == http.MethodPost {
		request.Header.Set("Content-Type", formType)
	}
	response, err := b.http.Do(request)
	must(e.T, err)
	defer func() { _ = response.Body.Close() }()
	got := new(arrival)
	must(e.T, json.NewDecoder(response.Body).Decode(got))
	return got
}

// posted is the first form of a page that is sent by POST, with its fields.
func posted(body string) (action string, fields url.Values) {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return "", nil
	}
	fields = url.Values{}
	for n := range root.Descendants() {
		switch {
		case n.Data == "form" && action == "" && strings.EqualFold(attribute(n, "method"), "post"):
			action = attribute(n, "action")
		case n.Data == "input" && attribute(n, "name") != "":
			fields.Set(attribute(n, "name"), attribute(n, "value"))
		}
	}
	return action, fields
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// answered checks an authorization response as every module does, and returns its parameters.
func (e *exam) answered(sent url.Values, got *arrival) url.Values {
	e.Helper()
	values, other := got.Query, got.Form
	if sent.Get("response_mode") == "form_post" {
		values, other = got.Form, got.Query
		if got.Method != http.MethodPost || got.Type != formType {
			e.Errorf("form_post came by %s as %q", got.Method, got.Type)
		}
	}
	if len(other) > 0 {
		e.Errorf("beside the answer came %v", other)
	}
	if values.Get("state") != sent.Get("state") || values.Has("state") != sent.Has("state") {
		e.Errorf("state %q came back as %q", sent.Get("state"), values.Get("state"))
	}
	if values.Get("iss") != e.h.URL {
		e.Errorf("iss %q", values.Get("iss"))
	}
	if values.Has("code") == values.Has("error") {
		e.Errorf("neither code nor error, or both: %v", values)
	}
	for _, c := range values.Get("error_description") {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			e.Errorf("error_description has %q", c)
		}
	}
	for name, all := range values {
		if !strings.Contains(" code state iss error error_description error_uri ", " "+name+" ") || len(all) != 1 {
			e.Errorf("unexpected %s=%v", name, all)
		}
	}
	return values
}

// refused expects one of these errors by way of the application, without asking anybody anything.
func (e *exam) refused(v visit, errors ...string) {
	e.Helper()
	if v.prompt {
		e.Error("somebody was asked to sign in")
	}
	for _, code := range errors {
		if v.back.Get("error") == code {
			return
		}
	}
	e.Errorf("answered %v on %s, want one of %v", v.back, title(v.page), errors)
}

// issued is what a code brought.
type issued struct {
	visit
	tokens *answer
	id     *oidc.IDToken
	claims map[string]any // of the ID token
	info   map[string]any // of userinfo
}

// happy goes the whole way with a client: code, tokens, userinfo, each checked as in every module.
func (e *exam) happy(b *browser, a *app, pairs ...string) issued {
	e.Helper()
	v := e.visits(b, e.ask(a, pairs...))
	if v.back.Get("code") == "" {
		e.Fatalf("no code: %v, on %s (%d, %s)", v.back, v.page.URL, v.page.Status, title(v.page))
	}
	got := e.spent(a, v)
	info := e.h.Userinfo(got.tokens.Str("access_token"))
	got.info = e.userinfo(got, info)
	return got
}

// spent exchanges the code of a visit.
func (e *exam) spent(a *app, v visit) issued {
	e.Helper()
	if code := v.back.Get("code"); len(code)*6 < 128 || distinct(code) < 16 {
		e.Errorf("the code %q is short of 128 bits", code)
	}
	got := issued{visit: v, tokens: e.redeem(a, v).Is(http.StatusOK, "")}
	if e.Failed() {
		e.FailNow()
	}
	e.tokenResponse(got.tokens)
	got.id, got.claims = e.idToken(a, got.tokens.Str("id_token"))
	if got.id.Nonce != v.sent.Get("nonce") {
		e.Errorf("nonce %q, want %q", got.id.Nonce, v.sent.Get("nonce"))
	}
	must(e.T, got.id.VerifyAccessToken(got.tokens.Str("access_token")))
	return got
}

func (e *exam) redeem(a *app, v visit) *answer {
	e.Helper()
	verifier := a.Verifier
	if !v.sent.Has("code_challenge") {
		verifier = "-"
	}
	return a.Redeem(v.back.Get("code"), "code_verifier", verifier)
}

// distinct counts the different signs of a text.
func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// tokenResponse checks the token endpoint's answer as every module does (RFC 6749, 5.1).
func (e *exam) tokenResponse(got *answer) {
	e.Helper()
	kind, _, _ := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if kind != "application/json" || !strings.Contains(got.Header.Get("Cache-Control"), "no-store") {
		e.Errorf("headers %v", got.Header)
	}
	if n, ok := got.JSON["expires_in"].(float64); !ok || n <= 0 || n > 31_536_000 {
		e.Errorf("expires_in %v", got.JSON["expires_in"])
	}
	if !strings.EqualFold(got.Str("token_type"), "bearer") {
		e.Errorf("token_type %q", got.Str("token_type"))
	}
	for _, name := range []string{"access_token", "refresh_token"} {
		token, there := got.JSON[name].(string)
		if name == "refresh_token" && !there {
			continue
		}
		if len(token)*6 < 128 || distinct(token) < 16 || strings.Trim(token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=") != "" {
			e.Errorf("%s %q is short or has signs that it may not have", name, token)
		}
	}
}

// idToken has go-oidc judge an ID token, and checks what every module does beside.
func (e *exam) idToken(a *app, token string) (*oidc.IDToken, map[string]any) {
	e.Helper()
	ctx, provider := e.h.Provider()
	id, err := provider.Verifier(&oidc.Config{ClientID: a.Client.ID, Now: e.h.now, SupportedSigningAlgs: []string{oidc.RS256}}).Verify(ctx, token)
	must(e.T, err)
	var claims map[string]any
	must(e.T, id.Claims(&claims))
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	must(e.T, err)
	if parsed.Headers[0].KeyID == "" {
		e.Error("no kid")
	}
	if age := e.h.now().Sub(id.IssuedAt); age < -time.Minute || age > 5*time.Minute {
		e.Errorf("iat %v", id.IssuedAt)
	}
	if len(id.Subject) == 0 || len(id.Subject) > 255 || strings.ContainsFunc(id.Subject, func(r rune) bool { return r > '~' }) {
		e.Errorf("sub %q", id.Subject)
	}
	if azp, there := claims["azp"]; there && azp != a.Client.ID {
		e.Errorf("azp %v", azp)
	}
	for _, name := range []string{"name", "email", "phone_number", "address", "birthdate"} {
		if claims[name] != nil {
			e.Errorf("the ID token tells %s, which nobody asked for", name)
		}
	}
	noEmptiness(e.T, "", claims)
	return id, claims
}

// userinfo checks the userinfo endpoint's answer.
func (e *exam) userinfo(of issued, got *answer) map[string]any {
	e.Helper()
	got.Is(http.StatusOK, "")
	if kind, _, _ := mime.ParseMediaType(got.Header.Get("Content-Type")); kind != "application/json" {
		e.Errorf("userinfo is %q", kind)
	}
	if got.Str("sub") != of.id.Subject {
		e.Errorf("sub %q, in the ID token %q", got.Str("sub"), of.id.Subject)
	}
	noEmptiness(e.T, "", got.JSON)
	e.types(got.JSON)
	return got.JSON
}

// types checks the claims of OIDC Core 5.1 strictly, where they are there.
func (e *exam) types(claims map[string]any) {
	e.Helper()
	for name, value := range claims {
		ok := false
		switch name {
		case "email_verified", "phone_number_verified":
			_, ok = value.(bool)
		case "updated_at":
			_, ok = value.(float64)
		case "address":
			_, ok = value.(map[string]any)
		case "birthdate":
			text, _ := value.(string)
			_, err := time.Parse(time.DateOnly, text)
			ok = err == nil
		default:
			_, ok = value.(string)
		}
		if !ok {
			e.Errorf("%s is %v", name, value)
		}
	}
}

// authTime is when the person of an ID token showed who she is.
func (e *exam) authTime(got issued) float64 {
	e.Helper()
	at, ok := got.claims["auth_time"].(float64)
	if !ok {
		e.Errorf("auth_time is %v", got.claims["auth_time"])
	}
	return at
}

// discovery is what the house says about itself, as go-oidc found it.
func (e *exam) discovery() map[string]any {
	e.Helper()
	_, p := e.h.Provider()
	var doc map[string]any
	must(e.T, p.Claims(&doc))
	return doc
}
