package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/storage"
)

type checkCmd struct {
	Config
	Online bool `name:"online" help:"Ask the issuer too, over the network, as an application would."`
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
	found := c.settings()
	found = append(found, c.certificate(now())...)
	keyset, f := c.keysetFinding()
	found = append(found, f, c.schema(ctx))
	if keyset != nil {
		found = append(found, c.store(ctx)...)
	}
	if c.Online && c.Issuer != "" {
		found = append(found, c.online(ctx))
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
	database, err := c.database()
	if err != nil {
		return fix(what, err, "say where it is")
	}
	if err := c.present(); err != nil {
		return fix(what, err, "gatehouse migrate makes it")
	}
	all, err := storage.Migrations(ctx, storage.Options{Database: database})
	if err != nil {
		return fix(what, err, "see that the server's user may read and write "+database)
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

// store opens the database and looks at what only an open one shows.
func (c checkCmd) store(ctx context.Context) []finding {
	store, err := c.open(ctx, nil)
	if err != nil {
		mend := "see that the server's user may read and write the database"
		if errors.Is(err, storage.ErrOlder) {
			mend = "gatehouse migrate"
		}
		return []finding{fix("database", err, mend)}
	}
	defer func() { _ = store.Close() }()
	return []finding{reading(ctx, store), writing(ctx, store), signing(ctx, store), clock(ctx, store)}
}

func reading(ctx context.Context, store *opened) finding {
	clients, err := store.Clients(ctx)
	if err := errors.Join(store.Ready(ctx), err); err != nil {
		return fix("reading", err, "restore the database from its backup if it is damaged")
	}
	return well("reading", fmt.Sprintf("%d clients", len(clients)))
}

// writing makes a mark that nobody looks for and that the janitor takes away.
func writing(ctx context.Context, store *opened) finding {
	err := store.Consume(ctx, "check", provider.NewID(), now().Add(time.Minute))
	if err != nil {
		return fix("writing", err, "see that the disk is not full, and that the server's user may write the database and its directory")
	}
	return well("writing", "the database takes writes")
}

// signing sees that each algorithm has a key that signs, and tells when the next one does.
func signing(ctx context.Context, store *opened) finding {
	const what = "signing keys"
	at := now()
	list, err := signingKeys(ctx, store, at)
	if err != nil {
		return fix(what, err, "the keyset and the database must belong together: put the right file in place")
	}
	if len(list) == 0 {
		return finding{Verdict: warn, What: what, Found: "none yet", Mend: "nothing: the server makes them when it starts"}
	}
	var told []string
	for _, alg := range keys.Algs() {
		text, ok := active(list, alg, at)
		if !ok {
			return fix(what, fmt.Errorf("no key signs with %s", alg), "start the server, or gatehouse keys rotate --signing "+string(alg)+" --emergency")
		}
		told = append(told, text)
	}
	return well(what, strings.Join(told, "; "))
}

func active(list []keys.KeyStatus, alg keys.Alg, at time.Time) (string, bool) {
	for _, k := range list {
		if k.Alg != alg || k.State != keys.StateActive {
			continue
		}
		next := k.Since.Add(rotation)
		if !k.Until.IsZero() {
			next = k.Until
		}
		return fmt.Sprintf("%s signs with %s, the next from %s", alg, k.ID, next.UTC().Format(time.DateOnly)), next.After(at)
	}
	return "", false
}

// rotation is how long a key signs by the policy of the house (keys.Policy).
const rotation = 90 * 24 * time.Hour

// skew is how far the clocks of a server and its database may be apart.
const skew = 5 * time.Second

func clock(ctx context.Context, store *opened) finding {
	before := time.Now()
	theirs, err := store.Clock(ctx)
	if err != nil {
		return fix("clock", err, "see the database's log")
	}
	off := theirs.Sub(before).Abs()
	if off > skew+time.Since(before) {
		return fix("clock", fmt.Errorf("this machine and the database differ by %s", off.Round(time.Millisecond)), "have both follow a time server (NTP)")
	}
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return well("clock", fmt.Sprintf("%s and the database agree", host))
}
