package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"gatehouse/provider"
)

// tries is how many wrong secrets of strangers are looked at before a pause: the default of the lanes.
const tries = 10

// guessing is about counters, and about whom they shut out.
func guessing() []probe {
	return []probe{
		{"wrong passwords", "50 at once for one account, from 50 addresses: 10 are looked at, and then not the right one either", "lanes-open", false, passwordsRace},
		{"wrong codes", "50 at once for one account, in 5 sign-ins: 10 are looked at", "lanes-open", false, codesRace},
		{"names of one account", "24 wrong passwords under 12 spellings of name and address: 10 are looked at", "lanes-by-spelling", false, aliases},
		{"names of nobody", "24 wrong passwords under 12 spellings of a name that nobody has: paused at the same try", "lanes-by-spelling", false, nobodysAliases},
		{"victim, by known browser", "strangers guess until they are paused: the owner signs in where they did before", "lane-for-all", false, victimKnown},
		{"victim, by passkey", "strangers guess until they are paused: the owner's passkey works in a new browser", "passkey-locked", false, victimKey},
		{"victim, by message", "strangers guess until they are paused: the link that the owner gets lets a new browser in", "link-never", false, victimLink},
		{"lists of passwords", "wrong passwords at hundreds of names from as many addresses: strangers are slowed after them, known browsers are not", "no-storm", false, lists},
		{"wrong passwords, apart", "50 at once, spread over three processes: they count together", "lanes-apart", true, passwordsRace},
	}
}

// guess types a wrong password as a stranger, from an address of its own, until it is answered.
func (s *site) guess(ctx context.Context, name string) (page, error) {
	return s.browser().typed(ctx, s.apps.records, name, wrong)
}

// guessOn is guess of who comes again where there is no room for now, as often as it takes: on a busy machine that is no refusal.
func (s *site) guessOn(ctx context.Context, name string) (page, error) {
	const times = 50
	shown, err := s.guess(ctx, name)
	for again := 1; err == nil && shown.status == http.StatusServiceUnavailable && again < times; again++ {
		pause(ctx, 100*time.Millisecond)
		shown, err = s.guess(ctx, name)
	}
	return shown, err
}

func passwordsRace(ctx context.Context, s *site) error {
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	var looked atomic.Int64
	err = atOnce(crowd, func(int) error {
		shown, err := s.guessOn(ctx, p.username)
		switch {
		case err != nil:
		case shown.status == http.StatusUnprocessableEntity:
			looked.Add(1)
		case shown.status != http.StatusTooManyRequests:
			err = fmt.Errorf("a guess is answered by %s", shown.title())
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := s.within(ctx, p, provider.Password, looked.Load()); err != nil {
		return err
	}
	shown, err := s.browser().typed(ctx, s.apps.records, p.username, thePass)
	if shown.code() != "" {
		return broken("the password was looked at while strangers are paused")
	}
	return err
}

// within holds how many guesses were looked at to what a lane lets through: as the pages said, and as the store counted.
func (s *site) within(ctx context.Context, p *person, kind provider.Kind, said int64) error {
	counted, err := s.evaluated(ctx, p, kind)
	switch {
	case err != nil:
		return err
	case said > tries || counted > tries:
		return broken("%d guesses were looked at by the pages, %d by the store", said, counted)
	case said == 0 || counted == 0:
		return fmt.Errorf("no guess was looked at: %d, %d", said, counted)
	}
	return nil
}

func codesRace(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byApp)
	if err != nil {
		return err
	}
	const pages = 5
	forms, browsers := make([]form, pages), make([]*browser, pages)
	for i := range forms {
		browsers[i] = s.browser()
		shown, err := browsers[i].typed(ctx, s.apps.vault, p.username, thePass)
		if err != nil {
			return err
		}
		if forms[i], err = shown.form("/totp"); err != nil {
			return err
		}
	}
	code, err := p.code()
	if err != nil {
		return err
	}
	var looked atomic.Int64
	err = atOnce(crowd, func(i int) error {
		shown, err := browsers[i%pages].press(ctx, forms[i%pages].with("code", another(code)), nil)
		if shown.status == http.StatusUnprocessableEntity {
			looked.Add(1)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.within(ctx, p, provider.TOTP, looked.Load())
}

// spellings are forms of a name that are one name: case, spaces around it, wide letters of East Asian keyboards. The e-mail address is
// another name of the same account.
func spellings(name, email string) []string {
	all := []string{name, strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:], " " + name, name + " ", wide(name), wide(strings.ToUpper(name))}
	if email != "" {
		user, domain, _ := strings.Cut(email, "@")
		all = append(all, email, strings.ToUpper(user)+"@"+domain, user+"@"+strings.ToUpper(domain), " "+email, strings.ToUpper(email))
	}
	return all
}

// wide writes letters in their full width, which Unicode's NFKC folds back.
func wide(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r - '!' + '！'
		}
		return r
	}, text)
}

// spell tries each spelling twice and answers how many were looked at.
func (s *site) spell(ctx context.Context, names []string) (looked int64, err error) {
	var all atomic.Int64
	err = atOnce(2*len(names), func(i int) error {
		shown, err := s.guessOn(ctx, names[i%len(names)])
		if shown.status == http.StatusUnprocessableEntity {
			all.Add(1)
		}
		return err
	})
	return all.Load(), err
}

func aliases(ctx context.Context, s *site) error {
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	looked, err := s.spell(ctx, spellings(p.username, p.email))
	if err != nil {
		return err
	}
	return s.within(ctx, p, provider.Password, looked)
}

func nobodysAliases(ctx context.Context, s *site) error {
	p, err := s.person(ctx) // for a name that is surely nobody's
	if err != nil {
		return err
	}
	looked, err := s.spell(ctx, spellings("x"+p.username, ""))
	if err != nil {
		return err
	}
	if looked != tries {
		return broken("%d guesses at nobody's name were answered like those that are looked at, not %d", looked, tries)
	}
	return nil
}

// shutOut has strangers pause an account, and makes sure that it is.
func (s *site) shutOut(ctx context.Context, p *person) (link string, err error) {
	if link, err = s.paused(ctx, p, nil); err != nil {
		return "", err
	}
	shown, err := s.browser().typed(ctx, s.apps.records, p.username, thePass)
	if err == nil && shown.code() != "" {
		err = fmt.Errorf("nobody is paused: %s", shown.title())
	}
	return link, err
}

func victimKnown(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byEmail)
	if err != nil {
		return err
	}
	b := s.browser()
	if _, err := b.signIn(ctx, p, s.apps.records); err != nil {
		return err
	}
	if _, err := s.shutOut(ctx, p); err != nil {
		return err
	}
	if _, err := b.only("device").signIn(ctx, p, s.apps.records); err != nil {
		return broken("the owner is shut out: %v", err)
	}
	return nil
}

