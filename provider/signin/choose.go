package signin

import (
	"gatehouse/provider"
	"gatehouse/provider/web"
)

type chooseForm struct {
	Choice string `form:"choice" max:"8"`
	Ticket string `form:"ticket" max:"16384"`
}

// postChoose answers S-12: go on as this account, or as somebody else.
func (s *SignIn) postChoose(r *web.Request, f chooseForm) (web.Response, error) {
	c, other, err := s.due(r, f.Ticket, provider.StepChoose)
	if other != nil || err != nil {
		return orOther(other), err
	}
	switch f.Choice {
	case "keep":
		return s.swap(r, provider.Keep(c, r.Now), f.Ticket)
	case "other":
		return s.swap(r, provider.Forget(c), f.Ticket)
	default:
		return s.dispatch(r, c, said{})
	}
}

type switchForm struct {
	Ticket string `form:"ticket" max:"16384"`
}

// postSwitch is "sign in as someone else", wherever somebody shows that it is them or binds something.
func (s *SignIn) postSwitch(r *web.Request, f switchForm) (web.Response, error) {
	t, other, err := s.turn(r, f.Ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	if resets(t.c) { // it is one person's, and no other's to go on with
		return s.moved(r, t.c)
	}
	return s.swap(r, provider.Forget(t.c), f.Ticket)
}
