package server_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/identifier"
	"gatehouse/provider/server"
	"gatehouse/storage"
	"gatehouse/templates"
)

// house is a whole house on a real SQLite database, behind TLS, as a browser and an application see it from outside.
type house struct {
	t       *testing.T
	URL     string
	Store   provider.Store
	Keyset  *keys.Keyset
	Ring    *keys.Ring
	House   *server.House
	Log     *syncBuffer
	Private *httptest.Server
	dir     string
	server  *httptest.Server
	skew    *atomic.Int64     // added to the clock of the public listener
	wire    http.RoundTripper // of browsers; nil: by the listener
}

// syncBuffer is a buffer that many requests may log to.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// quick makes hashing and the answer to failures cheap; what they cost is tested where they are made.
func quick(c *server.Config) {
	c.Hashing = password.Params{MemoryKiB: 64, Time: 1, Insecure: true}
	c.Failures = 20 * time.Millisecond
	c.Rates.Times = 1000 // all of a test comes from one address
}

func newHouse(t *testing.T, change ...func(*server.Config)) *house {
	t.Helper()
	return newHouseOn(t, "", change...)
}

// newHouseOn is one on an empty database; "": on SQLite, of which a copy is laid already.
func newHouseOn(t *testing.T, database string, change ...func(*server.Config)) *house {
	t.Helper()
	ctx := context.Background()
	h := &house{t: t, dir: t.TempDir(), Log: &syncBuffer{}, skew: new(atomic.Int64)}
	ground := laid()
	must(t, ground.err)
	keyset, err := keys.NewKeyset(time.Now())
	must(t, err)
	options := storage.Options{Database: "sqlite:" + filepath.Join(h.dir, "gatehouse.db"), Keyset: keyset}
	if database == "" {
		must(t, os.WriteFile(filepath.Join(h.dir, "gatehouse.db"), ground.database, 0o600))
	} else {
		options.Database = database
		_, err = storage.Migrate(ctx, options)
		must(t, err)
	}
	store, err := storage.Open(ctx, options)
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	ring, err := server.OpenRing(ctx, store, keyset, time.Now(), audit.House, server.AsPlanned)
	must(t, err)
	h.Store, h.Keyset, h.Ring = store, keyset, ring

	h.server = httptest.NewUnstartedServer(nil)
	h.server.EnableHTTP2 = false
	_, port, err := net.SplitHostPort(h.server.Listener.Addr().String())
	must(t, err)
	h.URL = "https://localhost:" + port // passkeys need a name
	h.server.TLS = &tls.Config{Certificates: []tls.Certificate{localhost()}}
	config := server.Config{
		Issuer: h.URL, Store: store, Keyset: keyset, Ring: ring, Sender: "no-reply@example.org",
		Log: slog.New(slog.NewJSONHandler(h.Log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: func() time.Time { return time.Now().Add(time.Duration(h.skew.Load())) },
	}
	config.Brand = templates.DefaultBrand()
	quick(&config)
	for _, c := range change {
		c(&config)
	}
	h.House, err = server.New(config)
	must(t, err)
	h.server.Config.Handler = h.House.Public
	h.server.StartTLS()
	t.Cleanup(h.server.Close)
	h.Private = httptest.NewServer(h.House.Private)
	t.Cleanup(h.Private.Close)
	return h
}

// ground is an empty database. All houses of a test run are built on copies of one: to migrate took an eighth of the time of all tests here.
type ground struct {
	database []byte
	err      error
}

var laid = sync.OnceValue(func() ground {
	database, err := lay()
	return ground{database, err}
})

func lay() ([]byte, error) {
	ctx := context.Background()
	keyset, err := keys.NewKeyset(time.Now())
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "ground")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "gatehouse.db")
	if _, err := storage.Migrate(ctx, storage.Options{Database: "sqlite:" + file, Keyset: keyset}); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// localhost is a certificate for that name. All houses of a test run share it.
var localhost = sync.OnceValue(func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
})

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Passes lets time go by for the house.
func (h *house) Passes(d time.Duration) { h.skew.Add(int64(d)) }

const anasPassword = "crane velvet orbit lantern"

// Person adds an account with a username, an e-mail address and a password.
func (h *house) Person(username string, change ...func(*provider.Account, *provider.Authenticator)) provider.Account {
	h.t.Helper()
	now := time.Now().Truncate(time.Microsecond)
	a := provider.Account{
		ID: provider.AccountID(provider.NewID()), Status: provider.Active, StatusAt: now, CreatedAt: now, UpdatedAt: now,
		Profile: provider.Profile{
			GivenName: "Ana", FamilyName: "Ruiz", Birthdate: "1980-02-29", Locale: "en-US", Zoneinfo: "America/New_York",
			Address: provider.Address{Street: "1 Main St", Locality: "Boston", Region: "MA", PostalCode: "02108", Country: "US"},
		},
	}
	email := username + "@example.org"
	for kind, value := range map[provider.IdentifierKind]string{provider.Username: username, provider.Email: email, provider.Phone: "+16175550101"} {
		canonical := value
		switch kind {
		case provider.Username:
			canonical, _ = identifier.Username(value)
		case provider.Email:
			canonical, _ = identifier.Email(value)
		}
		a.Identifiers = append(a.Identifiers, provider.Identifier{Kind: kind, Value: value, Canonical: canonical, VerifiedAt: now})
	}
	hasher := password.NewHasher(password.Params{MemoryKiB: 64, Time: 1, Insecure: true}, h.Keyset, nil)
	encoded, err := hasher.Hash(context.Background(), anasPassword)
	must(h.t, err)
	secret := provider.Authenticator{ID: provider.NewID(), Account: a.ID, Kind: provider.Password, Data: []byte(encoded), CreatedAt: now}
	for _, c := range change {
		c(&a, &secret)
	}
	must(h.t, h.Store.CreateAccount(context.Background(), a, []provider.Authenticator{secret}, audit.AccountCreated(now, a.ID, audit.Operator)))
	return a
}

