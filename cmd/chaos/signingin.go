package main

import (
	"context"
	"net/http"
)

// entrance is somebody's way in, until it leads to a code or nowhere.
type entrance struct {
	*actor
	p        *person
	app      app
	browser  *browser
	session  *session
	offline  bool
	newWord  string // to be set where the house asks for a new password; "" gives up there
	typed    []Fact // the password that was taken
	twice    bool   // press the button of the sign-in page twice at once
	ceremony string
	code     string
	again    []repeated
}

// repeated is what a ceremony answered when it was asked once more.
type repeated struct {
	ceremony string
	page
}

// mostSteps bounds a way in: a ceremony that vanished begins again at its first page.
const mostSteps = 8

// enter goes the whole way and answers whether it led to a code.
func (e *entrance) enter(ctx context.Context) bool {
	p := e.browser.get(ctx, e.app.address(e.offline))
	for range mostSteps {
		if p.lost() {
			return false
		}
		if code, refused := p.code(); code != "" || refused != "" {
			e.code = code
			return code != ""
		}
		next, ok := e.step(ctx, p)
		if !ok {
			return false
		}
		p = next
	}
	return false
}

// step fills in the page; false: there is nothing to fill in.
func (e *entrance) step(ctx context.Context, p page) (page, bool) {
	if f, ok := p.form("/new-password"); ok && e.newWord != "" {
		return e.setPassword(ctx, f), true
	}
	if f, ok := p.form("/consent"); ok {
		return e.allow(ctx, f), true
	}
	if f, ok := p.form("/password"); ok {
		return e.typePassword(ctx, f), true
	}
	return p, false
}

// pressed sends a form; whatever the answer, it may have completed the ceremony.
func (e *entrance) pressed(ctx context.Context, f form, pairs ...string) (page, Op) {
	e.ceremony = f.ceremony()
	var p page
	got, op := e.timed(func() answer {
		p = e.browser.press(ctx, f.with(pairs...))
		return p.answer
	})
	op.Note = got.note("sign-in")
	code, _ := p.code()
	switch {
	case code != "":
		e.w.arrived(e.p, e.session)
		e.told(op, Use, OK, "", "", append(live(ofClient(e.app), ofAccount(e.p), ofOwed(e.p)), e.typed...)...)
		e.told(op, Reset, OK, ofCounter(e.p), "")
	case p.status != http.StatusUnprocessableEntity: // a sign-in may be complete although nothing is given out
		e.told(op, Use, Lost, "", "")
		e.told(op, Reset, Lost, ofCounter(e.p), "")
	}
	return p, op
}

// typePassword fills in name and password, and notes what the answer says of the password.
func (e *entrance) typePassword(ctx context.Context, f form) page {
	secret := e.p.password()
	fact := Fact{ofPassword(e.p), hash(secret)}
	pairs := []string{"username", e.p.username, "password", secret}
	if e.twice {
		e.twice = false
		return e.doubly(ctx, f, pairs)
	}
	p, op := e.pressed(ctx, f, pairs...)
	switch {
	case p.lost():
		e.told(op, Count, Lost, ofCounter(e.p), "")
	case p.status == http.StatusUnprocessableEntity:
		e.told(op, Count, OK, ofCounter(e.p), "")
		e.told(op, Use, Refused, "", "", fact)
		e.p.doubt(secret)
	case e.past(p):
		e.told(op, Use, OK, "", "", fact)
		e.typed = []Fact{fact}
		e.p.believe(secret)
	}
	return p
}

// past reports whether a page comes only after the password.
func (e *entrance) past(p page) bool {
	_, consent := p.form("/consent")
	_, owed := p.form("/new-password")
	code, _ := p.code()
	return consent || owed || code != ""
}

// doubly presses twice at once, as an impatient person does: both lead to one session.
func (e *entrance) doubly(ctx context.Context, f form, pairs []string) page {
	e.ceremony = f.ceremony()
	var pages [2]page
	first := e.browser.twin()
	atOnce(2, func(i int) {
		if i == 0 {
			pages[i], _ = e.pressed(ctx, f, pairs...)
			return
		}
		_, op := e.timed(func() answer {
			pages[i] = first.press(ctx, f.with(pairs...))
			return pages[i].answer
		})
		op.Note = pages[i].note("sign-in again")
		if pages[i].lost() {
			e.told(op, Reset, Lost, ofCounter(e.p), "")
		}
	})
	if pages[0].status == http.StatusUnprocessableEntity {
		e.p.doubt(e.p.password()) // may have been counted twice or once: nobody claims anything
	}
	e.again = append(e.again, repeated{f.ceremony(), pages[1]})
	return pages[0]
}

// allow answers the question about consent.
func (e *entrance) allow(ctx context.Context, f form) page {
	p, op := e.pressed(ctx, f, "choice", "allow")
	outcome := Lost // it may be kept although nothing is given out: the client may be disabled by now
	if code, _ := p.code(); code != "" {
		outcome = OK
	}
	e.told(op, Set, outcome, ofConsent(e.p, e.app), Live)
	return p
}

// setPassword answers the demand for a new one. All other sessions of the person end with it.
func (e *entrance) setPassword(ctx context.Context, f form) page {
	p, op := e.pressed(ctx, f, "new_password", e.newWord)
	_, again := p.form("/new-password")
	op.Outcome = Lost
	switch code, _ := p.code(); {
	case again:
		return p
	case code != "":
		op.Outcome = OK
		e.p.replace(e.newWord)
		e.typed = []Fact{{ofPassword(e.p), hash(e.newWord)}}
	default:
		e.p.suspect(e.newWord)
	}
	e.told(op, Set, op.Outcome, ofPassword(e.p), hash(e.newWord))
	e.told(op, Set, op.Outcome, ofOwed(e.p), Live)
	e.w.allEnd(op, e.p, e.session)
	return p
}
