package signin

import (
	"testing"
	"time"

	"gatehouse/provider"
)

func TestDeviceWords(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0":                                                           "Firefox on Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0":              "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15":                      "Safari on Mac",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1":    "Safari on iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.0.0 Mobile/15E148 Safari/604.1": "Chrome on iPhone",
		"Mozilla/5.0 (Linux; Android 15; SM-S921U) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": "Samsung Internet on Android",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36":                                      "Chrome on Linux",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36":                             "Chrome on ChromeOS",
		"": "", "curl/8.5": "", "ana@example.org": "", "Windows": "Windows", "Firefox/1": "Firefox", "<script>Firefox/1 Windows": "Firefox on Windows",
	} {
		if got := deviceWords(agent); got != want {
			t.Errorf("%q is called %q, want %q", agent, got, want)
		}
	}
}

func TestUsual(t *testing.T) {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	of := func(id string, kind provider.Kind, used int) provider.Authenticator {
		a := provider.Authenticator{ID: id, Kind: kind}
		if used > 0 {
			a.UsedAt = noon.Add(time.Duration(used) * time.Hour)
		}
		return a
	}
	for name, c := range map[string]struct {
		ways []provider.Authenticator
		want string
	}{
		"nothing":                      {nil, ""},
		"the only one":                 {[]provider.Authenticator{of("a", provider.TextCode, 0)}, "a"},
		"the only sheet":               {[]provider.Authenticator{of("r", provider.RecoveryCode, 0)}, "r"},
		"none was used":                {[]provider.Authenticator{of("a", provider.TOTP, 0), of("b", provider.TextCode, 0)}, ""},
		"one was used":                 {[]provider.Authenticator{of("a", provider.TOTP, 0), of("b", provider.TextCode, 1)}, "b"},
		"the latest":                   {[]provider.Authenticator{of("a", provider.TOTP, 3), of("b", provider.TextCode, 2)}, "a"},
		"never a sheet out of several": {[]provider.Authenticator{of("a", provider.TOTP, 1), of("r", provider.RecoveryCode, 9)}, "a"},
	} {
		got, ok := usual(c.ways)
		if got.ID != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %v", name, got.ID, ok)
		}
	}
}

func TestCodesGoWhereTheirOwnerWants(t *testing.T) {
	of := func(id string, kind provider.Kind, used int64) provider.Authenticator {
		return provider.Authenticator{ID: id, Kind: kind, UsedAt: time.Unix(used, 0)}
	}
	all := []provider.Authenticator{of("app", provider.TOTP, 9), of("phone", provider.TextCode, 3), of("mail", provider.EmailCode, 2)}
	for name, c := range map[string]struct {
		ways []provider.Authenticator
		wish provider.Choices
		want provider.Way
	}{
		"no wish":                     {all, provider.Choices{}, provider.Way{Kind: provider.TOTP, Authenticator: "app"}},
		"an address":                  {all, provider.Choices{Codes: "mail"}, provider.Way{Kind: provider.EmailCode, Authenticator: "mail"}},
		"a call":                      {all, provider.Choices{Codes: "phone", Call: true}, provider.Way{Kind: provider.TextCode, Authenticator: "phone", Voice: true}},
		"nobody calls an e-mail":      {all, provider.Choices{Codes: "mail", Call: true}, provider.Way{Kind: provider.EmailCode, Authenticator: "mail"}},
		"an address that is gone":     {all, provider.Choices{Codes: "gone"}, provider.Way{Kind: provider.TOTP, Authenticator: "app"}},
		"one that is not offered":     {all[:1], provider.Choices{Codes: "mail"}, provider.Way{Kind: provider.TOTP, Authenticator: "app"}},
		"an app is no place of codes": {all[:2], provider.Choices{Codes: "app", Call: true}, provider.Way{Kind: provider.TOTP, Authenticator: "app"}},
	} {
		got, a, ok := wished(c.ways, c.wish)
		if got != c.want || a.ID != c.want.Authenticator || !ok {
			t.Errorf("%s: %+v, %q", name, got, a.ID)
		}
	}
}

func TestCurrent(t *testing.T) {
	app, phone := provider.Authenticator{ID: "app", Kind: provider.TOTP}, provider.Authenticator{ID: "phone", Kind: provider.TextCode}
	password := provider.Authenticator{ID: "pw", Kind: provider.Password}
	verify := func(kinds ...provider.Kind) provider.Step {
		return provider.Step{Kind: provider.StepVerify, Offers: kinds}
	}
	enroll := func(kinds ...provider.Kind) provider.Step {
		return provider.Step{Kind: provider.StepEnroll, Offers: kinds}
	}
	both := []provider.Authenticator{password, app, phone}
	onPhone := provider.Way{Kind: provider.TextCode, Authenticator: "phone", Challenge: "c"}
	for name, c := range map[string]struct {
		way  provider.Way
		step provider.Step
		held []provider.Authenticator
		want provider.Way
	}{
		"chosen":                        {onPhone, verify(provider.TOTP, provider.TextCode), both, onPhone},
		"chosen, and gone since":        {onPhone, verify(provider.TOTP), []provider.Authenticator{password, app}, provider.Way{Kind: provider.TOTP, Authenticator: "app"}},
		"chosen, and not offered":       {onPhone, verify(provider.TOTP), both, provider.Way{Kind: provider.TOTP, Authenticator: "app"}},
		"another kind by that id":       {provider.Way{Kind: provider.TOTP, Authenticator: "phone"}, verify(provider.TOTP, provider.TextCode), both, provider.Way{}},
		"nothing chosen of two":         {provider.Way{}, verify(provider.TOTP, provider.TextCode), both, provider.Way{}},
		"the only one, and sends":       {provider.Way{}, verify(provider.TextCode), both, provider.Way{}},
		"the only one beside password":  {provider.Way{}, verify(provider.TOTP, provider.Password), both, provider.Way{}},
		"a step without ways":           {onPhone, provider.Step{Kind: provider.StepConsent}, both, provider.Way{}},
		"binding what was chosen":       {provider.Way{Kind: provider.TOTP}, enroll(provider.Passkey, provider.TOTP), both, provider.Way{Kind: provider.TOTP}},
		"binding the only one":          {provider.Way{}, enroll(provider.Passkey), both, provider.Way{Kind: provider.Passkey}},
		"binding, nothing chosen":       {provider.Way{}, enroll(provider.Passkey, provider.TOTP), both, provider.Way{}},
		"binding, on the way of before": {onPhone, enroll(provider.TextCode, provider.TOTP), both, provider.Way{}},
	} {
		if got, _ := current(provider.Ceremony{Way: c.way}, c.step, c.held); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
