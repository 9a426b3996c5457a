package support

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/limit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Store is what the console needs of the store.
type Store interface {
	provider.Store
	provider.StaffStore
}

// Tickets seal what goes through a page; keys.Keyset does it.
type Tickets interface {
	SealTicket(v []byte, purpose string, expires time.Time) (string, error)
	OpenTicket(s string, purpose string, now time.Time) ([]byte, error)
}

// Config is what the room needs. All fields are required, but for those that say otherwise.
type Config struct {
	Store    Store
	Tickets  Tickets
	Codes    *oob.Codes
	Phones   notify.Phones
	Passkeys *passkey.RP // of the console's own host
	Lanes    limit.Policy
	Wait     provider.WaitRule
	Issuer   string   // where patients are
	Searches int      // that one agent may make in an hour; 0: 30
	Security []string // e-mail addresses of who is told when a contact is sent to security, and when an agent searches too often; none: nobody

	Words   func(lang, key string, data map[string]any) string
	Preview func(m provider.Message, code string) (notify.Outgoing, error) // what a letter says
	// WaitNotice makes the announcement of a recovery, with the link that stops it.
	WaitNotice func(a provider.Account, held []provider.Authenticator, w provider.Recovery, action string, now time.Time) ([]provider.Message, error)
	// Follow makes the invitation that follows another one, with this letter (notify.Invitation, notify.InvitationReplaced). Its code is told to
	// nobody but the person. An error: nothing can follow it.
	Follow func(old provider.Activation, letter string, now time.Time) (provider.Issue, error)
	// Knows reports whether what a caller says is that fact of an invitation (birthdate, or a name), in constant time.
	Knows func(a provider.Activation, f provider.Fact, said string) bool
	// Hours are those of work, where the house is; the zero value: nobody said.
	Hours provider.WorkHours
	// Caller reads an access token that an office's system sent: provider.ErrNotFound for one that is not good, or a person's.
	Caller func(ctx context.Context, token string, now time.Time) (Caller, error)
	// Invite makes an invitation, and its code, which is kept nowhere. Errors: ErrInvite.
	Invite func(ctx context.Context, in Invite, by audit.Actor, now time.Time) (provider.Issue, string, error)
	Origin string // of the console: the audience of the tokens of the administration API
	// Slowed is told when staff have said that messages are slow, or are not any more; nil: nobody is.
	Slowed func(ctx context.Context, at time.Time)
}

// searchesHourly is more than a busy agent's calls, and far less than a list of patients.
const searchesHourly = 30

// Support is the room.
type Support struct{ Config }

// New makes it.
func New(c Config) *Support {
	if c.Searches == 0 {
		c.Searches = searchesHourly
	}
	return &Support{c}
}

// Where things are.
const (
	home      = "/"
	door      = "/signin"
	enrolling = "/enroll"
	contact   = "/contact"
	casePlace = "/case"
	acting    = "/case/act/"
	approvals = "/approvals"
	outage    = "/outage"
	trail     = "/trail"
	people    = "/staff"
	glass     = "/case/glass"
	reviews   = "/reviews"
	watchCase = "/case/watch"
	watches   = "/watch"
	activity  = "/activity"
	team      = "/team"
	browser   = "/browser"
)

