package provider_test

import (
	"testing"
	"time"

	"gatehouse/provider"
)

func TestClockOff(t *testing.T) {
	at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	for off, want := range map[time.Duration]bool{
		0: false, 5 * time.Second: false, -5 * time.Second: false, 5*time.Second + 1: true, -5*time.Second - 1: true, time.Hour: true,
	} {
		if provider.ClockOff(at.Add(off), at) != want {
			t.Errorf("%s: want %t", off, want)
		}
	}
}
