package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// clientAskingFlags say how a client asks for a sign-in, and what it is told of the person.
type clientAskingFlags struct {
	RequirePAR    bool   `name:"require-par" help:"It pushes what it asks for, server to server, before it sends a browser (RFC 9126); nothing else is taken."`
	SubjectType   string `name:"subject-type" default:"public" placeholder:"TYPE" help:"public, or pairwise: it knows people by other subjects than applications of other hosts do. This cannot be changed later."`
	SectorURI     string `name:"sector-identifier" placeholder:"URL" help:"With pairwise: an https address with a JSON list of all its redirect URIs; its host is the sector. Default the host of its redirect URIs, where they have one."`
	UserinfoAlg   string `name:"userinfo-alg" placeholder:"ALG" help:"Sign answers of userinfo: RS256, ES256, EdDSA or PS256; default plain JSON."`
	InitiateLogin string `name:"initiate-login-uri" placeholder:"URL" help:"Where a person is led who wants to sign in to it (OpenID Connect Core 4), by https."`
}

// intoAsking sets what the flags say. The document at SectorURI is for checkSector.
func (f clientAskingFlags) intoAsking(c *provider.Client) error {
	c.RequirePAR, c.UserinfoAlg, c.InitiateLoginURI = f.RequirePAR, f.UserinfoAlg, f.InitiateLogin
	switch f.SubjectType {
	case "public", "":
		if f.SectorURI != "" {
			return errors.New("--sector-identifier is only for --subject-type pairwise")
		}
		return nil
	case "pairwise":
	default:
		return fmt.Errorf("--subject-type %q is neither public nor pairwise", f.SubjectType)
	}
	if f.SectorURI != "" {
		u, err := url.Parse(f.SectorURI)
		if err != nil || u.Scheme != "https" || checkURI(f.SectorURI, false) != nil {
			return fmt.Errorf("--sector-identifier %q: not an https address", f.SectorURI)
		}
		c.Sector = strings.ToLower(u.Hostname())
		return nil
	}
	var err error
	c.Sector, err = sectorOf(c.RedirectURIs)
	return err
}

// sectorOf is the one host of redirect URIs (OIDC Core 8.1).
func sectorOf(uris []string) (string, error) {
	host := ""
	for _, uri := range uris {
		u, err := url.Parse(uri)
		if err != nil || u.Hostname() == "" || host != "" && !strings.EqualFold(host, u.Hostname()) {
			return "", errors.New("--subject-type pairwise: its redirect URIs are not all of one host; give --sector-identifier (OpenID Connect Core 8.1)")
		}
		host = strings.ToLower(u.Hostname())
	}
	if host == "" {
		return "", errors.New("--subject-type pairwise is only for the grant authorization_code: nobody else is told subjects")
	}
	return host, nil
}

// sectorMost bounds the document of a sector, in bytes.
const sectorMost = 64 << 10

// checkSector reads the document of a sector: it must list every redirect URI (OIDC Core 8.1).
func checkSector(ctx context.Context, uri string, redirects []string, out http.RoundTripper) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return fmt.Errorf("--sector-identifier: %w", err)
	}
	answer, err := out.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("--sector-identifier %s cannot be read: %w", uri, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, sectorMost+1))
	var listed []string
	if err != nil || answer.StatusCode != http.StatusOK || len(text) > sectorMost || json.Unmarshal(text, &listed) != nil {
		return fmt.Errorf("--sector-identifier %s is no JSON list of addresses (status %d)", uri, answer.StatusCode)
	}
	for _, redirect := range redirects {
		if !slices.Contains(listed, redirect) {
			return fmt.Errorf("--sector-identifier %s does not list %s", uri, redirect)
		}
	}
	return nil
}

