package main

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// browser keeps every cookie by host and sends it back: __Host- cookies too, as browsers do to localhost.
type browser struct {
	t      *testing.T
	client *http.Client
	mu     sync.Mutex
	jar    map[string]map[string]string
}

func newBrowser(t *testing.T) *browser {
	b := &browser{t: t, jar: map[string]map[string]string{}}
	b.client = &http.Client{Jar: b}
	return b
}

func (b *browser) SetCookies(u *url.URL, cookies []*http.Cookie) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.jar[u.Host] == nil {
		b.jar[u.Host] = map[string]string{}
	}
	for _, c := range cookies {
		b.jar[u.Host][c.Name] = c.Value
	}
}

func (b *browser) Cookies(u *url.URL) []*http.Cookie {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []*http.Cookie
	for name, value := range b.jar[u.Host] {
		all = append(all, &http.Cookie{Name: name, Value: value})
	}
	return all
}

// page is where a browser ended up.
type page struct {
	at     *url.URL
	status int
	text   string
}

func (b *browser) read(answer *http.Response, err error) page {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{at: answer.Request.URL, status: answer.StatusCode, text: string(text)}
}

func (b *browser) get(address string) page {
	b.t.Helper()
	return b.read(b.client.Get(address))
}

var (
	ticketOf = regexp.MustCompile(`name="ticket" value="([^"]*)"`)
	backTo   = regexp.MustCompile(`http-equiv="refresh" content="[^"]*url=([^"]*)"`)
)

// signIn fills in the form of a sign-in page and goes where it leads.
func (b *browser) signIn(p page, username, password string) page {
	b.t.Helper()
	return b.submit(p, "password", url.Values{"username": {username}, "password": {password}})
}

// signInByApp is signIn, with a code of the authenticator app where a second step is asked.
func (b *browser) signInByApp(p page, a accountLine) page {
	b.t.Helper()
	p = b.signIn(p, a.Username, a.Password)
	if !strings.Contains(p.text, `name="way"`) {
		return p
	}
	app := cmp.Or(wayOf(p, "Authenticator app"), wayOf(p, "Aplicación de códigos")) // pages speak the language of the account
	p = b.submit(p, "way", url.Values{"way": {app}})
	code, err := totp.GenerateCode(a.TOTPSecret, time.Now())
	if err != nil {
		b.t.Fatal(err)
	}
	return b.submit(p, "totp", url.Values{"code": {code}})
}

// signInByEmail is signIn, with the code that the inbox has for an address.
func (b *browser) signInByEmail(p page, inbox, username, password, address string) page {
	b.t.Helper()
	p = b.signIn(p, username, password)
	for p.at.Path != "" && !strings.Contains(b.get(inbox+".json").text, address) {
	}
	code := regexp.MustCompile(`[0-9]{6}`).FindString(b.get(inbox + ".json").text)
	return b.submit(p, "email", url.Values{"code": {code}})
}

// wayOf is the way on offer whose label has a word.
func wayOf(p page, word string) string {
	for _, found := range regexp.MustCompile(`(?s)name="way" value="([^"]*)".*?</label>`).FindAllStringSubmatch(p.text, -1) {
		if strings.Contains(found[0], word) {
			return found[1]
		}
	}
	return ""
}

