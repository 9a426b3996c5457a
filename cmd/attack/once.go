package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
)

const (
	crowd = 50 // parallel spenders
	few   = 8  // who guess together: fewer than a lane has room for
)

// once are the things that can be spent once.
func once() []probe {
	return []probe{
		{"authorization code", "one code, redeemed 50 times at once: one gets tokens, and they are dead afterwards", "code-twice", false, codeOnce},
		{"refresh token", "one token, used 50 times at once: one successor; used again later: the family is dead", "no-punishment", false, refreshOnce},
		{"refresh family", "a code that comes a second time: what it gave is dead", "no-punishment", false, codeAgain},
		{"e-mail code, pressed by 20", "the right code from 20 copies of the page at once: one session begins", "ceremony-twice", false, mailOnce},
		{"e-mail code, guessed", "5 wrong codes at once: the right one is refused after them", "code-tries", false, mailGuessed},
		{"code for a new password", "5 wrong ones at once: the right one is refused after them", "code-tries", false, resetGuessed},
		{"letters with codes", "a new password asked for by 20 strangers at once: the owner gets 5 letters", "no-budgets", false, letters},
		{"app code", "one code of an app in 8 sign-ins at once: one gets in", "step-twice", false, stepOnce},
		{"recovery code", "one recovery code in 8 sign-ins at once: one gets in", "recovery-twice", false, sheetOnce},
		{"passkey response", "one response from 20 copies of the page, and in a sign-in of the attacker's: one session begins", "ceremony-twice", false, keyOnce},
		{"way-in link", "the link of a message, pressed in 20 browsers at once: one becomes known", "link-twice", false, linkOnce},
		{"finished sign-in", "the forms of a sign-in sent again after its owner has signed out: nobody gets in", "ceremony-twice", false, finishedOnce},
	}
}

