//go:build race

package main

import "time"

// How long the heavy parts last: the servers are the same, and those who judge them are slower.
const (
	chaosLasts = 30 * time.Second
	rollLasts  = 6 * time.Second
)