// submit fills in the form of a page that posts to a kind, and goes where it leads.
func (b *browser) submit(p page, kind string, form url.Values) page {
	b.t.Helper()
	action := regexp.MustCompile(`<form[^>]*action="([^"]*/` + kind + `)"`).FindStringSubmatch(p.text)
	ticket := ticketOf.FindStringSubmatch(p.text)
	if action == nil || ticket == nil {
		b.t.Fatalf("no form for %s at %s: %d %s", kind, p.at, p.status, p.text)
	}
	to, err := p.at.Parse(action[1])
	if err != nil {
		b.t.Fatal(err)
	}
	form.Set("ticket", ticket[1])
	request, err := http.NewRequest(http.MethodPost, to.String(), strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", p.at.Scheme+"://"+p.at.Host)
	result := b.read(b.client.Do(request))
	for next := backTo.FindStringSubmatch(result.text); next != nil; next = backTo.FindStringSubmatch(result.text) {
		result = b.get(strings.ReplaceAll(next[1], "&amp;", "&"))
	}
	return result
}

// token asks for a token as a machine.
func token(t *testing.T, f *fleet, id, secret string) page {
	t.Helper()
	b := newBrowser(t)
	request, err := http.NewRequest(http.MethodPost, f.Issuer+"/token", strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(id, secret)
	return b.read(b.client.Do(request))
}

func TestDevTellsAllThatIsNeededInOneLine(t *testing.T) {
	f := startDev(t, filepath.Join(t.TempDir(), "data"))
	issuer, err := url.Parse(f.Issuer)
	if err != nil || issuer.Scheme != "http" || issuer.Hostname() != "localhost" || issuer.Port() == "0" || f.Inbox != f.Issuer+"/dev/inbox" {
		t.Errorf("%+v", f.devHouse)
	}
	line := parsed[map[string]any](t, f.line)
	for _, name := range []string{"issuer", "portal", "inbox", "private", "accounts", "clients", "staff"} {
		if line[name] == nil {
			t.Errorf("no %s in %s", name, f.line)
		}
	}
	for name, members := range map[string][]string{
		"accounts": {"username", "email", "phone", "password", "totp_secret", "status"},
		"clients":  {"client_id", "client_secret", "redirect_uris", "post_logout_redirect_uris", "auth_method", "scopes", "grants", "first_party"},
	} {
		for _, one := range line[name].([]any) {
			for _, member := range members {
				if one.(map[string]any)[member] == nil {
					t.Errorf("%s: no %s in %v", name, member, one)
				}
			}
		}
	}
	b := newBrowser(t)
	for _, address := range []string{f.Portal, f.Support + "/signin", f.Support + "/enroll", f.Inbox, f.Inbox + ".json", f.Gallery, f.Private + "/readyz", f.Issuer + "/.well-known/openid-configuration"} {
		if p := b.get(address); p.status != 200 {
			t.Errorf("%s: %d", address, p.status)
		}
	}
	if len(f.Accounts) != 10 || len(f.Clients) != 5 || len(f.Staff) != 4 {
		t.Errorf("%d accounts, %d clients, %d staff", len(f.Accounts), len(f.Clients), len(f.Staff))
	}
	for _, one := range f.Staff {
		if link, token, _ := strings.Cut(one.Enroll, "#"); link != f.Support+"/enroll" || len(token) < 20 {
			t.Errorf("%s has no link for a first passkey: %q", one.Name, one.Enroll)
		}
	}
	records, scheduling, tracker := f.client("records"), f.client("scheduling"), f.client("tracker")
	if records.ClientSecret == "" || !records.FirstParty || scheduling.AuthMethod != "none" || scheduling.ClientSecret != "" || tracker.FirstParty ||
		records.RedirectURIs[0] != f.Portal+"/records/callback" || records.PostLogoutRedirectURIs[0] != f.Portal+"/records/" {
		t.Errorf("%+v %+v %+v", records, scheduling, tracker)
	}
	if p := token(t, f, "backend", f.client("backend").ClientSecret); p.status != 200 || !strings.Contains(p.text, "access_token") {
		t.Errorf("client_credentials: %d %s", p.status, p.text)
	}
}

func TestASeededPersonSignsInToThePortal(t *testing.T) {
	f := startDev(t, filepath.Join(t.TempDir(), "data"))
	b := newBrowser(t)
	p := b.signInByApp(b.get(f.Portal+"/records/login"), f.account("cyrus"))
	if !strings.HasPrefix(p.at.String(), f.Portal+"/records/") || !strings.Contains(p.text, "Tate") {
		t.Errorf("%s: %d %s", p.at, p.status, p.text)
	}
	if p := b.get(f.Portal + "/scheduling/login"); !strings.HasPrefix(p.at.String(), f.Portal) && backTo.FindString(p.text) == "" {
		t.Errorf("no single sign-on: %s", p.at)
	}
}

func TestTheSameDataGiveTheSamePasswordsAndSecrets(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first := startDev(t, data)
	must(t, first.env(), "", "account", "disable", "bruno")
	must(t, first.env(), "", "client", "rotate-secret", "backend")
	first.end()
	second := startDev(t, data)
	for i, a := range second.Accounts {
		was := first.Accounts[i]
		if a.Username == "bruno" {
			was.Status = "locked"
		}
		if !reflect.DeepEqual(a, was) || a.Password == "" {
			t.Errorf("%+v, was %+v", a, was)
		}
	}
	for _, c := range second.Clients {
		if c.ClientSecret != first.client(c.ClientID).ClientSecret {
			t.Errorf("%s has another secret", c.ClientID)
		}
	}
	if p := token(t, second, "backend", second.client("backend").ClientSecret); p.status != 200 {
		t.Errorf("the secret that is told is not the one that works: %d %s", p.status, p.text)
	}
	if second.client("records").RedirectURIs[0] != second.Portal+"/records/callback" {
		t.Error("the portal has moved, and its client has not")
	}
	for _, name := range []string{"dev.json", "keyset.json", "gatehouse.db"} {
		info, err := os.Stat(filepath.Join(data, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
}

func TestADisabledClientGetsNothingFromItsNextRequestOn(t *testing.T) {
	f := startDev(t, filepath.Join(t.TempDir(), "data"))
	secret := f.client("backend").ClientSecret
	if p := token(t, f, "backend", secret); p.status != 200 {
		t.Fatalf("%d %s", p.status, p.text)
	}
	must(t, f.env(), "", "client", "disable", "backend")
	if p := token(t, f, "backend", secret); p.status != 401 || !strings.Contains(p.text, "invalid_client") {
		t.Errorf("disabled: %d %s", p.status, p.text)
	}
	must(t, f.env(), "", "client", "enable", "backend")
	fresh := parsed[clientView](t, must(t, f.env(), "", "client", "rotate-secret", "--json", "backend")).ClientSecret
	if p := token(t, f, "backend", secret); p.status != 401 {
		t.Errorf("the old secret: %d %s", p.status, p.text)
	}
	if p := token(t, f, "backend", fresh); p.status != 200 {
		t.Errorf("the new secret: %d %s", p.status, p.text)
	}
}

func TestAnAccountMadeBesideTheServerSignsInUntilItIsDisabled(t *testing.T) {
	f := startDev(t, filepath.Join(t.TempDir(), "data"))
	must(t, f.env(), goodPassword+"\n", "account", "add", "--username", "maria", "--email", "maria@example.org", "--given-name", "Maria", "--family-name", "Lopez", "--password-stdin")
	b := newBrowser(t)
	p := b.signInByEmail(b.get(f.Portal+"/records/login"), f.Inbox, "Maria@example.org", goodPassword, "maria@example.org")
	if !strings.Contains(p.text, "Lopez") {
		t.Fatalf("%s: %d %s", p.at, p.status, p.text)
	}
	must(t, f.env(), "", "account", "disable", "maria")
	other := newBrowser(t)
	if p := other.signIn(other.get(f.Portal+"/records/login"), "maria", goodPassword); strings.HasPrefix(p.at.String(), f.Portal) {
		t.Errorf("a locked account signs in: %s", p.at)
	}
}

func TestDevIsForThisMachineOnly(t *testing.T) {
	for _, flag := range []string{"--listen", "--portal-listen", "--private-listen"} {
		for _, address := range []string{"0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:0", "example.org:0"} {
			data := filepath.Join(t.TempDir(), "data")
			args := []string{"dev", "--data", data, "--listen", "localhost:0", "--portal-listen", "127.0.0.1:0", flag, address}
			gatehouse(t, nil, "", args...).says(t, exitUsage, flag, "this machine only")
			if _, err := os.Stat(data); err == nil {
				t.Error("data were made all the same")
			}
		}
	}
	gatehouse(t, nil, "", "dev", "--data", t.TempDir(), "--listen", "8080").says(t, exitUsage, "HOST:PORT")
}

func TestAPortInUseIsNamedWithItsFlag(t *testing.T) {
	f := startDev(t, filepath.Join(t.TempDir(), "data"))
	busy, err := url.Parse(f.Portal)
	if err != nil {
		t.Fatal(err)
	}
	c := gatehouse(t, nil, "", "dev", "--data", t.TempDir(), "--listen", "localhost:"+busy.Port(), "--portal-listen", busy.Host)
	c.says(t, exitFailed, "port "+busy.Port()+" is in use", "--listen", "--portal-listen")
}
