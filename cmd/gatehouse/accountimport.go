package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gatehouse/provider"
)

type accountImport struct {
	Storage
	Bulk
	FailuresAfter time.Duration `name:"failures-after" default:"600ms" placeholder:"TIME" help:"When the server answers failed sign-ins, to compare with the hashes of the file."`
}

// importsAtOnce is how many accounts one transaction holds: enough that the disk is waited for seldom, and few enough that a
// running server's writes hardly wait.
const importsAtOnce = 250

// Help is the schema.
func (accountImport) Help() string {
	return `Each line of the file is a person, as a JSON object with some of these keys and no others:

  username        name to sign in with; unique
  email           address; without a username it is the name to sign in with, and must be verified and nobody else's.
                  One that is the only such name of another account is refused with a username, too, verified or not
  email_verified  true: codes are sent to it
  phone           number with its country code
  phone_verified  true: codes are sent to it
  name given_name middle_name family_name gender birthdate (1984-03-09) locale (en, es-MX)
  password_hash   as the other system kept it: bcrypt up to cost 12, scrypt, PBKDF2 and Argon2 up to 64 MiB; see below
  totp_secret     key of an authenticator app in base32, 160 bits (SHA-1, 6 digits, 30 seconds)
  records         patient records: [{"record": "R-1001", "relation": "self"}]; a relation is self, parent or carer
  external_id     what the other system calls the person

The forms of password_hash: $2a$, $2b$ and $2y$ (bcrypt) · $scrypt$ln=16,r=8,p=1$salt$hash · $pbkdf2-sha256$29000$salt$hash
(also sha512, sha1, and i=29000,l=32 for the number) · pbkdf2_sha256$29000$salt$hash · $argon2id$v=19$m=65536,t=3,p=4$salt$hash
(also argon2i). A hash that costs more is refused: whoever tries names could tell by the clock who has one. Where those of the
file are slow on this machine, the command says which --failures-after the server needs. Each is replaced by a hash of
Gatehouse's own when its owner signs in; nobody has to choose a new password.

Lines with faults are left out and told; all others are taken, and the command then ends with code 1. It may be stopped at any
time and run again, with the same file or a mended one: who is there already is passed over. A person is known again by the
external_id, or by the username or email where there is none, even when they have changed their name since. Nothing is sent to
anybody. It works while a server runs.

Example:

  gatehouse account import --data /var/lib/gatehouse --dry-run people.jsonl

  gatehouse account import --data /var/lib/gatehouse --report bad.jsonl people.jsonl`
}

// Run imports.
func (c accountImport) Run(ctx context.Context, d desk) error {
	if err := checkFailures(c.FailuresAfter); err != nil {
		return usageError{err}
	}
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	b, err := c.openBulk(d)
	if err != nil {
		return err
	}
	i := importer{bulk: b, store: store, now: now(), kinds: kinds{}}
	err = b.lines(ctx, func(number int, line []byte) error { return i.line(ctx, number, line) })
	if err == nil {
		err = i.flush(ctx)
	}
	err = b.end(d.out, "accounts", err)
	if ctx.Err() == nil {
		err = errors.Join(err, i.advise(ctx, c.FailuresAfter))
	}
	return err
}

// advise tells of hashes that are slow here.
func (i *importer) advise(ctx context.Context, after time.Duration) error {
	way, took, err := i.kinds.slowest(ctx, i.store.keyset)
	if text := advice(way, took, after); err == nil && text != "" {
		_, _ = fmt.Fprintln(i.bulk.err, text)
	}
	return err
}

// importer imports accounts, some hundred at once.
type importer struct {
	*bulk

	store   *opened
	now     time.Time // of all accounts that this run makes: which tells them from others
	waiting []waitingImport
	kinds   kinds // of the hashes
}

// waitingImport is an account that is not written yet.
type waitingImport struct {
	provider.Import

	line int
}

func (i *importer) line(ctx context.Context, number int, text []byte) error {
	l, err := readImportLine(text)
	if err != nil {
		return i.bad(number, err)
	}
	made, err := l.imported(i.store.keyset, i.now)
	if err != nil {
		return i.bad(number, err)
	}
	if l.passwordHash != "" {
		i.kinds.note(l.passwordHash)
	}
	i.waiting = append(i.waiting, waitingImport{Import: made, line: number})
	if len(i.waiting) < importsAtOnce {
		return nil
	}
	return i.flush(ctx)
}

// flush writes what waits. The usual case takes one read, for the e-mail address: that somebody is there already is seen by the
// store's refusal.
func (i *importer) flush(ctx context.Context) error {
	defer i.progress()
	all := i.waiting
	i.waiting = i.waiting[:0]
	all, err := i.distinct(ctx, all)
	if err != nil || len(all) == 0 {
		return err
	}
	if !i.Bulk.DryRun {
		err = i.write(ctx, all)
		if !errors.Is(err, provider.ErrTaken) {
			return err
		}
	}
	return i.oneByOne(ctx, all)
}

