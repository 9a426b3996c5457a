package settings

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/identifier"
	"gatehouse/provider/notify"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// username is where an owner sees who they are for the house, and chooses a username: Y-16.
const username = home + "/username"

func (s *Settings) usernameRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + username, Handle: s.here},
		{Pattern: "POST " + username, Handle: web.Form(s.postUsername)},
	}
}

// How often a username can be changed. Each one that is given up stays its owner's for good, so that somebody who changed theirs all
// the time would use names up.
const (
	renames    = 3
	renameDays = 30
)

func renamesLeft(account provider.AccountID) provider.Budget {
	return provider.Budget{Purpose: "settings.username", Key: string(account), Limit: renames, Window: renameDays * 24 * time.Hour}
}

// namesLooked bounds how many names an owner can ask about: enough for a person, few for who collects names.
func namesLooked(account provider.AccountID) provider.Budget {
	return provider.Budget{Purpose: "settings.names", Key: string(account), Limit: 30, Window: 24 * time.Hour}
}

// nameForm is one page with its answers.
func (s *Settings) nameForm(r *web.Request, o owner) (templates.NameAndUsername, error) {
	own, _ := o.account.Identifier(provider.Username)
	page := templates.NameAndUsername{
		Name: o.account.Profile.FullName(), Now: own.Value, Action: username, Min: signin.NameMin, Max: signin.NameMax,
		Changes: renames, Days: renameDays, Home: home,
	}
	if birth, err := time.Parse(time.DateOnly, o.account.Profile.Birthdate); err == nil {
		page.Birth = birth
	}
	email, alone, err := s.ownEmail(r, o)
	if alone {
		page.Email = oob.Mask(provider.EmailCode, email.Value)
	}
	return page, err
}

// ownEmail is an address that the owner can sign in with alone: nobody else has it.
func (s *Settings) ownEmail(r *web.Request, o owner) (provider.Identifier, bool, error) {
	for _, id := range o.account.Identifiers {
		if id.Kind != provider.Email || id.VerifiedAt.IsZero() {
			continue
		}
		owners, err := s.Store.FindAccounts(r.Context(), provider.Email, id.Canonical)
		if err != nil || len(owners) == 1 {
			return id, err == nil, err
		}
	}
	return provider.Identifier{}, false, nil
}

func (s *Settings) usernamePage(r *web.Request, o owner) (web.Response, error) {
	page, err := s.nameForm(r, o)
	if err != nil {
		return web.Response{}, err
	}
	page.Value = r.Query().Get("name")
	switch r.Query().Get("done") {
	case "changed":
		page.Notice = "username.notice.changed"
	case "cleared":
		page.Notice = "username.notice.cleared"
	case "moved":
		page.Notice = "contacts.notice.moved"
	}
	return web.Show(page), nil
}

type usernameForm struct {
	Username string `form:"username" max:"2048"`
	Clear    string `form:"clear" max:"8"`
}

// postUsername chooses another username, or gives it up.
func (s *Settings) postUsername(r *web.Request, f usernameForm) (web.Response, error) {
	o, ok, err := s.proven(r, username)
	if err != nil {
		return web.Response{}, err
	}
	typed := strings.TrimSpace(f.Username)
	if !ok {
		back := username
		if len(typed) <= signin.NameMax && typed != "" {
			back += "?" + url.Values{"name": {typed}}.Encode()
		}
		return web.SeeOther(back), nil
	}
	page, err := s.nameForm(r, o)
	if err != nil {
		return web.Response{}, err
	}
	page.Value = f.Username
	if f.Clear != "" {
		return s.clearUsername(r, o, page)
	}
	if typed == "" {
		return notNamed(page, "activatename.error.empty"), nil
	}
	canonical, err := identifier.Username(typed)
	var refusal *identifier.Refusal
	if errors.As(err, &refusal) {
		return notNamed(page, refusal.Key), nil
	}
	if canonical == ownCanonical(o.account) {
		return web.SeeOther(username + "?done=changed"), nil
	}
	_, until, err := s.Store.Spend(r.Context(), namesLooked(o.account.ID), r.Now)
	if err != nil {
		return restsUntil(r, page, "activatename.error.many", until, err)
	}
	free, err := s.SignIn.NameFree(r, canonical, o.account.ID)
	if err != nil {
		return web.Response{}, err
	}
	if !free {
		return s.nameTaken(r, page, canonical)
	}
	return s.rename(r, o, page, canonical)
}