func victimKey(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byEmail, byPasskey)
	if err != nil {
		return err
	}
	if _, err := s.shutOut(ctx, p); err != nil {
		return err
	}
	shown, err := s.browser().byKey(ctx, p, s.apps.vault)
	if err == nil && shown.code() == "" {
		return broken("the owner's passkey is refused: %s", shown.title())
	}
	return err
}

func victimLink(ctx context.Context, s *site) error {
	p, err := s.person(ctx, byEmail)
	if err != nil {
		return err
	}
	link, err := s.shutOut(ctx, p)
	if err != nil {
		return err
	}
	b := s.browser()
	shown, err := b.get(ctx, link)
	if err != nil {
		return err
	}
	f, err := shown.form(link[len(issuer):])
	if err != nil {
		return err
	}
	if _, err := b.press(ctx, f, nil); err != nil {
		return err
	}
	if _, err := b.signIn(ctx, p, s.apps.records); err != nil {
		return broken("the owner is shut out, in spite of the link: %v", err)
	}
	return nil
}

func lists(ctx context.Context, s *site) error {
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	b := s.browser()
	if _, err := b.signIn(ctx, p, s.apps.records); err != nil {
		return err
	}
	const many, tried, most = 150, 20, 12 // 120 wrong ones are a storm to a process; a stranger's address has 6 a minute then
	at := s.running[0]                    // each judges by what it sees itself
	if err := s.names(ctx, 20, many, func(i int) error {
		stranger := s.browser()
		stranger.at = at
		_, err := stranger.typed(ctx, s.apps.records, fmt.Sprintf("nobody-%d-%s", i, p.username), wrong)
		return err
	}); err != nil {
		return err
	}
	var count atomic.Int64
	from := s.address()
	err = s.names(ctx, tried/2, tried, func(i int) error {
		one := s.browser()
		one.at, one.from = at, from
		shown, err := one.typed(ctx, s.apps.records, fmt.Sprintf("somebody-%d-%s", i, p.username), wrong)
		if shown.status == http.StatusUnprocessableEntity {
			count.Add(1)
		}
		return err
	})
	if err != nil {
		return err
	}
	b.at = at
	looked := count.Load()
	if looked > most {
		return broken("%d of %d more guesses from one address were looked at", looked, tried)
	}
	if _, err := b.only("device").signIn(ctx, p, s.apps.records); err != nil {
		return broken("a known browser is slowed as well: %v", err)
	}
	return nil
}

// names does something for each of n names, some at a time.
func (s *site) names(ctx context.Context, together, n int, do func(i int) error) error {
	var next atomic.Int64
	return atOnce(together, func(int) error {
		for i := next.Add(1); i <= int64(n) && ctx.Err() == nil; i = next.Add(1) {
			if err := do(int(i)); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}
