package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/audit"
)

// invited is about first accounts.
func invited() []probe {
	return []probe{
		{"invitation", "one invitation, taken to its last page in 4 browsers and finished in all at once: one account", "invitation-twice", false, invitationOnce},
		{"facts of an invitation", "20 wrong dates of birth at once for one code: the right one is refused after them", "lanes-open", false, factsGuessed},
	}
}

// invite issues an invitation to somebody born on 9 March 1984, and answers its code.
func (s *site) invite(ctx context.Context) (string, error) {
	now := time.Now().Truncate(time.Microsecond)
	issued, err := activation.Issuer{Keys: s.keyset, Lang: "en"}.Invite(activation.Invitation{
		Record: fmt.Sprintf("R-%d", s.people.Add(1)), Relation: provider.Self, Silent: true,
		Facts: map[activation.Fact]string{activation.BirthDate: "1984-03-09"},
	}, audit.Operator, now)
	if err != nil {
		return "", err
	}
	return issued.Code, s.store.IssueActivations(ctx, []provider.Issue{issued.Issue})
}

var firstChoice = regexp.MustCompile(`name="choice" value="([^"]+)"`)

// opening is somebody's way through the pages of an invitation.
type opening struct {
	browser *browser
	name    string
	last    form // of the last page
}

// born types the code and a date of birth.
func (b *browser) born(ctx context.Context, code, year string) (page, error) {
	shown, err := b.get(ctx, "/activate/code")
	if err != nil {
		return shown, err
	}
	f, err := shown.form("/activate/code")
	if err != nil {
		return shown, err
	}
	if shown, err = b.press(ctx, f.with("code", code), nil); err != nil {
		return shown, err
	}
	if f, err = shown.form("/facts"); err != nil {
		return shown, err
	}
	return untilRoom(ctx, func() (page, error) { return b.press(ctx, f.with("month", "3", "day", "9", "year", year), nil) })
}

// opens goes through the pages up to the last.
func (s *site) opens(ctx context.Context, code, name string) (*opening, error) {
	o := &opening{browser: s.browser(), name: name}
	shown, err := o.browser.born(ctx, code, "1984")
	const most = 12
	for range most {
		if err != nil {
			return nil, err
		}
		var done bool
		if shown, done, err = o.step(ctx, shown); done {
			return o, err
		}
	}
	return nil, errors.New("no end comes: " + shown.title())
}

// step fills in the page that is shown; done is true at the last.
func (o *opening) step(ctx context.Context, shown page) (next page, done bool, err error) {
	email := o.name + "@mail.example"
	for _, kind := range []string{"finish", "have", "alone", "email", "text", "check-code", "name", "password"} {
		f, none := shown.form("/" + kind)
		if none != nil {
			continue
		}
		switch kind {
		case "finish":
			o.last = f
			return shown, true, nil
		case "have", "alone":
			choice := firstChoice.FindStringSubmatch(shown.body)
			if choice == nil {
				return shown, false, errors.New("nothing to choose: " + shown.title())
			}
			f = f.with("choice", choice[1])
		case "email":
			f = f.with("email", email)
		case "text":
			f = f.with("choice", "skip")
		case "check-code":
			code, err := o.browser.site.mail.find(ctx, email, 0, sixDigits)
			if err != nil {
				return shown, false, err
			}
			f = f.with("code", code)
		case "name":
			f = f.with("username", o.name)
		case "password":
			f = f.with("new_password", thePass)
		}
		next, err = untilRoom(ctx, func() (page, error) { return o.browser.press(ctx, f, nil) })
		return next, false, err
	}
	return shown, false, errors.New("an unknown page: " + shown.title())
}

func invitationOnce(ctx context.Context, s *site) error {
	code, err := s.invite(ctx)
	if err != nil {
		return err
	}
	const browsers = 4
	all := make([]*opening, browsers)
	for i := range all {
		name := fmt.Sprintf("opened-%d-%s", i, strings.ToLower(strings.NewReplacer("_", "x", "-", "x").Replace(provider.NewID()[:6])))
		if all[i], err = s.opens(ctx, code, name); err != nil {
			return err
		}
	}
	err = atOnce(browsers, func(i int) error {
		_, err := untilRoom(ctx, func() (page, error) { return all[i].browser.press(ctx, all[i].last, nil) })
		return err
	})
	if err != nil {
		return err
	}
	var opened int64
	for _, o := range all {
		found, err := s.store.FindAccounts(ctx, provider.Username, o.name)
		if err != nil {
			return err
		}
		opened += int64(len(found))
	}
	return justOne(opened, "one invitation opened %d accounts")
}

func factsGuessed(ctx context.Context, s *site) error {
	code, err := s.invite(ctx)
	if err != nil {
		return err
	}
	const guesses = 20
	err = atOnce(guesses, func(i int) error {
		shown, err := s.browser().born(ctx, code, fmt.Sprint(1950+i))
		if err == nil && shown.status == http.StatusOK {
			err = errors.New("a wrong date is not refused: " + shown.title())
		}
		return err
	})
	if err != nil {
		return err
	}
	shown, err := s.browser().born(ctx, code, "1984")
	if _, refused := shown.form("/facts"); err == nil && refused != nil && shown.status == http.StatusOK {
		return broken("after %d wrong dates the right one was taken: %s", guesses, shown.title())
	}
	return err
}
