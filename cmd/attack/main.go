package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"time"
)

// settings of a run.
type settings struct {
	only   string
	sqlite bool // no replicas
	bites  bool
	told   bool
}

func main() {
	s := settings{}
	flag.StringVar(&s.only, "run", "", "only the probes whose name this regular expression finds")
	flag.BoolVar(&s.sqlite, "sqlite", false, "on SQLite alone, without PostgreSQL, Redis and replicas")
	flag.BoolVar(&s.bites, "bites", true, "show of each probe that it notices its planted fault")
	flag.BoolVar(&s.told, "v", false, "say how long each probe takes")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: attack [flags]\nexample: go run ./cmd/attack -run 'passkey|victim'")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	held, err := s.run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "attack:", err)
	}
	if err != nil || !held {
		os.Exit(1) //nolint:gocritic // the deferred stop only restores signals
	}
}

// run answers whether every probe held, and bit where it was to.
func (s settings) run(ctx context.Context) (bool, error) {
	wanted, err := regexp.Compile(s.only)
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "gatehouse-attack-bin-")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	built, err := build(ctx, dir)
	if err != nil {
		return false, err
	}
	began := time.Now()
	var chosen []probe
	for _, p := range probes() {
		if wanted.MatchString(p.name) && (!p.many || !s.sqlite) {
			chosen = append(chosen, p)
		}
	}
	lines, err := s.attack(ctx, built, chosen)
	if err != nil {
		return false, err
	}
	held := show(os.Stdout, lines)
	fmt.Printf("\n%s, %d probes in %s\n", time.Now().Format(time.DateOnly), len(lines), time.Since(began).Round(time.Second))
	return held, nil
}

// binaries are the program as it is shipped, and the one whose defences can be broken.
type binaries struct{ sound, planted string }

func build(ctx context.Context, dir string) (binaries, error) {
	b := binaries{filepath.Join(dir, "gatehouse"), filepath.Join(dir, "gatehouse-planted")}
	for _, arguments := range [][]string{{"build", "-o", b.sound}, {"build", "-tags", "planted", "-o", b.planted}} {
		out, err := exec.CommandContext(ctx, "go", append(arguments, "gatehouse/cmd/gatehouse")...).CombinedOutput() //nolint:gosec // our own program
		if err != nil {
			return b, fmt.Errorf("go build: %w: %s", err, out)
		}
	}
	return b, nil
}

// line is what came of a probe.
type line struct {
	probe

	one, many          error
	onOne, onMany, bit bool
	planted            error // what it said of the planted fault
}

// attack plays every probe in each of the two deployments, and then each against a house with its fault.
func (s settings) attack(ctx context.Context, built binaries, chosen []probe) ([]line, error) {
	lines := make([]line, len(chosen))
	for i, p := range chosen {
		lines[i].probe = p
	}
	if s.sqlite {
		return lines, s.deployment(ctx, built, false, lines)
	}
	return lines, atOnce(2, func(i int) error { return s.deployment(ctx, built, i == 1, lines) })
}

// shrugged is a fault that the sound program is asked for, and does not have.
const shrugged = "lanes-open"

// deployment plays the probes in one of the two.
func (s settings) deployment(ctx context.Context, built binaries, many bool, lines []line) error {
	at, err := found(ctx, many)
	if err != nil {
		return err
	}
	defer at.close()
	if err := at.open(built.sound, shrugged); err != nil {
		return err
	}
	for i := range lines {
		l := &lines[i]
		if l.probe.many && !many {
			continue
		}
		began := time.Now()
		err := l.made(ctx, at)
		if many {
			l.onMany, l.many = true, err
		} else {
			l.onOne, l.one = true, err
		}
		s.progress(l.name, at.name, time.Since(began), err)
	}
	at.shut()
	for i := range lines {
		if l := &lines[i]; s.bites && l.probe.many == many {
			if err := l.bite(ctx, s, at, built.planted); err != nil {
				return err
			}
		}
	}
	return nil
}

// made plays a probe until it can be made. What came through once is not tried again.
func (p probe) made(ctx context.Context, at *site) error {
	const times = 3
	err := p.try(ctx, at)
	for again := 1; err != nil && !isBreach(err) && again < times && ctx.Err() == nil; again++ {
		err = p.try(ctx, at)
	}
	return err
}

// bite plays a probe against a house with its fault.
func (l *line) bite(ctx context.Context, s settings, at *site, binary string) error {
	if err := at.open(binary, l.fault); err != nil {
		return err
	}
	defer at.shut()
	began := time.Now()
	l.planted = l.made(ctx, at)
	l.bit = isBreach(l.planted)
	if l.planted == nil {
		l.planted = errors.New("it noticed nothing")
	}
	s.progress(l.name, at.name+" with "+l.fault, time.Since(began), l.planted)
	return nil
}

// progress is for whoever waits.
func (s settings) progress(name, where string, took time.Duration, err error) {
	if s.told {
		fmt.Fprintf(os.Stderr, "attack: %s, %s, %s: %v\n", name, where, took.Round(time.Millisecond), err)
	}
}
