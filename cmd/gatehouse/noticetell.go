package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/notify"
	"gatehouse/templates"
)

const (
	// noticeMark is the purpose under which it is marked who was told what.
	noticeMark = "notice"
	// noticeMarked is how long that is known: longer than anybody goes on with a notice that was stopped.
	noticeMarked = 400 * 24 * time.Hour
	// noticeWaits is how long a message of a notice is worth sending once it is due.
	noticeWaits = 14 * 24 * time.Hour
	// toldAtOnce is how many accounts are listed at once.
	toldAtOnce = 500
)

// noticeTally is what came of a notice.
type noticeTally struct {
	ID        string  `json:"id"`
	Accounts  int     `json:"accounts"`
	Told      int     `json:"told"` // with --dry-run: would be told
	Before    int     `json:"told_before"`
	Inactive  int     `json:"not_active"`
	Fewer     int     `json:"want_fewer"`
	Unreached int     `json:"without_address"`
	Messages  int     `json:"messages"`
	Seconds   float64 `json:"seconds"`
	DryRun    bool    `json:"dry_run"`
}

// teller tells people one after the other.
type teller struct {
	notifying
	noticeTally
	news

	store *opened
	pages *templates.Set
	now   time.Time // of the notice
	all   int       // how many there are, about
	out   io.Writer
	err   io.Writer
	live  bool
	began time.Time
	drawn time.Time
}

func newTeller(c notifying, d desk, n news, store *opened, pages *templates.Set) *teller {
	t := &teller{notifying: c, news: n, store: store, pages: pages, now: now(), out: d.out, err: d.err, live: terminal(d.err), began: time.Now()}
	t.noticeTally.ID, t.noticeTally.DryRun = n.id, c.DryRun
	return t
}

// everybody tells all who are active.
func (t *teller) everybody(ctx context.Context) error {
	for after := provider.AccountID(""); ; {
		ids, err := t.store.AccountsAfter(ctx, after, toldAtOnce)
		if err != nil || len(ids) == 0 {
			return t.stopped(ctx, err)
		}
		for _, id := range ids {
			if err := t.next(ctx, id); err != nil {
				return t.stopped(ctx, err)
			}
			t.progress()
		}
		after = ids[len(ids)-1]
	}
}

// stopped says how to go on.
func (t *teller) stopped(ctx context.Context, err error) error {
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("stopped after %d accounts; run it again with the same --id, who was told is passed over: %w", t.Accounts, err)
}

// next tells one of all. Somebody whose account is gone meanwhile is nobody.
func (t *teller) next(ctx context.Context, id provider.AccountID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	a, err := t.store.Account(ctx, id)
	if errors.Is(err, provider.ErrNotFound) {
		return nil
	}
	if err == nil && a.Status != provider.Active {
		t.Accounts++
		t.Inactive++
		return nil
	}
	if err != nil {
		return err
	}
	return t.one(ctx, a)
}

// one tells a person, once.
func (t *teller) one(ctx context.Context, a provider.Account) error {
	t.Accounts++
	if a.Status == provider.Closed {
		t.Inactive++
		return nil
	}
	before, err := t.store.Used(ctx, noticeMark, t.key(a.ID))
	if err != nil || before {
		t.Before += count(before)
		return err
	}
	held, err := t.store.Authenticators(ctx, a.ID)
	if err != nil {
		return err
	}
	messages := t.messages(a, held)
	switch {
	case len(messages) == 0 && t.message == notify.TermsChanged && a.Profile.Choices.Fewer:
		t.Fewer++
		return nil
	case len(messages) == 0:
		t.Unreached++
		return nil
	}
	if !t.notifying.DryRun {
		err = t.store.TellOnce(ctx, noticeMark, t.key(a.ID), t.now.Add(noticeMarked), t.sent(t, a, messages))
	}
	switch {
	case errors.Is(err, provider.ErrUsed): // by another run, just now
		t.Before++
		return nil
	case err != nil:
		return err
	}
	t.Told++
	t.Messages += len(messages)
	return nil
}

// messages are those for a person: all in the one language that what is said is written in, and due in their turn.
func (t *teller) messages(a provider.Account, held []provider.Authenticator) []provider.Message {
	lang := t.pages.Match(a.Profile.Locale)
	if t.said[lang] == "" {
		lang = t.Languages[0]
	}
	all := notify.Tell(a, held, t.message, map[string]string{notify.DataSaid: t.said[lang], notify.DataLink: t.link}, lang, t.now)
	for i := range all {
		due := t.now.Add(time.Duration(t.Messages+i) * time.Minute / time.Duration(t.PerMinute)).Truncate(time.Microsecond)
		all[i].Lang, all[i].At, all[i].Expires = lang, due, due.Add(noticeWaits)
	}
	return all
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// progress draws how far it is, five times a second, for whoever looks on.
func (t *teller) progress() {
	if !t.live || time.Since(t.drawn) < 200*time.Millisecond {
		return
	}
	t.drawn = time.Now()
	const width = 20
	all := max(t.all, t.Accounts)
	full := t.Accounts * width / all
	_, _ = fmt.Fprintf(t.err, "\r[%s%s] %3d%%  %d accounts, %d told, %d told before, %.0f a second\x1b[K", strings.Repeat("#", full), strings.Repeat(".", width-full),
		t.Accounts*100/all, t.Accounts, t.Told, t.Before, float64(t.Accounts)/time.Since(t.began).Seconds())
}

// end prints the counts.
func (t *teller) end(failed error) error {
	if t.live && !t.drawn.IsZero() {
		_, _ = fmt.Fprint(t.err, "\r\x1b[K")
	}
	t.Seconds = time.Since(t.began).Seconds()
	if t.notifying.JSON {
		return errors.Join(writeJSON(t.out, t.noticeTally), failed)
	}
	told := "told"
	if t.noticeTally.DryRun {
		told = "would be told"
	}
	last := time.Duration(t.Messages) * time.Minute / time.Duration(t.PerMinute)
	_, err := fmt.Fprintf(t.out, "%d accounts: %d %s with %d messages, %d told before, %d not active, %d want fewer messages, %d without an address, in %.1f s; the last message is due after %s\n",
		t.Accounts, t.Told, told, t.Messages, t.Before, t.Inactive, t.Fewer, t.Unreached, t.Seconds, last.Round(time.Second))
	return errors.Join(failed, err)
}