// Routes are the addresses of the console.
func (s *Support) Routes() []web.Route {
	helping := s.roles(provider.Agent, provider.Supervisor)
	second := s.roles(provider.Supervisor)
	return []web.Route{
		{Pattern: "GET " + door, Handle: s.showDoor},
		{Pattern: "POST " + door, Handle: web.Form(s.postDoor)},
		{Pattern: "GET " + enrolling, Handle: s.showEnroll},
		{Pattern: "POST " + enrolling, Handle: web.Form(s.postEnroll)},
		{Pattern: "POST " + enrolling + "/key", Handle: web.Form(s.postEnrollKey)},
		{Pattern: "POST /signout", Handle: web.Form(s.postSignOut)},
		{Pattern: "GET /{$}", Handle: s.roles(provider.Roles()...)(s.home)},
		{Pattern: "POST " + contact, Handle: form(helping, s.postContact)},
		{Pattern: "GET " + casePlace, Handle: helping(s.cased(s.showCase))},
		{Pattern: "POST " + casePlace + "/find", Handle: form(helping, formed(s, s.postFind))},
		{Pattern: "POST " + casePlace + "/pick", Handle: form(helping, formed(s, s.postPick))},
		{Pattern: "POST " + casePlace + "/check", Handle: form(helping, formed(s, s.postCheck))},
		{Pattern: "POST " + casePlace + "/live", Handle: form(helping, formed(s, s.postLive))},
		{Pattern: "POST " + casePlace + "/live/code", Handle: form(helping, formed(s, s.postLiveCode))},
		{Pattern: "POST " + casePlace + "/document", Handle: form(helping, formed(s, s.postDocument))},
		{Pattern: "GET " + casePlace + "/script", Handle: helping(s.cased(s.showScript))},
		{Pattern: "POST " + casePlace + "/stop", Handle: form(helping, s.postEnd("security"))},
		{Pattern: "POST " + casePlace + "/end", Handle: form(helping, s.postEnd("done"))},
		{Pattern: "POST " + casePlace + "/reference", Handle: form(helping, formed(s, s.postReference))},
		{Pattern: "GET " + casePlace + "/timeline", Handle: helping(s.cased(s.showTimeline))},
		{Pattern: "GET " + casePlace + "/messages", Handle: helping(s.cased(s.showMessages))},
		{Pattern: "GET " + acting + "{action}", Handle: helping(s.cased(s.showAct))},
		{Pattern: "POST " + acting + "{action}", Handle: form(helping, formed(s, s.postAct))},
		{Pattern: "GET " + approvals, Handle: second(s.showApprovals)},
		{Pattern: "GET " + approvals + "/{id}", Handle: second(s.showApproval)},
		{Pattern: "POST " + approvals + "/{id}/approve", Handle: form(second, s.postApprove)},
		{Pattern: "POST " + approvals + "/{id}/refuse", Handle: form(second, s.postRefuse)},
		{Pattern: "GET " + glass, Handle: second(s.cased(s.showGlass))},
		{Pattern: "POST " + glass, Handle: form(second, formed(s, s.postGlass))},
		{Pattern: "GET " + reviews, Handle: second(s.showReviews)},
		{Pattern: "GET " + reviews + "/{id}", Handle: second(s.showReview)},
		{Pattern: "POST " + reviews + "/{id}/close", Handle: form(second, s.postReview)},
		{Pattern: "GET " + watchCase, Handle: second(s.cased(s.showWatchCase))},
		{Pattern: "POST " + watchCase, Handle: form(second, formed(s, s.postWatchCase))},
		{Pattern: "GET " + watches, Handle: second(s.showWatches)},
		{Pattern: "POST " + watches + "/off", Handle: form(second, s.postUnwatch)},
		{Pattern: "GET " + activity, Handle: helping(s.showActivity)},
		{Pattern: "GET " + team, Handle: second(s.showTeam)},
		{Pattern: "POST " + team + "/export", Handle: form(second, s.postExport)},
		{Pattern: "GET " + browser, Handle: helping(s.showBrowser)},
		{Pattern: "POST " + browser, Handle: form(helping, s.postBrowser)},
		{Pattern: "GET " + outage, Handle: second(s.showOutage)},
		{Pattern: "POST " + outage, Handle: form(second, s.postOutage)},
		{Pattern: "GET " + trail, Handle: s.roles(provider.Auditor)(s.showTrail)},
		{Pattern: "GET " + people, Handle: s.roles(provider.Administrator)(s.showPeople)},
	}
}

// desk is who works, and what they have open.
type desk struct {
	staff   provider.Staff
	session provider.StaffSession
	open    *provider.Case // nil: none
}

// by is what a handler of the console is.
type by func(r *web.Request, d desk) (web.Response, error)

// roles lets these roles in; others are told that it is not theirs, which is on record, and who is not signed in is led to the door.
func (s *Support) roles(may ...provider.Role) func(by) web.Handler {
	return func(handle by) web.Handler {
		return func(r *web.Request) (web.Response, error) {
			d, ok, err := s.present(r)
			if err != nil {
				return web.Response{}, err
			}
			if !ok {
				return web.SeeOther(door), nil
			}
			if !slices.Contains(may, d.staff.Role) {
				place, _, _ := strings.Cut(strings.TrimPrefix(r.HTTP.URL.Path, "/"), "/")
				return web.Response{}, errors.Join(s.Store.Record(r.Context(), audit.PageRefused(r.Now, work(d), place)), &provider.Problem{Kind: provider.NotAllowed})
			}
			return handle(r, d)
		}
	}
}

// form decodes a form for a handler of the console.
func form[T any](let func(by) web.Handler, handle func(r *web.Request, d desk, f T) (web.Response, error)) web.Handler {
	return web.Form(func(r *web.Request, f T) (web.Response, error) {
		return let(func(r *web.Request, d desk) (web.Response, error) { return handle(r, d, f) })(r)
	})
}

// cased asks for an open case: nothing is shown without one.
func (s *Support) cased(handle by) by {
	return func(r *web.Request, d desk) (web.Response, error) {
		if d.open == nil {
			return web.SeeOther(home + "?done=over"), nil
		}
		return handle(r, d)
	}
}

// formed is cased for a form.
func formed[T any](s *Support, handle func(r *web.Request, d desk, f T) (web.Response, error)) func(r *web.Request, d desk, f T) (web.Response, error) {
	return func(r *web.Request, d desk, f T) (web.Response, error) {
		return s.cased(func(r *web.Request, d desk) (web.Response, error) { return handle(r, d, f) })(r, d)
	}
}

