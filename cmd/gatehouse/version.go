package main

import (
	"fmt"
	"runtime/debug"
)

type versionCmd struct{}

// Help is the example.
func (versionCmd) Help() string { return "Example:\n\n  gatehouse version" }

// Run prints what was built, and from which commit.
func (versionCmd) Run(d desk) error {
	_, err := fmt.Fprintln(d.out, "gatehouse", version())
	return err
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	text := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			text += " " + s.Value
		}
	}
	return text + " " + info.GoVersion
}
