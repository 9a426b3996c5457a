package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"gatehouse/provider"
	"gatehouse/provider/activation"
)

type activationImport struct {
	inviting
	Bulk
	Format  string `name:"format" placeholder:"WORD" help:"csv or jsonl, where the name of the file does not end so."`
	Codes   string `name:"codes" placeholder:"FILE" help:"Add the codes to this file, each as a line of JSON; it is made for its owner only."`
	Letters string `name:"letters" placeholder:"DIR" help:"Write a letter to print (HTML) for each into this folder; needs --issuer and the settings --brand-…."`
	Replace bool   `name:"replace" help:"Make new codes for those too who have an open invitation (their old ones end), have used theirs, or had it revoked by staff."`
}

// issuedAtOnce is how many invitations one transaction holds.
const issuedAtOnce = 100

// Help is the schema.
func (activationImport) Help() string {
	return `Each line is a person to invite. A CSV file says in its first line which column is which (with commas, semicolons or tabs
between them; a field has no line breaks); in a JSONL file each line is an object with these keys:

  record      patient record, as the record system names it; needed
  relation    self (default), parent or carer
  name        of the person who is invited, as it stands on the letter
  birth_date  of that person: 1984-03-09; needed
  last_name zip id_last4  needed where --activation-facts asks for them
  email phone lang        of that person; the phone with its country code

Codes are told once, so say where they go: --codes, --letters, --send, or several of these. Lines with faults are left out and
told; all others are taken, and the command then ends with code 1. It may be stopped at any time and run again, with the same
file or a mended one: whoever has an open invitation for that record is passed over, so that codes on paper stay good, and so is
whoever has used the newest one already, or had it revoked by staff; who has only expired ones gets a new code. --replace passes
over nobody.
The codes of a line that stands in the file of --codes twice, after an interruption: the later one holds. Of two imports that
add to one file at once, the second is refused.

Example:

  gatehouse activation import --config /etc/gatehouse.yaml --dry-run patients.csv

  gatehouse activation import --config /etc/gatehouse.yaml --letters letters/ --report bad.jsonl patients.csv`
}

// Run invites.
func (c activationImport) Run(ctx context.Context, d desk) error {
	if err := errors.Join(c.check(c.Letters != ""), c.checkFormat(), c.checkWhere()); err != nil {
		return usageError{err}
	}
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	maker, err := c.maker(store, c.Letters != "")
	if err != nil {
		return usageError{err}
	}
	out, err := c.openOutputs()
	if err != nil {
		return usageError{err}
	}
	b, err := c.openBulk(d)
	if err != nil {
		return errors.Join(err, out.close())
	}
	i := invitations{activationImport: c, bulk: b, inviter: maker, out: out}
	err = b.lines(ctx, func(number int, line []byte) error { return i.line(ctx, number, line) })
	if err == nil {
		err = i.flush(ctx)
	}
	return b.end(d.out, "invitations", errors.Join(err, out.close()))
}

func (c activationImport) checkFormat() error {
	if format := c.format(); format != "csv" && format != "jsonl" {
		return errors.New("is the file CSV or JSONL? Say --format csv or --format jsonl")
	}
	return nil
}

func (c activationImport) format() string {
	return orWord(c.Format, strings.TrimPrefix(filepath.Ext(c.File), "."))
}

// checkWhere refuses to make codes that nobody would ever see.
func (c activationImport) checkWhere() error {
	if c.Codes == "" && c.Letters == "" && !c.Send && !c.Bulk.DryRun {
		return errors.New("where do the codes go? Say --codes FILE, --letters DIR or --send: they are told once")
	}
	if c.Codes != "" && (same(c.Codes, c.File) || same(c.Codes, c.Report)) {
		return errors.New("--codes is the file that is to be read, or that of --report")
	}
	return nil
}

// openOutputs opens the file of codes and makes the folder of letters. A dry run makes neither.
func (c activationImport) openOutputs() (codesFile, error) {
	if c.Bulk.DryRun {
		return codesFile{}, nil
	}
	if c.Letters != "" {
		if err := os.MkdirAll(c.Letters, 0o700); err != nil {
			return codesFile{}, err
		}
	}
	if c.Codes == "" {
		return codesFile{}, nil
	}
	file, err := os.OpenFile(c.Codes, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return codesFile{}, err
	}
	info, err := file.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("--codes: others may read %s: chmod 600 it", c.Codes)
	}
	if err == nil {
		err = c.lock(file)
	}
	if err != nil {
		return codesFile{}, errors.Join(err, file.Close())
	}
	return codesFile{file}, nil
}

// lock keeps the file of codes to this run until it is closed: codes are taken back by cutting off its end.
func (c activationImport) lock(file *os.File) error {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return fmt.Errorf("--codes: another import is adding to %s: wait for its end, or name another file", c.Codes)
		case err != nil:
			return fmt.Errorf("--codes: locking %s: %w", c.Codes, err)
		}
		return nil
	}
}

// codesFile is where codes are written before their invitations are. Whatever ends the program in between, no invitation has a
// code that nobody knows.
type codesFile struct{ file *os.File }

func (f codesFile) close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// add writes the codes down to the disk, and answers how to take them back.
func (f codesFile) add(all []activationView) (undo func() error, err error) {
	if f.file == nil {
		return func() error { return nil }, nil
	}
	info, err := f.file.Stat()
	if err != nil {
		return nil, err
	}
	undo = func() error { return f.file.Truncate(info.Size()) }
	if err := errors.Join(printLines(f.file, all), f.file.Sync()); err != nil {
		return nil, errors.Join(err, undo())
	}
	return undo, nil
}

