package main

import (
	"context"
	"errors"
	"fmt"
)

// probe is one attack.
type probe struct {
	name  string
	tries string // what is tried, and what must hold
	fault string // that it must notice
	many  bool   // for replicas alone
	try   func(context.Context, *site) error
}

// breach is what a probe answers where an attack came through. Any other error means that the probe itself could not be made.
type breach string

func (b breach) Error() string { return string(b) }

func broken(format string, values ...any) error { return breach(fmt.Sprintf(format, values...)) }

func isBreach(err error) bool {
	var b breach
	return errors.As(err, &b)
}

// probes are all there are.
func probes() []probe {
	var all []probe
	for _, some := range [][]probe{once(), guessing(), invited(), gate(), protocol(), browsers(), edge(), withoutRedis()} {
		all = append(all, some...)
	}
	return all
}
