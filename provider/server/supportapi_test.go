package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/server"
	"gatehouse/provider/support"
)

const allScopes = "support.status support.act activation.issue activation.revoke"

// desk is a system of the office.
type desk struct {
	*app
	o     *office
	token string
}

// System adds one, with an access token for the API.
func (o *office) System(id string, change ...func(*provider.Client)) *desk {
	o.t.Helper()
	a := o.App(id, append([]func(*provider.Client){machine, func(c *provider.Client) {
		c.AuthMethod, c.Scopes, c.Audience = provider.AuthKey, strings.Fields(allScopes), []string{o.console.URL}
	}}, change...)...)
	who := provider.Staff{ID: provider.SystemOf(id), Name: id, Email: id + "@it.example.org", Role: provider.Agent, CreatedAt: o.now()}
	must(o.t, o.Store.AddStaff(context.Background(), who, audit.StaffAdded(o.now(), who, audit.Operator)))
	return &desk{app: a, o: o, token: a.Shows(a.Assertion(), "scope", strings.Join(a.Client.Scopes, " ")).Is(200, "").Str("access_token")}
}

// Calls posts, each time with a key of its own.
func (d *desk) Calls(path, body string, pairs ...string) *answer {
	d.t.Helper()
	header := map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + d.token, "Idempotency-Key": provider.NewID()}
	for i := 0; i < len(pairs); i += 2 {
		header[pairs[i]] = pairs[i+1]
	}
	return d.o.console.Send("POST", support.API+path, header, body)
}

// about is a request about somebody.
func about(username, birth, more string) string {
	return `{"contact":{"channel":"call","caller":"patient","purpose":"locked-self","ticket":"T-1","language":"en"},"person":{"by":"username","value":"` +
		username + `","birthdate":"` + birth + `"},"facts":[{"fact":"name","value":"Ana Ruiz"},{"fact":"email","value":"ana@example.org"}]` + more + `}`
}

// says ends the test where a problem is not of a kind.
func (a *answer) says(t *testing.T, status int, kind string) *answer {
	t.Helper()
	if a.Status != status || kind != "" && a.Str("type") != "urn:gatehouse:problem:"+kind {
		t.Fatalf("want %d %s: %d %s", status, kind, a.Status, a.Raw)
	}
	if kind != "" && a.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s is told as %s", kind, a.Header.Get("Content-Type"))
	}
	return a
}

// TestASystemHelpsByTheRulesOfPeople: it reaches L1 by two facts, is on record as staff are, and is refused what needs more.
func TestASystemHelpsByTheRulesOfPeople(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	b, app := o.Browser(), o.App("records")
	for range 10 {
		b.Get(app.Ask())
		b.SignIn("ana", "not the password at all")
	}
	d := o.System("frontdesk")
	got := d.Calls("/status", about("ana", "1980-02-29", "")).says(t, 200, "")
	if got.Str("state") != "active" || got.Str("level") != "L1" || !strings.Contains(got.Raw, `"rule":"signin"`) {
		t.Errorf("status: %s", got.Raw)
	}
	reason := `,"reason":"locked-self"`
	d.Calls("/actions/unlock", about("ana", "1980-02-29", reason)).says(t, 200, "")
	e := o.last("lane.unlocked")
	if e.Account != ana.ID || e.Actor != "staff:client:frontdesk" || e.Detail["level"] != "L1" {
		t.Errorf("on record: %+v", e)
	}
	if ended := o.last("case.ended"); ended.Detail["why"] != "done" || ended.Actor != e.Actor {
		t.Errorf("ended: %+v", ended)
	}
	b.Get(app.Ask())
	if p := b.SignIn("ana", anasPassword); p.To == nil {
		t.Errorf("ana stays out: %s", title(p))
	}
	d.Calls("/actions/remove_factor", about("ana", "1980-02-29", reason)).says(t, 403, "refused-level")
	d.Calls("/actions/reset_factors", about("ana", "1980-02-29", reason)).says(t, 403, "refused-level")
	d.Calls("/actions/unlock", about("ana", "1980-02-29", `,"reason":"because"`)).says(t, 422, "refused-reason")
	d.Calls("/actions/make_admin", about("ana", "1980-02-29", reason)).says(t, 404, "action")
	fewer := strings.Replace(about("ana", "1980-02-29", reason), "ana@example.org", "eve@example.org", 1)
	d.Calls("/actions/unlock", fewer).says(t, 403, "refused-level")
	d.Calls("/status", strings.Replace(fewer, reason, "", 1)).says(t, 403, "refused-level")
	if waits, err := o.Store.PendingApprovals(context.Background(), o.now(), 1); err != nil || len(waits) != 0 {
		t.Errorf("a machine asked a second person: %v %v", waits, err)
	}
}

