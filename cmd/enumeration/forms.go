package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"time"
)

// form is a public form that takes a name or a secret.
type form struct {
	name    string
	abreast int // browsers that fill it in side by side: as many as the house serves without haste
	fill    filling
	ready   func(ctx context.Context, h *house, pairs int) error // nil: nothing must be done before
	kinds   func() []kind                                        // nil: kinds
	same    bool                                                 // the same name in each round, the one after all others: its counters stand still
}

// filling brings a browser to a form for the ith name of a kind, and fills it in.
type filling func(ctx context.Context, b *browser, k kind, i int) (path string, fields url.Values, err error)

// forms are all of them. What is not here: forms that are reached only by somebody who has shown a password or a code already
// (their answers are compared byte by byte in provider/server), and passkeys, where no name is typed.
func forms() []form {
	hashes := 8 * runtime.NumCPU()  // of 25 ms each, in the 600 ms after which failures are answered: half of what is carried, or less
	writes := 16 * runtime.NumCPU() // of a dozen statements each
	return []form{
		{name: "sign-in, wrong password", abreast: hashes, fill: signIn},
		{name: "sign-in, paused (S-14)", abreast: mostAbreast, fill: signIn, ready: pause, same: true},
		{name: "forgot password (R-02)", abreast: writes, fill: forgot("/forgot/password", "username")},
		{name: "forgot username (R-10)", abreast: mostAbreast, fill: forgot("/forgot/username", "contact")},
		{name: "wrong code for a reset (R-03)", abreast: writes, fill: resetCode},
		{name: "facts of an activation (A-03)", abreast: mostAbreast, fill: facts, kinds: codes},
		{name: "way-in link that is too old", abreast: 1, fill: tooOld("/way-in/", "way-in")},
		{name: "stop link that is too old", abreast: 1, fill: tooOld("/recovery/stop/", "recovery-stop")},
	}
}

// mostAbreast is how many browsers there are at most.
const mostAbreast = 60

func signIn(ctx context.Context, b *browser, k kind, i int) (string, url.Values, error) {
	page, err := b.opens(ctx, signInPage())
	if err != nil {
		return "", nil, err
	}
	action, fields, err := page.form("/password")
	fields.Set("username", k.types(i))
	fields.Set("password", "not the password of anybody")
	return action, fields, err
}

// pause has somebody guess at the last name of each kind, until no password is looked at.
func pause(ctx context.Context, h *house, pairs int) error {
	const tries = 10
	all := append(kinds(), nobody())
	return each(len(all), len(all), func(i int) error {
		for try := range tries + 1 {
			a, err := h.once(ctx, signIn, all[i], pairs)
			want := map[bool]int{true: http.StatusUnprocessableEntity, false: http.StatusTooManyRequests}[try < tries]
			if err == nil && a.status != want {
				err = fmt.Errorf("try %d for %s: %d, want %d", try+1, all[i].name, a.status, want)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// forgot types a name into a page for who has forgotten something.
func forgot(path, field string) filling {
	return func(ctx context.Context, b *browser, k kind, i int) (string, url.Values, error) {
		page, err := b.opens(ctx, path)
		if err != nil {
			return "", nil, err
		}
		action, fields, err := page.form(path)
		fields.Set(field, k.types(i))
		return action, fields, err
	}
}

// resetCode has a code sent, and answers with another; for other names, since an account may ask for five in an hour.
func resetCode(ctx context.Context, b *browser, k kind, i int) (string, url.Values, error) {
	action, fields, err := forgot("/forgot/password", "username")(ctx, b, k, b.house.pairs+1+i)
	if err != nil {
		return "", nil, err
	}
	asked, err := b.send(ctx, http.MethodPost, action, fields)
	if err != nil {
		return "", nil, err
	}
	to := asked.header.Get("Location")
	page, err := b.opens(ctx, to)
	if err != nil {
		return "", nil, err
	}
	action, fields, err = page.form(strings.TrimPrefix(to, issuer))
	fields.Set("code", "000000")
	return action, fields, err
}

// facts types a code, and a date of birth that is wrong.
func facts(ctx context.Context, b *browser, k kind, i int) (string, url.Values, error) {
	page, err := b.opens(ctx, "/activate/code")
	if err != nil {
		return "", nil, err
	}
	action, fields, err := page.form("/activate/code")
	fields.Set("code", b.house.codes[k.letter][i])
	if err != nil {
		return "", nil, err
	}
	typed, err := b.send(ctx, http.MethodPost, action, fields)
	if err != nil {
		return "", nil, err
	}
	if page, err = b.opens(ctx, typed.header.Get("Location")); err != nil {
		return "", nil, err
	}
	action, fields, err = page.form("/facts")
	fields.Set("month", "3")
	fields.Set("day", "14")
	fields.Set("year", "1987")
	return action, fields, err
}

// tooOld presses the button of a link that is too old, of somebody's account; nobody's is one that this house did not make.
func tooOld(path, purpose string) filling {
	return func(_ context.Context, b *browser, k kind, i int) (string, url.Values, error) {
		keyset := b.house.keyset
		if k.owners == 0 {
			keyset = b.house.other
		}
		link, err := keyset.SealTicket(fmt.Appendf(nil, "%s %c%021d", "an-id-of-22-characters", k.letter, i), purpose, time.Now().Add(-time.Hour))
		return path + link, url.Values{}, err
	}
}

// once sends a form once, and again where the house says that it has no time.
func (h *house) once(ctx context.Context, fill filling, k kind, i int) (answer, error) {
	for try := 0; ; try++ {
		b := h.browser()
		path, fields, err := fill(ctx, b, k, i)
		if err != nil {
			return answer{}, err
		}
		a, err := b.send(ctx, http.MethodPost, path, fields)
		if err != nil || a.status != http.StatusServiceUnavailable || try == 10 {
			return a, err
		}
		h.away.Add(1)
		select {
		case <-ctx.Done():
			return a, ctx.Err()
		case <-time.After(seconds(a)):
		}
	}
}

// beat is what the first steps of those who work side by side are spread over: about as long as one answer takes, so that they
// do not all come at the same moment ever after.
const beat = 600 * time.Millisecond

// each does something for every number below n, as many at once as said, until something fails.
func each(n, abreast int, do func(i int) error) error {
	var wait sync.WaitGroup
	var mutex sync.Mutex
	var failed error
	next := 0
	take := func() (int, bool) {
		mutex.Lock()
		defer mutex.Unlock()
		next++
		return next - 1, next <= n && failed == nil
	}
	for worker := range abreast {
		wait.Go(func() {
			time.Sleep(beat / time.Duration(abreast) * time.Duration(worker))
			for {
				i, more := take()
				if !more {
					return
				}
				if err := do(i); err != nil {
					mutex.Lock()
					failed = err
					mutex.Unlock()
				}
			}
		})
	}
	wait.Wait()
	return failed
}
