package oob

import (
	"testing"
	"time"

	"gatehouse/provider"
)

// recovering is a recovery code by a channel.
func recovering(channel provider.Channel, to string, after time.Duration) Sending {
	s := sending(after)
	s.Channel, s.To, s.Template, s.Recovers = channel, to, "M-03", true
	return s
}

// TestARecoveryCodeLives as long as its channel allows: by e-mail half an hour, by text or call ten minutes; one for nobody as long as
// the one that it passes for. A code to sign in with never lives longer than ten.
func TestARecoveryCodeLives(t *testing.T) {
	d := newDesk(t)
	plain := sending(0)
	plain.Channel, plain.To = provider.ByEmail, "ana@example.org"
	for name, c := range map[string]struct {
		s    Sending
		want time.Duration
	}{
		"sign-in by e-mail": {plain, 10 * time.Minute},
		"by e-mail":         {recovering(provider.ByEmail, "ana@example.org", 0), 30 * time.Minute},
		"by text":           {recovering(provider.ByText, "+12025550134", 0), 10 * time.Minute},
		"by voice":          {recovering(provider.ByVoice, "+12025550134", 0), 10 * time.Minute},
		"for nobody":        {recovering(provider.ByNobody, "invented", 0), 30 * time.Minute},
	} {
		made := d.open(c.s)
		if got := made.ExpiresAt.Sub(made.CreatedAt); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if v := d.answer(made.ID, d.Code(made.ID), c.want); v.OK {
			t.Errorf("%s: it works when it is over", name)
		}
		again := d.open(c.s)
		if v := d.answer(again.ID, d.Code(again.ID), c.want-time.Second); !v.OK {
			t.Errorf("%s: it does not work until then", name)
		}
	}
}

// TestNobodyGetsRecoveryCodesAlone: what is asked for everybody else's name has somebody to go to.
func TestNobodyGetsRecoveryCodesAlone(t *testing.T) {
	d := newDesk(t)
	s := recovering(provider.ByNobody, "invented", 0)
	s.Recovers = false
	if _, err := d.Open(t.Context(), s); err == nil {
		t.Error("a code to sign in with was opened for nobody")
	}
	made := d.open(recovering(provider.ByNobody, "invented", 0))
	if all := d.outbox(0); len(all) != 0 {
		t.Errorf("%d messages", len(all))
	}
	if err := d.Again(t.Context(), made.ID, recovering(provider.ByNobody, "invented", time.Minute)); err != nil {
		t.Error(err)
	}
	other := recovering(provider.ByText, "+12025550134", time.Minute)
	if err := d.Again(t.Context(), made.ID, other); err == nil {
		t.Error("nobody's code was sent to somebody")
	}
}

// TestStrangersLeaveTheCodesToSignIn: however often recovery codes are asked for, those to sign in with have their own number of
// sends.
func TestStrangersLeaveTheCodesToSignIn(t *testing.T) {
	d := newDesk(t)
	for range 5 {
		d.open(recovering(provider.ByText, "+12025550134", 0))
	}
	if _, err := d.Open(t.Context(), recovering(provider.ByText, "+12025550134", 0)); err == nil {
		t.Error("more than five in a quarter of an hour")
	}
	d.open(sending(0))
}
