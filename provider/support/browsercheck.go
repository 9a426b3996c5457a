package support

import (
	"errors"
	"net/http"

	"gatehouse/provider"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-14: the numbers of the browser check (H-10) that a caller reads out, in words. They say nothing of a person, so there is nothing to record.

type numbersForm struct {
	Numbers string `form:"numbers" max:"64"`
}

func (s *Support) showBrowser(r *web.Request, d desk) (web.Response, error) {
	return web.Show(s.browserPage(r, d, numbersForm{})), nil
}

func (s *Support) browserPage(r *web.Request, d desk, f numbersForm, parts ...templates.DeskPart) templates.Desk {
	ask := templates.DeskPart{
		Lead: []templates.Say{{Key: "support.browser.lead", Text: s.Issuer + "/help/browser"}},
		Forms: []templates.DeskForm{{Action: browser, Submit: "support.browser.submit", Fields: []templates.DeskField{
			{Name: "numbers", Label: say("support.browser.numbers"), Hint: "support.browser.numbers.hint", Kind: "digits", Value: f.Numbers},
		}}},
	}
	return s.page(r, d, "browser", append(parts, ask)...)
}

func (s *Support) postBrowser(r *web.Request, d desk, f numbersForm) (web.Response, error) {
	c, err := provider.ReadBrowserCheck(f.Numbers)
	if errors.Is(err, provider.ErrNumbers) {
		return refused(http.StatusUnprocessableEntity, s.browserPage(r, d, f), "support.error.numbers", "numbers"), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	part := templates.DeskPart{Title: say("support.browser.heading")}
	for _, one := range c.Lines() {
		part.Facts = append(part.Facts, fact("support.browser."+one.What, say("support.browser."+one.What+"."+one.Says.Word())))
	}
	language := say("support.language.und")
	if c.Language != "" {
		language = say("support.language." + c.Language)
	}
	part.Facts = append(part.Facts, fact("support.browser.language", language))
	return web.Show(s.browserPage(r, d, f, part)), nil
}
