package settings

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// appsPlace is where the applications are that may see something of the account: Y-09.
const appsPlace = home + "/apps"

func (s *Settings) appRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + appsPlace, Handle: s.here},
		{Pattern: "GET " + appsPlace + "/{id}/stop", Handle: s.here},
		{Pattern: "POST " + appsPlace + "/{id}/stop", Handle: web.Form(s.postStop)},
	}
}

// access is what one application has of an account.
type access struct {
	client  provider.Client
	consent *provider.Consent // that holds now; nil: none
	grants  []provider.Grant  // that can give tokens, newest first
}

// line says it in words. An application of our own asks for no consent: it has what the person signs in for.
func (a access) line(o owner) templates.AppLine {
	l := templates.AppLine{
		Name: a.client.Name, Host: hostOf(a.client), Own: a.client.FirstParty, Stop: stopAt(a.client.ID),
	}
	var since, used, ends time.Time
	for _, g := range a.grants {
		since = g.CreatedAt
		if seen := later(g.CreatedAt, g.RotatedAt); seen.After(used) {
			used = seen
		}
		if g.Offline && g.ExpiresAt.After(ends) {
			ends = g.ExpiresAt
		}
	}
	if a.consent != nil {
		since, ends = a.consent.GivenAt, a.consent.ExpiresAt
		for _, scope := range a.consent.Scopes {
			l.Scopes = append(l.Scopes, templates.ScopeLine{Name: scope})
		}
	}
	l.Since = local(o.account, since)
	if !used.IsZero() {
		l.Used = local(o.account, used)
	}
	if !ends.IsZero() {
		l.Ends = local(o.account, ends)
	}
	return l
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// hostOf is where an application runs, as far as its first address says it.
func hostOf(c provider.Client) string {
	if len(c.RedirectURIs) == 0 {
		return ""
	}
	to, err := url.Parse(c.RedirectURIs[0])
	if err != nil {
		return ""
	}
	return to.Hostname()
}

func stopAt(client string) string { return appsPlace + "/" + url.PathEscape(client) + "/stop" }

// accesses is who has what, by name. Of others' applications those count whose consent holds: the gate is shut for the rest.
func (s *Settings) accesses(r *web.Request, account provider.AccountID) ([]access, error) {
	consents, err := s.Store.ConsentsOf(r.Context(), account)
	if err != nil {
		return nil, err
	}
	grants, err := s.Store.GrantsOf(r.Context(), account, r.Now, grantsRead)
	if err != nil {
		return nil, err
	}
	found := map[string]*access{}
	of := func(client string) *access {
		if found[client] == nil {
			found[client] = &access{}
		}
		return found[client]
	}
	for _, c := range consents {
		if r.Now.Before(c.ExpiresAt) {
			of(c.Client).consent = &c
		}
	}
	for _, g := range grants {
		of(g.Client).grants = append(of(g.Client).grants, g)
	}
	var all []access
	for id, a := range found {
		a.client, err = s.Store.Client(r.Context(), id)
		if errors.Is(err, provider.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if a.consent != nil || a.client.FirstParty {
			all = append(all, *a)
		}
	}
	slices.SortFunc(all, func(a, b access) int {
		return cmp.Or(strings.Compare(a.client.Name, b.client.Name), strings.Compare(a.client.ID, b.client.ID))
	})
	return all, nil
}

func (s *Settings) appsPage(r *web.Request, o owner) (web.Response, error) {
	all, err := s.accesses(r, o.account.ID)
	page := templates.Apps{Notice: notice(r, "apps", "stopped"), Home: home}
	for _, a := range all {
		page.Lines = append(page.Lines, a.line(o))
	}
	return web.Show(page), err
}

// stopPage asks, and says what stopping does not do. Of one that has nothing, there is nothing to ask: the list shows how it is.
func (s *Settings) stopPage(r *web.Request, o owner) (web.Response, error) {
	all, err := s.accesses(r, o.account.ID)
	if err != nil {
		return web.Response{}, err
	}
	for _, a := range all {
		if a.client.ID == r.Path("id") {
			page := templates.StopApp{Line: a.line(o), Action: r.HTTP.URL.EscapedPath(), Back: appsPlace}
			page.Line.Stop = ""
			return web.Show(page), nil
		}
	}
	return web.SeeOther(appsPlace), nil
}

// postStop ends all that an application has of the account, in one act, and tells the person (M-19).
func (s *Settings) postStop(r *web.Request, _ nothing) (web.Response, error) {
	id := r.Path("id")
	o, ok, err := s.proven(r, stopAt(id))
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return web.SeeOther(stopAt(id)), nil
	}
	client, err := s.Store.Client(r.Context(), id)
	if errors.Is(err, provider.ErrNotFound) {
		return web.Response{}, &provider.Problem{Kind: provider.NotFound}
	}
	if err != nil {
		return web.Response{}, err
	}
	e := audit.AccessEnded(r.Now, o.account.ID, id)
	e.Tell = s.SignIn.Tell(r, o.account, o.held, notify.AppAccess, map[string]string{
		notify.DataAction: "ended", notify.DataWhat: client.Name, notify.DataLink: appsPlace,
	})
	err = s.Store.EndAccess(r.Context(), o.account.ID, id, "stopped by owner", r.Now, e)
	if errors.Is(err, provider.ErrNotFound) { // another tab was quicker, or there was nothing
		return web.SeeOther(appsPlace), nil
	}
	return web.SeeOther(appsPlace + "?done=stopped"), err
}
