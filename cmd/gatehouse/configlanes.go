package main

import (
	"fmt"
	"strings"
	"time"

	"gatehouse/provider/limit"
)

// Lanes are how fast anybody may guess at one account: passwords and codes in one budget. Browsers that the account does not know
// share it, so that a million of them guess no more than one; each browser that it knows has one of its own, so that strangers
// lock nobody out. Names that are nobody's are treated alike. There is no "off", and no pause lasts longer than a day.
type Lanes struct {
	// Tries within Window pause the account for unknown browsers. Who mistypes needs three or four, on a bad day six.
	Tries  int           `name:"tries" default:"10" placeholder:"N" help:"Failures of unknown browsers that pause an account for them."`
	Window time.Duration `name:"window" default:"15m" placeholder:"TIME" help:"Within which they count."`

	// Pause is the first one; each next one is twice as long, up to Longest, until Quiet has passed without one.
	Pause   time.Duration `name:"pause" default:"30m" placeholder:"TIME" help:"How long the first pause lasts."`
	Longest time.Duration `name:"longest" default:"24h" placeholder:"TIME" help:"How long a pause lasts at most; 24h or less."`
	Quiet   time.Duration `name:"quiet" default:"24h" placeholder:"TIME" help:"After so long without a pause, the next one is short again."`

	// Daily bounds who guesses so slowly that no pause comes. What ten at a time and doubling pauses leave in a day is 50.
	Daily int `name:"daily" default:"50" placeholder:"N" help:"Most failures of unknown browsers in a day at one account; 0 for no bound of its own."`

	// InARow stops unknown browsers until the owner presses the link in a message, or support unlocks: NIST SP 800-63B-4, 3.2.2
	// allows 100 at most.
	InARow int `name:"in-a-row" default:"100" placeholder:"N" help:"Failures in a row that stop unknown browsers until the owner opens the link that is sent; 100 or less."`

	// DeviceTries are for the owner's own mistakes, and all that a stolen cookie is worth.
	DeviceTries  int           `name:"device-tries" default:"10" placeholder:"N" help:"Failures of one known browser that pause it."`
	DeviceWindow time.Duration `name:"device-window" default:"1h" placeholder:"TIME" help:"Within which they count, and how long it waits."`
	DeviceInAll  int           `name:"device-in-all" default:"100" placeholder:"N" help:"Failures after which a known browser is unknown; 100 or less."`

	Notice time.Duration `name:"notice" default:"24h" placeholder:"TIME" help:"The owner is told of tries by others once in this time at most."`
	Link   time.Duration `name:"link" default:"24h" placeholder:"TIME" help:"How long the link in that message works."`
}

// policy is that of the house.
func (l Lanes) policy() limit.Policy {
	p := limit.Default()
	s, d := &p.Strangers, &p.Device
	s.Tries, s.Window, s.Pause, s.Longest, s.Quiet, s.Daily, s.InARow = l.Tries, l.Window, l.Pause, l.Longest, l.Quiet, l.Daily, l.InARow
	d.Tries, d.Window, d.InARow = l.DeviceTries, l.DeviceWindow, l.DeviceInAll
	p.Notice, p.Link = l.Notice, l.Link
	return p
}

func (l Lanes) check() error {
	if err := l.policy().Check(); err != nil {
		return fmt.Errorf("--lane-…: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return nil
}
