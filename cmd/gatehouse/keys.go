package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/server"
)

type keysCmd struct {
	Init   keysInit   `cmd:"" help:"Make a keyset."`
	List   keysList   `cmd:"" help:"List the keys of the keyset and the keys that sign tokens."`
	Rotate keysRotate `cmd:"" help:"Have a new key follow, for signing or in the keyset."`
}

type keysInit struct {
	Storage
	JSON bool `name:"json" help:"Print JSON."`
}

// Help is the example.
func (keysInit) Help() string {
	return `Makes the file of keys that seal and find what the database holds, and never overwrites one. Keep a copy of it where no
copy of the database is: without it the database cannot be read, by anybody.

Example:

  gatehouse keys init --keyset /etc/gatehouse/keyset.json`
}

// Run makes the file.
func (c keysInit) Run(ctx context.Context, d desk) error {
	file, err := c.keysetFile()
	if err != nil {
		return err
	}
	if c.Keyset == "" {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return err
		}
	}
	err = c.makeKeyset(ctx, file)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w (to change its keys: gatehouse keys rotate)", err)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(d.out, map[string]string{"keyset": file})
	}
	_, err = fmt.Fprintf(d.out, "keyset made: %s\nKeep a copy of it where no copy of the database is.\n", file)
	return err
}

type keysList struct {
	Storage
	JSON bool `name:"json" help:"Print JSON."`
}

// Help is the example.
func (keysList) Help() string {
	return "Shows names, dates and states, never a key.\n\nExample:\n\n  gatehouse keys list --data /var/lib/gatehouse"
}

// keysView is how keys are printed.
type keysView struct {
	Keyset  []keysetView  `json:"keyset"`
	Signing []signingView `json:"signing"`
}

type keysetView struct {
	Purpose string    `json:"purpose"`
	ID      string    `json:"id"`
	Primary bool      `json:"primary"`
	Created time.Time `json:"created"`
}

type signingView struct {
	ID    string     `json:"kid"`
	Alg   string     `json:"alg"`
	State string     `json:"state"`
	Since time.Time  `json:"since"`
	Until *time.Time `json:"until"` // null: nothing has set it yet
}

// Run lists. It makes no keys, where a server would.
func (c keysList) Run(ctx context.Context, d desk) error {
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	signing, err := signingKeys(ctx, store, now())
	if err != nil {
		return err
	}
	v := keysView{Keyset: viewKeyset(store.keyset), Signing: viewSigning(signing)}
	if c.JSON {
		return writeJSON(d.out, v)
	}
	return v.print(d.out)
}

func viewKeyset(keyset *keys.Keyset) []keysetView {
	var views []keysetView
	for _, k := range keyset.List() {
		views = append(views, keysetView{Purpose: k.Purpose, ID: k.ID, Primary: k.Primary, Created: k.Created})
	}
	return views
}

func viewSigning(signing []keys.KeyStatus) []signingView {
	views := []signingView{}
	for _, k := range signing {
		views = append(views, signingView{ID: k.ID, Alg: string(k.Alg), State: string(k.State), Since: k.Since, Until: orNull(k.Until)})
	}
	return views
}

func (v keysView) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(t, "keyset\tid\tuse\tmade")
	for _, k := range v.Keyset {
		use := "opens and checks"
		if k.Primary {
			use = "makes new values"
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", k.Purpose, k.ID, use, stamp(k.Created))
	}
	_, _ = fmt.Fprintln(t, "\nsigning\tkid\tstate\tsince\tuntil")
	for _, k := range v.Signing {
		until := "-"
		if k.Until != nil {
			until = stamp(*k.Until)
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", k.Alg, k.ID, k.State, stamp(k.Since), until)
	}
	if len(v.Signing) == 0 {
		_, _ = fmt.Fprintln(t, "none yet: a server makes them when it starts")
	}
	return t.Flush()
}

// readOnly lets a ring be read without its chores being written back.
type readOnly struct{ provider.Store }

// Keyring implements keys.Store.
func (r readOnly) Keyring(ctx context.Context) ([]byte, int64, error) { return r.Store.Keyring(ctx) }

// SwapKeyring implements keys.Store, and writes nothing.
func (readOnly) SwapKeyring(context.Context, []byte, int64) error { return nil }

// signingKeys lists the keys that sign tokens; none if no server has made them yet.
func signingKeys(ctx context.Context, store *opened, at time.Time) ([]keys.KeyStatus, error) {
	doc, _, err := store.Keyring(ctx)
	if err != nil || doc == nil {
		return nil, err
	}
	ring, err := keys.OpenRing(ctx, readOnly{store.Store}, store.keyset, keys.Policy{}, at)
	if err != nil {
		return nil, err
	}
	// Where a rotation is due, the ring has made the next key in memory; it is not there until a server does it.
	imagined := func(k keys.KeyStatus) bool { return k.State == keys.StateAnnounced && k.Since.Equal(at) }
	return slices.DeleteFunc(ring.List(at), imagined), nil
}

type keysRotate struct {
	Storage
	Signing       string `name:"signing" xor:"what" required:"" placeholder:"ALG" help:"Rotate the key that signs tokens with RS256 or ES256."`
	Emergency     bool   `name:"emergency" help:"With --signing: the key got out. Delete it; all it signed is refused at once."`
	KeysetPurpose string `name:"keyset-purpose" xor:"what" required:"" placeholder:"PURPOSE" help:"Rotate a key of the keyset: seal, refresh, pepper, client-secret, ticket or code."`
	Promote       string `name:"promote" placeholder:"ID" help:"With --keyset-purpose: make the key that was added the one that makes new values."`
	Stopped       bool   `name:"stopped" help:"With --keyset-purpose: no server is running, so add and promote in one step."`
	JSON          bool   `name:"json" help:"Print JSON."`
}

// Help is the example.
func (keysRotate) Help() string {
	return `Signing keys: the next one is published now and signs a day later, when applications have seen it; a running server
follows within a minute. They also rotate by themselves every 90 days.

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
		faults = append(faults, fmt.Errorf("--signing %q is none of RS256, ES256", c.Signing))
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

func (c keysRotate) signing(ctx context.Context, d desk) error {
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	at := now()
	ring, err := server.OpenRing(ctx, store, store.keyset, at, audit.Operator)
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