func codeOnce(ctx context.Context, s *site) error {
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	a := s.apps.records
	code, err := s.browser().signIn(ctx, p, a)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var got []tokens
	err = atOnce(crowd, func(int) error {
		t, ok, err := s.redeem(ctx, a, code)
		if ok {
			mu.Lock()
			got = append(got, t)
			mu.Unlock()
		}
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case len(got) == 0:
		return errors.New("nobody got tokens")
	case len(got) > 1:
		return broken("%d of %d got tokens for one code", len(got), crowd)
	}
	live, err := s.active(ctx, a, got[0].Access)
	if live {
		return broken("the code came %d times and its tokens live", crowd)
	}
	return err
}

// justOne is a breach where more than one had success; nobody's success is no probe.
func justOne(n int64, what string) error {
	switch n {
	case 0:
		return fmt.Errorf("nobody had success: "+what, n)
	case 1:
		return nil
	default:
		return broken(what, n)
	}
}

func codeAgain(ctx context.Context, s *site) error {
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	a := s.apps.records
	code, err := s.browser().signIn(ctx, p, a)
	if err != nil {
		return err
	}
	t, ok, err := s.redeem(ctx, a, code)
	if !ok {
		return errors.Join(errors.New("the code is not redeemed"), err)
	}
	if _, ok, err = s.redeem(ctx, a, code); ok || err != nil {
		return orBroken(err, "a code was redeemed again")
	}
	live, err := s.active(ctx, a, t.Access)
	if live {
		return broken("the code came again and its access token lives")
	}
	return err
}

// orBroken is an error that kept the probe from being made, or else a breach.
func orBroken(err error, what string, values ...any) error {
	if err != nil {
		return err
	}
	return broken(what, values...)
}

func refreshOnce(ctx context.Context, s *site) error {
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	a := s.apps.phone
	code, err := s.browser().signIn(ctx, p, a)
	if err != nil {
		return err
	}
	first, ok, err := s.redeem(ctx, a, code)
	if !ok {
		return errors.Join(errors.New("the code is not redeemed"), err)
	}
	var children sync.Map
	err = atOnce(crowd, func(int) error {
		t, ok, err := s.refresh(ctx, a, first.Refresh)
		if ok {
			children.Store(t.Refresh, true)
		}
		return err
	})
	if err != nil {
		return err
	}
	var child string
	n := 0
	children.Range(func(token, _ any) bool {
		child, n = token.(string), n+1
		return true
	})
	switch {
	case n == 0:
		return errors.New("the refresh token is refused")
	case n > 1:
		return broken("one refresh token has %d successors", n)
	}
	return s.familyDies(ctx, a, first.Refresh, child)
}

// familyDies moves a family on and then shows its first token.
func (s *site) familyDies(ctx context.Context, a app, first, child string) error {
	second, ok, err := s.refresh(ctx, a, child)
	if !ok {
		return errors.Join(errors.New("the successor is refused"), err)
	}
	if _, ok, err = s.refresh(ctx, a, first); ok || err != nil {
		return orBroken(err, "a refresh token was used whose successor's successor is out")
	}
	if _, ok, err = s.refresh(ctx, a, second.Refresh); ok || err != nil {
		return orBroken(err, "an old refresh token came back and its family lives")
	}
	return nil
}

// sessions counts the sessions that came of pages that lead away with codes.
func (s *site) sessions(ctx context.Context, a app, pages []page) (int, error) {
	begun := map[string]bool{}
	for _, p := range pages {
		if p.code() == "" {
			continue
		}
		t, ok, err := s.redeem(ctx, a, p.code())
		if err != nil {
			return 0, err
		}
		if ok {
			begun[t.session] = true
		}
	}
	return len(begun), nil
}

// together presses one form in n copies of a browser. Who is led nowhere looks again where the sign-in stands.
func (b *browser) together(ctx context.Context, n int, f form) ([]page, error) {
	twins, pages := make([]*browser, n), make([]page, n)
	for i := range twins {
		twins[i] = b.twin()
	}
	err := atOnce(n, func(i int) (err error) {
		pages[i], err = untilRoom(ctx, func() (page, error) { return twins[i].press(ctx, f, nil) })
		return err
	})
	for i := range pages {
		if err == nil && pages[i].code() == "" {
			pages[i], err = twins[i].get(ctx, f.ceremony())
		}
	}
	return pages, err
}

// oneSession presses a form in 20 copies of a browser, of which one session may come.
func (b *browser) oneSession(ctx context.Context, a app, f form) error {
	const copies = 20
	pages, err := b.together(ctx, copies, f)
	if err != nil {
		return err
	}
	switch n, err := b.site.sessions(ctx, a, pages); {
	case err != nil:
		return err
	case n == 0:
		return errors.New("nobody got in: " + pages[0].title())
	case n > 1:
		return broken("%d sessions began", n)
	}
	return nil
}

// mailPage is the page that asks for a code by e-mail, and the code.
func (s *site) mailPage(ctx context.Context, b *browser, p *person) (form, string, error) {
	before := len(s.mail.of(p.email))
	shown, err := b.typed(ctx, s.apps.vault, p.username, thePass)
	if err != nil {
		return form{}, "", err
	}
	f, err := shown.form("/email")
	if err != nil {
		return form{}, "", err
	}
	code, err := s.mail.find(ctx, p.email, before, sixDigits)
	return f, code, err
}

func mailOnce(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byEmail)
	if err != nil {
		return err
	}
	b := s.browser()
	f, code, err := s.mailPage(ctx, b, p)
	if err != nil {
		return err
	}
	return b.oneSession(ctx, s.apps.vault, f.with("code", code))
}

func mailGuessed(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byEmail)
	if err != nil {
		return err
	}
	b := s.browser()
	f, code, err := s.mailPage(ctx, b, p)
	if err != nil {
		return err
	}
	const guesses = 5
	if _, err = b.together(ctx, guesses, f.with("code", another(code))); err != nil {
		return err
	}
	shown, err := b.press(ctx, f.with("code", code), nil)
	if shown.code() != "" {
		return broken("a code was taken after %d wrong ones", guesses)
	}
	return err
}

// another code than this one.
func another(code string) string {
	last := code[len(code)-1]
	return code[:len(code)-1] + string('0'+(last-'0'+1)%10)
}

