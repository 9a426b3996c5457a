package settings

import (
	"gatehouse/provider"
	"gatehouse/provider/factor/lookup"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// homePage is the account's first page, which says in three lines whether it is safe: S-21, Y-01.
func (s *Settings) homePage(r *web.Request, o owner) (web.Response, error) {
	began, err := s.Store.EventsOf(r.Context(), o.account.ID, provider.EventQuery{Kinds: []string{"session.began"}, Limit: 2})
	if err != nil {
		return web.Response{}, err
	}
	apps, err := s.accesses(r, o.account.ID)
	if err != nil {
		return web.Response{}, err
	}
	safe := templates.Safe{Ways: len(o.held), Apps: len(apps), Next: nextStep(o.held)}
	for _, e := range began {
		if e.Session != o.session.ID {
			safe.Last = local(o.account, e.At)
			break
		}
	}
	closes, err := s.pendingClosing(r.Context(), o.account.ID)
	if err != nil {
		return web.Response{}, err
	}
	said := ""
	if closes != nil {
		said = "home.notice.closing"
	}
	return web.Show(templates.Home{
		Notice: said, Username: signin.UsernameOf(o.account), Since: local(o.account, signedInAt(o.session)), Safe: safe, Ways: ways, Places: places(), SignOut: "/logout",
	}), nil
}

// fewCodes is how many recovery codes are few.
const fewCodes = 2

// nextStep is the one thing that would make an account safer, or keep its owner from being locked out; zero for none.
func nextStep(held []provider.Authenticator) templates.Place {
	others := 0
	for _, a := range held {
		if a.Kind != provider.Password {
			others++
		}
	}
	sheet, paper := provider.Held(held, provider.RecoveryCode)
	switch {
	case provider.Reach(held) < provider.TwoStep:
		return templates.Place{Key: "home.step.second", To: ways}
	case others < 2:
		return templates.Place{Key: "home.step.another", To: ways}
	case paper && lookup.Left(sheet.Data) <= fewCodes:
		return templates.Place{Key: "home.step.codes", To: ways}
	}
	return templates.Place{}
}
