//go:build !planted

package main

import (
	"net/http"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/server"
)

// planted is nothing. Only a program built with the tag planted, as cmd/attack builds one to see that its probes bite, has
// faults to choose from; a test there holds every other program to have none of them.
type planted struct{}

func plant(Config) (planted, error) { return planted{}, nil }

func (planted) store(s provider.Store, _ *keys.Keyset) provider.Store { return s }

func (planted) config(c server.Config) server.Config { return c }

func (planted) handler(h http.Handler) http.Handler { return h }

func (planted) doors(all []door) []door { return all }
