package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/egress"
)

type clientCmd struct {
	Add          clientAdd     `cmd:"" help:"Register a relying application."`
	List         clientList    `cmd:"" help:"List all."`
	Show         clientShow    `cmd:"" help:"Show one."`
	Disable      clientDisable `cmd:"" help:"Give an application nothing any more, from its next request on."`
	Enable       clientEnable  `cmd:"" help:"Put a disabled application in use again."`
	Remove       clientRemove  `cmd:"" help:"Delete an application with its consents and grants."`
	RotateSecret clientRotate  `cmd:"" help:"Give an application a new secret; the old one stops working at once."`
	Set          clientSet     `cmd:"" help:"Change how an application asks for sign-ins and what it is told."`
	SetKeys      clientSetKeys `cmd:"" help:"Have an application show who it is with keys of its own, or change them."`
}

// oneClient are the flags of commands about one client.
type oneClient struct {
	Storage
	ID   string `arg:"" name:"id" help:"Client id."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// clientView is how a client is printed. The secret is there only when it has just been made.
type clientView struct {
	ClientID               string     `json:"client_id"`
	ClientSecret           string     `json:"client_secret,omitempty"`
	Name                   string     `json:"name"`
	AuthMethod             string     `json:"auth_method"`
	AuthAlg                string     `json:"auth_alg,omitempty"`
	AuthAudience           string     `json:"auth_audience,omitempty"`
	JWKSURI                string     `json:"jwks_uri,omitempty"`
	RedirectURIs           []string   `json:"redirect_uris"`
	PostLogoutRedirectURIs []string   `json:"post_logout_redirect_uris"`
	BackChannelLogoutURI   string     `json:"backchannel_logout_uri,omitempty"`
	BackChannelNeedsSID    bool       `json:"backchannel_logout_session_required,omitempty"`
	Grants                 []string   `json:"grants"`
	Scopes                 []string   `json:"scopes"`
	Audience               []string   `json:"audience"`
	MinACR                 string     `json:"min_acr"`
	PKCERequired           bool       `json:"pkce_required"`
	FirstParty             bool       `json:"first_party"`
	IDTokenAlg             string     `json:"id_token_alg"`
	RotatesRefresh         bool       `json:"rotates_refresh_tokens"`
	ReportsActivity        bool       `json:"reports_activity"`
	RequirePAR             bool       `json:"require_pushed_authorization_requests"`
	SubjectType            string     `json:"subject_type"`
	Sector                 string     `json:"sector,omitempty"`
	UserinfoAlg            string     `json:"userinfo_signed_response_alg,omitempty"`
	InitiateLoginURI       string     `json:"initiate_login_uri,omitempty"`
	CreatedAt              time.Time  `json:"created_at"`
	DisabledAt             *time.Time `json:"disabled_at"`

	JWKS json.RawMessage `json:"jwks,omitempty"`
}

func viewClient(c provider.Client, secret string) clientView {
	v := clientView{
		ClientID: c.ID, ClientSecret: secret, Name: c.Name, AuthMethod: c.AuthMethod, RedirectURIs: orEmpty(c.RedirectURIs),
		PostLogoutRedirectURIs: orEmpty(c.PostLogoutRedirectURIs), Grants: orEmpty(c.Grants), Scopes: orEmpty(c.Scopes),
		Audience: c.Audiences(), MinACR: c.MinLevel.String(), PKCERequired: !c.PKCEOptional, FirstParty: c.FirstParty,
		IDTokenAlg: c.IDTokenAlg, RotatesRefresh: c.Rotates(), ReportsActivity: c.ReportsActivity, CreatedAt: c.CreatedAt,
		BackChannelLogoutURI: c.BackChannelLogoutURI, BackChannelNeedsSID: c.BackChannelNeedsSID,
		AuthAlg: c.AuthAlg, AuthAudience: c.AuthAudience, JWKSURI: c.JWKSURI, JWKS: json.RawMessage(c.JWKS),
		RequirePAR: c.RequirePAR, SubjectType: "public", Sector: c.Sector, UserinfoAlg: c.UserinfoAlg, InitiateLoginURI: c.InitiateLoginURI,
	}
	if c.Sector != "" {
		v.SubjectType = "pairwise"
	}
	if !c.Enabled() {
		v.DisabledAt = &c.DisabledAt
	}
	return v
}

func (v clientView) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return writeJSON(w, v)
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	line := func(name, value string) { _, _ = fmt.Fprintf(t, "%s\t%s\n", name, value) }
	line("client id", v.ClientID)
	if v.ClientSecret != "" {
		line("client secret", v.ClientSecret+"   (shown this once; we keep only a hash)")
	}
	line("name", v.Name)
	line("state", v.state())
	line("authentication", v.AuthMethod)
	v.printKeys(line)
	line("redirect URIs", spaced(v.RedirectURIs))
	line("after logout", spaced(v.PostLogoutRedirectURIs))
	if v.BackChannelLogoutURI != "" {
		line("told of logout at", v.BackChannelLogoutURI)
	}
	line("grants", spaced(v.Grants))
	line("scopes", spaced(v.Scopes))
	line("audience", spaced(v.Audience))
	line("least assurance", v.MinACR)
	line("PKCE required", yesNo(v.PKCERequired))
	line("first party", yesNo(v.FirstParty))
	line("ID tokens", v.IDTokenAlg)
	v.printAsking(line)
	line("refresh rotates", yesNo(v.RotatesRefresh))
	line("reports activity", yesNo(v.ReportsActivity))
	line("registered", stamp(v.CreatedAt))
	return t.Flush()
}

// printKeys says how a client shows with keys of its own who it is.
func (v clientView) printKeys(line func(name, value string)) {
	if v.AuthMethod != provider.AuthKey {
		return
	}
	if v.JWKSURI != "" {
		line("its keys are at", v.JWKSURI)
	} else {
		line("its keys", keyNames(v.JWKS))
	}
	line("assertions by", cmp.Or(v.AuthAlg, "any algorithm that fits its keys"))
	line("assertions for", map[string]string{
		"": "the issuer or the token endpoint", provider.AudienceIssuer: "the issuer", provider.AudienceToken: "the token endpoint",
	}[v.AuthAudience])
}

func (v clientView) state() string {
	if v.DisabledAt != nil {
		return "disabled since " + stamp(*v.DisabledAt)
	}
	return "in use"
}

type clientAdd struct {
	Storage
	clientKeyFlags
	clientAskingFlags
	ID            string   `name:"id" required:"" placeholder:"ID" help:"Client id, which the application sends."`
	Name          string   `name:"name" required:"" placeholder:"TEXT" help:"What people call the application."`
	RedirectURI   []string `name:"redirect-uri" sep:"none" placeholder:"URI" help:"Where people are sent back to; may be repeated. Compared sign by sign."`
	PostLogout    []string `name:"post-logout-redirect-uri" sep:"none" placeholder:"URI" help:"Where people are sent after signing out; may be repeated."`
	BackChannel   string   `name:"backchannel-logout-uri" placeholder:"URI" help:"Where it is told, server to server, that somebody's session is over."`
	BackChannelID bool     `name:"backchannel-logout-session-required" help:"It ends sessions by their sid alone; logout tokens always have one."`
	Public        bool     `name:"public" help:"It cannot keep a secret: a browser or telephone app."`
	AuthMethod    string   `name:"auth-method" aliases:"auth" placeholder:"METHOD" help:"client_secret_basic, client_secret_post, private_key_jwt, or none; default client_secret_basic, none with --public, private_key_jwt with --jwks or --jwks-uri. Also --auth."`
	Scope         []string `name:"scope" placeholder:"SCOPE" help:"What it may ask for; may be repeated; default openid profile email."`
	Grant         []string `name:"grant" placeholder:"GRANT" help:"authorization_code, refresh_token, client_credentials; may be repeated; default the first two."`
	MinACR        string   `name:"min-acr" default:"two-step" placeholder:"LEVEL" help:"Least assurance of every sign-in: aal1, two-step, aal2 or phr."`
	NoPKCE        bool     `name:"no-pkce" help:"Let a confidential client do without PKCE; where it sends a challenge, the verifier is needed all the same."`
	FirstParty    bool     `name:"first-party" help:"It is your own: people are not asked for their consent."`
	IDTokenAlg    string   `name:"id-token-alg" default:"RS256" placeholder:"ALG" help:"Signature of its ID tokens: RS256, ES256, EdDSA or PS256."`
	Audience      []string `name:"audience" placeholder:"AUD" help:"Audience of its access tokens, where it is not the client itself."`
	RotateRefresh bool     `name:"rotate-refresh" help:"Rotate refresh tokens of a confidential client; those of public ones always rotate."`
	Reports       bool     `name:"reports-activity" help:"It reports what people do in it (see session_activity_endpoint), and is signed out with them when they have been away for --session-idle."`
	JSON          bool     `name:"json" help:"Print JSON."`
}

// Help is the example.
func (clientAdd) Help() string {
	return `A client that is not public gets a secret, which is shown once, unless it has a key of its own (--jwks, --jwks-uri): of that we keep the public half alone.

Example:

  gatehouse client add --data /var/lib/gatehouse --id records --name "Records" --first-party --redirect-uri https://records.example.org/callback --post-logout-redirect-uri https://records.example.org/

  gatehouse client add --data /var/lib/gatehouse --id nightly --name "Nightly export" --grant client_credentials --scope records.read

  gatehouse client add --data /var/lib/gatehouse --id export --name "Export" --grant client_credentials --scope records.read --auth private_key_jwt --jwks export-public.json --auth-alg ES256`
}

// Run registers the client.
func (c clientAdd) Run(ctx context.Context, d desk) error {
	client, err := c.client(now())
	if err != nil {
		return usageError{err}
	}
	if c.SectorURI != "" {
		if err := checkSector(ctx, c.SectorURI, client.RedirectURIs, egress.New(egress.Config{})); err != nil {
			return err
		}
	}
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	secret := ""
	if client.HasSecret() {
		secret = provider.NewSecret()
		client.SecretHash = store.keyset.HashSecret(secret)
	}
	err = store.CreateClient(ctx, client, audit.ClientCreated(client.CreatedAt, client.ID))
	if errors.Is(err, provider.ErrTaken) {
		return fmt.Errorf("there is a client %s already: choose another --id, or remove that one first (gatehouse client show %s)", client.ID, client.ID)
	}
	if err != nil {
		return err
	}
	return viewClient(client, secret).print(d.out, c.JSON)
}

// client is what the flags ask for, or all that is wrong with it.
func (c clientAdd) client(now time.Time) (provider.Client, error) {
	client := provider.Client{
		ID: c.ID, Name: c.Name, AuthMethod: c.AuthMethod, RedirectURIs: c.RedirectURI, PostLogoutRedirectURIs: c.PostLogout,
		Grants: words(c.Grant), Scopes: words(c.Scope), Audience: words(c.Audience), PKCEOptional: c.NoPKCE,
		FirstParty: c.FirstParty, IDTokenAlg: c.IDTokenAlg, Rotate: c.RotateRefresh, ReportsActivity: c.Reports, CreatedAt: now,
		BackChannelLogoutURI: c.BackChannel, BackChannelNeedsSID: c.BackChannelID,
	}
	var faults []error
	if err := c.into(&client); err != nil {
		faults = append(faults, err)
	}
	if err := c.intoAsking(&client); err != nil {
		faults = append(faults, err)
	}
	switch {
	case client.AuthMethod != "":
	case c.Public:
		client.AuthMethod = provider.AuthNone
	case c.JWKS != "" || c.JWKSURI != "":
		client.AuthMethod = provider.AuthKey
	default:
		client.AuthMethod = provider.AuthBasic
	}
	if len(client.Grants) == 0 {
		client.Grants = []string{provider.GrantCode, provider.GrantRefresh}
	}
	if len(client.Scopes) == 0 && client.May(provider.GrantCode) {
		client.Scopes = []string{provider.ScopeOpenID, "profile", "email"}
	}
	if c.Public && !client.Public() {
		faults = append(faults, fmt.Errorf("--public and --auth-method %s exclude each other", c.AuthMethod))
	}
	level, ok := provider.ParseLevel(c.MinACR)
	if !ok {
		faults = append(faults, fmt.Errorf("--min-acr %q is none of aal1, two-step, aal2, phr", c.MinACR))
	}
	client.MinLevel = level
	return client, errors.Join(append(faults, clientFaults(client))...)
}

// words takes "a b" for two words, as scopes are written elsewhere, and drops repetitions.
func words(list []string) []string {
	var all []string
	seen := map[string]bool{}
	for _, text := range list {
		for _, word := range strings.Fields(text) {
			if !seen[word] {
				seen[word] = true
				all = append(all, word)
			}
		}
	}
	return all
}
