package main

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

func (a *actor) entrance(p *person, to app) *entrance {
	return &entrance{
		actor: a, p: p, app: to, browser: newBrowser(a.w.door), session: a.w.arrive(p), offline: !to.thirdParty && a.oneIn(4),
	}
}

func (e *entrance) family() *family {
	return &family{app: e.app, person: e.p, browser: e.browser, session: e.session, offline: e.offline}
}

// comesIn is a sign-in in a new browser, up to tokens. Now and then the form is sent twice, or the page is opened again with
// Back: it is one session all the same.
func (a *actor) comesIn(ctx context.Context) {
	e := a.entrance(pick(a, a.w.people), pick(a, a.w.apps))
	e.twice = a.oneIn(4)
	if !e.enter(ctx) {
		return
	}
	f := e.family()
	sid, op := a.redeem(ctx, f, e.code, true)
	if op.Outcome != OK {
		return
	}
	defer a.w.put(f)
	a.sameSession(e.ceremony, sid)
	if a.oneIn(3) {
		e.again = append(e.again, repeated{e.ceremony, e.browser.get(ctx, "/signin/"+e.ceremony)})
	}
	for _, p := range e.again {
		code, _ := p.page.code()
		if code == "" {
			continue
		}
		other := e.family()
		if sid, op := a.redeem(ctx, other, code, false); op.Outcome == OK {
			a.sameSession(p.ceremony, sid)
			a.w.put(other)
		}
	}
}

func (a *actor) sameSession(ceremony, sid string) {
	now := a.w.history.Now()
	a.w.history.Add(Op{Client: a.n, Kind: Same, Subject: "ceremony:" + ceremony, Value: sid, Start: now, End: now, Outcome: OK})
}

// leaks is a code that two redeem at once: one wins, and its grant dies since the other came.
func (a *actor) leaks(ctx context.Context) {
	e := a.entrance(pick(a, a.w.people), pick(a, a.w.apps))
	if !e.enter(ctx) {
		return
	}
	both := [2]*family{e.family(), e.family()}
	var ops [2]Op
	atOnce(2, func(i int) { _, ops[i] = a.redeem(ctx, both[i], e.code, false) })
	for i := range both {
		if ops[i].Outcome != OK {
			continue
		}
		_, replay := a.redeem(ctx, e.family(), e.code, false)
		outcome := Lost
		if replay.Status == http.StatusBadRequest {
			outcome = OK
		}
		replay.Start = ops[i].Start
		a.told(replay, Set, outcome, ofGrant(both[i]), Over)
		a.inspect(ctx, both[i])
	}
}

// goesOn is single sign-on: a browser with a session gets a code without a page.
func (a *actor) goesOn(ctx context.Context) {
	f := a.w.take(a.dice.Int())
	if f == nil {
		return
	}
	defer a.w.put(f)
	to := a.w.apps[a.dice.IntN(2)] // ours: no consent is asked
	other := &family{app: to, person: f.person, browser: f.browser, session: f.session, offline: a.oneIn(4)}
	code, ok := a.silently(ctx, other)
	if !ok {
		return
	}
	if _, op := a.redeem(ctx, other, code, true); op.Outcome == OK {
		a.w.put(other)
	}
}

// silently asks for a code with the session that the browser has.
func (a *actor) silently(ctx context.Context, f *family) (string, bool) {
	var p page
	got, op := a.timed(func() answer {
		p = f.browser.get(ctx, f.app.address(f.offline))
		return p.answer
	})
	code, _ := p.code()
	rests := live(ofSession(f.session), ofClient(f.app), ofAccount(f.person), ofOwed(f.person))
	if f.app.thirdParty {
		rests = append(rests, live(ofConsent(f.person, f.app))...)
	}
	a.used(op, got, "single sign-on", code != "", rests...)
	return code, code != ""
}

// inTime is how long an access token is surely accepted: it lasts 5 minutes.
const inTime = 4 * time.Minute

// looks asks about a family's tokens everywhere.
func (a *actor) looks(ctx context.Context) {
	f := a.w.take(a.dice.Int())
	if f == nil {
		return
	}
	a.inspect(ctx, f)
	a.w.put(f)
}

func (a *actor) inspect(ctx context.Context, f *family) {
	rests := f.rests(Fact{ofToken(f), Live})
	if a.w.history.Now()-f.issued < inTime {
		a.userinfo(ctx, f, rests)
		if !f.app.public {
			a.introspect(ctx, f, f.access, rests)
		}
	}
	if !f.app.public {
		a.introspect(ctx, f, f.latest(), f.rests())
	}
}

// refreshes moves a family on, now and then by two at once, and once more with the same token as after a lost answer.
func (a *actor) refreshes(ctx context.Context) {
	f := a.w.take(a.dice.Int())
	if f == nil {
		return
	}
	defer a.w.put(f)
	if a.oneIn(3) && f.tried == 0 {
		a.stammers(ctx, f)
		return
	}
	if a.moveOn(ctx, f).Outcome == Lost {
		a.moveOn(ctx, f)
	}
}

