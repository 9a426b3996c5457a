package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gatehouse/keys"
	"gatehouse/storage"
)

type checkCmd struct {
	Config
	Online bool `name:"online" help:"Ask the issuer too, over the network, as an application would; log in to the relay and to Twilio."`
	Rows   bool `name:"rows" help:"Print instead how many rows each table has."`
	JSON   bool `name:"json" help:"Print JSON, a finding a line."`
}

// Help is the example.
func (checkCmd) Help() string {
	return `Says what is wrong with a deployment and how to mend it. It changes nothing, and may run beside the server. Give it what
serve is given. OK is well, WARN will or may become a fault, FIX is one; then the exit code is 1.

Example:

  gatehouse check --config /etc/gatehouse.yaml --online`
}

// Verdicts of a finding.
const (
	fine   = "OK"
	warn   = "WARN"
	broken = "FIX"
)

// finding is one line of check.
type finding struct {
	Verdict string `json:"verdict"`
	What    string `json:"what"`
	Found   string `json:"found"`
	Mend    string `json:"mend"` // "" where there is nothing to do
}

func well(what, found string) finding { return finding{Verdict: fine, What: what, Found: found} }

func fix(what string, err error, mend string) finding {
	return finding{Verdict: broken, What: what, Found: err.Error(), Mend: mend}
}

// Run looks at everything, in an order in which the first fault is likely the cause of the next.
func (c checkCmd) Run(ctx context.Context, d desk) error {
	if c.Rows {
		return c.printRows(ctx, d)
	}
	found := c.settings()
	found = append(found, c.certificate(now())...)
	keyset, f := c.keysetFinding()
	found = append(found, f, c.schema(ctx))
	found = append(found, c.servers(ctx)...)
	if keyset != nil {
		found = append(found, c.store(ctx)...)
	}
	found = append(found, c.carriers()...)
	found = append(found, c.Console.watched()...)
	if c.Online && c.Issuer != "" {
		found = append(found, c.online(ctx))
	}
	if c.Online {
		found = append(found, c.carriersOnline(ctx)...)
	}
	if err := printFindings(d.out, found, c.JSON); err != nil {
		return err
	}
	count := 0
	for _, f := range found {
		if f.Verdict == broken {
			count++
		}
	}
	if count > 0 {
		return fmt.Errorf("%d to fix", count)
	}
	return nil
}

func printFindings(w io.Writer, found []finding, asJSON bool) error {
	if asJSON {
		return printLines(w, found)
	}
	for _, f := range found {
		_, err := fmt.Fprintf(w, "%-4s  %-12s  %s\n", f.Verdict, f.What, f.Found)
		if err == nil && f.Mend != "" {
			_, err = fmt.Fprintf(w, "%20s-> %s\n", "", f.Mend)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settings are a finding for each fault; where none of serve's settings are given, only the data are looked at.
func (c checkCmd) settings() []finding {
	if c.Issuer == "" && c.Brand.Name == "" {
		return []finding{{
			Verdict: warn, What: "settings", Found: "those of serve were not given, so only the data are checked",
			Mend: "give check the flags, variables or --config of serve",
		}}
	}
	err := c.faults()
	if err == nil {
		return []finding{well("settings", "all of serve's settings are right")}
	}
	var found []finding
	for line := range strings.SplitSeq(err.Error(), "\n") {
		found = append(found, fix("settings", errors.New(line), "change the flag, variable or line (gatehouse serve --help)"))
	}
	return found
}

// expiresSoon is when a certificate should have been renewed.
const expiresSoon = 14 * 24 * time.Hour

func (c checkCmd) certificate(at time.Time) []finding {
	const what = "certificate"
	if c.TLSCert == "" || c.TLSKey == "" {
		return nil
	}
	pair, err := readCertificate(c.TLSCert, c.TLSKey)
	if err != nil {
		return []finding{fix(what, err, "put the files in place, readable for the server")}
	}
	left := pair.Leaf.NotAfter.Sub(at)
	found := "expires " + stamp(pair.Leaf.NotAfter)
	switch {
	case left <= 0:
		return []finding{fix(what, errors.New("expired "+stamp(pair.Leaf.NotAfter)), "renew it; the server takes the new one by itself")}
	case left < expiresSoon:
		return []finding{{Verdict: warn, What: what, Found: found, Mend: "see why it has not been renewed yet"}}
	}
	return []finding{well(what, found)}
}

func (c checkCmd) keysetFinding() (*keys.Keyset, finding) {
	file, err := c.keysetFile()
	if err != nil {
		return nil, fix("keyset", err, "say where it is")
	}
	keyset, err := keys.ReadKeyset(file)
	if err != nil {
		return nil, fix("keyset", err, "a keyset that is lost must come back from its copy: a new one cannot read the old database")
	}
	return keyset, well("keyset", fmt.Sprintf("%s, %d keys, for its owner only", file, len(keyset.List())))
}

func (c checkCmd) schema(ctx context.Context) finding {
	const what = "schema"
	options, err := c.options(nil)
	if err != nil {
		return fix(what, err, "say where it is")
	}
	if err := c.present(); err != nil {
		return fix(what, err, "gatehouse migrate makes it")
	}
	all, err := storage.Migrations(ctx, options)
	if err != nil {
		return fix(what, err, "see that the server's user may reach, read and write "+shown(options.Database))
	}
	pending := 0
	for _, m := range all {
		if !m.Applied {
			pending++
		}
	}
	if pending > 0 {
		return fix(what, fmt.Errorf("%d of %d migrations are missing", pending, len(all)), "gatehouse migrate")
	}
	return well(what, fmt.Sprintf("all %d migrations are there", len(all)))
}
