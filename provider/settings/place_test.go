package settings

import (
	"testing"
	"time"

	"gatehouse/provider"
)

func held(kinds ...provider.Kind) []provider.Authenticator {
	var all []provider.Authenticator
	for _, k := range kinds {
		all = append(all, provider.Authenticator{ID: string(k), Account: "ana", Kind: k})
	}
	return all
}

func TestDemandOfAPlace(t *testing.T) {
	session := &provider.Session{ID: "sid", Account: "ana"}
	tests := map[string]struct {
		place   string
		session *provider.Session
		held    []provider.Authenticator
		want    provider.Demand
	}{
		"home wants a sign-in": {home, session, held(provider.Password, provider.TOTP), provider.Demand{Level: provider.AAL1}},
		"a stranger signs in first": {
			ways, nil, nil, provider.Demand{Level: provider.AAL1},
		},
		"the list wants the best, freshly": {
			ways + "?done=added-totp", session, held(provider.Password, provider.TOTP),
			provider.Demand{Level: provider.AAL2, MaxAge: freshFor, Subject: "ana"},
		},
		"a passkey is the best where there is one": {
			ways + "/x/remove", session, held(provider.Password, provider.TextCode, provider.Passkey),
			provider.Demand{Level: provider.PHR, MaxAge: freshFor, Subject: "ana"},
		},
		"pausing wants a sign-in": {notMeSignIn, session, held(provider.Password, provider.TOTP), provider.Demand{Level: provider.AAL1}},
		"looking wants two steps, and not the best": {
			devices + "?done=ended", session, held(provider.Password, provider.Passkey), provider.Demand{Level: provider.TwoStep, Subject: "ana"},
		},
		"looking wants no more than there is": {
			devices, session, held(provider.Password), provider.Demand{Level: provider.AAL1, Subject: "ana"},
		},
		"adding binds": {
			adding + "totp", session, held(provider.Password),
			provider.Demand{Level: provider.AAL1, MaxAge: freshFor, Subject: "ana", Bind: provider.TOTP},
		},
	}
	for name, test := range tests {
		got := demandOf(test.place, test.session, test.held)
		if got.Level != test.want.Level || got.MaxAge != test.want.MaxAge || got.Subject != test.want.Subject || got.Bind != test.want.Bind {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestNamesAreSettled(t *testing.T) {
	for typed, want := range map[string]string{
		"  My phone ":            "My phone",
		"line\nbreak\x00":        "linebreak",
		"Telefon di\u202e María": "Telefon di María",
		"📱":                      "📱",
		" \t ":                   "",
	} {
		if got := settled(typed); got != want {
			t.Errorf("%q is kept as %q, want %q", typed, got, want)
		}
	}
}

func TestEveryKindHasItsMessageAndWords(t *testing.T) {
	for _, kind := range bindable() {
		if messageOf(kind) == "" {
			t.Errorf("nobody is told of a %s", kind)
		}
	}
}

func TestWhatCannotBeRemovedIsMarked(t *testing.T) {
	all := held(provider.Password, provider.EmailCode)
	o := owner{held: all, session: provider.Session{Proofs: []provider.Proof{
		{Authenticator: "password", Kind: provider.Password, At: time.Unix(1, 0)}, {Authenticator: "email", Kind: provider.EmailCode, At: time.Unix(1, 0)},
	}}}
	for _, l := range lines(o) {
		if !l.Last {
			t.Errorf("the only %s can be removed", l.Kind)
		}
	}
	o.held = held(provider.Password, provider.EmailCode, provider.TOTP)
	for _, l := range lines(o) {
		if l.Last != (l.Kind == "password") {
			t.Errorf("%s: last %v", l.Kind, l.Last)
		}
	}
}
