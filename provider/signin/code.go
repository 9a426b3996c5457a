package signin

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/lookup"
	"gatehouse/provider/factor/totp"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

type codeForm struct {
	Code     string `form:"code" max:"8192"`
	Name     string `form:"name" max:"2048"` // of an app that is being bound
	Remember bool   `form:"remember"`
	Ticket   string `form:"ticket" max:"16384"`
}

// codeForm is the address that answers codes of one kind.
func (s *SignIn) codeForm(kind provider.Kind) web.Handler {
	return web.Form(func(r *web.Request, f codeForm) (web.Response, error) { return s.postCode(r, kind, f) })
}

// postCode takes one code: C-02 to C-07, C-10. While something is being bound, the step's own form answers.
func (s *SignIn) postCode(r *web.Request, kind provider.Kind, f codeForm) (web.Response, error) {
	t, other, err := s.turn(r, f.Ticket)
	switch {
	case other != nil || err != nil:
		return orOther(other), err
	case t.way.Kind != kind:
		return s.moved(r, t.c)
	case t.on.ID == "" && kind == provider.RecoveryCode:
		return s.bindSheet(r, t)
	case strings.TrimSpace(f.Code) == "":
		return s.dispatch(r, t.c, said{
			status: http.StatusUnprocessableEntity, fields: map[string]string{"code": emptyCode(t)}, typed: f.Name,
		})
	case t.on.ID == "" && kind == provider.TOTP:
		return s.bindApp(r, t, f)
	}
	return s.answer(r, t, f)
}

func emptyCode(t turn) string {
	switch {
	case t.way.Kind == provider.RecoveryCode:
		return "recovery.error.empty"
	case t.way.Kind == provider.TOTP && t.on.ID == "":
		return "totp.error.empty"
	}
	return "code.error.empty"
}

// verdict is what came of a code.
type verdict struct {
	ok   bool
	idle bool   // it was no guess: nothing that could be right was typed, or nothing was there to be guessed
	left int    // answers that this challenge still takes, or codes that are left on the sheet
	near bool   // right some minutes ago: the phone's clock seems to be off
	to   string // the address that was confirmed
	call bool   // and was called from the first, not since a text did not come
}

// answer counts a try before it looks at the code, in the lane of passwords too, and gives back what was right. What is no guess
// (no six digits, or an answer to a code that is gone) is given back too. Beside the lane, a sent code takes five answers, and
// failures in a row count with the authenticator.
func (s *SignIn) answer(r *web.Request, t turn, f codeForm) (web.Response, error) {
	g, err := s.guessing(r, t.c.Account, lane(t.c))
	if err != nil {
		return web.Response{}, err
	}
	if g.away {
		return s.spent(r, t, g)
	}
	v, err := s.check(r, t, f.Code)
	if err != nil {
		return web.Response{}, err
	}
	if v.ok || v.idle {
		err = s.giveBack(r, g)
	} else {
		err = s.missed(r, g)
	}
	if err != nil {
		return web.Response{}, err
	}
	switch {
	case !v.ok:
		if v.idle {
			g.state.Tries = max(g.state.Tries-1, 0) // it was given back
		}
		refuse(r, g, provider.RuleWrongCode)
		return s.wrong(r, t, v)
	case t.on.ID == "":
		return s.bindAddress(r, t, v)
	}
	return s.right(r, t, v, f.Remember)
}

// right adds the proof of a code that was right and goes on.
func (s *SignIn) right(r *web.Request, t turn, v verdict, remember bool) (web.Response, error) {
	c, err := provider.Apply(t.c, provider.Proof{
		Account: t.on.Account, Authenticator: t.on.ID, Kind: t.on.Kind, Voice: t.way.Voice, At: laterOf(r.Now, t.c.Began),
	})
	if err != nil {
		return web.Response{}, err
	}
	c.Remember = remember && s.remembers(t.c)
	response, err := s.swap(r, c, t.ticket)
	if page, leaves := response.Page.(templates.Leaving); leaves && t.way.Kind == provider.RecoveryCode {
		page.Notice, page.Left, page.Stay = "leaving.notice.recovery", v.left, true // the person hears how many are left
		response.Page = page
	}
	return response, err
}

// spent is C-10: no code of any kind is looked at. The way stays, and so does the page; passkeys go on.
func (s *SignIn) spent(r *web.Request, t turn, g guess) (web.Response, error) {
	if err := s.missed(r, g); err != nil {
		return web.Response{}, err
	}
	response, err := s.dispatch(r, t.c, s.turnedAway(r, g, said{}, "code.error.tries", "code.error.stopped"))
	response.Every = s.Failures
	return response, err
}

