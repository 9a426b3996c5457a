package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// longestLine is more than any line of a file that is read in bulk, in bytes.
const longestLine = 64 << 10

// Bulk are the flags of commands that read a file line by line. Context: files have hundreds of thousands of lines, some of
// them bad, and the power may fail in the middle. Choice: each line stands for itself, so that a file is simply read again; bad
// lines are told with what is wrong with them and hold up nothing else. Rejected: all or nothing, and a mark of how far it came,
// which a sorted or mended file would make wrong.
type Bulk struct {
	File   string `arg:"" name:"file" help:"File to read; - for standard input."`
	DryRun bool   `name:"dry-run" help:"Read and check everything, and write nothing."`
	Report string `name:"report" placeholder:"FILE" help:"Write the bad lines to this file, each as JSON with its number and what is wrong; it holds nothing of what the line said."`
	JSON   bool   `name:"json" help:"Print the counts as JSON."`
}

// tally is what came of a file.
type tally struct {
	Lines   int     `json:"lines"`
	Made    int     `json:"made"` // with --dry-run: would be made
	Present int     `json:"there_already"`
	Used    int     `json:"used_already,omitempty"` // of invitations, as the next
	Revoked int     `json:"revoked_by_staff,omitempty"`
	Bad     int     `json:"bad"`
	Seconds float64 `json:"seconds"`
	DryRun  bool    `json:"dry_run"`
}

// badLine is one of a report.
type badLine struct {
	Line   int      `json:"line"`
	Faults []string `json:"faults"`
}

// bulk is one reading of a file.
type bulk struct {
	Bulk
	tally

	in      io.ReadCloser
	size    int64 // of the file; 0: not known
	read    int64
	report  *os.File // nil: none
	err     io.Writer
	live    bool // somebody looks on
	began   time.Time
	drawn   time.Time
	printed int // bad lines
}

// openBulk opens the file and the report. Errors: a usageError.
func (c Bulk) openBulk(d desk) (*bulk, error) {
	b := &bulk{Bulk: c, in: io.NopCloser(d.in), err: d.err, live: terminal(d.err), began: time.Now()}
	b.tally.DryRun = c.DryRun
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return nil, usageError{err}
		}
		b.in = file
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			b.size = info.Size()
		}
	}
	if c.Report == "" {
		return b, nil
	}
	if same(c.Report, c.File) {
		return nil, usageError{errors.Join(errors.New("--report is the file that is to be read"), b.in.Close())}
	}
	report, err := os.OpenFile(c.Report, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, usageError{errors.Join(err, b.in.Close())}
	}
	b.report = report
	return b, nil
}

// same says whether two names are one file.
func same(one, other string) bool {
	a, err := os.Stat(one)
	b, err2 := os.Stat(other)
	return err == nil && err2 == nil && os.SameFile(a, b)
}

// terminal says whether a person sees what is written.
func terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// lines gives every line that is not empty, with its number, until one fails or ctx ends. The line is only good until the next.
func (b *bulk) lines(ctx context.Context, each func(number int, line []byte) error) error {
	r := bufio.NewReaderSize(b.in, longestLine)
	for number := 1; ; number++ {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("stopped after %d lines; run it again, what is there already is passed over: %w", number-1, err)
		}
		line, whole, err := b.line(r)
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return err
		}
		if number == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if err := b.one(number, bytes.TrimSpace(line), whole, each); err != nil || last {
			return err
		}
	}
}

func (b *bulk) one(number int, line []byte, whole bool, each func(int, []byte) error) error {
	if len(line) == 0 {
		return nil
	}
	b.Lines++
	if !whole {
		return b.bad(number, fmt.Errorf("longer than %d bytes", longestLine))
	}
	return each(number, line)
}

// line reads one; whole is false for one that is too long, of which the rest is passed over.
func (b *bulk) line(r *bufio.Reader) (line []byte, whole bool, err error) {
	line, err = r.ReadSlice('\n')
	b.read += int64(len(line))
	whole = !errors.Is(err, bufio.ErrBufferFull)
	for errors.Is(err, bufio.ErrBufferFull) {
		var rest []byte
		rest, err = r.ReadSlice('\n')
		b.read += int64(len(rest))
	}
	return line, whole, err
}

// mostTold is how many bad lines are printed where there is no report.
const mostTold = 20

// bad notes a line that cannot be taken, with all that is wrong with it. What is wrong holds nothing of what the line said.
func (b *bulk) bad(number int, why error) error {
	b.Bad++
	faults := strings.Split(why.Error(), "\n")
	if b.report != nil {
		e := json.NewEncoder(b.report)
		e.SetEscapeHTML(false)
		return e.Encode(badLine{Line: number, Faults: faults})
	}
	if b.printed++; b.printed <= mostTold {
		b.wipe()
		_, _ = fmt.Fprintf(b.err, "line %d: %s\n", number, strings.Join(faults, "; "))
	}
	return nil
}

// progress draws how far it is, five times a second, for whoever looks on.
func (b *bulk) progress() {
	if !b.live || time.Since(b.drawn) < 200*time.Millisecond {
		return
	}
	b.drawn = time.Now()
	done := ""
	if b.size > 0 {
		const width = 20
		full := int(min(b.read, b.size) * width / b.size)
		done = fmt.Sprintf("[%s%s] %3d%%  ", strings.Repeat("#", full), strings.Repeat(".", width-full), min(b.read, b.size)*100/b.size)
	}
	_, _ = fmt.Fprintf(b.err, "\r%s%d lines, %d made, %d there already, %d bad, %.0f a second\x1b[K",
		done, b.Lines, b.Made, b.Present, b.Bad, float64(b.Lines)/time.Since(b.began).Seconds())
}

// wipe takes the progress away before something else is printed.
func (b *bulk) wipe() {
	if b.live && !b.drawn.IsZero() {
		_, _ = fmt.Fprint(b.err, "\r\x1b[K")
	}
}

// passed tells who was passed over besides those who are there already.
func (t tally) passed() string {
	text := ""
	if t.Used > 0 {
		text += fmt.Sprintf("%d used theirs already, ", t.Used)
	}
	if t.Revoked > 0 {
		text += fmt.Sprintf("%d revoked by staff, ", t.Revoked)
	}
	return text
}

// end closes everything, prints the counts, and fails where a line was bad. what is what was made, in plural.
func (b *bulk) end(w io.Writer, what string, failed error) error {
	b.wipe()
	b.Seconds = time.Since(b.began).Seconds()
	err := errors.Join(failed, b.in.Close())
	if b.report != nil {
		err = errors.Join(err, b.report.Close())
	}
	if b.JSON {
		err = errors.Join(writeJSON(w, b.tally), err)
	} else {
		made := "made"
		if b.tally.DryRun {
			made = "would be made"
		}
		_, _ = fmt.Fprintf(w, "%d lines: %d %s %s, %d there already, %s%d bad, in %.1f s\n", b.Lines, b.Made, what, made, b.Present, b.passed(), b.Bad, b.Seconds)
	}
	if b.Bad == 0 {
		return err
	}
	see := "--report FILE writes down all of them"
	if b.report != nil {
		see = "see " + b.Bulk.Report
	}
	return errors.Join(err, fmt.Errorf("%d of %d lines are bad and were left out (%s); mend them and run it again", b.Bad, b.Lines, see))
}