// invitations are made from a file, some at once.
type invitations struct {
	activationImport
	*bulk
	inviter

	out     codesFile
	columns []string // of CSV
	comma   rune
	waiting []waitingInvitation
}

type waitingInvitation struct {
	activation.Invitation

	line int
}

func (i *invitations) line(ctx context.Context, number int, text []byte) error {
	if i.format() == "csv" && i.columns == nil {
		i.bulk.Lines--
		return i.heading(text)
	}
	l, err := i.read(text)
	if err != nil {
		return i.bad(number, err)
	}
	in, err := l.invitation(i.inviter.issuer.Facts.Asked(), func(part string) string { return part })
	if i.activationImport.Send && err == nil && l.email == "" && l.phone == "" && i.Codes == "" && i.Letters == "" {
		err = errors.New("email or phone is needed, to send the code to")
	}
	if err != nil {
		return i.bad(number, err)
	}
	i.waiting = append(i.waiting, waitingInvitation{Invitation: in, line: number})
	if len(i.waiting) < issuedAtOnce {
		return nil
	}
	return i.flush(ctx)
}

// heading reads which column is which.
func (i *invitations) heading(text []byte) error {
	i.comma = ','
	for _, comma := range ";\t" {
		if bytes.ContainsRune(text, comma) && !bytes.ContainsRune(text, ',') {
			i.comma = comma
		}
	}
	columns, err := i.row(text)
	if err != nil {
		return usageError{fmt.Errorf("the first line is no line of CSV: %w", err)}
	}
	known := new(inviteLine).fields()
	seen := map[string]bool{}
	for n, name := range columns {
		columns[n] = strings.ToLower(strings.TrimSpace(name))
		if known[columns[n]] == nil || seen[columns[n]] {
			return usageError{fmt.Errorf("the first line names the columns: %q is none of %s, or is there twice",
				name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))}
		}
		seen[columns[n]] = true
	}
	i.columns = columns
	return nil
}

func (i *invitations) row(text []byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = i.comma
	fields, err := r.Read()
	if err != nil {
		return nil, errors.New("quotes that do not fit")
	}
	return fields, nil
}

// read reads a line of either form.
func (i *invitations) read(text []byte) (inviteLine, error) {
	var l inviteLine
	fields := l.fields()
	if i.columns == nil {
		targets := map[string]any{}
		for name, target := range fields {
			targets[name] = target
		}
		return l, object(text, targets)
	}
	values, err := i.row(text)
	if err == nil && len(values) != len(i.columns) {
		err = fmt.Errorf("%d fields, where the first line names %d", len(values), len(i.columns))
	}
	if err != nil {
		return l, err
	}
	for n, name := range i.columns {
		*fields[name] = strings.TrimSpace(values[n])
	}
	return l, nil
}

// flush makes the invitations that wait: letters and codes first, then the invitations, all or none.
func (i *invitations) flush(ctx context.Context) error {
	defer i.progress()
	all, lines, err := i.fresh(ctx)
	i.waiting = i.waiting[:0]
	if err != nil || len(all) == 0 {
		return err
	}
	if i.bulk.Bulk.DryRun {
		i.bulk.Made += len(all)
		return nil
	}
	var issues []provider.Issue
	var views []activationView
	for n := range all {
		if i.Letters != "" {
			name := fmt.Sprintf("letter-%06d-%s.html", lines[n], all[n].ID)
			if all[n].letter, err = i.writeLetter(all[n], filepath.Join(i.Letters, name)); err != nil {
				return errors.Join(err, dropLetters(all))
			}
		}
		issues, views = append(issues, all[n].Issue), append(views, i.inviter.told(all[n], lines[n]))
	}
	undo, err := i.out.add(views)
	if err != nil {
		return errors.Join(err, dropLetters(all))
	}
	if err := i.store.IssueActivations(ctx, issues); err != nil {
		return errors.Join(err, undo(), dropLetters(all))
	}
	for _, m := range all {
		err = errors.Join(err, m.letter.keep())
	}
	i.bulk.Made += len(all)
	return err
}

// fresh makes those of the waiting that are to be written, and answers their lines.
func (i *invitations) fresh(ctx context.Context) (all []made, lines []int, err error) {
	type whose struct{ record, relation string }
	seen := map[whose]bool{}
	for _, w := range i.waiting {
		m, err := i.invite(ctx, w.Invitation)
		if err != nil {
			return nil, nil, err
		}
		key := whose{w.Record, string(w.Relation)}
		switch {
		case seen[key] || m.earlier:
			err = i.bad(w.line, errors.New("record: an earlier line of this file invites the same relation to it"))
		case i.passesOver(m):
		default:
			all, lines = append(all, m), append(lines, w.line)
		}
		if err != nil {
			return nil, nil, err
		}
		seen[key] = true
	}
	return all, lines, nil
}

// passesOver says whether somebody gets no new code, and counts them.
func (i *invitations) passesOver(m made) bool {
	switch {
	case i.Replace:
		return false
	case m.replaces:
		i.Present++
	case m.used:
		i.Used++
	case m.revoked:
		i.Revoked++
	default:
		return false
	}
	return true
}

// dropLetters takes letters away whose invitations were not made.
func dropLetters(all []made) error {
	var err error
	for _, m := range all {
		err = errors.Join(err, m.letter.drop())
	}
	return err
}
