package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/oidc"
)

// clientKeyFlags say with which keys of its own a client shows who it is (private_key_jwt).
type clientKeyFlags struct {
	JWKS         string `name:"jwks" placeholder:"FILE" help:"File of its public keys, a JWK set, for --auth private_key_jwt."`
	JWKSURI      string `name:"jwks-uri" placeholder:"URL" help:"Where its public keys are, by https; fetched when needed, and kept for minutes."`
	AuthAlg      string `name:"auth-alg" placeholder:"ALG" help:"The one algorithm of its assertions: RS256, ES256, RS384, ES384, PS256 or EdDSA; default any that fits its keys."`
	AuthAudience string `name:"auth-audience" placeholder:"issuer|token" help:"The one audience of its assertions: the issuer, or the address of the token endpoint; default either."`
}

// into sets what the flags say. An error is about the file.
func (f clientKeyFlags) into(c *provider.Client) error {
	c.JWKS, c.JWKSURI, c.AuthAlg, c.AuthAudience = "", f.JWKSURI, f.AuthAlg, f.AuthAudience
	if f.JWKS == "" {
		return nil
	}
	text, err := readAtMost(f.JWKS, oidc.MaxJWKS)
	if err != nil {
		return fmt.Errorf("--jwks: %w", err)
	}
	var compact bytes.Buffer
	if json.Compact(&compact, text) != nil {
		return fmt.Errorf(`--jwks %s: not a JWK set: {"keys":[…]}`, f.JWKS)
	}
	c.JWKS = compact.String()
	return nil
}

// readAtMost reads a file that may be so many bytes long.
func readAtMost(file string, most int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s is longer than %d bytes", file, most)
	}
	return text, errors.Join(err, f.Close())
}

// keyFaults are about the keys of a client, and who has none.
func keyFaults(c provider.Client) error {
	if c.AuthMethod != provider.AuthKey {
		if c.JWKS+c.JWKSURI+c.AuthAlg+c.AuthAudience != "" {
			return errors.New("--jwks, --jwks-uri, --auth-alg and --auth-audience are only for --auth private_key_jwt")
		}
		return nil
	}
	var faults []error
	if (c.JWKS == "") == (c.JWKSURI == "") {
		faults = append(faults, errors.New("--auth private_key_jwt needs one of --jwks and --jwks-uri"))
	}
	if c.JWKS != "" {
		if err := oidc.CheckJWKS([]byte(c.JWKS), c.AuthAlg); err != nil {
			faults = append(faults, fmt.Errorf("--jwks: %w", err))
		}
	}
	if c.JWKSURI != "" {
		err := checkURI(c.JWKSURI, false)
		if err == nil && !strings.HasPrefix(strings.ToLower(c.JWKSURI), "https:") {
			err = errors.New("keys are fetched by https alone")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("--jwks-uri %q: %w", c.JWKSURI, err))
		}
	}
	if c.AuthAlg != "" && !slices.Contains(oidc.ClientAlgs(), c.AuthAlg) {
		faults = append(faults, fmt.Errorf("--auth-alg %q is none of %s", c.AuthAlg, strings.Join(oidc.ClientAlgs(), ", ")))
	}
	if !slices.Contains([]string{"", provider.AudienceIssuer, provider.AudienceToken}, c.AuthAudience) {
		faults = append(faults, fmt.Errorf("--auth-audience %q is neither issuer nor token", c.AuthAudience))
	}
	return errors.Join(faults...)
}

// keyNames are the keys of a set as a person reads them.
func keyNames(jwks json.RawMessage) string {
	var set struct {
		Keys []struct{ Kid, Kty, Crv, Alg string }
	}
	if json.Unmarshal(jwks, &set) != nil {
		return ""
	}
	var names []string
	for _, k := range set.Keys {
		name := strings.Join(strings.Fields(k.Kty+" "+k.Crv+" "+k.Alg), " ")
		if k.Kid != "" {
			name = k.Kid + " (" + name + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

type clientSetKeys struct {
	oneClient
	clientKeyFlags
}

// Help is the example.
func (clientSetKeys) Help() string {
	return `From its next request on it shows who it is with these keys alone (private_key_jwt): keys from before, and a secret, stop working at once. To change keys without a break, register the old and the new one together first.

Example:

  gatehouse client set-keys --data /var/lib/gatehouse nightly --jwks nightly-public.json --auth-alg ES256`
}

// Run sets the keys.
func (c clientSetKeys) Run(ctx context.Context, d desk) error {
	var asked provider.Client
	if err := c.into(&asked); err != nil {
		return usageError{err}
	}
	asked.AuthMethod = provider.AuthKey
	if err := keyFaults(asked); err != nil {
		return usageError{err}
	}
	return c.with(ctx, func(store *opened) error {
		var client provider.Client
		err := again(func() (err error) {
			client, err = c.read(ctx, store)
			if err != nil {
				return err
			}
			if client.Public() {
				return fmt.Errorf("%s is a public client: it can keep no key; register another one", client.ID)
			}
			client.SecretHash, client.AuthMethod = nil, asked.AuthMethod
			client.JWKS, client.JWKSURI, client.AuthAlg, client.AuthAudience = asked.JWKS, asked.JWKSURI, asked.AuthAlg, asked.AuthAudience
			return store.UpdateClient(ctx, client, audit.ClientChanged(now(), client.ID))
		})
		if err != nil {
			return err
		}
		return viewClient(client, "").print(d.out, c.JSON)
	})
}