// askingFaults are about how a client asks.
func askingFaults(c provider.Client) error {
	var faults []error
	if c.UserinfoAlg != "" && !slices.Contains(keys.Algs(), keys.Alg(c.UserinfoAlg)) {
		faults = append(faults, fmt.Errorf("--userinfo-alg %q is none of %s", c.UserinfoAlg, algorithms()))
	}
	if !c.May(provider.GrantCode) && (c.RequirePAR || c.UserinfoAlg != "" || c.InitiateLoginURI != "" || c.Sector != "") {
		faults = append(faults, errors.New("--require-par, --subject-type, --userinfo-alg and --initiate-login-uri are only for the grant authorization_code"))
	}
	if c.InitiateLoginURI != "" {
		err := checkURI(c.InitiateLoginURI, false)
		if err == nil && !strings.HasPrefix(strings.ToLower(c.InitiateLoginURI), "https:") {
			err = errors.New("by https alone")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("--initiate-login-uri %q: %w", c.InitiateLoginURI, err))
		}
	}
	return errors.Join(faults...)
}

// printAsking says how a client asks, where it is not as most do.
func (v clientView) printAsking(line func(name, value string)) {
	if v.RequirePAR {
		line("asks by", "pushed requests alone")
	}
	if v.SubjectType == "pairwise" {
		line("subjects", "pairwise, of "+v.Sector)
	}
	if v.UserinfoAlg != "" {
		line("userinfo signed", v.UserinfoAlg)
	}
	if v.InitiateLoginURI != "" {
		line("sign-in begins at", v.InitiateLoginURI)
	}
}

type clientSet struct {
	oneClient
	RequirePAR    string `name:"require-par" placeholder:"yes|no" help:"Whether it pushes what it asks for before it sends a browser (RFC 9126)."`
	IDTokenAlg    string `name:"id-token-alg" placeholder:"ALG" help:"Signature of its ID tokens: RS256, ES256, EdDSA or PS256."`
	UserinfoAlg   string `name:"userinfo-alg" placeholder:"ALG|none" help:"Sign answers of userinfo, or none: plain JSON."`
	InitiateLogin string `name:"initiate-login-uri" placeholder:"URL|none" help:"Where a person is led who wants to sign in to it."`
}

// Help is the example.
func (clientSet) Help() string {
	return `Changes hold from its next request on; what is not named stays as it is.

Example:

  gatehouse client set --data /var/lib/gatehouse records --require-par yes --id-token-alg PS256`
}

// Run sets.
func (c clientSet) Run(ctx context.Context, d desk) error {
	if c.RequirePAR+c.IDTokenAlg+c.UserinfoAlg+c.InitiateLogin == "" {
		return usageError{errors.New("nothing to set: name one of --require-par, --id-token-alg, --userinfo-alg, --initiate-login-uri")}
	}
	if !slices.Contains([]string{"", "yes", "no"}, c.RequirePAR) {
		return usageError{fmt.Errorf("--require-par %q is neither yes nor no", c.RequirePAR)}
	}
	return c.with(ctx, func(store *opened) error {
		var client provider.Client
		err := again(func() (err error) {
			client, err = c.read(ctx, store)
			if err != nil {
				return err
			}
			c.into(&client)
			if err := clientFaults(client); err != nil {
				return usageError{err}
			}
			return store.UpdateClient(ctx, client, audit.ClientChanged(now(), client.ID))
		})
		if err != nil {
			return err
		}
		return viewClient(client, "").print(d.out, c.JSON)
	})
}

func (c clientSet) into(client *provider.Client) {
	if c.RequirePAR != "" {
		client.RequirePAR = c.RequirePAR == "yes"
	}
	if c.IDTokenAlg != "" {
		client.IDTokenAlg = c.IDTokenAlg
	}
	setText(&client.UserinfoAlg, c.UserinfoAlg)
	setText(&client.InitiateLoginURI, c.InitiateLogin)
}

// setText sets what a flag names; "" leaves it, none clears it.
func setText(field *string, value string) {
	switch value {
	case "":
	case "none":
		*field = ""
	default:
		*field = value
	}
}