// staffCookie holds the secret of a session of the console.
const staffCookie = "gatehouse-staff"

// present is who the browser's cookie says, if their session lives, and they may still work.
func (s *Support) present(r *web.Request) (d desk, ok bool, err error) {
	secret := r.Cookie(staffCookie)
	if secret == "" {
		return d, false, nil
	}
	d.session, err = s.Store.StaffSession(r.Context(), provider.HashSecret(secret))
	if errors.Is(err, provider.ErrNotFound) || err == nil && !d.session.Live(r.Now) {
		return d, false, nil
	}
	if err != nil {
		return d, false, err
	}
	d.staff, err = s.Store.StaffOf(r.Context(), d.session.Staff)
	if errors.Is(err, provider.ErrNotFound) || err == nil && !d.staff.Enabled() {
		return d, false, nil
	}
	if err != nil {
		return d, false, err
	}
	if err := s.Store.TouchStaffSession(r.Context(), d.session.ID, r.Now, time.Time{}); err != nil {
		return d, false, err
	}
	r.Note("staff", string(d.staff.ID))
	c, err := s.Store.OpenCaseOf(r.Context(), d.staff.ID, r.Now)
	if errors.Is(err, provider.ErrNotFound) || err == nil && !c.Open(r.Now) {
		return d, true, nil
	}
	if err != nil {
		return d, false, err
	}
	d.open = &c
	return d, true, nil
}

// page is a page with what stands around it.
func (s *Support) page(r *web.Request, d desk, name string, parts ...templates.DeskPart) templates.Desk {
	p := templates.Desk{
		Name: name, Staff: d.staff.Name, Role: "support.role." + string(d.staff.Role), SignOut: "/signout", Parts: parts,
	}
	for _, place := range placesOf(d.staff.Role) {
		if place.To == r.HTTP.URL.Path {
			place.To = ""
		}
		p.Menu = append(p.Menu, place)
	}
	if d.open != nil {
		p.Case = strip(*d.open, r.Now)
	}
	return p
}

// strip is the line about a case.
func strip(c provider.Case, now time.Time) *templates.DeskCase {
	return &templates.DeskCase{
		To: casePlace, Reads: readable(c.ID), Level: int(c.Level(now)), Channel: string(c.Channel), Reason: string(c.Purpose), Misses: c.Misses,
		Until: c.OpenedAt.Add(provider.CaseLasts).UTC(), Stop: casePlace + "/stop", End: casePlace + "/end",
	}
}

// readable is the reference of a case, to be read to the caller.
func readable(id string) string {
	const shown = 8
	return id[:min(len(id), shown)]
}

func placesOf(role provider.Role) []templates.Place {
	switch role {
	case provider.Agent:
		return []templates.Place{{Key: "support.menu.contact", To: home}, {Key: "support.menu.browser", To: browser}, {Key: "support.menu.activity", To: activity}}
	case provider.Supervisor:
		return []templates.Place{
			{Key: "support.menu.contact", To: home}, {Key: "support.menu.approvals", To: approvals}, {Key: "support.menu.reviews", To: reviews},
			{Key: "support.menu.watches", To: watches}, {Key: "support.menu.team", To: team}, {Key: "support.menu.outage", To: outage},
			{Key: "support.menu.browser", To: browser}, {Key: "support.menu.activity", To: activity},
		}
	case provider.Auditor:
		return []templates.Place{{Key: "support.menu.trail", To: trail}}
	default:
		return []templates.Place{{Key: "support.menu.staff", To: people}}
	}
}

// home leads each role to its work.
func (s *Support) home(r *web.Request, d desk) (web.Response, error) {
	switch {
	case d.staff.Role == provider.Auditor:
		return web.SeeOther(trail), nil
	case d.staff.Role == provider.Administrator:
		return web.SeeOther(people), nil
	case d.open != nil:
		return web.SeeOther(casePlace), nil
	}
	page := s.contactPage(r, d, contactForm{})
	waiting, err := s.reviewsPart(r, d)
	if err != nil {
		return web.Response{}, err
	}
	page.Parts = append(waiting, page.Parts...)
	if why := r.Query().Get("done"); slices.Contains([]string{"over", "misses", "security", "unheard", "done"}, why) {
		page.Notice = templates.Say{Key: "support.notice." + why}
	}
	return web.Show(page), nil
}

// say is a key alone; facts and headings are made of it.
func say(key string) templates.Say { return templates.Say{Key: key} }

func plain(text string) templates.Say { return templates.Say{Text: text} }

// refused shows a page again with what is the matter.
func refused(status int, page templates.Desk, key, field string) web.Response {
	if field == "" {
		page.Error = key
	} else {
		page.Fields = append(page.Fields, templates.Field{Name: field, Key: key})
	}
	return web.ShowStatus(status, page)
}
