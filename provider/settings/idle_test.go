package settings

import (
	"testing"
	"time"

	"gatehouse/provider"
)

// TestE01_WhatAScriptIsTold: seconds until the warning and the end, rounded up, and whether anything puts it off.
func TestE01_WhatAScriptIsTold(t *testing.T) {
	seen := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	clocks := provider.SessionClocks{Idle: 15 * time.Minute, Absolute: 12 * time.Hour, Warning: 2 * time.Minute}
	for name, c := range map[string]struct {
		ends, now time.Duration
		want      left
	}{
		"just seen":           {12 * time.Hour, 0, left{780, 900, false}},
		"a moment later":      {12 * time.Hour, time.Millisecond, left{780, 900, false}},
		"warned":              {12 * time.Hour, 13 * time.Minute, left{0, 120, false}},
		"over":                {12 * time.Hour, 16 * time.Minute, left{0, 0, false}},
		"the last minutes":    {10 * time.Minute, time.Minute, left{420, 540, true}},
		"both at one instant": {15 * time.Minute, 0, left{780, 900, true}},
	} {
		session := provider.Session{SeenAt: seen, EndsAt: seen.Add(c.ends)}
		if got := leftOf(session, clocks, seen.Add(c.now)); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
