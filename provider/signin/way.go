package signin

import (
	"net/http"
	"slices"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/web"
)

// turn is where a ceremony stands when a form comes in.
//
// At a step that has ways (verify, enroll) the ceremony remembers the one that the person is on: of what is offered now, and
// forgotten with every proof and every change of person. A code is sent by a POST alone, after the ceremony has moved, so that
// of two presses one sends. What a page shows before it is kept (seeds, sheets, challenges) is derived from the ceremony.
type turn struct {
	c      provider.Ceremony
	step   provider.Step
	k      known
	way    provider.Way           // that the person is on
	on     provider.Authenticator // of that way; the zero one while it is being bound
	ticket string
}

// turn is load for the forms of a step that has ways: showing that it is you, or binding one more. Where it is another's turn
// by now, the right step answers the request.
func (s *SignIn) turn(r *web.Request, sealed string) (turn, *web.Response, error) {
	c, other, err := s.load(r, sealed, "")
	if other != nil || err != nil {
		return turn{}, other, err
	}
	t := turn{c: c, ticket: sealed}
	if t.step, t.k, err = s.next(r, &t.c); err != nil {
		return t, nil, err
	}
	t.way, t.on = current(t.c, t.step, t.k.held)
	if (t.step.Kind == provider.StepVerify || t.step.Kind == provider.StepEnroll) && s.drawnFor(c, sealed, r.Now) {
		return t, nil, nil
	}
	moved, err := s.moved(r, t.c)
	return t, &moved, err
}

// moved answers a form that is not due any more with the step that is.
func (s *SignIn) moved(r *web.Request, c provider.Ceremony) (web.Response, error) {
	return s.dispatch(r, c, said{notice: "signin.notice.moved"})
}

// sends reports whether a code of this kind must be sent first.
func sends(kind provider.Kind) bool { return kind == provider.TextCode || kind == provider.EmailCode }

// offered lists the authenticators that a step asks for, in the order in which they are offered: no password, which has a page
// of its own, and one passkey for all of them, since the browser knows which.
func offered(step provider.Step, held []provider.Authenticator) []provider.Authenticator {
	var ways []provider.Authenticator
	if step.Kind != provider.StepVerify {
		return nil
	}
	for _, kind := range step.Offers {
		for _, a := range held {
			if a.Kind != kind || kind == provider.Password {
				continue
			}
			ways = append(ways, a)
			if kind == provider.Passkey {
				break
			}
		}
	}
	return ways
}

// current is the way that a person is on: the one they chose, as long as it is offered; else the only one there is, if nothing
// need be sent for it. The zero Way asks.
func current(c provider.Ceremony, step provider.Step, held []provider.Authenticator) (provider.Way, provider.Authenticator) {
	none := provider.Authenticator{}
	if step.Kind == provider.StepEnroll {
		switch {
		case c.Way.Authenticator == "" && slices.Contains(step.Offers, c.Way.Kind):
			return c.Way, none
		case len(step.Offers) == 1:
			return provider.Way{Kind: step.Offers[0]}, none
		}
		return provider.Way{}, none
	}
	ways := offered(step, held)
	for _, a := range ways {
		if a.ID == c.Way.Authenticator && a.Kind == c.Way.Kind {
			return c.Way, a
		}
	}
	if len(ways) == 1 && !sends(ways[0].Kind) && !step.Offered(provider.Password) {
		return wayOf(ways[0]), ways[0]
	}
	return provider.Way{}, none
}

func wayOf(a provider.Authenticator) provider.Way {
	return provider.Way{Kind: a.Kind, Authenticator: a.ID}
}

// usual is the way to take without asking: the only one, or the one that was used last. Recovery codes are for when nothing
// else works: they are used last by those who have just found their phone again.
func usual(ways []provider.Authenticator) (provider.Authenticator, bool) {
	if len(ways) == 1 {
		return ways[0], true
	}
	var last provider.Authenticator
	for _, a := range ways {
		if a.Kind != provider.RecoveryCode && a.UsedAt.After(last.UsedAt) {
			last = a
		}
	}
	return last, last.ID != ""
}

// wished is the way to take without asking: the address that its owner wants codes at first, where it is among these, as a call if
// they want one; else the usual one.
func wished(ways []provider.Authenticator, wish provider.Choices) (provider.Way, provider.Authenticator, bool) {
	for _, a := range ways {
		if a.ID == wish.Codes && sends(a.Kind) {
			way := wayOf(a)
			way.Voice = wish.Call && a.Kind == provider.TextCode
			return way, a, true
		}
	}
	a, ok := usual(ways)
	return wayOf(a), a, ok
}

type wayForm struct {
	Way    string `form:"way" max:"64"`
	Voice  bool   `form:"voice"`
	Ticket string `form:"ticket" max:"16384"`
}

// postWay takes the way that the person chose: C-01.
func (s *SignIn) postWay(r *web.Request, f wayForm) (web.Response, error) {
	t, other, err := s.turn(r, f.Ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	if t.step.Kind == provider.StepEnroll {
		return s.postAdding(r, t, f.Way)
	}
	ways := offered(t.step, t.k.held)
	at := slices.IndexFunc(ways, func(a provider.Authenticator) bool { return a.ID == f.Way })
	if at < 0 {
		return s.chooseAgain(r, t, f.Way)
	}
	way := wayOf(ways[at])
	way.Voice = f.Voice && way.Kind == provider.TextCode
	return s.take(r, t, way, ways[at])
}

// chooseAgain says that nothing was chosen, or nothing that there is.
func (s *SignIn) chooseAgain(r *web.Request, t turn, chosen string) (web.Response, error) {
	say := said{status: http.StatusUnprocessableEntity, err: "ways.error.gone"}
	if chosen == "" {
		say.err = "ways.error.empty"
	}
	return s.dispatch(r, provider.Choose(t.c, provider.Way{}), say)
}

// take puts the person on a way, and sends the code of one that needs it.
func (s *SignIn) take(r *web.Request, t turn, way provider.Way, a provider.Authenticator) (web.Response, error) {
	if !sends(way.Kind) {
		return s.swap(r, provider.Choose(t.c, way), t.ticket)
	}
	to, err := oob.Decode(a.Data)
	if err != nil {
		return web.Response{}, err
	}
	return s.send(r, t, way, to)
}

type pressForm struct {
	Ticket string `form:"ticket" max:"16384"`
}

// postOther asks again which way to take.
func (s *SignIn) postOther(r *web.Request, f pressForm) (web.Response, error) {
	t, other, err := s.turn(r, f.Ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	return s.swap(r, provider.Choose(t.c, provider.Way{}), t.ticket)
}
