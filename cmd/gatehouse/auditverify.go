package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// trailPage is how many rows are read at once.
const trailPage = 20_000

type auditVerify struct {
	Storage
	Checkpoints string `name:"checkpoints" placeholder:"FILE" help:"Judge by the checkpoints in this file, and not by those in the database."`
	KeepDays    int    `name:"audit-keep-days" default:"2192" placeholder:"DAYS" help:"How long events are kept, as serve was told."`
	JSON        bool   `name:"json" help:"Print JSON."`
}

// Help is the example.
func (auditVerify) Help() string {
	return `Reads the whole trail, computes every link anew and holds it against the signed checkpoints. Names the first row that is
not as it was written; then the exit code is 1. Whoever can write the database can also take its newest checkpoints away: give
the file that serve writes elsewhere.

Example:

  gatehouse audit verify --data /var/lib/gatehouse --checkpoints /mnt/elsewhere/checkpoints`
}

// Run judges. Where the janitor was at work meanwhile, it begins again.
func (c auditVerify) Run(ctx context.Context, d desk) error {
	if c.KeepDays < 1 {
		return usageError{fmt.Errorf("--audit-keep-days %d is less than 1", c.KeepDays)}
	}
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	const tries = 3
	var verdict audit.Verdict
	for range tries {
		var moved bool
		verdict, moved, err = c.judge(ctx, d, store)
		if err != nil || !moved {
			break
		}
	}
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeJSON(d.out, verdict)
	} else {
		err = printVerdict(d.out, verdict)
	}
	if verdict.Fault != nil {
		err = errors.Join(err, errors.New("the audit trail is not as it was written"))
	}
	return err
}

// judge reads everything once. moved says that it found a fault while old rows were being deleted.
func (c auditVerify) judge(ctx context.Context, d desk, store *opened) (verdict audit.Verdict, moved bool, err error) {
	// The checkpoints first: whatever they speak of is in heads and rows that are read after them.
	docs, err := c.documents(ctx, store)
	if err != nil {
		return verdict, false, err
	}
	heads, err := store.ChainHeads(ctx)
	if err != nil {
		return verdict, false, err
	}
	v := audit.NewVerifier(store.keyset.AuditKey().Public(), heads, now().AddDate(0, 0, -c.KeepDays))
	for _, doc := range docs {
		v.AddCheckpoint(doc)
	}
	if err := c.rows(ctx, d, store, v, heads); err != nil {
		return verdict, false, err
	}
	after, err := store.ChainHeads(ctx)
	if err != nil {
		return verdict, false, err
	}
	v.Grown(after)
	verdict = v.Finish()
	cut := func(a, b provider.ChainHead) bool { return a.Chain == b.Chain && a.CutN == b.CutN }
	return verdict, verdict.Fault != nil && !slices.EqualFunc(heads, after, cut), nil
}

// rows reads them page by page, and draws how far it is for whoever looks on.
func (c auditVerify) rows(ctx context.Context, d desk, store *opened, v *audit.Verifier, heads []provider.ChainHead) error {
	total := int64(0)
	for _, h := range heads {
		total += h.N - h.CutN
	}
	live, read := terminal(d.err), int64(0)
	for after := int64(0); ; {
		page, err := store.Trail(ctx, provider.TrailQuery{After: after, Limit: trailPage})
		if err != nil {
			return err
		}
		for _, r := range page {
			v.Add(r)
			after = r.Seq
		}
		read += int64(len(page))
		if live {
			_, _ = fmt.Fprintf(d.err, "\r%d of %d rows\x1b[K", read, max(read, total))
		}
		if len(page) < trailPage {
			if live {
				_, _ = fmt.Fprint(d.err, "\r\x1b[K")
			}
			return nil
		}
	}
}

// documents reads the checkpoints of the file, or those of the database.
func (c auditVerify) documents(ctx context.Context, store *opened) ([][]byte, error) {
	if c.Checkpoints != "" {
		return readDocuments(c.Checkpoints)
	}
	const most = 1000
	var all [][]byte
	for number := int64(0); ; {
		docs, err := store.Checkpoints(ctx, number, most)
		if err != nil {
			return nil, err
		}
		all = append(all, docs...)
		if len(docs) < most {
			return all, nil
		}
		last, err := audit.OpenCheckpoint(docs[len(docs)-1], store.keyset.AuditKey().Public())
		if err != nil {
			return all, nil //nolint:nilerr // the verifier says which is wrong
		}
		number = last.Number
	}
}

func readDocuments(path string) ([][]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, usageError{err}
	}
	defer func() { _ = file.Close() }()
	var all [][]byte
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		all = append(all, []byte(lines.Text()))
	}
	if len(all) == 0 && lines.Err() == nil {
		return nil, fmt.Errorf("%s holds no checkpoint", path)
	}
	return all, lines.Err()
}

func printVerdict(w io.Writer, v audit.Verdict) error {
	_, err := fmt.Fprintf(w, "%d rows, %d of them linked, %d without the personal data that they had", v.Rows, v.Linked, v.Erased)
	if err == nil && v.Rows > 0 {
		_, err = fmt.Fprintf(w, "; %s to %s", stamp(v.From), stamp(v.To))
	}
	vouched := "no checkpoint vouches for it"
	if v.Vouched > 0 {
		vouched = fmt.Sprintf("%d checkpoints read; vouched for until number %d, %s", v.Checkpoints, v.Vouched, v.VouchedAt.UTC().Format(time.RFC3339))
	}
	_, err2 := fmt.Fprintf(w, "\n%s\n", vouched)
	if f := v.Fault; f != nil {
		_, err3 := fmt.Fprintf(w, "FIRST FAULT: seq %d, chain %d, n %d, checkpoint %d: %s\n", f.Seq, f.Chain, f.N, f.Checkpoint, f.What)
		return errors.Join(err, err2, err3)
	}
	return errors.Join(err, err2)
}

type auditKey struct {
	Storage
}

// Help is the example.
func (auditKey) Help() string {
	return "Keep it where checkpoints are kept: with it anybody can check their signatures.\n\nExample:\n\n  gatehouse audit key --data /var/lib/gatehouse"
}

// Run prints the public key as a JSON Web Key.
func (c auditKey) Run(ctx context.Context, d desk) error {
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	key := store.keyset.AuditKey()
	if err := store.Close(); err != nil {
		return err
	}
	return writeJSON(d.out, publicJWK(key))
}

// publicJWK is the public half by RFC 8037.
func publicJWK(key keys.AuditKey) map[string]string {
	return map[string]string{
		"kty": "OKP", "crv": "Ed25519", "alg": string(keys.EdDSA), "use": "sig", "kid": key.ID(),
		"x": base64.RawURLEncoding.EncodeToString(key.Public()),
	}
}
