package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"

	"gatehouse/keys"
	"gatehouse/provider/audit"
	"gatehouse/provider/server"
)

type keysRotate struct {
	Storage
	Signing       string `name:"signing" xor:"what" required:"" placeholder:"ALG" help:"Rotate the key that signs tokens with RS256, ES256, EdDSA or PS256."`
	Emergency     bool   `name:"emergency" help:"With --signing: the key got out. Delete it; all it signed is refused at once."`
	KeysetPurpose string `name:"keyset-purpose" xor:"what" required:"" placeholder:"PURPOSE" help:"Rotate a key of the keyset: seal, refresh, pepper, client-secret, ticket or code."`
	Promote       string `name:"promote" placeholder:"ID" help:"With --keyset-purpose: make the key that was added the one that makes new values."`
	Stopped       bool   `name:"stopped" help:"With --keyset-purpose: no server is running, so add and promote in one step."`
	JSON          bool   `name:"json" help:"Print JSON."`
}

// Help is the example.
func (keysRotate) Help() string {
	return `Signing keys: the next one is published now and signs a day later, when applications have seen it; a running server
follows within seconds. They also rotate by themselves every 90 days.

Keys of the keyset: servers read the file when they start, and one that lacks a key cannot read what it sealed. So it takes
two steps: add the key, restart every server, and then promote it.

Example:

  gatehouse keys rotate --data /var/lib/gatehouse --signing ES256

  gatehouse keys rotate --data /var/lib/gatehouse --keyset-purpose seal`
}

// Run rotates one of the two sorts.
func (c keysRotate) Run(ctx context.Context, d desk) error {
	if err := c.check(); err != nil {
		return usageError{err}
	}
	if c.Signing != "" {
		return c.signing(ctx, d)
	}
	return c.keyset(d)
}

func (c keysRotate) check() error {
	var faults []error
	if c.Signing != "" && !slices.Contains(keys.Algs(), keys.Alg(c.Signing)) {
		faults = append(faults, fmt.Errorf("--signing %q is none of %s", c.Signing, algorithms()))
	}
	if c.Emergency && c.Signing == "" {
		faults = append(faults, errors.New("--emergency belongs to --signing"))
	}
	if (c.Promote != "" || c.Stopped) && c.KeysetPurpose == "" {
		faults = append(faults, errors.New("--promote and --stopped belong to --keyset-purpose"))
	}
	if c.Promote != "" && c.Stopped {
		faults = append(faults, errors.New("--promote and --stopped exclude each other: the second does both steps"))
	}
	return errors.Join(faults...)
}

// why is what the record says of a rotation of signing keys.
func (c keysRotate) why() string {
	if c.Emergency {
		return "emergency"
	}
	return "rotation asked for"
}

func (c keysRotate) signing(ctx context.Context, d desk) error {
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	at := now()
	ring, err := server.OpenRing(ctx, store, store.keyset, at, audit.Operator, c.why())
	if err != nil {
		return err
	}
	if c.Emergency {
		err = ring.RotateEmergency(ctx, at, keys.Alg(c.Signing))
	} else {
		err = ring.RotateNow(ctx, at, keys.Alg(c.Signing))
	}
	if err != nil {
		return err
	}
	v := keysView{Keyset: viewKeyset(store.keyset), Signing: viewSigning(ring.List(at))}
	if c.JSON {
		return writeJSON(d.out, v)
	}
	return v.print(d.out)
}

// keyset adds, promotes, or both.
func (c keysRotate) keyset(d desk) error {
	file, err := c.keysetFile()
	if err != nil {
		return err
	}
	before, err := keys.ReadKeyset(file)
	if err != nil {
		return err
	}
	after, id, err := c.change(before)
	if err != nil {
		return usageError{err}
	}
	if err := replaceKeyset(file, after); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(d.out, map[string]any{"keyset": viewKeyset(after), "id": id})
	}
	_, err = fmt.Fprintln(d.out, c.next(file, id))
	return err
}

// change answers the new keyset and the key that it is about.
func (c keysRotate) change(before *keys.Keyset) (*keys.Keyset, string, error) {
	if c.Promote != "" {
		after, err := before.Promote(c.KeysetPurpose, c.Promote)
		return after, c.Promote, err
	}
	after, id, err := before.Add(c.KeysetPurpose, now())
	if err == nil && c.Stopped {
		after, err = after.Promote(c.KeysetPurpose, id)
	}
	return after, id, err
}

// next tells what was done and what comes next.
func (c keysRotate) next(file, id string) string {
	if c.Promote != "" || c.Stopped {
		return fmt.Sprintf("key %s of %s makes new values from now on, in every server that starts; the older ones stay to read the old.\nRestart running servers when it suits you, and renew the copy of the keyset.", id, c.KeysetPurpose)
	}
	return fmt.Sprintf("key %s for %s added to %s.\nNow restart every server, so that all can read what it will make. Then run:\n  gatehouse keys rotate --keyset %s --keyset-purpose %s --promote %s", id, c.KeysetPurpose, file, file, c.KeysetPurpose, id)
}

// replaceKeyset writes the file and leaves it to whom it belonged: an operator is often root, the server is not.
func replaceKeyset(file string, keyset *keys.Keyset) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if err := keyset.Replace(file); err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(owner.Uid) == os.Geteuid() {
		return nil
	}
	return os.Chown(file, int(owner.Uid), int(owner.Gid))
}