// TestASystemLearnsNothingOfNobody: nobody, the wrong date of birth and a colleague are answered alike, and searches are limited.
func TestASystemLearnsNothingOfNobody(t *testing.T) {
	o := newOffice(t, func(c *server.Config) { c.SupportSearches = 4 })
	o.Person("ana")
	eve := o.Person("eve")
	o.Hire("eve", provider.Agent, func(s *provider.Staff) { s.Account = eve.ID })
	d := o.System("frontdesk")
	bare := func(a *answer) string { return strings.Replace(a.Raw, a.Str("instance"), "", 1) }
	none := bare(d.Calls("/status", about("nobody", "1980-02-29", "")).says(t, 404, "nobody"))
	for name, body := range map[string]string{"born otherwise": about("ana", "1980-03-01", ""), "a colleague": about("eve", "1980-02-29", "")} {
		if got := bare(d.Calls("/status", body).says(t, 404, "nobody")); got != none {
			t.Errorf("%s: %s, nobody: %s", name, got, none)
		}
	}
	d.Calls("/status", about("ana", "1980-02-29", "")).says(t, 200, "")
	if got := d.Calls("/status", about("ana", "1980-02-29", "")).says(t, 429, "limit"); got.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

// TestThreeMissesEndAContactOfASystem: counted as those of staff are, and nothing is done after them.
func TestThreeMissesEndAContactOfASystem(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	d := o.System("frontdesk")
	wrong := strings.NewReplacer("Ana Ruiz", "Eva Ruiz", `"ana@example.org"}`, `"eve@example.org"},{"fact":"record","value":"X"}`).
		Replace(about("ana", "1980-02-29", `,"reason":"test"`))
	d.Calls("/actions/pause", wrong).says(t, 403, "misses")
	if e := o.last("case.ended"); e.Detail["why"] != "misses" {
		t.Errorf("ended: %v", e.Detail)
	}
	a, err := o.Store.Account(context.Background(), ana.ID)
	if err != nil || a.Status != provider.Active {
		t.Errorf("%s: %v", a.Status, err)
	}
}

// TestARequestIsDoneOnce: repeated it is answered as it was; eight at once act once; a key is for one request.
func TestARequestIsDoneOnce(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	d := o.System("frontdesk")
	body := about("ana", "1980-02-29", `,"reason":"forgot-username"`)
	var all sync.WaitGroup
	got := make([]*answer, 8)
	for i := range got {
		all.Go(func() { got[i] = d.Calls("/actions/send_username", body, "Idempotency-Key", "one") })
	}
	all.Wait()
	for _, a := range got {
		if a.Status != 200 && a.Status != 409 {
			t.Errorf("%d %s", a.Status, a.Raw)
		}
	}
	acts := 0
	for _, e := range o.Trail(ana.ID) {
		if strings.HasPrefix(e.Kind, "help.") {
			acts++
		}
	}
	if acts != 1 {
		t.Errorf("%d acts", acts)
	}
	again := d.Calls("/actions/send_username", body, "Idempotency-Key", "one").says(t, 200, "")
	if again.Header.Get("Idempotency-Replayed") != "true" || !slices.ContainsFunc(got, func(a *answer) bool { return a.Raw == again.Raw }) {
		t.Errorf("replayed: %v %s", again.Header, again.Raw)
	}
	d.Calls("/actions/pause", body, "Idempotency-Key", "one").says(t, 422, "key-reused")
	for _, key := range []string{"", " ", "a b", "é", strings.Repeat("x", 129)} {
		d.Calls("/actions/pause", body, "Idempotency-Key", key).says(t, 400, "key")
	}
}

// TestASystemInvites: the code opens an account, and no invitation of a patient's own is ended.
func TestASystemInvites(t *testing.T) {
	o := newOffice(t)
	d := o.System("frontdesk")
	ask := `{"record":"MRN 9","relation":"self","name":"Mary Major","birthdate":"1987-02-14","email":"mary@example.org","send":true}`
	first := d.Calls("/activations", ask, "Idempotency-Key", "i1").says(t, 201, "")
	if same := d.Calls("/activations", ask, "Idempotency-Key", "i1"); same.Raw != first.Raw {
		t.Errorf("%s, then %s", first.Raw, same.Raw)
	}
	if len(o.Told("M-05")) != 1 || o.last("activation.issued").Actor != "staff:client:frontdesk" {
		t.Error("not told once, or not on record")
	}
	b := o.Browser()
	b.activates(first.Str("code"))
	b.born("2", "14", "1987").Shows(t, 200)
	d.Calls("/activations", strings.Replace(ask, "1987-02-14", "x", 1)).says(t, 422, "invalid")
	d.Calls("/activations", strings.Replace(ask, "self", "trusted", 1)).says(t, 422, "invalid")
	end := "/activations/" + first.Str("id") + "/revoke"
	if got := d.Calls(end, `{"reason":"duplicate"}`).says(t, 200, ""); got.JSON["revoked"] != true {
		t.Errorf("%s", got.Raw)
	}
	if got := d.Calls(end, `{"reason":"duplicate"}`).says(t, 200, ""); got.JSON["revoked"] != false {
		t.Errorf("%s", got.Raw)
	}
	d.Calls("/activations/x/revoke", `{"reason":"duplicate"}`).says(t, 404, "activation")
}

// TestWhoMayCall: each address refuses no token, a bad one, another scope, audience or client, and who is disabled; a body is strict.
func TestWhoMayCall(t *testing.T) {
	o := newOffice(t)
	o.Person("ana")
	d := o.System("frontdesk")
	other := o.System("records", func(c *provider.Client) { c.Audience = []string{"https://other.example.org"} })
	narrow := o.System("narrow", func(c *provider.Client) { c.Scopes = []string{"jobs.read"} })
	secret := o.App("secret", machine, func(c *provider.Client) { c.Audience = []string{o.console.URL} })
	shown := secret.Post("/token", "grant_type", "client_credentials").Is(200, "").Str("access_token")
	person := o.App("portal", func(c *provider.Client) { c.Audience = []string{o.console.URL} }).Tokens(o.Browser()).Str("access_token")
	stranger := o.App("stranger", machine, func(c *provider.Client) {
		c.AuthMethod, c.Scopes, c.Audience = provider.AuthKey, strings.Fields(allScopes), []string{o.console.URL}
	})
	strange := stranger.Shows(stranger.Assertion(), "scope", allScopes).Is(200, "").Str("access_token")
	off := o.System("off")
	who, err := o.Store.StaffOf(context.Background(), provider.SystemOf("off"))
	must(t, err)
	who.DisabledAt = o.now()
	must(t, o.Store.UpdateStaff(context.Background(), who, audit.StaffDisabled(o.now(), who, audit.Operator)))
	before := len(o.Trail(""))
	for _, path := range apiPaths() {
		for kind, calls := range map[string][]string{
			"token": {"", "Basic x", "Bearer x", "Bearer " + other.token, "Bearer " + person}, "scope": {"Bearer " + narrow.token},
			"client": {"Bearer " + shown}, "system": {"Bearer " + strange, "Bearer " + off.token},
		} {
			for _, header := range calls {
				got := d.Calls(path, `{}`, "Authorization", header)
				want := map[bool]int{true: 401, false: 403}[kind == "token"]
				got.says(t, want, kind)
				if challenge := got.Header.Get("WWW-Authenticate"); (kind == "token" || kind == "scope") && !strings.HasPrefix(challenge, "Bearer ") {
					t.Errorf("%s: challenge %q", header, challenge)
				}
			}
		}
		for _, body := range []string{
			``, `[]`, `null`, `{"x":1}`, `{"reason":null}`, `{"reason":"test","reason":"test"}`, `{"Reason":"test"}`, `{"reason":1}`, `{"reason":"test"}{}`,
			`{"a":` + strings.Repeat("[", 5000), `{"reason":"` + strings.Repeat("x", 300) + `"}`, "{\"reason\":\"\xff\"}",
		} {
			d.Calls(path, body).says(t, 400, "body")
		}
		d.Calls(path, `{}`, "Content-Type", "text/plain").says(t, 415, "media-type")
		d.Calls(path, `{"reason":"`+strings.Repeat("x", 20_000)+`"}`).says(t, 413, "too-big")
	}
	if after := len(o.Trail("")); after != before {
		t.Errorf("%d records of what was refused at the door", after-before)
	}
	form := with(d.Asserted(d.Assertion()), "token", d.token)
	o.Send("POST", "/revoke", map[string]string{"Content-Type": formType}, form.Encode()).Is(200, "")
	d.Calls("/status", about("ana", "1980-02-29", "")).says(t, 401, "token")
}

// apiPaths are all addresses that need a token, filled in.
func apiPaths() (all []string) {
	for _, route := range support.New(support.Config{}).APIRoutes() {
		if path, is := strings.CutPrefix(route.Pattern, "POST "+support.API); is {
			all = append(all, strings.NewReplacer("{action}", "unlock", "{id}", "x").Replace(path))
		}
	}
	return all
}

// TestTheAPIIsAsDescribed: each route is in the description and the other way round, each object is closed, and the lists are those of the rules.
func TestTheAPIIsAsDescribed(t *testing.T) {
	o := newOffice(t)
	got := o.console.Send("GET", support.API+"/openapi.json", nil, "")
	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]any
		Components struct {
			Schemas map[string]struct{ Enum []string }
		}
	}
	must(t, json.Unmarshal([]byte(got.Raw), &doc))
	var routes, described []string
	for _, route := range support.New(support.Config{}).APIRoutes() {
		routes = append(routes, route.Pattern)
	}
	for path, methods := range doc.Paths {
		for method := range methods {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(routes)
	slices.Sort(described)
	if !slices.Equal(routes, described) || doc.OpenAPI != "3.1.0" || got.Status != http.StatusOK {
		t.Errorf("%d %s: %v, described %v", got.Status, doc.OpenAPI, routes, described)
	}
	var reasons []string
	for _, r := range provider.Reasons() {
		reasons = append(reasons, string(r))
	}
	if !slices.Equal(doc.Components.Schemas["Reason"].Enum, reasons) {
		t.Errorf("reasons %v", doc.Components.Schemas["Reason"].Enum)
	}
	for _, rule := range provider.HelpRules() {
		if !strings.Contains(got.Raw, `"`+string(rule.Action)+`"`) {
			t.Errorf("%s is not described", rule.Action)
		}
	}
}

// TestEachAPIRouteThatShowsOrChangesAPersonIsOnRecord walks all routes: whoever adds one says what it is called with.
func TestEachAPIRouteThatShowsOrChangesAPersonIsOnRecord(t *testing.T) {
	o := newOffice(t)
	o.Person("ana")
	id := o.Invites("MRN 7").Activation.ID
	d := o.System("frontdesk")
	bodies := map[string]string{
		"/status": about("ana", "1980-02-29", ""), "/actions/unlock": about("ana", "1980-02-29", `,"reason":"test"`),
		"/activations": `{"record":"MRN 9","relation":"self","birthdate":"1987-02-14"}`, "/activations/x/revoke": `{"reason":"test"}`,
	}
	for _, path := range apiPaths() {
		before := len(o.Trail(""))
		if got := d.Calls(strings.Replace(path, "/x/", "/"+id+"/", 1), bodies[path]); got.Status >= 300 {
			t.Errorf("%s: %d %s", path, got.Status, got.Raw)
		}
		if len(o.Trail("")) == before {
			t.Errorf("%s left no record", path)
		}
	}
}
