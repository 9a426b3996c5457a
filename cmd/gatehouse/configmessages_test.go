package main

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// branded are settings without any of messages.
func branded(t *testing.T, more ...string) []string {
	return append([]string{
		"--issuer", "https://id.example.org", "--data", t.TempDir(), "--trusted-proxy", "127.0.0.1/32",
		"--brand-name", "Example Health", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6",
	}, more...)
}

func secret(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestServeDoesNotStartWithoutAWayForMessages(t *testing.T) {
	c := gatehouse(t, nil, "", append([]string{"serve"}, branded(t)...)...)
	c.says(t, exitUsage, "--smtp is needed", "--no-messages")
}

func TestFaultsOfMessagesAreToldAndNoSecretIs(t *testing.T) {
	const canary = "c4nary%canary"
	relay := []string{"--smtp", "smtp://relay.example.org", "--sender", "no-reply@id.example.org"}
	account := []string{"--twilio-account", "AC0123", "--twilio-token-file", secret(t, "0123abcd"), "--twilio-service", "MG0123"}
	for name, c := range map[string]struct {
		args []string
		told string
	}{
		"no sender":               {[]string{"--smtp", "smtp://relay.example.org"}, "--sender"},
		"relay and none":          {append(relay, "--no-messages"), "exclude each other"},
		"a relay that is none":    {[]string{"--smtp", "https://" + canary + "@relay", "--sender", "a@b.org"}, "smtp://"},
		"a password in clear":     {[]string{"--smtp", "smtp://u:canary@relay.example.org?tls=off", "--sender", "a@b.org"}, "in clear"},
		"file and URL":            {append(relay, "--smtp-file", "x"), "exclude each other"},
		"Twilio without account":  {append(relay, "--twilio-service", "MG0123"), "--twilio-account is needed"},
		"Twilio without a token":  {append(relay, "--twilio-account", "AC0123", "--twilio-service", "MG0123"), "neither an auth token nor an API key"},
		"a token that is none":    {append(relay, "--twilio-account", "AC0123", "--twilio-token-file", secret(t, canary), "--twilio-service", "MG0123"), "other signs"},
		"a key without a secret":  {append(append(relay, account...), "--twilio-key", "SK0123"), "together"},
		"Twilio with no way out":  {append(relay, account[:4]...), "neither a messaging service nor a number"},
		"an account that is none": {append(relay, "--twilio-account", "0123", "--twilio-token-file", secret(t, "0123"), "--twilio-service", "MG0"), "AC"},
		"a country":               {append(relay, "--phone-countries", "US,Mordor"), "Mordor"},
		"a limit":                 {append(relay, "--send-text-day", "0"), "--send-text-day"},
	} {
		t.Run(name, func(t *testing.T) {
			read, err := config(t, nil, branded(t, c.args...)...)
			if err != nil {
				t.Fatal(err)
			}
			faults := read.faults()
			if faults == nil || !strings.Contains(faults.Error(), c.told) || strings.Contains(faults.Error(), "canary") {
				t.Errorf("%v, want %q", faults, c.told)
			}
		})
	}
	read, err := config(t, nil, branded(t, append(relay, account...)...)...)
	if err != nil || read.faults() != nil {
		t.Errorf("good settings: %v %v", err, read.faults())
	}
	if read.Limits.limits().TextDay != 10_000 || read.PhoneCountries[0] != "US" {
		t.Errorf("defaults: %+v", read.Messages)
	}
}

// A relay that speaks no TLS and refuses everybody.
func refusingRelay(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("220 relay\r\n"))
			lines := bufio.NewScanner(conn)
			for lines.Scan() {
				_, _ = conn.Write([]byte("250 relay\r\n"))
			}
			_ = conn.Close()
		}
	}()
	return l.Addr().String()
}

func TestCheckLogsInToTheRelay(t *testing.T) {
	env := deployment(t)
	started(t, env)
	address := refusingRelay(t)
	args := []string{
		"check", "--online", "--issuer", "https://id.example.org", "--trusted-proxy", "127.0.0.1/32", "--sender", "no-reply@id.example.org",
		"--brand-name", "Example Health", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6", "--smtp",
	}
	got := gatehouse(t, env, "", append(args, "smtp://u:canary@"+address)...)
	if !strings.Contains(got.out, "FIX   e-mail") || !strings.Contains(got.out, "STARTTLS") || !strings.Contains(got.out, "--smtp-file") || strings.Contains(got.out, "canary") {
		t.Error(got.out)
	}
	got = gatehouse(t, env, "", append(args, "smtp://"+address+"?tls=off")...)
	if !strings.Contains(got.out, "OK    e-mail") {
		t.Error(got.out)
	}
}

func TestCheckWarnsOfMessagesInClearAndOfNone(t *testing.T) {
	env := deployment(t)
	started(t, env)
	args := append([]string{"check"}, branded(t)[4:]...)
	args = append(args, "--issuer", "https://id.example.org", "--sender", "no-reply@id.example.org")
	if text := must(t, env, "", append(args, "--no-messages")...); !strings.Contains(text, "WARN  e-mail") {
		t.Error(text)
	}
	if text := must(t, env, "", append(args, "--smtp", "smtp://192.0.2.1:25?tls=off")...); !strings.Contains(text, "in clear") {
		t.Error(text)
	}
}
