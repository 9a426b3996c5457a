package notify_test

import (
	"slices"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/notify"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func identified(kind provider.IdentifierKind, value string, verified bool) provider.Identifier {
	id := provider.Identifier{Kind: kind, Value: value}
	if verified {
		id.VerifiedAt = noon
	}
	return id
}

func bound(kind provider.Kind, to string, landline bool) provider.Authenticator {
	return provider.Authenticator{ID: to, Kind: kind, Data: oob.Encode(oob.Address{To: to, Landline: landline})}
}

// ana has an address that she did not verify, one that is also an authenticator in another spelling, and one that only an
// authenticator knows; a mobile and a landline.
func ana() (provider.Account, []provider.Authenticator) {
	a := provider.Account{ID: "ana", Identifiers: []provider.Identifier{
		identified(provider.Username, "ana.reyes", true), identified(provider.Email, "Ana@Example.com", true),
		identified(provider.Email, "unverified@example.com", false), identified(provider.Phone, "+1 617 555 0101", true),
		identified(provider.Phone, "+16175550199", true),
	}}
	held := []provider.Authenticator{
		bound(provider.EmailCode, "ana@example.com", false), bound(provider.EmailCode, "work@example.org", false),
		bound(provider.TextCode, "+16175550101", false), bound(provider.TextCode, "+16175550199", true),
		bound(provider.TextCode, "+16175550102", false), {Kind: provider.TextCode, Data: []byte("{")}, {Kind: provider.TOTP},
	}
	return a, held
}

func recipients(all []provider.Message, channel provider.Channel) []string {
	var to []string
	for _, m := range all {
		if m.Channel == channel {
			to = append(to, m.To)
		}
	}
	slices.Sort(to)
	return to
}

func TestANoticeGoesToEveryAddressOnce(t *testing.T) {
	a, held := ana()
	all := notify.Tell(a, held, notify.PasskeyChanged, map[string]string{notify.DataAction: "added"}, "es", noon)
	if got := recipients(all, provider.ByEmail); !slices.Equal(got, []string{"Ana@Example.com", "work@example.org"}) {
		t.Errorf("%q", got)
	}
	for _, message := range []string{
		notify.EmailChanged, notify.PasskeyChanged, notify.AppChanged, notify.RecoveryCodes, notify.NewDevice, notify.TriesPaused, notify.TriesStopped,
	} {
		if got := recipients(notify.Tell(a, held, message, nil, "es", noon), provider.ByText); got != nil {
			t.Errorf("%s is texted about to who has addresses: %q", message, got)
		}
	}
	for _, message := range []string{notify.PasswordChanged, notify.PhoneChanged, notify.Recovering} {
		all := notify.Tell(a, held, message, nil, "es", noon)
		if got := recipients(all, provider.ByText); !slices.Equal(got, []string{"+16175550101", "+16175550102"}) {
			t.Errorf("%s: %q", message, got)
		}
	}
}

// onlyPhones is ana without an address to tell.
func onlyPhones() (provider.Account, []provider.Authenticator) {
	a, held := ana()
	a.Identifiers = slices.DeleteFunc(a.Identifiers, func(id provider.Identifier) bool { return id.Kind == provider.Email && !id.VerifiedAt.IsZero() })
	return a, slices.DeleteFunc(held, func(h provider.Authenticator) bool { return h.Kind == provider.EmailCode })
}

// notices are all of those that Tell makes.
func notices() []string {
	return []string{
		notify.PasswordChanged, notify.EmailChanged, notify.PhoneChanged, notify.PasskeyChanged, notify.AppChanged, notify.RecoveryCodes,
		notify.NewDevice, notify.TriesPaused, notify.TriesStopped,
	}
}

func TestWhoHasPhonesAloneIsTexted(t *testing.T) {
	a, held := onlyPhones()
	for _, message := range notices() {
		all := notify.Tell(a, held, message, nil, "es", noon)
		if got := recipients(all, provider.ByText); !slices.Equal(got, []string{"+16175550101", "+16175550102"}) || len(all) != 2 {
			t.Errorf("%s: %d messages, texts to %q", message, len(all), got)
		}
	}
	for _, message := range notices() {
		if all := notify.Tell(a, []provider.Authenticator{bound(provider.TextCode, "+16175550101", true), bound(provider.TextCode, "+16175550199", true)}, message, nil, "es", noon); len(all) != 0 {
			t.Errorf("%s: landlines are told: %+v", message, all)
		}
	}
}

// TestAnAddressThatWasJustAddedIsNotTheOnlyOneTold: an intruder would else have the only message.
func TestAnAddressThatWasJustAddedIsNotTheOnlyOneTold(t *testing.T) {
	a, held := onlyPhones()
	held = append(held, bound(provider.EmailCode, "new@example.org", false))
	for _, action := range []string{"added", "removed"} {
		all := notify.Tell(a, held, notify.EmailChanged, map[string]string{notify.DataAction: action}, "en", noon)
		if !slices.Equal(recipients(all, provider.ByEmail), []string{"new@example.org"}) || len(recipients(all, provider.ByText)) != 2 {
			t.Errorf("%s: %+v", action, all)
		}
	}
	held = append(held, bound(provider.EmailCode, "old@example.org", false))
	if got := recipients(notify.Tell(a, held, notify.EmailChanged, nil, "en", noon), provider.ByText); got != nil {
		t.Errorf("texted, with an older address: %q", got)
	}
}

func TestANoticeSaysWhoseAndWhenAndLastsADay(t *testing.T) {
	a, held := ana()
	a.Profile = provider.Profile{Locale: "es-419", Zoneinfo: "America/New_York"}
	data := map[string]string{notify.DataAction: "added"}
	all := notify.Tell(a, held, notify.PasskeyChanged, data, "en", noon)
	seen := map[string]bool{}
	for _, m := range all {
		if m.Data[notify.DataWhom] != "a•••s" || m.Data[notify.DataWhen] != "2026-11-22T12:00:00Z[America/New_York]" || m.Data[notify.DataAction] != "added" ||
			m.Lang != "es-419" || !m.At.Equal(noon) || !m.Expires.Equal(noon.Add(24*time.Hour)) || m.Account != "ana" || m.ID == "" || seen[m.ID] {
			t.Errorf("%+v", m)
		}
		seen[m.ID] = true
	}
	if len(data) != 1 {
		t.Error("the caller's data were changed")
	}
	for name, want := range map[string]string{"": "•••", "jo": "j•••", "李": "李•••", "Łukasz": "Ł•••z"} {
		a.Identifiers[0].Value = name
		if got := notify.Tell(a, held, notify.NewDevice, nil, "en", noon)[0]; got.Data[notify.DataWhom] != want || got.Lang != "es-419" {
			t.Errorf("%q is shown as %q", name, got.Data[notify.DataWhom])
		}
	}
}
