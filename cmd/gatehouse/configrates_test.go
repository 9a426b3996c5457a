package main

import (
	"strings"
	"testing"

	"gatehouse/provider/limit"
)

// TestRatesOfSettings: the defaults of the flags are those of the rules, and no number means "off".
func TestRatesOfSettings(t *testing.T) {
	var p program
	parser, _, err := newParser(&p, desk{env: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"serve"}); err != nil {
		t.Fatal(err)
	}
	given, usual := p.Serve.Rates.rates().OrDefault(), limit.DefaultRates()
	for name, pair := range map[string][2]limit.PerMinute{
		"memory": {given.Memory, usual.Memory}, "machine": {given.Machine, usual.Machine}, "page": {given.Page, usual.Page},
		"form": {given.Form, usual.Form}, "guess": {given.Guess, usual.Guess}, "stranger": {given.Stranger, usual.Stranger},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: the flags say %v, the rules %v", name, pair[0], pair[1])
		}
	}
	if given.Replicas != usual.Replicas || p.Serve.Rates.check() != nil {
		t.Error(given.Replicas, p.Serve.Rates.check())
	}
	for _, flag := range []string{"guess", "guess-all", "stranger", "page", "form", "machine", "memory", "replicas"} {
		for _, value := range []string{"0", "-1"} {
			if _, err := parser.Parse([]string{"serve", "--rate-" + flag + "=" + value}); err != nil {
				t.Fatal(err)
			}
			if err := p.Serve.Rates.check(); err == nil || !strings.Contains(err.Error(), "--rate-") {
				t.Errorf("--rate-%s %s: %v", flag, value, err)
			}
		}
	}
}
