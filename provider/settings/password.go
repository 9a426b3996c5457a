package settings

import (
	"net/http"
	"strconv"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// passwordPage asks for the current password and a new one: Y-04.
func (s *Settings) passwordPage(o owner) templates.ChangePassword {
	return templates.ChangePassword{Username: signin.UsernameOf(o.account), Action: password, MinLength: s.SignIn.Policy.Least(false), Back: ways}
}

type passwordForm struct {
	Username    string `form:"username" max:"2048"` // for password managers; not looked at
	Password    string `form:"password" max:"8192"`
	NewPassword string `form:"new_password" max:"8192"`
}

func (s *Settings) postPassword(r *web.Request, f passwordForm) (web.Response, error) {
	o, ok, err := s.proven(r, password)
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return web.SeeOther(password), nil
	}
	page := s.passwordPage(o)
	if f.Password == "" {
		page.Fields = append(page.Fields, templates.Field{Name: "password", Key: "signin.field.password.empty"})
		return web.ShowStatus(http.StatusUnprocessableEntity, page), nil
	}
	response, refused, err := s.SignIn.ChangePassword(r, s, signin.PasswordChange{
		Account: o.account, Held: o.held, Session: o.session, Current: f.Password, Fresh: f.NewPassword, Return: ways + "?done=password",
	})
	if err != nil {
		return web.Response{}, err
	}
	if refused == nil {
		return response, nil
	}
	return s.notChanged(page, *refused), nil
}

// notChanged shows the page again with the reason.
func (s *Settings) notChanged(page templates.ChangePassword, refused signin.PasswordRefusal) web.Response {
	status := http.StatusUnprocessableEntity
	page.Strength, page.Until = refused.Strength, refused.Until
	switch refused.Field {
	case "current":
		page.Fields = []templates.Field{{Name: "password", Key: refused.Key}}
	case "fresh":
		page.Fields = []templates.Field{{Name: "new_password", Key: refused.Key}}
	default:
		status, page.Error, page.Wait = http.StatusTooManyRequests, refused.Key, time.Duration(refused.Retry)*time.Second
	}
	response := web.ShowStatus(status, page)
	if refused.Retry > 0 {
		response.Status = http.StatusServiceUnavailable
		response.Header = http.Header{"Retry-After": {strconv.Itoa(refused.Retry)}}
	}
	if refused.Field == "current" {
		response.Every = s.SignIn.Failures
	}
	return response
}

// passwordPlace shows the page to who has a password; the others have nothing to change.
func (s *Settings) passwordPlace(o owner) (web.Response, error) {
	if _, has := provider.Held(o.held, provider.Password); !has {
		return web.SeeOther(ways), nil
	}
	return web.Show(s.passwordPage(o)), nil
}
