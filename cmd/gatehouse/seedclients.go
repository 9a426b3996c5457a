package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gatehouse/cmd/demoportal/portal"
	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// seededClient is a client of dev.
type seededClient struct {
	provider.Client
	secret string
}

// clientLine is what dev tells about a client.
type clientLine struct {
	ClientID               string   `json:"client_id"`
	ClientSecret           string   `json:"client_secret"` // "" for a public client
	RedirectURIs           []string `json:"redirect_uris"`
	PostLogoutRedirectURIs []string `json:"post_logout_redirect_uris"`
	AuthMethod             string   `json:"auth_method"`
	Scopes                 []string `json:"scopes"`
	Grants                 []string `json:"grants"`
	FirstParty             bool     `json:"first_party"`
}

func (c seededClient) line() clientLine {
	return clientLine{
		ClientID: c.ID, ClientSecret: c.secret, RedirectURIs: orEmpty(c.RedirectURIs),
		PostLogoutRedirectURIs: orEmpty(c.PostLogoutRedirectURIs), AuthMethod: c.AuthMethod, Scopes: orEmpty(c.Scopes),
		Grants: orEmpty(c.Grants), FirstParty: c.FirstParty,
	}
}

// orEmpty makes JSON say [] and not null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// devClients are the apps of the demo portal at base, a machine and an application to try things with.
func devClients(base string) []provider.Client {
	login := []string{provider.GrantCode, provider.GrantRefresh}
	scopes := []string{"openid", "profile", "email", "phone", "address", "offline_access"}
	var all []provider.Client
	for _, app := range portal.DemoApps() {
		all = append(all, provider.Client{
			ID: app.Path, Name: app.Name, AuthMethod: provider.AuthBasic, Grants: login, Scopes: scopes, FirstParty: true,
			RedirectURIs: []string{app.RedirectURI(base)}, PostLogoutRedirectURIs: []string{app.PostLogoutURI(base)},
			BackChannelLogoutURI: app.BackChannelURI(base),
		})
	}
	for i := range all {
		switch all[i].ID {
		case "records":
			all[i].ReportsActivity = true
		case "scheduling":
			all[i].AuthMethod = provider.AuthNone
		case "tracker":
			all[i].FirstParty = false // an app from outside: people are asked
		}
	}
	return append(all,
		provider.Client{
			ID: "backend", Name: "Records backend", AuthMethod: provider.AuthBasic, FirstParty: true,
			Grants: []string{provider.GrantMachine}, Scopes: []string{"records.read", "appointments.read"},
		},
		provider.Client{
			ID: "example", Name: "Example app", AuthMethod: provider.AuthNone, Grants: login, Scopes: scopes,
			RedirectURIs: []string{"http://127.0.0.1/callback"}, PostLogoutRedirectURIs: []string{"http://127.0.0.1/"},
		})
}

// seedClients registers the clients of dev, or brings their addresses and secrets up to date.
func seedClients(ctx context.Context, store provider.Store, keyset *keys.Keyset, data, base string, now time.Time) ([]seededClient, error) {
	clients := devClients(base)
	secrets, err := devSecrets(filepath.Join(data, "dev.json"), clients)
	if err != nil {
		return nil, err
	}
	var seeded []seededClient
	for _, c := range clients {
		c.MinLevel, c.IDTokenAlg, c.CreatedAt = provider.TwoStep, string(keys.RS256), now
		secret := secrets[c.ID]
		if secret != "" {
			c.SecretHash = keyset.HashSecret(secret)
		}
		if err := again(func() error { return seedClient(ctx, store, keyset, c, secret, now) }); err != nil {
			return nil, fmt.Errorf("seeding the client %s: %w", c.ID, err)
		}
		seeded = append(seeded, seededClient{Client: c, secret: secret})
	}
	return seeded, nil
}

func seedClient(ctx context.Context, store provider.Store, keyset *keys.Keyset, want provider.Client, secret string, now time.Time) error {
	have, err := store.Client(ctx, want.ID)
	if errors.Is(err, provider.ErrNotFound) {
		return store.CreateClient(ctx, want, audit.ClientCreated(now, want.ID))
	}
	if err != nil {
		return err
	}
	right := secret == "" || keyset.CheckSecret(have.SecretHash, secret)
	if right && have.ReportsActivity == want.ReportsActivity && slices.Equal(have.RedirectURIs, want.RedirectURIs) && slices.Equal(have.PostLogoutRedirectURIs, want.PostLogoutRedirectURIs) &&
		have.BackChannelLogoutURI == want.BackChannelLogoutURI {
		return nil
	}
	have.SecretHash, have.RedirectURIs, have.PostLogoutRedirectURIs = want.SecretHash, want.RedirectURIs, want.PostLogoutRedirectURIs
	have.ReportsActivity = want.ReportsActivity
	have.BackChannelLogoutURI = want.BackChannelLogoutURI
	return store.UpdateClient(ctx, have, audit.ClientChanged(now, want.ID))
}

// devSecrets are the secrets of the confidential clients. The database has only hashes, so dev keeps them in a file of its
// own, to print the same at the next start.
func devSecrets(path string, clients []provider.Client) (map[string]string, error) {
	var file struct {
		ClientSecrets map[string]string `json:"client_secrets"`
	}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s cannot be read (delete it to get new client secrets): %w", path, err)
	}
	if file.ClientSecrets == nil {
		file.ClientSecrets = map[string]string{}
	}
	for _, c := range clients {
		if !c.Public() && file.ClientSecrets[c.ID] == "" {
			file.ClientSecrets[c.ID] = provider.NewSecret()
		}
	}
	text, err = json.MarshalIndent(file, "", "  ")
	if err != nil {
		return nil, err
	}
	return file.ClientSecrets, os.WriteFile(path, append(text, '\n'), 0o600)
}
