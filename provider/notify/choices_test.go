package notify

import (
	"testing"
	"time"

	"gatehouse/provider"
)

// reachedBy is somebody with so many e-mail addresses, and a phone.
func reachedBy(emails ...string) provider.Account {
	a := provider.Account{ID: "ana", Identifiers: []provider.Identifier{
		{Kind: provider.Username, Value: "ana"}, {Kind: provider.Phone, Value: "+16175550101", VerifiedAt: time.Unix(1, 0)},
	}}
	for _, to := range emails {
		a.Identifiers = append(a.Identifiers, provider.Identifier{Kind: provider.Email, Value: to, VerifiedAt: time.Unix(1, 0)})
	}
	return a
}

func textsOf(all []provider.Message) int {
	n := 0
	for _, m := range all {
		if m.Channel == provider.ByText {
			n++
		}
	}
	return n
}

// TestAPhoneHearsOfAnEmailInTheNewOnesPlace: of two addresses, one is new and the other is out of use: neither is sure to be hers.
func TestAPhoneHearsOfAnEmailInTheNewOnesPlace(t *testing.T) {
	for _, c := range []struct {
		action string
		emails []string
		want   int
	}{
		{"changed", []string{"a@example.org", "b@example.org"}, 1},
		{"changed", []string{"a@example.org", "b@example.org", "c@example.org"}, 0},
		{"added", []string{"a@example.org", "b@example.org"}, 0},
		{"added", []string{"a@example.org"}, 1},
	} {
		got := Tell(reachedBy(c.emails...), nil, EmailChanged, map[string]string{DataAction: c.action}, "en", time.Unix(9, 0))
		if textsOf(got) != c.want || len(got) != c.want+len(c.emails) {
			t.Errorf("%s, %d addresses: %d texts of %d messages", c.action, len(c.emails), textsOf(got), len(got))
		}
	}
}

// TestWhoWantsFewerMessagesGetsThoseOfSafety: nothing else, and all of them.
func TestWhoWantsFewerMessagesGetsThoseOfSafety(t *testing.T) {
	few := reachedBy("a@example.org")
	few.Profile.Choices.Fewer = true
	every := []string{
		AccountReady, EmailTried, PasswordChanged, EmailChanged, PhoneChanged, PasskeyChanged, AppChanged, RecoveryCodes, NewDevice,
		TriesPaused, AccountPaused, Recovering, AppAccess, SignedOut, TriesStopped, UsernameChanged,
	}
	for _, message := range every {
		for _, action := range []string{"", "added", "given", "ended", "low", "started"} {
			if len(Tell(few, nil, message, map[string]string{DataAction: action}, "en", time.Unix(9, 0))) == 0 {
				t.Errorf("%s %s is not told", message, action)
			}
		}
	}
	for message, action := range map[string]string{AppAccess: "reminder", TermsChanged: ""} {
		data := map[string]string{DataAction: action}
		if got := Tell(few, nil, message, data, "en", time.Unix(9, 0)); len(got) != 0 {
			t.Errorf("%s %s is told to who wants none", message, action)
		}
		if got := Tell(reachedBy("a@example.org"), nil, message, data, "en", time.Unix(9, 0)); len(got) == 0 {
			t.Errorf("%s %s is told to nobody", message, action)
		}
	}
}
