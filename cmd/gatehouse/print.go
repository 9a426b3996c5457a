package main

import (
	"encoding/json"
	"io"
	"strings"
)

func orDash(s string) string { return orWord(s, "-") }

func orWord(s, word string) string {
	if s == "" {
		return word
	}
	return s
}

func spaced(list []string) string { return orDash(strings.Join(list, " ")) }

// writeJSON prints for programs.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
