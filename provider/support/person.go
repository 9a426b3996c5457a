package support

import (
	"context"
	"errors"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/limit"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-05: what may be seen of a person follows from what is proven. At L0 nothing; at L1 how their account stands, in words, and what
// holds them back; at L2 contacts with most left out, ways to sign in, sessions.

// person is what is read of whom a case is about.
type person struct {
	account provider.Account
	held    []provider.Authenticator
	files   []file
}

func (s *Support) person(ctx context.Context, id provider.AccountID) (p person, err error) {
	if p.account, err = s.Store.Account(ctx, id); err != nil {
		return p, err
	}
	if p.held, err = s.Store.Authenticators(ctx, id); err != nil {
		return p, err
	}
	p.files = contactsOn(p.account, p.held)
	return p, nil
}

// casePage is a page of the case with these boxes.
func (s *Support) casePage(r *web.Request, d desk, parts ...templates.DeskPart) templates.Desk {
	return s.page(r, d, "case", parts...)
}

// showCase is where a contact is worked at.
func (s *Support) showCase(r *web.Request, d desk) (web.Response, error) {
	page, err := s.wholeCase(r, d)
	if err != nil {
		return web.Response{}, err
	}
	done := []string{"match", "miss", "live", "document", "moved", "asked", "acted", "glass", "watched"}
	if what := r.Query().Get("done"); slices.Contains(done, what) {
		page.Notice = say("support.notice." + what)
	}
	return web.Show(page), nil
}

// wholeCase puts the page together. Whoever is shown, the record comes first.
func (s *Support) wholeCase(r *web.Request, d desk) (templates.Desk, error) {
	c := *d.open
	switch {
	case c.Activation != "":
		return s.invitedCase(r, d)
	case c.Account == "":
		return s.casePage(r, d, s.findPart(findForm{}), s.referencePart(), toolPart()), nil
	}
	if err := s.Store.Record(r.Context(), s.viewed(r, d, "person")); err != nil {
		return templates.Desk{}, err
	}
	p, err := s.person(r.Context(), c.Account)
	if err != nil {
		return templates.Desk{}, err
	}
	shown, err := s.personParts(r, c, p)
	if err != nil {
		return templates.Desk{}, err
	}
	asked, err := s.askedPart(r, d)
	if err != nil {
		return templates.Desk{}, err
	}
	parts := append([]templates.DeskPart{s.checkPart(c), s.livePart(r, c, p)}, shown...)
	if part, can := documentPart(c); can {
		parts = append(parts, part)
	}
	if len(asked.Items) > 0 {
		parts = append(parts, asked)
	}
	parts = append(parts, s.bossPart(r, d)...)
	return s.casePage(r, d, append(parts, s.actsPart(r, c), s.referencePart(), toolPart())...), nil
}

// toolPart leads to what stands beside a case.
func toolPart() templates.DeskPart {
	return templates.DeskPart{Title: say("support.tools"), Items: []templates.DeskItem{
		{Words: say("support.tools.script"), To: casePlace + "/script"},
		{Words: say("support.tools.timeline"), To: casePlace + "/timeline"},
		{Words: say("support.tools.messages"), To: casePlace + "/messages"},
	}}
}

func fact(key string, value templates.Say) templates.DeskFact {
	return templates.DeskFact{Name: say(key), Value: value}
}

// personParts are what the level lets see.
func (s *Support) personParts(r *web.Request, c provider.Case, p person) ([]templates.DeskPart, error) {
	part := templates.DeskPart{ID: "person", Title: say("support.person.heading")}
	if c.Sees(r.Now) < provider.L1 {
		part.Lead = []templates.Say{say("support.person.nothing")}
		return []templates.DeskPart{part}, nil
	}
	part.Facts = []templates.DeskFact{fact("support.person.state", say("support.state."+string(p.account.Status)))}
	held, err := s.heldBack(r, p)
	if err != nil {
		return nil, err
	}
	parts := []templates.DeskPart{part, held}
	if c.Sees(r.Now) < provider.L2 {
		parts[0].Lead = []templates.Say{say("support.person.more")}
		return parts, nil
	}
	if c.Level(r.Now) < provider.L2 {
		parts[0].Lead = []templates.Say{say("support.person.glass")}
	}
	contacts := templates.DeskPart{Title: say("support.person.contacts")}
	for _, f := range p.files {
		contacts.Facts = append(contacts.Facts, templates.DeskFact{Name: plain(f.masked), Value: templates.Say{Key: "support.person.since", At: local(p.account, f.since)}})
	}
	ways := templates.DeskPart{Title: say("support.person.ways")}
	for _, h := range p.held {
		used := say("support.person.unused")
		if !h.UsedAt.IsZero() {
			used = templates.Say{Key: "support.person.used", At: local(p.account, h.UsedAt)}
		}
		ways.Facts = append(ways.Facts, templates.DeskFact{Name: say("support.kind." + string(h.Kind)), Value: used})
	}
	sessions, err := s.sessionPart(r, p)
	return append(parts, contacts, ways, sessions), err
}

func (s *Support) sessionPart(r *web.Request, p person) (templates.DeskPart, error) {
	const most = 20
	part := templates.DeskPart{Title: say("support.person.sessions")}
	all, err := s.Store.SessionsOf(r.Context(), p.account.ID, r.Now, most)
	for _, one := range all {
		part.Facts = append(part.Facts, templates.DeskFact{
			Name:  templates.Say{Key: "support.person.began", At: local(p.account, one.CreatedAt)},
			Value: templates.Say{Key: "support.person.seen", At: local(p.account, one.SeenAt)},
		})
	}
	if len(all) == 0 {
		part.Lead = []templates.Say{say("support.person.none")}
	}
	return part, err
}

// heldBack explains what refuses this person, by which rule, how it stands and when it lifts.
func (s *Support) heldBack(r *web.Request, p person) (templates.DeskPart, error) {
	part := templates.DeskPart{ID: "held", Title: say("support.held.heading")}
	add := func(name string, value templates.Say) { part.Facts = append(part.Facts, fact(name, value)) }
	if p.account.Status != provider.Active {
		add("support.held.status", templates.Say{Key: "support.held.status." + string(p.account.Status), At: local(p.account, p.account.StatusAt)})
	}
	for _, one := range []struct {
		name string
		lane provider.Lane
	}{{"support.held.signin", provider.StrangersLane(p.account.ID)}, {"support.held.reset", provider.ResetLane(p.account.ID)}} {
		state, err := s.Store.Lane(r.Context(), one.lane)
		if err != nil {
			return part, err
		}
		if state == (provider.LaneState{}) {
			continue
		}
		add(one.name, s.laneWords(p.account, state, r.Now))
	}
	for _, h := range p.held {
		if h.ChangeOwed != "" {
			add("support.held.password", say("support.held.owed"))
		}
	}
	waiting, err := s.Store.PendingRecovery(r.Context(), p.account.ID, r.Now)
	if err == nil {
		add("support.held.recovery", templates.Say{Key: "support.held.recovery.until", At: local(p.account, waiting.ReadyAt)})
	} else if !errors.Is(err, provider.ErrNotFound) {
		return part, err
	}
	if len(part.Facts) == 0 {
		part.Lead = []templates.Say{say("support.held.nothing")}
	}
	return part, nil
}

// laneWords say how a lane stands: how many tries were wrong, and until when it is shut.
func (s *Support) laneWords(a provider.Account, state provider.LaneState, now time.Time) templates.Say {
	closed, until := limit.Closed(state, s.Lanes.Rule(provider.LaneStrangers), now)
	switch {
	case closed && until.IsZero():
		return templates.Say{Key: "support.held.stopped", N: state.InARow}
	case closed:
		return templates.Say{Key: "support.held.paused", N: state.Tries, At: local(a, until)}
	default:
		return templates.Say{Key: "support.held.tries", N: state.Tries}
	}
}

// local is a moment where the person lives, if that is known.
func local(a provider.Account, at time.Time) time.Time {
	if zone := a.Profile.Zoneinfo; zone != "" && zone != "Local" { // Local is where this machine is
		if place, err := time.LoadLocation(zone); err == nil {
			return at.In(place)
		}
	}
	return at.UTC()
}
