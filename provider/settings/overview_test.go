package settings

import (
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/factor/lookup"
)

func TestOneNextStepAtMost(t *testing.T) {
	keyset, err := keys.NewKeyset(time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	sheet := func(codes int) provider.Authenticator {
		all := lookup.SheetFor(keyset, "ana", "one")
		return provider.Authenticator{ID: "sheet", Account: "ana", Kind: provider.RecoveryCode, Data: lookup.Encode(keyset, all[:codes])}
	}
	for name, test := range map[string]struct {
		held []provider.Authenticator
		want string
	}{
		"a password only":                  {held(provider.Password), "home.step.second"},
		"one way beside it":                {held(provider.Password, provider.EmailCode), "home.step.another"},
		"a passkey only":                   {held(provider.Passkey), "home.step.another"},
		"two beside it":                    {held(provider.Password, provider.TOTP, provider.TextCode), ""},
		"an app and a sheet":               {append(held(provider.Password, provider.TOTP), sheet(10)), ""},
		"an app and what is left of one":   {append(held(provider.Password, provider.TOTP), sheet(2)), "home.step.codes"},
		"nothing but a sheet is too few":   {append(held(provider.Password), sheet(10)), "home.step.another"},
		"first things first, then a sheet": {append(held(provider.Password), sheet(1)), "home.step.another"},
	} {
		if got := nextStep(test.held); got.Key != test.want {
			t.Errorf("%s: %q, want %q", name, got.Key, test.want)
		}
	}
}
