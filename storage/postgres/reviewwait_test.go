package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"gatehouse/provider"
)

// TestSupervisorsWhoWaited: who breaks glass, closes a review or takes an account off the watch list, and waits for whoever disables them, makes
// no supervisor of them any more, or does it first, does nothing of it.
func TestSupervisorsWhoWaited(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	e := provider.Event{At: noon(), Kind: "waited"}
	for name, held := range map[string]string{
		"who is disabled":   `UPDATE staff SET disabled_at = 1, changed_at = 1 WHERE id = 'sue'`,
		"whose account":     `UPDATE staff SET account = (SELECT max(id) FROM accounts) WHERE id = 'sue'`,
		"who was too late":  `UPDATE reviews SET closed_at = 1, closed_by = 'kim'`,
		"where one put it":  `UPDATE watched SET by_staff = 'sue'`,
		"whose case is old": `UPDATE cases SET rev = rev + 1`,
	} {
		does := map[string]func(context.Context, provider.Case) error{
			"breaks": func(ctx context.Context, c provider.Case) error {
				v := provider.Review{ID: provider.NewID(), Kind: provider.ReviewGlass, Case: c.ID, Staff: "sue", Account: c.Account, OpenedAt: noon(), DueAt: noon()}
				return s.BreakGlass(ctx, c, v, e)
			},
			"closes": func(ctx context.Context, _ provider.Case) error {
				return s.CloseReview(ctx, "open", "sue", provider.ReviewRight, noon(), e)
			},
			"takes off": func(ctx context.Context, c provider.Case) error { return s.Unwatch(ctx, c.Account, "sue", noon(), e) },
		}
		all := map[string][]string{
			"who is disabled": {"breaks", "closes", "takes off"}, "whose account": {"breaks", "closes", "takes off"}, "who was too late": {"closes"},
			"where one put it": {"takes off"}, "whose case is old": {"breaks"},
		}[name]
		for _, what := range all {
			empty(t, s)
			account := furnish(t, s, 1)[0].session.Account
			sue := provider.Staff{ID: "sue", Name: "Sue", Email: "sue@example.org", Role: provider.Supervisor, CreatedAt: noon()}
			sam := provider.Staff{ID: "sam", Name: "Sam", Email: "sam@example.org", Role: provider.Agent, CreatedAt: noon()}
			c := provider.Case{ID: "hers", Staff: "sue", Account: account, OpenedAt: noon(), Rev: 1}
			his := provider.Case{ID: "his", Staff: "sam", Account: account, OpenedAt: noon()}
			err := errors.Join(s.AddStaff(t.Context(), sue, e), s.AddStaff(t.Context(), sam, e), s.OpenCase(t.Context(), c, e), s.OpenCase(t.Context(), his, e),
				s.OpenReview(t.Context(), provider.Review{ID: "open", Case: "his", Staff: "sam", Account: account, OpenedAt: noon(), DueAt: noon().Add(time.Hour)}, e),
				s.Watch(t.Context(), provider.Watch{Account: account, Why: provider.WatchVIP, By: "kim", At: noon()}, e))
			if err != nil {
				t.Fatal(err)
			}
			err = whileHeld(t, s, held, func(ctx context.Context) error { return does[what](ctx, c) })
			if !errors.Is(err, provider.ErrStale) && !errors.Is(err, provider.ErrUsed) {
				t.Errorf("%s %s: %v", name, what, err)
			}
		}
	}
}
