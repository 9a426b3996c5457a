package activation

import (
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gatehouse/provider"
	"gatehouse/provider/identifier"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// namesLooked bounds how many names one invitation can ask about: enough for a person, few for who collects names.
func (a *Room) namesLooked(t turn) provider.Budget {
	return provider.Budget{Purpose: "activation.names", Key: t.d.Invitation, Limit: 30, Window: 24 * time.Hour}
}

// namePage is A-11.
func (a *Room) namePage(r *web.Request, t turn) templates.ActivateName {
	page := templates.ActivateName{
		App: a.SignIn.OriginApp(r, t.d.Origin), Action: t.base() + "/name", Min: signin.NameMin, Max: signin.NameMax,
		Step: t.step.place(), Steps: templates.ActivateSteps, Value: baseName(t.d),
	}
	if t.d.Email.confirmed() {
		page.Email = t.d.Email.To
	}
	return page
}

// baseName is a username that could suit somebody: by their e-mail address, or by their name; "" where neither gives one.
func baseName(d draft) string {
	local, _, _ := strings.Cut(d.Email.To, "@")
	for _, text := range []string{local, strings.Join(strings.Fields(d.Contact.Name), ".")} {
		form := strings.Trim(strings.Map(nameSign, strings.ToLower(text)), ".")
		if utf8.RuneCountInString(form) > signin.NameMax-4 {
			continue
		}
		if canonical, err := identifier.Username(form); err == nil {
			return canonical
		}
	}
	return ""
}

func nameSign(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' {
		return r
	}
	return '.'
}

type nameForm struct {
	Username string `form:"username" max:"2048"`
}

// postName takes a username. An e-mail address is fine where it is the one that was just confirmed; a username is given all the
// same, for the day when somebody else shares the address.
func (a *Room) postName(r *web.Request, t turn, f nameForm) (web.Response, error) {
	page := a.namePage(r, t)
	page.Value = f.Username
	refuse := func(key string) (web.Response, error) {
		page.Fields = []templates.Field{{Name: "username", Key: key}}
		return a.refused(t, http.StatusUnprocessableEntity, page), nil
	}
	typed := strings.TrimSpace(f.Username)
	if typed == "" {
		return refuse("activatename.error.empty")
	}
	byEmail := strings.Contains(typed, "@")
	if byEmail && !t.d.ownsEmail(typed) {
		return refuse("activatename.error.email")
	}
	if byEmail {
		typed = baseName(t.d)
	}
	canonical, err := identifier.Username(typed)
	var refusal *identifier.Refusal
	if errors.As(err, &refusal) && !byEmail {
		return refuse(refusal.Key)
	}
	_, until, err := a.Store.Spend(r.Context(), a.namesLooked(t), r.Now)
	if errors.Is(err, provider.ErrSpent) {
		page.Error, page.Until = "activatename.error.many", until
		return a.limited(r, t, page, until), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	return a.takeName(r, t, page, canonical, byEmail)
}

// takeName keeps a name that is free, or offers others that are.
func (a *Room) takeName(r *web.Request, t turn, page templates.ActivateName, name string, byEmail bool) (web.Response, error) {
	free, err := a.SignIn.NameFree(r, name, "")
	if err != nil {
		return web.Response{}, err
	}
	if !free && !byEmail {
		return a.taken(r, t, page, name)
	}
	if !free {
		others, err := a.SignIn.OfferNames(r, name)
		if err != nil {
			return web.Response{}, err
		}
		name = others[0]
	}
	t.d.Username, t.d.ByEmail = name, byEmail
	return a.keep(r, t)
}

// taken says that a name is somebody's, and offers some that are free.
func (a *Room) taken(r *web.Request, t turn, page templates.ActivateName, name string) (web.Response, error) {
	var err error
	page.Value, page.Fields = name, []templates.Field{{Name: "username", Key: "activatename.error.taken"}}
	page.Offered, err = a.SignIn.OfferNames(r, name)
	return a.refused(t, http.StatusUnprocessableEntity, page), err
}

func (d draft) ownsEmail(typed string) bool {
	one, err := identifier.Email(typed)
	if err != nil || !d.Email.confirmed() {
		return false
	}
	two, _ := identifier.Email(d.Email.To)
	return one == two
}
