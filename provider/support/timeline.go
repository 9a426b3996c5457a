package support

import (
	"errors"
	"slices"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

const linesShown = 50

// whoDid are what T-08 can be filtered by.
func whoDid() []string { return []string{"all", "patient", "system", "staff"} }

// did says who an event is of.
func did(e provider.Event) string {
	switch {
	case strings.HasPrefix(e.Actor, "account:"):
		return "patient"
	case strings.HasPrefix(e.Actor, "staff:"), e.Actor == "operator":
		return "staff"
	default:
		return "system"
	}
}

// deep asks for L2: what a person did is theirs alone until they are known. It answers a page where that is not so.
func (s *Support) deep(r *web.Request, d desk, name string) (*web.Response, error) {
	if d.open.Account != "" && d.open.Sees(r.Now) >= provider.L2 {
		return nil, nil
	}
	page := s.page(r, d, name, templates.DeskPart{
		Lead: []templates.Say{say("support.person.more")}, Items: []templates.DeskItem{{Words: say("support.case.to"), To: casePlace}},
	})
	shown := web.ShowStatus(403, page)
	if d.open.Account == "" {
		return &shown, nil
	}
	return &shown, s.Store.Record(r.Context(), audit.CaseViewRefused(r.Now, work(d), name))
}

// showTimeline is what the patient, the house and its people did: T-08. No application is named: it says what somebody sees a doctor for.
func (s *Support) showTimeline(r *web.Request, d desk) (web.Response, error) {
	if other, err := s.deep(r, d, "timeline"); other != nil || err != nil {
		return orNone(other), err
	}
	if err := s.Store.Record(r.Context(), s.viewed(r, d, "timeline")); err != nil {
		return web.Response{}, err
	}
	p, err := s.person(r.Context(), d.open.Account)
	if err != nil {
		return web.Response{}, err
	}
	events, err := s.Store.Events(r.Context(), d.open.Account, 4*linesShown)
	if err != nil {
		return web.Response{}, err
	}
	wanted := r.Query().Get("who")
	if !slices.Contains(whoDid(), wanted) {
		wanted = "all"
	}
	filter := templates.DeskPart{Title: say("support.timeline.filter")}
	for _, who := range whoDid() {
		item := templates.DeskItem{Words: say("support.timeline." + who), To: casePlace + "/timeline?who=" + who}
		if who == wanted {
			item.To = ""
		}
		filter.Items = append(filter.Items, item)
	}
	list := templates.DeskPart{Title: say("support.timeline.heading")}
	for _, e := range events {
		if len(list.Items) == linesShown || silent(e) || wanted != "all" && did(e) != wanted {
			continue
		}
		list.Items = append(list.Items, templates.DeskItem{
			Words: kindWords(e.Kind),
			More:  append([]templates.Say{{At: local(p.account, e.At)}, say("support.timeline." + did(e))}, because(e)...),
		})
	}
	if len(list.Items) == 0 {
		list.Lead = []templates.Say{say("support.timeline.none")}
	}
	return web.Show(s.page(r, d, "timeline", list, filter, s.referencePart())), nil
}

// kindWords is a kind of event in words.
func kindWords(kind string) templates.Say { return say("support.event." + kind) }

// because is what an event says of why, in its own fixed words.
func because(e provider.Event) []templates.Say {
	var all []templates.Say
	for _, key := range []string{"why", "kind", "action", "reason", "outcome", "state"} {
		if word := e.Detail[key]; word != "" {
			all = append(all, plain(word))
		}
	}
	return all
}

func orNone(response *web.Response) web.Response {
	if response == nil {
		return web.Response{}
	}
	return *response
}

// showMessages is what became of the codes that were sent: T-12. Never the code, nor where it went but by kind.
func (s *Support) showMessages(r *web.Request, d desk) (web.Response, error) {
	if other, err := s.deep(r, d, "messages"); other != nil || err != nil {
		return orNone(other), err
	}
	if err := s.Store.Record(r.Context(), s.viewed(r, d, "messages")); err != nil {
		return web.Response{}, err
	}
	p, err := s.person(r.Context(), d.open.Account)
	if err != nil {
		return web.Response{}, err
	}
	events, err := s.Store.EventsOf(r.Context(), d.open.Account, provider.EventQuery{Kinds: []string{"code.sent", "code.refused"}, Limit: linesShown})
	if err != nil {
		return web.Response{}, err
	}
	list := templates.DeskPart{Title: say("support.messages.heading"), Lead: []templates.Say{say("support.messages.lead")}}
	for _, e := range events {
		line := templates.DeskItem{Words: say("support.messages.refused"), More: []templates.Say{{At: local(p.account, e.At)}}}
		if e.Kind == "code.sent" {
			health, err := s.health(r, e.Detail["challenge"])
			if err != nil {
				return web.Response{}, err
			}
			line.Words = say("support.messages." + health)
			line.More = append(line.More, say("support.by."+e.Detail["channel"]))
		}
		list.Items = append(list.Items, line)
	}
	if len(list.Items) == 0 {
		list.Lead = []templates.Say{say("support.messages.none")}
	}
	return web.Show(s.page(r, d, "messages", list)), nil
}

// health is what became of the newest message of a challenge.
func (s *Support) health(r *web.Request, challenge string) (string, error) {
	found, err := s.Store.DeliveryOf(r.Context(), challenge)
	if errors.Is(err, provider.ErrNotFound) {
		return "gone", nil
	}
	if err != nil {
		return "", err
	}
	switch {
	case found.Fault == provider.FaultBlocked:
		return "blocked", nil
	case found.Fault == provider.FaultAddress:
		return "bounced", nil
	default:
		return string(found.State), nil
	}
}
