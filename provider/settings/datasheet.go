package settings

import (
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/templates"
)

// sheetOf puts what is held into words, for a page to read and print. What happened has a page of its own, which says it better.
func sheetOf(h Holdings, a provider.Account) templates.DataSheet {
	w := writing{account: a}
	page := templates.DataSheet{Made: local(a, h.Made), More: activity, Back: data}
	part := func(key string, things []templates.DataThing) {
		page.Parts = append(page.Parts, templates.DataPart{Key: key, Things: things})
	}
	part("account", []templates.DataThing{w.person(h.Account)})
	part("identifiers", each(h.Names, func(n heldName) templates.DataThing {
		return w.thing(word("kind", "data.kind."+n.Kind), fact("value", n.Value), w.when("verified", n.Verified))
	}))
	part("ways", each(h.Ways, func(v heldWay) templates.DataThing {
		return w.thing(word("kind", "data.kind."+v.Kind), fact("name", v.Name), fact("value", v.Address), fact("provider", v.Provider),
			w.when("since", v.Added), w.when("seen", v.Used))
	}))
	part("sessions", each(h.Sessions, func(v heldSession) templates.DataThing {
		return w.thing(fact("device", v.Device), w.when("since", v.Since), w.when("seen", v.Seen), w.when("until", v.Ends), fact("id", v.ID))
	}))
	part("browsers", each(h.Browsers, func(v heldBrowser) templates.DataThing {
		return w.thing(fact("device", v.Words), w.when("since", v.Since), w.when("seen", v.Seen), w.when("until", v.Remembered))
	}))
	part("allowed", each(h.Allowed, func(v heldConsent) templates.DataThing {
		return w.thing(fact("app", v.App), fact("scopes", strings.Join(v.Scopes, ", ")), w.when("since", v.Given), w.when("until", v.Ends))
	}))
	part("access", each(h.Access, func(v heldGrant) templates.DataThing {
		return w.thing(fact("app", v.App), fact("scopes", strings.Join(v.Scopes, ", ")), w.when("since", v.Since), w.when("until", v.Ends))
	}))
	part("records", each(h.Records, w.link))
	part("trusted", each(h.Given, w.link))
	part("pending", each(h.Pending, func(v heldPending) templates.DataThing {
		return w.thing(word("kind", "data.pending."+v.What), w.when("until", v.Due))
	}))
	part("choices", w.choices(h.Choices))
	part("terms", each(h.Terms, func(v heldTerms) templates.DataThing {
		return w.thing(fact("value", v.Version), w.when("since", v.Accepted))
	}))
	return page
}

func (w writing) choices(c heldChoices) []templates.DataThing {
	var all []templates.DataThing
	if c.Codes != "" {
		all = append(all, w.thing(word("kind", "data.choice.codes"), fact("value", c.Codes)))
	}
	if c.Spoken {
		all = append(all, w.thing(word("kind", "data.choice.call")))
	}
	if c.Fewer {
		all = append(all, w.thing(word("kind", "data.choice.fewer")))
	}
	return all
}

func each[T any](all []T, thing func(T) templates.DataThing) []templates.DataThing {
	var things []templates.DataThing
	for _, one := range all {
		things = append(things, thing(one))
	}
	return things
}

// writing knows where the owner lives.
type writing struct{ account provider.Account }

func fact(key, value string) templates.DataFact { return templates.DataFact{Key: key, Value: value} }
func word(key, word string) templates.DataFact  { return templates.DataFact{Key: key, Word: word} }

func (w writing) when(key string, at time.Time) templates.DataFact {
	if at.IsZero() {
		return templates.DataFact{}
	}
	return templates.DataFact{Key: key, At: local(w.account, at)}
}

// thing leaves out what is not known.
func (w writing) thing(facts ...templates.DataFact) templates.DataThing {
	var t templates.DataThing
	for _, f := range facts {
		if f.Value != "" || f.Word != "" || !f.At.IsZero() {
			t.Facts = append(t.Facts, f)
		}
	}
	return t
}

func (w writing) link(l heldRecord) templates.DataThing {
	return w.thing(word("kind", "data.relation."+l.Relation), w.when("since", l.Since), w.when("until", l.Until), fact("id", l.Link))
}

func (w writing) person(a heldAccount) templates.DataThing {
	return w.thing(fact("name", a.Name), fact("birthdate", a.Birthdate), fact("gender", a.Gender), fact("nickname", a.Nickname),
		fact("website", a.Website), fact("picture", a.Picture), fact("profile", a.Profile), fact("address", a.Address),
		fact("language", a.Language), fact("zone", a.Zone), word("status", "data.status."+a.Status), w.when("since", a.Created),
		w.when("changed", a.Changed), fact("id", string(a.ID)))
}
