//go:build !race

package main

import "time"

// How long the heavy parts last.
const (
	chaosLasts = 75 * time.Second
	rollLasts  = 8 * time.Second
)