// Client registers an application and returns it with its secret.
func (h *house) Client(id string, change ...func(*provider.Client)) (provider.Client, string) {
	h.t.Helper()
	secret := provider.NewSecret()
	c := provider.Client{
		ID: id, Name: "The " + id + " app", AuthMethod: provider.AuthBasic, SecretHash: h.Keyset.HashSecret(secret),
		RedirectURIs: []string{"https://" + id + ".example/cb"}, PostLogoutRedirectURIs: []string{"https://" + id + ".example/bye"},
		Grants: []string{provider.GrantCode, provider.GrantRefresh},
		Scopes: []string{"openid", "profile", "email", "phone", "address", "offline_access"}, FirstParty: true, CreatedAt: time.Now().Truncate(time.Microsecond),
	}
	for _, change := range change {
		change(&c)
	}
	if !c.HasSecret() {
		c.SecretHash, secret = nil, ""
	}
	must(h.t, h.Store.CreateClient(context.Background(), c, audit.ClientCreated(time.Now(), id)))
	return c, secret
}

// browser is a person's browser without scripts: it keeps cookies, follows redirects within the house and reads forms.
type browser struct {
	t    *testing.T
	h    *house
	http *http.Client
	last *page

	fetch map[string]string // headers that tell how a request began (Fetch Metadata); none: a browser that tells nothing
}

// page is what the browser shows.
type page struct {
	Status int
	URL    *url.URL
	Header http.Header
	Body   string
	To     *url.URL // where an answer leads that leaves the house: a redirect, or the meta refresh of S-90
}

func (h *house) Browser() *browser {
	jar, _ := cookiejar.New(nil)
	b := &browser{t: h.t, h: h}
	b.http = &http.Client{
		Jar:           jar,
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if h.wire != nil {
		b.http.Transport = h.wire
	}
	return b
}

// Get opens an address and follows redirects as long as they stay in the house.
func (b *browser) Get(to string) *page { return b.do(http.MethodGet, to, nil) }

// Post sends a form as the page's own form would.
func (b *browser) Post(to string, form url.Values) *page { return b.do(http.MethodPost, to, form) }

func (b *browser) do(method, to string, form url.Values) *page {
	b.t.Helper()
	for range 10 {
		p := b.once(method, to, form)
		location := p.Header.Get("Location")
		if p.To != nil || location == "" {
			b.last = p
			return p
		}
		method, to, form = http.MethodGet, p.URL.ResolveReference(mustURL(b.t, location)).String(), nil
	}
	b.t.Fatal("too many redirects")
	return nil
}

func (b *browser) once(method, to string, form url.Values) *page {
	b.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = b.h.URL + to
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	request, err := http.NewRequest(method, to, body)
	must(b.t, err)
	request.Header.Set("Accept-Language", "en")
	for name, value := range b.fetch {
		request.Header.Set(name, value)
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	response, err := b.http.Do(request)
	must(b.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	must(b.t, err)
	p := &page{Status: response.StatusCode, URL: request.URL, Header: response.Header, Body: string(text)}
	p.To = b.leaves(p)
	return p
}

var refresh = regexp.MustCompile(`http-equiv="?refresh"?\s+content="0;\s*url=([^"]+)"`)

func (b *browser) leaves(p *page) *url.URL {
	to := p.Header.Get("Location")
	if m := refresh.FindStringSubmatch(p.Body); m != nil {
		to = strings.NewReplacer("&amp;", "&", "&#43;", "+", "&#34;", `"`, "&#39;", "'").Replace(m[1])
	}
	if to == "" {
		return nil
	}
	u := p.URL.ResolveReference(mustURL(b.t, to))
	if u.Host == p.URL.Host {
		return nil
	}
	return u
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	must(t, err)
	return u
}

var (
	formAction = regexp.MustCompile(`<form[^>]*action="([^"]+)"`)
	hiddenOne  = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
)

// Form returns the action of the page's form that ends in suffix, and its hidden fields.
func (p *page) Form(t *testing.T, suffix string) (string, url.Values) {
	t.Helper()
	for _, part := range strings.Split(p.Body, "<form")[1:] {
		part = "<form" + strings.SplitN(part, "</form>", 2)[0]
		m := formAction.FindStringSubmatch(part)
		if m == nil || !strings.HasSuffix(m[1], suffix) {
			continue
		}
		fields := url.Values{}
		for _, f := range hiddenOne.FindAllStringSubmatch(part, -1) {
			fields.Set(f[1], strings.NewReplacer("&#43;", "+", "&amp;", "&", "&#34;", `"`).Replace(f[2]))
		}
		return m[1], fields
	}
	t.Fatalf("no form to %s on %s (%d, %s)", suffix, p.URL, p.Status, title(p))
	return "", nil
}

// SignIn fills in the page that is open.
func (b *browser) SignIn(username, password string) *page {
	b.t.Helper()
	action, form := b.last.Form(b.t, "/password")
	form.Set("username", username)
	form.Set("password", password)
	return b.Post(action, form)
}

// Choose presses a button of a form.
func (b *browser) Choose(suffix, choice string, more ...string) *page {
	b.t.Helper()
	action, form := b.last.Form(b.t, suffix)
	if choice != "" {
		form.Set("choice", choice)
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	return b.Post(action, form)
}