// wrong is the one answer to every code that does not work, whatever the reason, at one deadline. A form that was sent twice
// sees where the first one led.
func (s *SignIn) wrong(r *web.Request, t turn, v verdict) (web.Response, error) {
	if !v.idle {
		event := audit.FactorFailed(r.Now, t.c.Account, t.c.Client, t.way.Kind)
		_, err := s.Store.CountFailure(r.Context(), t.on.ID, event)
		if err != nil && !errors.Is(err, provider.ErrNotFound) {
			return web.Response{}, err
		}
	}
	r.Note("outcome", "wrong code")
	say := said{status: http.StatusUnprocessableEntity, fields: map[string]string{"code": wrongCode(t.way.Kind)}, left: v.left}
	if v.near {
		say.notice = "code.notice.clock"
	}
	now, err := s.Store.Ceremony(r.Context(), t.c.ID)
	if err == nil && now.Rev != t.c.Rev {
		moved, other, err := s.load(r, t.ticket, "")
		if other != nil || err != nil {
			return orOther(other), err
		}
		t.c, say = moved, said{notice: "signin.notice.moved"}
	}
	response, err := s.dispatch(r, t.c, say)
	response.Every = s.Failures
	return response, err
}

func wrongCode(kind provider.Kind) string {
	switch kind {
	case provider.TOTP:
		return "totp.error.wrong"
	case provider.RecoveryCode:
		return "recovery.error.wrong"
	}
	return "code.error.wrong"
}

// check looks at a code that has been counted.
func (s *SignIn) check(r *web.Request, t turn, typed string) (verdict, error) {
	switch t.way.Kind {
	case provider.TOTP:
		return s.checkApp(r, t.on, typed)
	case provider.RecoveryCode:
		return s.checkSheet(r, t, typed)
	default:
		return s.checkSent(r, t, typed)
	}
}

// checkSent is for codes by text, voice and e-mail. The challenge is the ceremony's own, so somebody else's code cannot be
// right; that it is of this person and this address is looked at all the same.
func (s *SignIn) checkSent(r *web.Request, t turn, typed string) (verdict, error) {
	challenge, v, err := s.Codes.Check(r.Context(), t.way.Challenge, typed, r.Now)
	if err != nil {
		return verdict{}, err
	}
	own := challenge.Account == t.c.Account && challenge.Authenticator == t.on.ID
	return verdict{ok: v.OK && own, idle: !v.Taken, left: v.Left, to: challenge.To, call: challenge.Channel == provider.ByVoice}, nil
}

// checkApp is for codes of an app: a time step is spent once, so that a code works once, on every replica (RFC 6238, 5.2).
func (s *SignIn) checkApp(r *web.Request, held provider.Authenticator, typed string) (verdict, error) {
	step, ok, near := totp.Check(held.Data, typed, r.Now)
	if !ok {
		return verdict{near: near}, nil
	}
	err := s.Store.SpendStep(r.Context(), held.ID, step)
	if errors.Is(err, provider.ErrUsed) || errors.Is(err, provider.ErrNotFound) {
		return verdict{}, nil
	}
	return verdict{ok: err == nil}, err
}

// sheetsTried is how often a sheet is read again that somebody else took another code from meanwhile.
const sheetsTried = 5

// checkSheet is for recovery codes. Of two requests with one code, one saves the sheet without it.
func (s *SignIn) checkSheet(r *web.Request, t turn, typed string) (verdict, error) {
	sheet := t.on
	for range sheetsTried {
		data, ok := lookup.Spend(s.Keys, sheet.Data, typed, r.Now)
		if !ok {
			return verdict{}, nil
		}
		fresh := sheet
		fresh.Data = data
		event := audit.RecoveryCodeUsed(r.Now, t.c.Account, t.c.Client, lookup.Left(data))
		var err error
		if event.Tell, err = s.tellUsed(r, t, lookup.Left(data)); err != nil {
			return verdict{}, err
		}
		err = s.save(r.Context(), sheet, fresh, event)
		if err == nil {
			return verdict{ok: true, left: lookup.Left(data)}, nil
		}
		if !errors.Is(err, provider.ErrStale) {
			return verdict{}, err
		}
		if sheet, ok, err = s.reread(r.Context(), sheet); err != nil || !ok {
			return verdict{}, err
		}
	}
	return verdict{}, provider.ErrStale
}

// few is how many recovery codes are so few that their owner is told to make new ones.
const few = 2

// tellUsed tells the owner that a code was spent: M-13.
func (s *SignIn) tellUsed(r *web.Request, t turn, left int) ([]provider.Message, error) {
	account, err := s.Store.Account(r.Context(), t.c.Account)
	if err != nil {
		return nil, err
	}
	data := map[string]string{notify.DataAction: "used", notify.DataLeft: strconv.Itoa(left)}
	if left <= few {
		data[notify.DataAction] = "low"
	}
	return s.Tell(r, account, t.k.held, notify.RecoveryCodes, data), nil
}

// reread is an authenticator as it stands now, and whether it still does.
func (s *SignIn) reread(ctx context.Context, a provider.Authenticator) (provider.Authenticator, bool, error) {
	all, err := s.Store.Authenticators(ctx, a.Account)
	for _, now := range all {
		if now.ID == a.ID {
			return now, err == nil, err
		}
	}
	return a, false, err
}