func (i *importer) write(ctx context.Context, all []waitingImport) error {
	list := make([]provider.Import, 0, len(all))
	for _, w := range all {
		list = append(list, w.Import)
	}
	err := i.store.ImportAccounts(ctx, list)
	if err == nil {
		i.Made += len(all)
	}
	return err
}

var errTwice = errors.New("an earlier line of this file has the same external_id, username or email")

// distinct takes those out who would be one account, or whose address would be nobody's name to sign in with any more.
func (i *importer) distinct(ctx context.Context, all []waitingImport) ([]waitingImport, error) {
	ids, names, seen := map[provider.AccountID]bool{}, map[string]bool{}, lineAddresses{}
	var rest []waitingImport
	for _, w := range all {
		username, named := w.Account.Identifier(provider.Username)
		why := errTwice
		if !ids[w.Account.ID] && !(named && names[username.Canonical]) {
			why = i.checkAddress(ctx, w, seen)
		}
		switch {
		case isFault(why):
			if err := i.bad(w.line, why); err != nil {
				return nil, err
			}
			continue
		case why != nil:
			return nil, why
		}
		ids[w.Account.ID], names[username.Canonical] = true, true
		seen.add(w.Account)
		rest = append(rest, w)
	}
	return rest, nil
}

// isFault says whether an error is one of a line.
func isFault(err error) bool {
	return errors.Is(err, errTwice) || errors.Is(err, errSharedName) || errors.Is(err, errOnlyName)
}

// lineAddresses are the e-mail addresses of lines that are not written yet: true where it is the only name of somebody.
type lineAddresses map[string]bool

func (s lineAddresses) add(a provider.Account) {
	_, named := a.Identifier(provider.Username)
	if email, ok := a.Identifier(provider.Email); ok && !(named && email.VerifiedAt.IsZero()) {
		s[email.Canonical] = !named
	}
}

// check is checkAddress for these.
func (s lineAddresses) check(a provider.Account) error {
	email, _ := a.Identifier(provider.Email)
	_, named := a.Identifier(provider.Username)
	switch only, there := s[email.Canonical]; {
	case there && !named:
		return errSharedName
	case only:
		return errOnlyName
	}
	return nil
}

// checkAddress says whether the person of a line may have its e-mail address, by earlier lines and by the accounts that are there.
// Somebody who is there already has what they have.
func (i *importer) checkAddress(ctx context.Context, w waitingImport, seen lineAddresses) error {
	why := seen.check(w.Account)
	if why == nil {
		why = checkAddress(ctx, i.store, w.Account)
	}
	if !isFault(why) {
		return why
	}
	_, err := i.store.Account(ctx, w.Account.ID)
	if errors.Is(err, provider.ErrNotFound) {
		return why
	}
	return err
}

// oneByOne finds who is there already, and writes the others.
func (i *importer) oneByOne(ctx context.Context, all []waitingImport) error {
	var fresh []waitingImport
	for _, w := range all {
		there, err := i.settled(ctx, w)
		if err != nil {
			return err
		}
		if !there {
			fresh = append(fresh, w)
		}
	}
	if i.Bulk.DryRun {
		i.Made += len(fresh)
		return nil
	}
	if len(fresh) == 0 {
		return nil
	}
	err := i.write(ctx, fresh)
	if errors.Is(err, provider.ErrTaken) { // by somebody who was quicker
		return i.eachAlone(ctx, fresh)
	}
	return err
}

func (i *importer) eachAlone(ctx context.Context, all []waitingImport) error {
	for _, w := range all {
		err := i.write(ctx, []waitingImport{w})
		if errors.Is(err, provider.ErrTaken) {
			var there bool
			if there, err = i.settled(ctx, w); err == nil && !there {
				err = fmt.Errorf("line %d: it was being changed by others: run it again", w.line)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settled says whether nothing is to be done for a line: its account is there, or somebody else has its username.
func (i *importer) settled(ctx context.Context, w waitingImport) (bool, error) {
	there, err := i.store.Account(ctx, w.Account.ID)
	switch {
	case errors.Is(err, provider.ErrNotFound):
	case err != nil:
		return false, err
	case there.CreatedAt.Equal(i.now):
		return true, i.bad(w.line, errTwice)
	default:
		i.Present++
		return true, nil
	}
	username, named := w.Account.Identifier(provider.Username)
	if !named {
		return false, nil
	}
	others, err := i.store.FindAccounts(ctx, provider.Username, username.Canonical)
	if err != nil || len(others) == 0 {
		return false, err
	}
	return true, i.bad(w.line, errors.New("username: another account has it, which did not come from this line"))
}
