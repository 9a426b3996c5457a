package main

import (
	"fmt"
	"time"

	"gatehouse/provider"
)

// Recovery is for who has lost every second factor and knows the password, or reads a code: they wait, while all addresses of the
// account are told, and set up a new one then. Three days give an owner who is away for a weekend the time to read a message and
// stop it.
type Recovery struct {
	Wait time.Duration `name:"wait" default:"72h" placeholder:"TIME" help:"How long somebody waits who has lost every second factor; 24h to 30 days."`
	Open time.Duration `name:"open" default:"168h" placeholder:"TIME" help:"For how long they can come back then; 24h to 30 days."`
}

func (r Recovery) rule() provider.WaitRule { return provider.WaitRule{Lasts: r.Wait, Open: r.Open} }

func (r Recovery) check() error {
	const least, most = 24 * time.Hour, 30 * 24 * time.Hour
	if r.Wait < least || r.Wait > most || r.Open < least || r.Open > most {
		return fmt.Errorf("--recovery-wait %s and --recovery-open %s: 24h to 720h each", r.Wait, r.Open)
	}
	return nil
}
