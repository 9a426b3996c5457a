package server_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/server"
)

// office is a house with its staff console.
type office struct {
	*house
	console *house // the same house as the console's listener sees it
}

func newOffice(t *testing.T, change ...func(*server.Config)) *office {
	t.Helper()
	return newOfficeOn(t, "", change...)
}

// newOfficeOn is one on an empty database; "": on SQLite.
func newOfficeOn(t *testing.T, database string, change ...func(*server.Config)) *office {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.EnableHTTP2 = false
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	must(t, err)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{localhost()}}
	at := "https://localhost:" + port
	h := newHouseOn(t, database, append(change, func(c *server.Config) { c.SupportOrigin = at })...)
	s.Config.Handler = h.House.Support
	s.StartTLS()
	t.Cleanup(s.Close)
	other := *h
	other.URL, other.server = at, s
	return &office{house: h, console: &other}
}

// worker is somebody of the house at the console.
type worker struct {
	*browser
	o   *office
	who provider.Staff
	key *key
}

// Hire adds somebody, with a one-time link.
func (o *office) Hire(name string, role provider.Role, change ...func(*provider.Staff)) (provider.Staff, string) {
	o.t.Helper()
	token := provider.NewSecret()
	now := o.now().Truncate(time.Microsecond)
	who := provider.Staff{
		ID: provider.StaffID(provider.NewID()), Name: name, Email: name + "@staff.example.org", Role: role, CreatedAt: now,
		EnrollHash: provider.HashSecret(token), EnrollUntil: now.Add(provider.EnrollLasts),
	}
	for _, c := range change {
		c(&who)
	}
	must(o.t, o.Store.AddStaff(context.Background(), who, audit.StaffAdded(now, who, audit.Operator)))
	return who, token
}

// Staff hires somebody, who makes their passkey and signs in.
func (o *office) Staff(name string, role provider.Role, change ...func(*provider.Staff)) *worker {
	o.t.Helper()
	who, token := o.Hire(name, role, change...)
	w := &worker{browser: o.console.Browser(), o: o, who: who, key: o.console.Device()}
	w.Enroll(token)
	w.SignIn()
	return w
}

// Enroll spends the one-time link.
func (w *worker) Enroll(token string) *page {
	w.t.Helper()
	w.Get("/enroll")
	p := w.Post("/enroll", url.Values{"token": {token}})
	if p.options() == "" {
		w.t.Fatalf("no passkey can be made: %d %s", p.Status, title(p))
	}
	return w.Fill("/enroll/key", "response", w.key.Makes(p))
}

// SignIn shows the passkey at the door.
func (w *worker) SignIn() *page {
	w.t.Helper()
	p := w.Get("/signin")
	return w.Fill("/signin", "response", w.key.Signs(p))
}

// Contact begins a case.
func (w *worker) Contact(pairs ...string) *page {
	w.t.Helper()
	form := with(url.Values{"channel": {"call"}, "caller": {"patient"}, "purpose": {"locked-self"}, "ticket": {"T-1"}, "language": {"en"}}, pairs...)
	return w.Post("/contact", form)
}

// Find searches in the open case.
func (w *worker) Find(by, value, birth string) *page {
	w.t.Helper()
	return w.Post("/case/find", url.Values{"by": {by}, "value": {value}, "birth": {birth}})
}

// Picks finds somebody by their username and works with them.
func (w *worker) Picks(username string) *page {
	w.t.Helper()
	w.Find("username", username, "2/29/1980")
	return w.Fill("/case/pick")
}

// Check compares what a caller says.
func (w *worker) Check(fact, said string) *page {
	w.t.Helper()
	return w.Post("/case/check", url.Values{"fact": {fact}, "said": {said}})
}

// Proves brings a case to L1: two facts of somebody who was found by their username.
func (w *worker) Proves(username string) *page {
	w.t.Helper()
	w.Check("name", "Ana Ruiz")
	return w.Check("email", username+"@example.org")
}

// Lives brings it to L2, by the code that is sent to the first contact on file.
func (w *worker) Lives() *page {
	w.t.Helper()
	p := w.Get("/case")
	form := with(url.Values{}, "to", p.choice("to"))
	w.o.Mail()
	w.Post("/case/live", form)
	return w.Fill("/case/live/code", "code", w.o.calledCode())
}

// calledCode is the code of the newest M-24 that waits.
func (o *office) calledCode() string {
	o.t.Helper()
	all := o.Told("M-24")
	if len(all) == 0 {
		o.t.Fatal("no code to read out was sent")
	}
	return oob.New(oob.Config{Keys: o.Keyset}).Code(all[len(all)-1].Challenge)
}

// choice is the first value of a radio.
func (p *page) choice(name string) string {
	_, after, _ := strings.Cut(p.Body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// Act asks for an action.
func (w *worker) Act(action string, pairs ...string) *page {
	w.t.Helper()
	return w.Post("/case/act/"+action, with(url.Values{"reason": {"locked-self"}}, pairs...))
}

// Case is the case that is open.
func (w *worker) Case() provider.Case {
	w.t.Helper()
	c, err := w.o.Store.OpenCaseOf(context.Background(), w.who.ID, w.o.now())
	must(w.t, err)
	return c
}

// Approve looks at what waits and shows the passkey.
func (w *worker) Approve(id string) *page {
	w.t.Helper()
	p := w.Get("/approvals/" + id)
	return w.Fill("/approve", "response", w.key.Signs(p))
}

// pendingID is the one approval that waits.
func (o *office) pendingID() string {
	o.t.Helper()
	all, err := o.Store.PendingApprovals(context.Background(), o.now(), 10)
	must(o.t, err)
	if len(all) != 1 {
		o.t.Fatalf("%d approvals wait", len(all))
	}
	return all[0].ID
}

// Trail are all kinds of events of the house, newest first.
func (o *office) Trail(account provider.AccountID) []provider.Event {
	o.t.Helper()
	all, err := o.Store.Events(context.Background(), account, 10_000)
	must(o.t, err)
	return all
}

// last is the newest event of a kind; the test ends if there is none.
func (o *office) last(kind string) provider.Event {
	o.t.Helper()
	for _, e := range o.Trail("") {
		if e.Kind == kind {
			return e
		}
	}
	o.t.Fatalf("no %s is on record", kind)
	return provider.Event{}
}
