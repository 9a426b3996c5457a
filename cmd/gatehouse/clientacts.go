package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

type clientList struct {
	Storage
	JSON bool `name:"json" help:"Print JSON."`
}

// Help is the example.
func (clientList) Help() string {
	return "Example:\n\n  gatehouse client list --data /var/lib/gatehouse"
}

// Run lists.
func (c clientList) Run(ctx context.Context, d desk) error {
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	all, err := store.Clients(ctx)
	if err != nil {
		return err
	}
	views := []clientView{}
	for _, client := range all {
		views = append(views, viewClient(client, ""))
	}
	if c.JSON {
		return writeJSON(d.out, views)
	}
	t := tabwriter.NewWriter(d.out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(t, "client id\tname\tauthentication\tfirst party\tstate")
	for _, v := range views {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", v.ClientID, v.Name, v.AuthMethod, yesNo(v.FirstParty), v.state())
	}
	return t.Flush()
}

type clientShow struct{ oneClient }

// Help is the example.
func (clientShow) Help() string {
	return "Example:\n\n  gatehouse client show --data /var/lib/gatehouse records"
}

// Run shows.
func (c clientShow) Run(ctx context.Context, d desk) error {
	return c.with(ctx, func(store *opened) error {
		client, err := c.read(ctx, store)
		if err != nil {
			return err
		}
		return viewClient(client, "").print(d.out, c.JSON)
	})
}

type clientDisable struct{ oneClient }

// Help is the example.
func (clientDisable) Help() string {
	return "Its codes, tokens and refreshes are refused with its next request. Nothing is deleted.\n\nExample:\n\n  gatehouse client disable --data /var/lib/gatehouse tracker"
}

// Run disables.
func (c clientDisable) Run(ctx context.Context, d desk) error {
	return c.change(ctx, d, func(client *provider.Client, now time.Time) (provider.Event, bool) {
		changes := client.Enabled()
		if changes {
			client.DisabledAt = now
		}
		return audit.ClientDisabled(now, client.ID), changes
	})
}

type clientEnable struct{ oneClient }

// Help is the example.
func (clientEnable) Help() string {
	return "Example:\n\n  gatehouse client enable --data /var/lib/gatehouse tracker"
}

// Run enables.
func (c clientEnable) Run(ctx context.Context, d desk) error {
	return c.change(ctx, d, func(client *provider.Client, now time.Time) (provider.Event, bool) {
		changes := !client.Enabled()
		client.DisabledAt = time.Time{}
		return audit.ClientEnabled(now, client.ID), changes
	})
}

type clientRotate struct{ oneClient }

// Help is the example.
func (clientRotate) Help() string {
	return "The new secret is shown once.\n\nExample:\n\n  gatehouse client rotate-secret --data /var/lib/gatehouse records"
}

// Run makes a new secret.
func (c clientRotate) Run(ctx context.Context, d desk) error {
	return c.with(ctx, func(store *opened) error {
		secret := provider.NewSecret()
		var client provider.Client
		err := again(func() (err error) {
			client, err = c.read(ctx, store)
			if err != nil {
				return err
			}
			if client.Public() {
				return fmt.Errorf("%s is a public client: it has no secret", client.ID)
			}
			if !client.HasSecret() {
				return fmt.Errorf("%s has keys of its own and no secret (gatehouse client set-keys changes them)", client.ID)
			}
			client.SecretHash = store.keyset.HashSecret(secret)
			return store.UpdateClient(ctx, client, audit.ClientSecretRotated(now(), client.ID))
		})
		if err != nil {
			return err
		}
		return viewClient(client, secret).print(d.out, c.JSON)
	})
}

type clientRemove struct{ oneClient }

// Help is the example.
func (clientRemove) Help() string {
	return "There is no way back; to shut an application out for a while, disable it.\n\nExample:\n\n  gatehouse client remove --data /var/lib/gatehouse tracker"
}

// Run removes.
func (c clientRemove) Run(ctx context.Context, d desk) error {
	return c.with(ctx, func(store *opened) error {
		err := store.RemoveClient(ctx, c.ID, audit.ClientRemoved(now(), c.ID))
		if errors.Is(err, provider.ErrNotFound) {
			return noClient(c.ID)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(d.out, map[string]string{"removed": c.ID})
		}
		_, err = fmt.Fprintf(d.out, "client %s removed, with its consents and grants\n", c.ID)
		return err
	})
}

func (c oneClient) with(ctx context.Context, do func(*opened) error) error {
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	return errors.Join(do(store), store.Close())
}

func (c oneClient) read(ctx context.Context, store *opened) (provider.Client, error) {
	client, err := store.Client(ctx, c.ID)
	if errors.Is(err, provider.ErrNotFound) {
		return provider.Client{}, noClient(c.ID)
	}
	return client, err
}

func noClient(id string) error {
	return fmt.Errorf("there is no client %q (gatehouse client list shows them)", id)
}

// change reads, changes and writes until nobody came between; where nothing changes, nothing is written. Then it shows.
func (c oneClient) change(ctx context.Context, d desk, act func(*provider.Client, time.Time) (provider.Event, bool)) error {
	return c.with(ctx, func(store *opened) error {
		var client provider.Client
		err := again(func() (err error) {
			client, err = c.read(ctx, store)
			if err != nil {
				return err
			}
			event, changes := act(&client, now())
			if !changes {
				return nil
			}
			return store.UpdateClient(ctx, client, event)
		})
		if err != nil {
			return err
		}
		return viewClient(client, "").print(d.out, c.JSON)
	})
}