// stammers uses one token twice at once, and then again: all bring the same child.
func (a *actor) stammers(ctx context.Context, f *family) {
	token, copied := f.latest(), *f
	began := a.w.history.Now()
	atOnce(2, func(i int) { a.refresh(ctx, &copied, token, true) })
	f.tried = began
	if a.w.history.Now()-began < wellWithinGrace {
		a.moveOn(ctx, f)
	}
}

// reuses shows a token whose successor was used: the family dies.
func (a *actor) reuses(ctx context.Context) {
	f := a.w.take(a.dice.Int())
	if f == nil {
		return
	}
	defer a.w.put(f)
	if len(f.refreshes) < 3 {
		return
	}
	_, _, op := a.refresh(ctx, f, f.refreshes[0], false)
	switch {
	case op.Status == http.StatusBadRequest:
		a.told(op, Set, OK, ofGrant(f), Over, f.rests()...) // where the gate was shut anyway, nobody looked at the token
	case op.Outcome != OK:
		a.told(op, Set, Lost, ofGrant(f), Over)
	}
	a.inspect(ctx, f)
}

// revokes takes a token back, now and then while it is being refreshed.
func (a *actor) revokes(ctx context.Context) {
	f := a.w.take(a.dice.Int())
	if f == nil {
		return
	}
	token, fact := f.access, Fact{ofToken(f), Over}
	if a.oneIn(2) {
		token, fact = f.latest(), Fact{ofGrant(f), Over}
	}
	together := 1 + a.dice.IntN(2)
	atOnce(together, func(i int) {
		if i == 1 {
			a.refresh(ctx, f, f.latest(), false)
			return
		}
		got, op := a.timed(func() answer { return a.call(ctx, f.app, "/revoke", "token", token) })
		a.changed(op, got, fact, got.status == http.StatusOK)
	})
	a.inspect(ctx, f)
	a.inspect(ctx, f)
	if together == 1 {
		a.w.put(f)
	}
}

// signsOut ends a session, by the application's hint or by the person's press; a copy of its cookies is worth nothing then.
func (a *actor) signsOut(ctx context.Context) {
	f := a.w.take(a.dice.Int())
	if f == nil {
		return
	}
	copied := f.browser.twin()
	var p page
	got, op := a.timed(func() answer {
		p = a.farewell(ctx, f)
		return p.answer
	})
	if a.leftFor(p) || p.lost() {
		a.changed(op, got, Fact{ofSession(f.session), Over}, true)
	}
	for range 2 {
		a.inspect(ctx, f)
		a.silently(ctx, &family{app: a.w.apps[0], person: f.person, browser: copied, session: f.session})
		a.refresh(ctx, f, f.latest(), false)
	}
}

// farewell goes the way out. A browser that has no session any more is told goodbye too, and nothing is claimed of it.
func (a *actor) farewell(ctx context.Context, f *family) page {
	if a.oneIn(2) && f.idToken != "" {
		return f.browser.get(ctx, "/logout?"+url.Values{
			"id_token_hint": {f.idToken}, "post_logout_redirect_uri": {"https://" + f.app.id + ".example/bye"},
		}.Encode())
	}
	p := f.browser.get(ctx, "/logout")
	if confirm, ok := p.form("/logout/confirm"); ok {
		return f.browser.press(ctx, confirm)
	}
	return p
}

// leftFor reports whether a page is the end of a way out.
func (a *actor) leftFor(p page) bool {
	_, asked := p.form("/logout/confirm")
	return !asked && (p.away != nil || p.status == http.StatusOK)
}

// answersTwice allows and denies the same question at once, in two tabs: one answer holds, in both.
func (a *actor) answersTwice(ctx context.Context) {
	p, err := a.w.enroll(ctx) // somebody who has not been asked before
	if err != nil {
		return
	}
	e := a.entrance(p, a.w.diary)
	a.w.history.Add(Op{Client: a.n, Kind: Set, Subject: ofConsent(p, e.app), Value: Over, Outcome: OK, Start: a.w.history.Now(), End: a.w.history.Now()})
	first := e.browser.get(ctx, e.app.address(false))
	f, ok := first.form("/password")
	if !ok {
		return
	}
	f, ok = e.typePassword(ctx, f).form("/consent")
	if !ok {
		return
	}
	e.ceremony = f.ceremony()
	other := e.browser.twin()
	var codes [2]string
	atOnce(2, func(i int) {
		if i == 0 {
			codes[0] = e.answered(e.allow(ctx, f))
			return
		}
		codes[1] = e.answered(other.press(ctx, f.with("choice", "deny")))
	})
	for _, code := range codes {
		if code != "" {
			a.redeem(ctx, e.family(), code, true)
		}
	}
}

// answered writes down what the ceremony came to.
func (e *entrance) answered(p page) string {
	code, refused := p.code()
	came := refused
	if code != "" {
		came = "code"
	}
	if came != "" {
		now := e.w.history.Now()
		e.w.history.Add(Op{Client: e.n, Kind: Same, Subject: "answer:" + e.ceremony, Value: came, Start: now, End: now, Outcome: OK})
	}
	return code
}
