package main

import (
	"strings"
	"testing"

	"gatehouse/provider/limit"
)

// TestLanesOfSettings: the defaults of the flags are those of the rules, and nothing that would lock somebody out for good, or let
// anybody guess for ever, is taken.
func TestLanesOfSettings(t *testing.T) {
	var p program
	parser, _, err := newParser(&p, desk{env: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"serve"}); err != nil {
		t.Fatal(err)
	}
	if given := p.Serve.Lanes.policy(); given != limit.Default() || p.Serve.Lanes.check() != nil {
		t.Errorf("the flags say %+v, the rules %+v: %v", given, limit.Default(), p.Serve.Lanes.check())
	}
	for _, wrong := range []string{
		"tries=0", "tries=101", "window=1s", "pause=25h", "longest=25h", "quiet=-1s", "daily=3", "in-a-row=101", "in-a-row=0",
		"device-tries=0", "device-window=1000h", "device-in-all=1000", "notice=1m", "link=1m",
	} {
		if _, err := parser.Parse([]string{"serve", "--lane-" + wrong}); err != nil {
			t.Fatal(err)
		}
		if err := p.Serve.Lanes.check(); err == nil || !strings.Contains(err.Error(), "--lane-") {
			t.Errorf("--lane-%s: %v", wrong, err)
		}
	}
}