func ownCanonical(a provider.Account) string {
	own, _ := a.Identifier(provider.Username)
	return own.Canonical
}

// maskedName is a username as the record holds it: "" for none.
func maskedName(name string) string {
	if name == "" {
		return ""
	}
	return identifier.Mask(name)
}

func notNamed(page templates.NameAndUsername, key string) web.Response {
	page.Fields = []templates.Field{{Name: "username", Key: key}}
	return web.ShowStatus(http.StatusUnprocessableEntity, page)
}

// restsUntil says when it can be tried again, where a budget is spent.
func restsUntil(r *web.Request, page templates.NameAndUsername, key string, until time.Time, err error) (web.Response, error) {
	if !errors.Is(err, provider.ErrSpent) {
		return web.Response{}, err
	}
	page.Error, page.Until = key, until
	response := web.ShowStatus(http.StatusTooManyRequests, page)
	response.Header = http.Header{"Retry-After": {strconv.Itoa(max(1, int(until.Sub(r.Now)/time.Second)+1))}}
	return response, nil
}

// nameTaken says that a name is somebody's, or was, and offers some that are free.
func (s *Settings) nameTaken(r *web.Request, page templates.NameAndUsername, name string) (web.Response, error) {
	var err error
	page.Value, page.Fields = name, []templates.Field{{Name: "username", Key: "activatename.error.taken"}}
	page.Offered, err = s.SignIn.OfferNames(r, name)
	return web.ShowStatus(http.StatusUnprocessableEntity, page), err
}

// clearUsername gives the username up, where the owner can go on with an e-mail address that is theirs alone.
func (s *Settings) clearUsername(r *web.Request, o owner, page templates.NameAndUsername) (web.Response, error) {
	if ownCanonical(o.account) == "" {
		return web.SeeOther(username + "?done=cleared"), nil
	}
	if page.Email == "" {
		page.Error = "username.error.clear"
		return web.ShowStatus(http.StatusUnprocessableEntity, page), nil
	}
	return s.rename(r, o, page, "")
}

// rename writes another username down, "" for none, and counts it. The letters go to all addresses and tell by the old name whose
// account it is.
func (s *Settings) rename(r *web.Request, o owner, page templates.NameAndUsername, name string) (web.Response, error) {
	budget := renamesLeft(o.account.ID)
	_, until, err := s.Store.Spend(r.Context(), budget, r.Now)
	if err != nil {
		return restsUntil(r, page, "username.error.rest", until, err)
	}
	e := audit.Masked(audit.UsernameChanged(r.Now, o.account.ID, name == ""), maskedName(ownCanonical(o.account)), maskedName(name))
	what, data := "cleared", map[string]string{notify.DataAction: "cleared"}
	if name != "" {
		what, data = "changed", map[string]string{notify.DataAction: "changed", notify.DataWhat: identifier.Mask(name)}
	}
	e.Tell = s.SignIn.Tell(r, o.account, o.held, notify.UsernameChanged, data)
	account := o.account.Unaddressed(provider.Username, ownCanonical(o.account))
	if name != "" {
		given := provider.Identifier{Kind: provider.Username, Value: name, Canonical: name, VerifiedAt: r.Now}
		account.Identifiers = append([]provider.Identifier{given}, account.Identifiers...)
	}
	account.UpdatedAt = r.Now
	err = s.Store.UpdateAccount(r.Context(), account, e)
	if err == nil {
		return web.SeeOther(username + "?done=" + what), nil
	}
	if back := s.Store.Refund(r.Context(), budget, r.Now); back != nil {
		return web.Response{}, errors.Join(err, back)
	}
	switch {
	case errors.Is(err, provider.ErrTaken):
		return s.nameTaken(r, page, name)
	case errors.Is(err, provider.ErrStale):
		return web.SeeOther(username + "?done=moved"), nil
	}
	return web.Response{}, err
}
