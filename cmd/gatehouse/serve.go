package main

import "errors"

type serveCmd struct {
	Storage
}

// Help is the example.
func (serveCmd) Help() string { return "Example:\n\n  gatehouse serve" }

// Run serves.
func (serveCmd) Run() error { return errors.New("serve is not built yet") }