// inEach signs in few browsers up to the page of a second step, and sends them all one code at once: one may get in.
func (s *site) inEach(ctx context.Context, p *person, kind string, code func() (string, error)) error {
	browsers, forms := make([]*browser, few), make([]form, few)
	for i := range browsers {
		browsers[i] = s.browser()
		shown, err := browsers[i].typed(ctx, s.apps.vault, p.username, thePass)
		if err != nil {
			return err
		}
		if forms[i], err = shown.form("/" + kind); err != nil {
			return err
		}
	}
	typed, err := code()
	if err != nil {
		return err
	}
	var in atomic.Int64
	err = atOnce(few, func(i int) error {
		shown, err := browsers[i].press(ctx, forms[i].with("code", typed), nil)
		if shown.code() != "" {
			in.Add(1)
		}
		return err
	})
	if err != nil {
		return err
	}
	return justOne(in.Load(), "%d got in with one code")
}

func stepOnce(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byApp)
	if err != nil {
		return err
	}
	return s.inEach(ctx, p, "totp", p.code)
}

func sheetOnce(ctx context.Context, s *site) error {
	p, err := s.person(ctx, bySheet)
	if err != nil {
		return err
	}
	return s.inEach(ctx, p, "recovery", func() (string, error) { return p.sheet[0], nil })
}

func keyOnce(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byPasskey)
	if err != nil {
		return err
	}
	b := s.browser()
	shown, err := b.get(ctx, s.apps.vault.address())
	if err != nil {
		return err
	}
	f, err := keyForm(shown, p)
	if err != nil {
		return err
	}
	if err := b.oneSession(ctx, s.apps.vault, f); err != nil {
		return err
	}
	thief := s.browser()
	if shown, err = thief.get(ctx, s.apps.vault.address()); err != nil {
		return err
	}
	own, err := shown.form("/passkey")
	if err != nil {
		return err
	}
	shown, err = thief.press(ctx, own.with("response", f.fields.Get("response")), nil)
	if shown.code() != "" {
		return broken("a response was taken in another sign-in")
	}
	return err
}

// paused has strangers try wrong passwords until the account is paused for them, and answers the link of the message.
func (s *site) paused(ctx context.Context, p *person, more http.Header) (string, error) {
	before := len(s.mail.of(p.email))
	err := atOnce(tries+2, func(int) error {
		b := s.browser()
		b.extra = more
		if called := more.Get("Host"); called != "" {
			b.host = called
		}
		_, err := b.typed(ctx, s.apps.records, p.username, wrong)
		return err
	})
	if err != nil {
		return "", err
	}
	return s.mail.find(ctx, p.email, before, wayIn)
}

func linkOnce(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byEmail)
	if err != nil {
		return err
	}
	link, err := s.paused(ctx, p, nil)
	if err != nil {
		return err
	}
	var known atomic.Int64
	err = atOnce(20, func(int) error {
		b := s.browser()
		shown, err := b.get(ctx, link)
		if err != nil {
			return err
		}
		f, err := shown.form(link[len(issuer):])
		if err != nil {
			return nil //nolint:nilerr // it is used up by now
		}
		_, err = b.press(ctx, f, nil)
		if b.cookies["__Host-device"] != "" {
			known.Add(1)
		}
		return err
	})
	if err != nil {
		return err
	}
	return justOne(known.Load(), "one link made %d browsers known")
}

func finishedOnce(ctx context.Context, s *site) error {
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	b := s.browser()
	shown, err := b.get(ctx, s.apps.records.address())
	if err != nil {
		return err
	}
	f, err := shown.form("/password")
	if err != nil {
		return err
	}
	f = f.with("username", p.username, "password", thePass)
	thief := b.twin()
	if shown, err = untilRoom(ctx, func() (page, error) { return b.press(ctx, f, nil) }); err != nil {
		return err
	}
	if shown.code() == "" {
		return errors.New("the owner does not get in: " + shown.title())
	}
	if err := b.leave(ctx); err != nil {
		return err
	}
	f.fields.Del("password") // the form without what only the owner knows
	f.fields.Del("username")
	for _, again := range []func() (page, error){
		func() (page, error) { return thief.press(ctx, f, nil) },
		func() (page, error) { return thief.get(ctx, f.ceremony()) },
	} {
		shown, err := again()
		if err != nil {
			return err
		}
		if shown.code() != "" {
			return broken("a finished sign-in was finished again: %s", shown.title())
		}
	}
	return nil
}
