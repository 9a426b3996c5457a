package notify

import (
	"errors"
	"net"
	"net/textproto"
	"strings"
	"testing"

	"gatehouse/provider"
)

func TestRelaysAreURLs(t *testing.T) {
	for raw, want := range map[string]Relay{
		"smtp://relay.example.org":                 {Host: "relay.example.org", Port: "587"},
		"smtps://relay.example.org":                {Host: "relay.example.org", Port: "465", Implicit: true},
		"smtp://u%40x:p%2Fw@relay.example.org:25/": {Host: "relay.example.org", Port: "25", User: "u@x", Password: "p/w"},
		"smtp://[::1]:2525?tls=off":                {Host: "::1", Port: "2525", Plain: true},
		"smtp://u:p@localhost?tls=off":             {Host: "localhost", Port: "587", Plain: true, User: "u", Password: "p"},
		"smtp://192.0.2.1:25?tls=off":              {Host: "192.0.2.1", Port: "25", Plain: true},
	} {
		got, err := ParseRelay(raw)
		if err != nil || got != want {
			t.Errorf("%s: %+v %v", raw, got, err)
		}
	}
	for _, raw := range []string{
		"", "relay.example.org", "http://relay", "smtp://", "smtp://canary%@relay", "smtp://u@relay", "smtp://:canary@relay",
		"smtp://relay/path", "smtp://relay#canary", "smtps://relay?tls=off", "smtp://relay?tls=maybe", "smtp://u:canary@relay.example.org?tls=off",
	} {
		got, err := ParseRelay(raw)
		if err == nil || strings.Contains(err.Error(), "canary") || got != (Relay{}) {
			t.Errorf("%s: %+v %v", raw, got, err)
		}
	}
}

func TestAnswersOfRelaysHaveAClass(t *testing.T) {
	const address, temporary, config, blocked = provider.FaultAddress, provider.FaultTemporary, provider.FaultConfig, provider.FaultBlocked
	for _, c := range []struct {
		stage stage
		code  int
		text  string
		want  provider.SendFault
	}{
		{greeting, 554, "no", config},
		{greeting, 421, "too many", temporary},
		{logging, 535, "5.7.8 bad credentials", config},
		{logging, 454, "4.7.0 try later", temporary},
		{fromStage, 550, "5.1.8 who are you", config},
		{toStage, 550, "5.1.1 no such user", address},
		{toStage, 550, "no such user", address},
		{toStage, 552, "5.2.2 full", address},
		{toStage, 554, "5.7.1 relay access denied", config},
		{toStage, 530, "5.7.0 log in first", config},
		{toStage, 450, "4.2.0 greylisted", temporary},
		{bodyStage, 550, "5.7.1 looks like spam", blocked},
		{bodyStage, 550, "5.1.1 no such user", address},
		{bodyStage, 452, "4.3.1 full", temporary},
	} {
		fault := mailFault(failedAt(c.stage, &textproto.Error{Code: c.code, Msg: c.text}))
		if fault.Class != c.want || fault.Unsure {
			t.Errorf("%s %d %s: %+v, want %s", c.stage, c.code, c.text, fault, c.want)
		}
	}
	lost := mailFault(failedAt(bodyStage, net.ErrClosed))
	if lost.Class != temporary || !lost.Unsure {
		t.Errorf("%+v", lost)
	}
	if broken := mailFault(failedAt(dataStage, net.ErrClosed)); broken.Unsure {
		t.Error("in doubt before the data were sent")
	}
}

func TestErrorsTellNoOnesAddress(t *testing.T) {
	const canary = "canary@example.com"
	for _, err := range []error{
		mailFault(failedAt(toStage, &textproto.Error{Code: 550, Msg: "5.1.1 <" + canary + "> unknown"})),
		mailFault(failedAt(toStage, textproto.ProtocolError(canary))),
		mailFault(errors.New(canary)),
		faultOf(errors.New(canary)),
		twilioFault(&lost{err: errors.New(canary)}, true),
		twilioFault(errors.New(canary), true),
	} {
		if strings.Contains(err.Error(), canary) {
			t.Errorf("%v", err)
		}
	}
}

func TestRefusalsOfTwilioHaveAClass(t *testing.T) {
	const address, temporary, config, blocked = provider.FaultAddress, provider.FaultTemporary, provider.FaultConfig, provider.FaultBlocked
	for _, c := range []struct {
		status, code int
		want         provider.SendFault
	}{
		{400, 21211, address}, {400, 21614, address}, {400, 21408, address}, {400, 30006, address}, {400, 30005, address},
		{400, 21610, blocked}, {400, 30004, blocked},
		{429, 20429, temporary}, {400, 30003, temporary}, {400, 30008, temporary}, {403, 30450, temporary},
		{401, 20003, config}, {400, 21606, config}, {400, 30007, config}, {400, 30034, config},
		{400, 99999, address}, {400, 0, address}, {401, 0, config}, {403, 99999, config}, {404, 0, config}, {302, 0, config},
		{429, 0, temporary}, {408, 0, temporary}, {500, 0, temporary}, {503, 99999, temporary},
	} {
		if got := twilioClass(c.status, c.code); got != c.want {
			t.Errorf("%d %d: %s, want %s", c.status, c.code, got, c.want)
		}
	}
}

func TestACallIsSpokenLineByLineInItsLanguage(t *testing.T) {
	got := speech("Your code is: 1, 2, 3.\n\n  <Once> & more: \"1, 2, 3\".\n", "es")
	want := `<Response><Pause length="1"/><Say language="es-MX">Your code is: 1, 2, 3.</Say><Pause length="1"/>` +
		`<Say language="es-MX">&lt;Once&gt; &amp; more: &quot;1, 2, 3&quot;.</Say><Pause length="1"/></Response>`
	if got != want {
		t.Errorf("%s", got)
	}
	for lang, want := range map[string]string{
		"en": ` language="en-US"`, "es": ` language="es-MX"`, "en-GB": ` language="en-GB"`, "es-419": ` language="es-MX"`,
		"ht": "", "": "", `en"/>`: "", "xx-YY": "",
	} {
		if got := spoken(lang); got != want {
			t.Errorf("%q: %q", lang, got)
		}
	}
}
