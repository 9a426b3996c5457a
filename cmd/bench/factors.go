package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"time"
)

// twoStep is the application that wants a second step.
const twoStep = "bench-two-step"

// formsEach is how many forms a caller fills in before the clock starts.
const formsEach = 30

// factors are the second ways. A verification is the POST alone; the ceremony before it is gone through beforehand.
func factors() []operation {
	return []operation{
		{name: "e-mail code, the POST", crowd: true, prepare: sending(mailForms)},
		{name: "app code, the POST", crowd: true, prepare: sending(appForms)},
		{name: "passkey assertion, the POST", crowd: true, prepare: sending(keyForms)},
		{name: "whole sign-in, password and app", crowd: true, prepare: byApp},
		{name: "whole sign-in, passkey alone", crowd: true, prepare: byKey},
	}
}

// ready is a form that is filled in, but for what is known at the last moment only.
type ready struct {
	form
	last func() (name, value string)
}

// sending has each caller fill in forms; a step sends one. One whose ceremony has vanished is passed over.
func sending(fill func(context.Context, *site) ([]ready, error)) func(context.Context, *site) (step, error) {
	return func(ctx context.Context, s *site) (step, error) {
		forms, err := fill(ctx, s)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) error {
			for len(forms) > 0 {
				f := forms[0]
				forms = forms[1:]
				if f.last != nil {
					name, value := f.last()
					f.fields.Set(name, value)
				}
				if err := f.send(ctx); !errors.Is(err, errVanished) {
					return err
				}
			}
			return errEnough
		}, nil
	}
}

// codeForm is where a code is typed, after the password.
func (p *person) codeForm(ctx context.Context, c client, kind string) (f form, err error) {
	err = p.patiently(func() error {
		first, err := p.named(ctx, c)
		if err != nil {
			return err
		}
		page, err := first.next(ctx)
		if err != nil {
			return err
		}
		f, err = p.fill(page, kind)
		return err
	})
	return f, err
}

func appForms(ctx context.Context, s *site) (all []ready, err error) {
	for range s.share() {
		l, err := s.apps.rested(ctx)
		if err != nil {
			return nil, err
		}
		f, err := s.as(l).codeForm(ctx, s.clients[twoStep], "totp")
		if err != nil {
			return nil, err
		}
		all = append(all, ready{f, func() (string, string) {
			code, _ := l.app(time.Now())
			return "code", code
		}})
	}
	return all, nil
}

func mailForms(ctx context.Context, s *site) (all []ready, err error) {
	began, sent := time.Now().Truncate(time.Microsecond), map[string]form{}
	for range s.share() {
		l := s.mails.take()
		f, err := s.as(l).codeForm(ctx, s.clients[twoStep], "email")
		if err != nil {
			return nil, err
		}
		sent[l.Email] = f
		all = append(all, ready{form: f})
	}
	return all, s.typeCodes(ctx, sent, began)
}

func keyForms(ctx context.Context, s *site) (all []ready, err error) {
	l := s.keys.take()
	for range formsEach {
		f, err := s.as(l).keyForm(ctx, s.clients[twoStep], l)
		if err != nil {
			return nil, err
		}
		all = append(all, ready{form: f})
	}
	return all, nil
}

// keyForm is the sign-in page, answered by the passkey.
func (p *person) keyForm(ctx context.Context, c client, l *login) (f form, err error) {
	err = p.patiently(func() error {
		page, err := p.open(ctx, c)
		if err != nil {
			return err
		}
		asked := options.FindStringSubmatch(page)
		if asked == nil {
			return fmt.Errorf("no passkey is asked for: %.300s", inside(page))
		}
		response, err := l.sign(p.site.issuer, html.UnescapeString(asked[1]))
		if err != nil {
			return err
		}
		f, err = p.fill(page, "passkey", "response", response)
		return err
	})
	return f, err
}

// byApp is a whole sign-in, from the authorization request to the tokens. Each is somebody else's.
func byApp(ctx context.Context, s *site) (step, error) {
	if _, err := s.apps.rested(ctx); err != nil {
		return nil, err
	}
	c := s.clients[twoStep]
	return func(ctx context.Context) error {
		l := s.apps.take()
		p := s.as(l)
		return p.whole(ctx, c, func() (form, error) {
			f, err := p.codeForm(ctx, c, "totp")
			code, ok := l.app(time.Now())
			if err == nil && !ok {
				err = errEnough
			}
			f.fields.Set("code", code)
			return f, err
		})
	}, nil
}

func byKey(_ context.Context, s *site) (step, error) {
	c, l := s.clients[twoStep], s.keys.take()
	return func(ctx context.Context) error {
		p := s.as(l)
		return p.whole(ctx, c, func() (form, error) { return p.keyForm(ctx, c, l) })
	}, nil
}

// whole sends the form that ends a ceremony, and gets the tokens.
func (p *person) whole(ctx context.Context, c client, last func() (form, error)) error {
	err := p.patiently(func() error {
		f, err := last()
		if err != nil {
			return err
		}
		return f.send(ctx)
	})
	if err != nil {
		return err
	}
	_, err = p.site.exchange(ctx, c, p.code)
	return err
}

// letter is a message in the inbox of dev.
type letter struct {
	To   string    `json:"to"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// patienceOfReaders is how long messages may take.
const patienceOfReaders = 30 * time.Second

// typeCodes writes into each form the code that came to its address since. Any replica may have delivered it.
func (s *site) typeCodes(ctx context.Context, forms map[string]form, since time.Time) error {
	for until := time.Now().Add(patienceOfReaders); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		all, err := s.letters(ctx)
		if err != nil {
			return err
		}
		left := len(forms)
		for _, m := range all {
			f, wanted := forms[m.To]
			code := sixDigits.FindString(m.Text)
			if wanted && code != "" && !m.At.Before(since) {
				f.fields.Set("code", code)
			}
		}
		for _, f := range forms {
			if f.fields.Has("code") {
				left--
			}
		}
		if left == 0 {
			return nil
		}
	}
	return fmt.Errorf("not all of %d codes came within %v", len(forms), patienceOfReaders)
}

func (h *house) letters(ctx context.Context) (all []letter, err error) {
	for _, s := range h.sites {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.issuer+"/dev/inbox.json", nil)
		if err != nil {
			return nil, err
		}
		body, err := s.send(request, http.StatusOK)
		if err != nil {
			return nil, err
		}
		var some []letter
		if err := json.Unmarshal(body, &some); err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}
