// Command gatehouse is the operator's program: it runs the provider (serve, dev) and does everything to it that is done at
// a command line (migrate, check, keys, client, account, audit).
//
// It owns the settings, with their flags, variables and lines of the configuration file; what is wired to what; and the
// words that an operator reads. It decides nothing about people or protocols: that is provider's. Neighbours: storage opens
// the database, provider/server assembles the house, cmd/demoportal/portal is started beside it by dev.
//
// Every command opens the same database and keyset as the server and writes to the store itself. Nothing talks to a running
// server, so everything works whether it runs or not, and takes effect with the next request since the server caches neither
// accounts nor clients. Rejected: a control socket, which is one more thing to guard and to find out of date.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], desk{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv}))
}
