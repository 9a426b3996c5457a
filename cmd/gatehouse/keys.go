package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
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
func (readOnly) SwapKeyring(context.Context, []byte, int64, time.Time) error { return nil }

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
