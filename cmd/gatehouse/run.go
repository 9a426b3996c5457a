package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// desk is what a command works at.
type desk struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) (string, bool)
}

// program is every command.
type program struct {
	Dev        devCmd        `cmd:"" help:"Run everything on this machine, with invented people, to try and to develop."`
	Serve      serveCmd      `cmd:"" help:"Run the provider."`
	Migrate    migrateCmd    `cmd:"" help:"Bring the schema of the database up to this program."`
	Check      checkCmd      `cmd:"" help:"Say what is wrong with a deployment, and how to mend it."`
	Keys       keysCmd       `cmd:"" help:"The keyset, and the keys that sign tokens."`
	Client     clientCmd     `cmd:"" help:"Relying applications."`
	Account    accountCmd    `cmd:"" help:"People's accounts."`
	Staff      staffCmd      `cmd:"" help:"The people of the house, who sign in at the staff console."`
	Activation activationCmd `cmd:"" help:"Invitations: codes with which people open their account."`
	Notice     noticeCmd     `cmd:"" help:"Messages to everybody: new terms of use, an incident."`
	Audit      auditCmd      `cmd:"" help:"The audit trail."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

const description = `Gatehouse is the OpenID Connect provider of a patient portal.

Settings come from flags, then from environment variables, then from the file of --config, then from defaults. Try it
with: gatehouse dev`

// usageError is a fault of what the operator gave: exit code 2.
type usageError struct{ error }

// Unwrap gives errors.Is the reason.
func (e usageError) Unwrap() error { return e.error }

// left is how kong's wish to end the program reaches run.
type left int

// run does one command and answers the exit code.
func run(ctx context.Context, args []string, d desk) (code int) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case left:
			code = int(v)
		default:
			panic(v)
		}
	}()
	err := command(ctx, args, d)
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		complain(d.err, err)
		return exitUsage
	default:
		complain(d.err, err)
		return exitFailed
	}
}

func command(ctx context.Context, args []string, d desk) error {
	parser, settings, err := newParser(new(program), d)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	chosen, err := parser.Parse(args)
	if err := errors.Join(settings.faults(), err); err != nil {
		return usageError{err}
	}
	chosen.BindTo(ctx, (*context.Context)(nil))
	return chosen.Run(d)
}

func newParser(p *program, d desk) (*kong.Kong, *settings, error) {
	s := newSettings(d.env)
	parser, err := kong.New(p, kong.Name("gatehouse"), kong.Description(description), kong.Writers(d.out, d.err),
		kong.Exit(func(code int) { panic(left(code)) }), kong.Resolvers(s),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 120}), kong.ValueFormatter(s.describe))
	if err != nil {
		return nil, nil, err
	}
	s.learn(parser.Model.Node)
	return parser, s, nil
}

// complain prints an error, each of several on a line of its own.
func complain(w io.Writer, err error) {
	for line := range strings.SplitSeq(strings.TrimSpace(err.Error()), "\n") {
		_, _ = fmt.Fprintf(w, "gatehouse: %s\n", line)
	}
}
