package settings

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// choices is where an owner says how they want to be written to: Y-12.
const choices = home + "/choices"

func (s *Settings) choiceRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + choices, Handle: s.here},
		{Pattern: "POST " + choices, Handle: web.Form(s.postChoices)},
	}
}

// called follows the id of a phone whose codes are spoken.
const called = ".call"

// codeChoices are the places where codes can go first: a phone that can be texted can be called too.
func codeChoices(o owner) []templates.CodeChoice {
	var all []templates.CodeChoice
	wish := o.account.Profile.Choices
	for _, c := range contactsOf(o.account, o.held) {
		for _, a := range c.codes {
			text := templates.CodeChoice{Value: a.ID, Kind: string(a.Kind), Masked: c.masked(), Chosen: wish.Codes == a.ID && !wish.Call}
			call := templates.CodeChoice{Value: a.ID + called, Kind: string(provider.ByVoice), Masked: c.masked(), Chosen: wish.Codes == a.ID && wish.Call}
			if c.landline {
				call.Value, call.Chosen = a.ID, wish.Codes == a.ID
				all = append(all, call)
				continue
			}
			all = append(all, text)
			if a.Kind == provider.TextCode {
				all = append(all, call)
			}
		}
	}
	return all
}

func (s *Settings) choiceForm(r *web.Request, o owner) templates.Choices {
	page := templates.Choices{
		Language: r.Lang, Codes: codeChoices(o), News: !o.account.Profile.Choices.Fewer, Action: choices, Home: home,
	}
	page.Last = !slices.ContainsFunc(page.Codes, func(c templates.CodeChoice) bool { return c.Chosen })
	if s.offered(o.account.Profile.Locale) {
		page.Language = o.account.Profile.Locale
	}
	return page
}

// offered reports whether pages and messages come in a language.
func (s *Settings) offered(tag string) bool {
	return slices.Contains(s.Languages, tag)
}

func (s *Settings) choicesPage(r *web.Request, o owner) (web.Response, error) {
	page := s.choiceForm(r, o)
	switch r.Query().Get("done") {
	case "saved":
		page.Notice = "choices.notice.saved"
	case "moved":
		page.Notice = "choices.notice.moved"
	}
	return web.Show(page), nil
}

type choicesForm struct {
	Language string `form:"language" max:"64"`
	Codes    string `form:"codes" max:"128"`
	News     bool   `form:"news"`
}

// postChoices keeps them. The language is that of this browser too: what was chosen on a page of it goes before the account's.
func (s *Settings) postChoices(r *web.Request, f choicesForm) (web.Response, error) {
	o, ok, err := s.proven(r, choices)
	if err != nil || !ok {
		return web.SeeOther(choices), err
	}
	page := s.choiceForm(r, o)
	known := f.Codes == "" || slices.ContainsFunc(page.Codes, func(c templates.CodeChoice) bool { return c.Value == f.Codes })
	if !known || !s.offered(f.Language) {
		page.Error = "choices.error.gone"
		return web.ShowStatus(http.StatusUnprocessableEntity, page), nil
	}
	account := o.account
	id, call := strings.CutSuffix(f.Codes, called)
	account.Profile.Locale = f.Language
	account.Profile.Choices = provider.Choices{Codes: id, Call: call, Fewer: !f.News}
	account.UpdatedAt = r.Now
	err = s.Store.UpdateAccount(r.Context(), account, audit.ChoicesChanged(r.Now, account.ID))
	switch {
	case errors.Is(err, provider.ErrStale):
		return web.SeeOther(choices + "?done=moved"), nil
	case err != nil:
		return web.Response{}, err
	}
	return web.SeeOther(choices + "?done=saved").With(web.LanguageCookie(f.Language)), nil
}
