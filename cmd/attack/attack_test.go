package main

import (
	"bytes"
	"debug/buildinfo"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// TestAttack plays every probe in both deployments, and each against a house with its fault.
func TestAttack(t *testing.T) {
	built, err := build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("shipped", func(t *testing.T) { nothingPlanted(t, built) })
	lines, err := settings{bites: true}.attack(t.Context(), built, probes())
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	if !show(&table, lines) {
		t.Error(table.String())
	}
	for _, l := range lines {
		if !l.onMany || l.onOne == l.probe.many || l.planted == nil {
			t.Errorf("%s was not played everywhere: SQLite %t, replicas %t, planted %v", l.name, l.onOne, l.onMany, l.planted)
		}
	}
}

// nothingPlanted holds a program that is built as it is shipped to have no faults to choose from. (That it shrugs at the
// variable is seen by the probes: it runs with a fault asked for.)
func nothingPlanted(t *testing.T, built binaries) {
	for path, planted := range map[string]bool{built.sound: false, built.planted: true} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"PLANTED_FAULT", "brokenStore", "patientListener"} {
			if bytes.Contains(text, []byte(word)) != planted {
				t.Errorf("%s holds %s: %t", path, word, !planted)
			}
		}
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tagged := slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "-tags" && s.Value == "planted" })
		if tagged != planted {
			t.Errorf("%s is built with the tag: %t", path, tagged)
		}
	}
}

// TestEveryProbeIsNamed: probes have names of their own, and say what they try.
func TestEveryProbeIsNamed(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range probes() {
		if seen[p.name] || p.tries == "" || p.fault == "" || p.try == nil {
			t.Errorf("probe %q: named twice, or something is missing", p.name)
		}
		seen[p.name] = true
	}
}

// TestTable: whatever is not well is said and fails the command.
func TestTable(t *testing.T) {
	p := probe{name: "doors", fault: "no-locks", tries: "every door"}
	for _, c := range []struct {
		line line
		well bool
		says string
	}{
		{line{probe: p, onOne: true, planted: broken("open"), bit: true}, true, "holds"},
		{line{probe: p, onOne: true, one: broken("open"), planted: broken("open"), bit: true}, false, "BREACH"},
		{line{probe: p, onMany: true, many: os.ErrNotExist}, false, "FAILED"},
		{line{probe: p, onOne: true, planted: os.ErrNotExist}, false, "does not bite"},
	} {
		var out strings.Builder
		if well := show(&out, []line{c.line}); well != c.well || !strings.Contains(out.String(), c.says) {
			t.Errorf("%+v: well %t: %s", c.line, well, out.String())
		}
	}
}
