// Command demoportal serves the demo portal: sample apps that sign people in
// through an OpenID Connect provider. The apps are in package portal; this
// program reads flags and listens.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"gatehouse/cmd/demoportal/portal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demoportal:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	opts, err := parse(args, getenv, out)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(out, nil))
	site, err := portal.New(portal.Config{
		Issuer: opts.issuer,
		Base:   cmp.Or(opts.base, "http://"+opts.listen),
		Brand:  opts.brand,
		Apps:   opts.apps,
		Log:    log,
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", opts.listen)
	if err != nil {
		return err
	}
	log.Info("demo portal is ready", "listen", listener.Addr().String(), "issuer", opts.issuer, "apps", len(opts.apps))
	return serve(ctx, listener, site)
}

func serve(ctx context.Context, listener net.Listener, site http.Handler) error {
	server := &http.Server{
		Handler:           site,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      60 * time.Second, // a page may wait for a few calls to the provider
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return server.Shutdown(last)
	}
}

// options are the flags, read.
type options struct {
	listen, issuer, base, brand string
	apps                        []portal.App // those with a client id
}

// parse reads the flags; a flag left out is looked up as PORTAL_… in the
// environment.
func parse(args []string, getenv func(string) string, out io.Writer) (options, error) {
	flags := flag.NewFlagSet("demoportal", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() { usage(flags) }
	text := func(name, standard, help string) *string {
		return flags.String(name, cmp.Or(getenv(envName(name)), standard), help)
	}
	listen := text("listen", "127.0.0.1:8090", "`address` to listen on")
	issuer := text("issuer", "http://localhost:8080", "`URL` of the provider, as its discovery document spells it")
	base := text("base", "", "`URL` at which browsers reach the portal (default http:// and the listen address)")
	brand := text("brand", "", "`name` of the portal")

	apps := portal.DemoApps()
	secretFiles := make([]*string, len(apps))
	for i := range apps {
		app := &apps[i]
		flags.StringVar(&app.ClientID, app.Path+"-client", getenv(envName(app.Path+"-client")), "client `id` of "+app.Name+"; without it the app is left out")
		secretFiles[i] = text(app.Path+"-secret-file", "", "`file` with its client secret; without it a public client")
		flags.StringVar(&app.ACR, app.Path+"-acr", getenv(envName(app.Path+"-acr")), "acr `values` it asks for at every sign-in")
		flags.StringVar(&app.StepUp, app.Path+"-step-up", getenv(envName(app.Path+"-step-up")), "acr `values` of its link to a stronger sign-in")
	}
	err := flags.Parse(args)
	if err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	opts := options{listen: *listen, issuer: *issuer, base: *base, brand: *brand}
	for i, app := range apps {
		if app.ClientID == "" {
			continue
		}
		app.ClientSecret, err = secret(*secretFiles[i])
		if err != nil {
			return options{}, err
		}
		opts.apps = append(opts.apps, app)
	}
	if len(opts.apps) == 0 {
		return options{}, errors.New("no app has a client id; see --help")
	}
	return opts, nil
}

// secret reads a client secret from a file: on the command line any user of the
// machine could see it.
func secret(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("client secret: %w", err)
	}
	return strings.TrimSpace(string(content)), nil
}

func envName(flagName string) string {
	return "PORTAL_" + strings.ToUpper(strings.ReplaceAll(flagName, "-", "_"))
}

func usage(flags *flag.FlagSet) {
	fmt.Fprint(flags.Output(), `demoportal serves sample apps that sign people in through OpenID Connect.

Register each app with the provider first, for example Records:
  redirect URI              http://127.0.0.1:8090/records/callback
  post-logout redirect URI  http://127.0.0.1:8090/records/
  back-channel logout URI   http://127.0.0.1:8090/records/backchannel-logout
  grants                    authorization_code, refresh_token

Example:
  demoportal --issuer http://localhost:8080 \
    --records-client records --records-secret-file records.secret \
    --scheduling-client scheduling

A flag that is left out is read from the environment: --records-client from
PORTAL_RECORDS_CLIENT.

Flags:
`)
	flags.PrintDefaults()
}
