package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := chaos(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		stop()
		os.Exit(1)
	}
}

// chaos runs three replicas under load and faults, and prints what came of it.
func chaos(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	minutes := flags.Float64("minutes", 10, "how long")
	seed := flags.Uint64("seed", uint64(time.Now().Unix()), "of all dice; the same seed gives the same acts and faults, in an order that the machine decides")
	actors := flags.Int("actors", 8, "how many act at once")
	binary := flags.String("binary", "bin/gatehouse", "program under test")
	path := flags.String("history", "", "file to write the history to, a line of JSON for each act")
	err := flags.Parse(arguments)
	if err != nil {
		return err
	}
	t := trial{seed: *seed, lasts: time.Duration(*minutes * float64(time.Minute)), actors: *actors, faulty: true}
	if *path != "" {
		file, err := os.Create(*path)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		t.lines = file
	}
	fmt.Printf("seed %d, %s, %d actors\n", t.seed, t.lasts, t.actors)
	return t.report(ctx, *binary)
}

// errBroken: the run found promises broken.
var errBroken = errors.New("promises were broken")

// report starts what is needed, runs, and prints.
func (t trial) report(ctx context.Context, binary string) error {
	b, err := startBackends()
	if err != nil {
		return err
	}
	defer b.stop()
	const replicas = 3
	f, err := startFleet(ctx, b, binary, replicas, "")
	if err != nil {
		return err
	}
	defer f.close()
	v, err := t.run(ctx, f)
	if err != nil {
		return err
	}
	fmt.Println(v)
	const shown = 20
	for _, one := range v.found[:min(len(v.found), shown)] {
		fmt.Println(one)
	}
	if len(v.found) == 0 {
		return nil
	}
	for _, r := range f.replicas {
		for _, line := range r.errors() {
			fmt.Println(r.name, line)
		}
	}
	return errBroken
}
