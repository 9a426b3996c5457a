package main

import (
	"testing"
	"time"
)

func TestHoursOfWork(t *testing.T) {
	for _, text := range []string{"7-19", "America/New_York", "7-19 Nowhere/Atall", "7-19 Local", "-1-19 UTC", "7-25 UTC", "24-7 UTC", "seven-19 UTC", "7-19 UTC x", " ", "daily", "daily "} {
		if h, err := (Console{Hours: text}).hours(); err == nil {
			t.Errorf("%q is read as %+v", text, h)
		}
		if (Console{Hours: text}).check("https://id.example.org") == nil {
			t.Errorf("%q is let by", text)
		}
	}
	if h, err := (Console{}).hours(); err != nil || h.Zone != nil {
		t.Errorf("none: %+v, %v", h, err)
	}
	saturday := time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC) // 10 in New York
	for text, outside := range map[string]bool{"7-19 America/New_York": true, "daily 7-19 America/New_York": false, "daily 11-19 America/New_York": true, "daily 22-6 UTC": true} {
		h, err := Console{Hours: text}.hours()
		if err != nil || h.Outside(saturday) != outside {
			t.Errorf("%q: %+v, %v", text, h, err)
		}
	}
}

// TestSecurityContacts: addresses are held to be such, and check says when nobody is told.
func TestSecurityContacts(t *testing.T) {
	for _, wrong := range []string{"security", "Sec <security@example.org>", ""} {
		if (Console{SecurityContact: []string{wrong}}).check("https://id.example.org") == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
	told := Console{Desk: Desk{Origin: "https://support.example.org"}, Listen: ":9443", SecurityContact: []string{"security@example.org"}}
	if err := told.check("https://id.example.org"); err != nil {
		t.Error(err)
	}
	untold := told
	untold.SecurityContact = nil
	for want, found := range map[string][]finding{fine: told.watched(), warn: untold.watched()} {
		if len(found) != 1 || found[0].Verdict != want {
			t.Errorf("%v, want %s", found, want)
		}
	}
	if found := (Console{}).watched(); len(found) != 0 {
		t.Errorf("without a console: %v", found)
	}
}
