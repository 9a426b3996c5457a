package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

type auditExport struct {
	Storage
	Account string `name:"account" placeholder:"NAME" help:"Only what is about this account: a username, e-mail address or account id."`
	Agent   string `name:"agent" placeholder:"WHO" help:"Only what this person of the house did: their id or e-mail address."`
	Since   string `name:"since" placeholder:"T" help:"Only from this time on: 2026-03-01 (UTC) or 2026-03-01T08:00:00Z."`
	Until   string `name:"until" placeholder:"T" help:"Only before this time."`
	Format  string `name:"format" enum:"jsonl,csv" default:"jsonl" help:"jsonl or csv."`
	Private bool   `name:"private" help:"Open the sealed personal data too."`
	Output  string `name:"output" short:"o" placeholder:"FILE" help:"Write to this new file, that only you can read, and not to standard output."`
}

// Help is the example.
func (auditExport) Help() string {
	return `Writes out a part of the trail, an event a line, and looks meanwhile whether any is missing: the events about an account are numbered
1, 2, 3 … (subject_n) and come in that order, and so are all events of a chain (n). The last line is a summary that says so; where a row is
missing the exit code is 1. What stands in the trail about the export itself comes first. Name at least one of --account, --agent and --since.
Whether anything was cut off the end or changed is what "gatehouse audit verify" says.

Example:

  gatehouse audit export --data /var/lib/gatehouse --account maria --format csv -o maria.csv
  gatehouse audit export --data /var/lib/gatehouse --agent fay@example.org --since 2026-03-01
  gatehouse audit export --data /var/lib/gatehouse --since 2026-03-01 --until 2026-04-01 --private -o march.jsonl`
}

// Run exports.
func (c auditExport) Run(ctx context.Context, d desk) (err error) {
	f, err := c.times()
	if err != nil {
		return usageError{err}
	}
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if f, err = c.who(ctx, store, f); err != nil {
		return err
	}
	out := d.out
	if c.Output != "" {
		file, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return usageError{err}
		}
		defer func() { _ = file.Close() }() // what it could not write is seen before
		out = file
	}
	buffered := bufio.NewWriter(out)
	sum, err := c.write(ctx, d, store, f, audit.NewSheet(c.Format, buffered))
	if err := errors.Join(err, buffered.Flush()); err != nil {
		return err
	}
	return told(d.err, sum)
}

// told says what the export comes to, beside it.
func told(w io.Writer, sum audit.Summary) error {
	if sum.Gap != "" {
		return fmt.Errorf("the audit trail is not whole: %s", sum.Gap)
	}
	words := fmt.Sprintf("%d events written, none is missing", sum.Rows)
	if sum.Rows == 0 {
		words = "nothing in the trail matches"
	}
	if sum.Cut {
		words += "; older ones were deleted because their time was over"
	}
	if sum.Unlinked > 0 {
		words += fmt.Sprintf("; %d are older than the numbering", sum.Unlinked)
	}
	_, err := fmt.Fprintln(w, words)
	return err
}

func (c auditExport) times() (f audit.Filter, err error) {
	var faults []error
	read := func(flag, text string) (t time.Time) {
		if text == "" {
			return t
		}
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if t, err := time.Parse(layout, text); err == nil {
				return t
			}
		}
		faults = append(faults, fmt.Errorf("--%s %q is no time: write 2026-03-01 or 2026-03-01T08:00:00Z", flag, text))
		return t
	}
	f.Since, f.Until = read("since", c.Since), read("until", c.Until)
	if c.Account == "" && c.Agent == "" && c.Since == "" {
		faults = append(faults, errors.New("say what to export: --account, --agent or --since"))
	}
	if !f.Since.IsZero() && !f.Until.IsZero() && !f.Since.Before(f.Until) {
		faults = append(faults, fmt.Errorf("--until %s is not after --since %s", c.Until, c.Since))
	}
	return f, errors.Join(faults...)
}

func (c auditExport) who(ctx context.Context, store *opened, f audit.Filter) (audit.Filter, error) {
	if c.Account != "" {
		a, err := oneAccount{Name: c.Account}.find(ctx, store)
		if err != nil {
			return f, err
		}
		f.Account = a.ID
	}
	if c.Agent != "" {
		st, err := oneStaff{Who: c.Agent}.find(ctx, store)
		if err != nil {
			return f, err
		}
		f.Actor = audit.ByStaff(st.ID)
	}
	return f, nil
}

// write records the export, and then writes it.
func (c auditExport) write(ctx context.Context, d desk, store *opened, f audit.Filter, sheet audit.Sheet) (sum audit.Summary, err error) {
	err = store.Record(ctx, audit.TrailExported(now(), audit.Operator, "", f, c.Format, c.Private))
	if err != nil {
		return sum, err
	}
	open := func(provider.TrailRow) (map[string]string, error) { return nil, nil }
	if c.Private {
		open = store.OpenPrivate
	}
	live, read := terminal(d.err), 0
	sum, err = audit.Export(ctx, store, f, trailPage, func(page int) {
		if read += page; live {
			_, _ = fmt.Fprintf(d.err, "\r%d rows read\x1b[K", read)
		}
	}, func(r provider.TrailRow) error {
		private, err := open(r)
		if err != nil {
			return fmt.Errorf("the personal data of seq %d: %w", r.Seq, err)
		}
		return sheet.Row(r, private)
	})
	if live {
		_, _ = fmt.Fprint(d.err, "\r\x1b[K")
	}
	if err != nil {
		return sum, err
	}
	return sum, sheet.Finish(sum)
}
