package main

import (
	"fmt"
	"time"
)

// Leaving is for who wants their account closed: until it is, they may change their mind, and somebody whose account another person
// wants closed finds out.
type Leaving struct {
	CloseAfter time.Duration `name:"close-after" default:"336h" placeholder:"TIME" help:"How long an account stays open whose owner wants it closed; 3 to 90 days."`
}

func (l Leaving) check() error {
	const least, most = 3 * 24 * time.Hour, 90 * 24 * time.Hour
	if l.CloseAfter < least || l.CloseAfter > most {
		return fmt.Errorf("--close-after %s: 72h to 2160h", l.CloseAfter)
	}
	return nil
}
