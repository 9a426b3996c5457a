package support

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-08: the reference code of a page that refused opens the rule by which it did, what was counted, and when it ends. Nobody is shown by it:
// what a rule counted of somebody is told in a case about that person, once two facts have matched. Any other code of a rule about a
// person, be it of somebody else or of a name that is nobody's, is answered with the rule alone.

// referencePart asks for a code.
func (s *Support) referencePart() templates.DeskPart {
	return templates.DeskPart{Title: say("support.reference.heading"), Lead: []templates.Say{say("support.reference.lead")},
		Forms: []templates.DeskForm{{Action: casePlace + "/reference", Submit: "support.reference.submit", Fields: []templates.DeskField{
			{Name: "reference", Label: say("support.reference.code"), Hint: "support.reference.code.hint"},
		}}}}
}

type referenceForm struct {
	Code string `form:"reference" max:"32"`
}

// referenceOf is a code as it was shown, whatever the case and the signs in which it was read.
func referenceOf(typed string) string {
	return strings.Map(func(r rune) rune {
		if r >= '2' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(typed))
}

// postReference explains a refusal. It is on record before it answers.
func (s *Support) postReference(r *web.Request, d desk, f referenceForm) (web.Response, error) {
	code := referenceOf(f.Code)
	if len(code) != provider.ReferenceLength {
		return refused(http.StatusUnprocessableEntity, s.page(r, d, "reference", s.referencePart(), backPart()), "support.error.reference", "reference"), nil
	}
	kept, err := s.Store.ReferenceOf(r.Context(), code, r.Now)
	if err != nil && !errors.Is(err, provider.ErrNotFound) {
		return web.Response{}, err
	}
	own := kept.Tells(*d.open, r.Now)
	outcome := "none"
	switch {
	case kept.Code != "" && own:
		outcome = "shown"
	case kept.Code != "":
		outcome = "rule"
	}
	if err := s.Store.Record(r.Context(), audit.ReferenceRead(r.Now, work(d), kept.Rule, outcome)); err != nil {
		return web.Response{}, err
	}
	if kept.Code == "" {
		page := s.page(r, d, "reference", s.referencePart(), backPart())
		page.Notice = say("support.reference.none")
		return web.Show(page), nil
	}
	zone := provider.Account{}
	if own && d.open.Account != "" {
		if zone, err = s.Store.Account(r.Context(), d.open.Account); err != nil {
			return web.Response{}, err
		}
	}
	return web.Show(s.page(r, d, "reference", explainedPart(r, *d.open, kept, own, zone), s.referencePart(), backPart())), nil
}

func backPart() templates.DeskPart {
	return templates.DeskPart{Items: []templates.DeskItem{{Words: say("support.case.to"), To: casePlace}}}
}

// explainedPart is a refusal in words, in the time of where the person lives.
func explainedPart(r *web.Request, c provider.Case, kept provider.Reference, own bool, zone provider.Account) templates.DeskPart {
	part := templates.DeskPart{Title: say("support.reference.heading"), Facts: []templates.DeskFact{
		fact("support.reference.code", plain(kept.Code)), fact("support.reference.rule", say("support.rule."+string(cmp.Or(kept.Rule, provider.RuleOurFault)))),
	}}
	if !own {
		part.Lead = []templates.Say{say("support.reference.other")}
		return part
	}
	part.Facts = append(part.Facts, fact("support.reference.at", templates.Say{At: local(zone, kept.At)}))
	if kept.Of > 0 {
		part.Facts = append(part.Facts, fact("support.reference.count", templates.Say{Key: "support.reference.count.of", N: kept.Count, Text: strconv.Itoa(kept.Of)}))
	}
	switch {
	case kept.LiftsAt.After(r.Now):
		part.Facts = append(part.Facts, fact("support.reference.lifts", templates.Say{At: local(zone, kept.LiftsAt)}))
	case !kept.LiftsAt.IsZero():
		part.Lead = []templates.Say{say("support.reference.lifted")}
	}
	for _, action := range kept.Rule.Lifts() {
		may := func(rule provider.HelpRule) bool { return rule.Action == action }
		if c.Found() && slices.ContainsFunc(offered(c), may) {
			part.Items = append(part.Items, templates.DeskItem{Words: say("support.act." + string(action) + ".title"), To: acting + string(action)})
		}
	}
	return part
}
