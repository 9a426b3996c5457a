package support

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-01: who calls, how, and why. Nothing can be searched before this is on record.

type contactForm struct {
	Channel     string `form:"channel" max:"16"`
	Caller      string `form:"caller" max:"16"`
	Purpose     string `form:"purpose" max:"32"`
	Ticket      string `form:"ticket" max:"64"`
	Language    string `form:"language" max:"16"`
	Interpreter string `form:"interpreter" max:"64"`
	Note        string `form:"note" max:"200"`
}

// channels, callers and languages are what can be chosen.
func channels() []string { return []string{"call", "desk", "video"} }
func callers() []string  { return []string{"patient", "trusted", "office"} }
func languages() []string {
	return []string{"en", "es", "pt", "ht", "zh-Hans", "vi", "ar", "und"}
}

// options are choices whose words are PREFIX.VALUE.
func options[T ~string](prefix string, all []T) []templates.DeskOption {
	out := make([]templates.DeskOption, len(all))
	for i, v := range all {
		out[i] = templates.DeskOption{Value: string(v), Words: say(prefix + "." + string(v))}
	}
	return out
}

// reasonOptions begin with none, so that nobody takes the first for their own.
func reasonOptions() []templates.DeskOption {
	return append([]templates.DeskOption{{Words: say("support.reason.none")}}, options("support.reason", provider.Reasons())...)
}

func (s *Support) contactPage(r *web.Request, d desk, f contactForm) templates.Desk {
	return s.page(r, d, "contact", templates.DeskPart{
		Lead: []templates.Say{say("support.contact.lead")},
		Forms: []templates.DeskForm{{Action: contact, Submit: "support.contact.submit", Fields: []templates.DeskField{
			{Name: "channel", Label: say("support.contact.channel"), Kind: "pick", Value: f.Channel, Options: options("support.channel", channels())},
			{Name: "caller", Label: say("support.contact.caller"), Kind: "pick", Value: f.Caller, Options: options("support.caller", callers())},
			{Name: "purpose", Label: say("support.contact.purpose"), Kind: "choice", Value: f.Purpose, Options: reasonOptions()},
			{Name: "ticket", Label: say("support.contact.ticket"), Hint: "support.contact.ticket.hint", Value: f.Ticket},
			{Name: "language", Label: say("support.contact.language"), Kind: "choice", Value: f.Language, Options: options("support.language", languages())},
			{Name: "interpreter", Label: say("support.contact.interpreter"), Value: f.Interpreter},
			{Name: "note", Label: say("support.contact.note"), Hint: "support.contact.note.hint", Value: f.Note},
		}}},
	})
}

// faults are what a form lacks.
func (f contactForm) faults() []templates.Field {
	var all []templates.Field
	must := func(ok bool, field, key string) {
		if !ok {
			all = append(all, templates.Field{Name: field, Key: key})
		}
	}
	must(slices.Contains(channels(), f.Channel), "channel", "support.error.choose")
	must(slices.Contains(callers(), f.Caller), "caller", "support.error.choose")
	must(slices.Contains(provider.Reasons(), provider.Reason(f.Purpose)), "purpose", "support.error.choose")
	must(strings.TrimSpace(f.Ticket) != "", "ticket", "support.error.ticket")
	must(slices.Contains(languages(), f.Language), "language", "support.error.choose")
	must(f.Purpose != "other" || strings.TrimSpace(f.Note) != "", "note", "support.error.note")
	return all
}

// postContact opens a case. One that the same person had open ends with it: nobody helps two callers at once.
func (s *Support) postContact(r *web.Request, d desk, f contactForm) (web.Response, error) {
	if faults := f.faults(); len(faults) > 0 {
		page := s.contactPage(r, d, f)
		page.Fields = faults
		return web.ShowStatus(http.StatusUnprocessableEntity, page), nil
	}
	c := provider.Case{
		ID: provider.NewID(), Staff: d.staff.ID, OpenedAt: r.Now, Channel: provider.CaseChannel(f.Channel), Caller: provider.CallerKind(f.Caller),
		Purpose: provider.Reason(f.Purpose), Note: strings.TrimSpace(f.Note), Ticket: strings.TrimSpace(f.Ticket), Language: f.Language,
		Interpreter: strings.TrimSpace(f.Interpreter),
	}
	return web.SeeOther(casePlace), s.Store.OpenCase(r.Context(), c, audit.CaseOpened(r.Now, with(d, c)))
}

// sentToSecurity is why a case ends in which something is wrong with the caller.
const sentToSecurity = "security"

// tellSecurity is M-27 to who looks after security: of which contact, and of no patient.
func (s *Support) tellSecurity(what, reference, lang string, at time.Time) []provider.Message {
	var all []provider.Message
	for _, to := range s.Security {
		for _, m := range tellStaff(provider.Staff{Email: to}, what, lang, at) {
			m.Data[notify.DataWhat] = reference
			all = append(all, m)
		}
	}
	return all
}

// postEnd ends the case: it is done, or something is wrong with the caller and security takes over.
func (s *Support) postEnd(why string) func(r *web.Request, d desk, _ nothing) (web.Response, error) {
	return func(r *web.Request, d desk, _ nothing) (web.Response, error) {
		if d.open == nil {
			return web.SeeOther(home + "?done=over"), nil
		}
		said := why
		if why == sentToSecurity && len(s.Security) == 0 {
			said = "unheard"
		}
		return web.SeeOther(home + "?done=" + said), s.end(r, d, why)
	}
}

func (s *Support) end(r *web.Request, d desk, why string) error {
	c := *d.open
	c.EndedAt, c.EndedWhy = r.Now, why
	e := audit.CaseEnded(r.Now, with(d, c), why)
	if why == sentToSecurity {
		e.Tell = s.tellSecurity("stopped", readable(c.ID), r.Lang, r.Now)
	}
	return stale(s.Store.SaveCase(r.Context(), c, e))
}
