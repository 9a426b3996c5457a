package main

import (
	"context"
	"fmt"
	"time"
)

// reset asks for a code for a new password, in a new browser, and answers the form that takes it.
func (s *site) reset(ctx context.Context, p *person) (*browser, form, error) {
	b := s.browser()
	shown, err := b.get(ctx, "/forgot/password")
	if err != nil {
		return b, form{}, err
	}
	f, err := shown.form("/forgot/password")
	if err != nil {
		return b, form{}, err
	}
	if shown, err = b.press(ctx, f.with("username", p.username), nil); err != nil {
		return b, form{}, err
	}
	f, err = shown.form(shown.path)
	return b, f, err
}

func resetGuessed(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byEmail)
	if err != nil {
		return err
	}
	b, f, err := s.reset(ctx, p)
	if err != nil {
		return err
	}
	code, err := s.mail.find(ctx, p.email, 0, sixDigits)
	if err != nil {
		return err
	}
	const guesses = 5
	twins := make([]*browser, guesses)
	for i := range twins {
		twins[i] = b.twin()
	}
	err = atOnce(guesses, func(i int) error {
		_, err := twins[i].press(ctx, f.with("code", another(code)), nil)
		return err
	})
	if err != nil {
		return err
	}
	shown, err := b.press(ctx, f.with("code", code), nil)
	if _, none := shown.form("/new-password"); err == nil && none == nil {
		return broken("a code was taken after %d wrong ones", guesses)
	}
	return s.resets(ctx, err)
}

// resets makes sure that a right code is taken where nobody guessed.
func (s *site) resets(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	p, err := s.person(ctx, byEmail)
	if err != nil {
		return err
	}
	b, f, err := s.reset(ctx, p)
	if err != nil {
		return err
	}
	code, err := s.mail.find(ctx, p.email, 0, sixDigits)
	if err != nil {
		return err
	}
	shown, err := b.press(ctx, f.with("code", code), nil)
	if err != nil {
		return err
	}
	_, err = shown.form("/new-password")
	return err
}

func letters(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byEmail)
	if err != nil {
		return err
	}
	const strangers, most = 20, 5
	err = atOnce(strangers, func(int) error {
		_, _, err := s.reset(ctx, p)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.delivered(ctx); err != nil {
		return err
	}
	switch got := len(s.mail.of(p.email)); {
	case got > most:
		return broken("%d letters came", got)
	case got < most:
		return fmt.Errorf("%d letters came", got)
	}
	return nil
}

// delivered waits until no letter waits any more.
func (s *site) delivered(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, letterWithin)
	defer cancel()
	for {
		waits, _, err := s.store.Backlog(ctx)
		if waits == 0 || err != nil {
			return err
		}
		pause(ctx, 20*time.Millisecond)
	}
}
