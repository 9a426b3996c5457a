package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// checkpointBatch is how many checkpoints are written out at once.
const checkpointBatch = 500

// longestCheckpoint is more than the text of any, in bytes.
const longestCheckpoint = 64 << 10

// checkpoint signs where the chains of the trail stand, if that is due. Of several replicas one does it: the store keeps one
// of each number.
func (h *House) checkpoint(ctx context.Context, now time.Time) error {
	key := h.config.Keyset.AuditKey()
	last, err := h.config.Store.LastCheckpoint(ctx)
	if err != nil {
		return err
	}
	heads, err := h.config.Store.ChainHeads(ctx)
	if err != nil {
		return err
	}
	next, due, err := audit.NextCheckpoint(last, key.Public(), heads, now)
	if err != nil || !due {
		return err
	}
	doc, err := next.Sign(key)
	if err != nil {
		return err
	}
	err = h.config.Store.SaveCheckpoint(ctx, next.Number, now, doc)
	if errors.Is(err, provider.ErrTaken) {
		return nil // another replica was first
	}
	return err
}

// writeOut appends the checkpoints that each file does not have yet. A file that cannot be written keeps no other from being.
func (h *House) writeOut(ctx context.Context) error {
	var faults []error
	for _, path := range h.config.Checkpoints {
		if err := h.appendTo(ctx, path); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", path, err))
		}
	}
	return errors.Join(faults...)
}

// appendTo goes on after the last whole line of the file, so that a replica that starts, or one that was cut off in the
// middle of a line, neither leaves one out nor repeats one.
func (h *House) appendTo(ctx context.Context, path string) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	number, end, err := h.written(file)
	if err != nil {
		return err
	}
	for {
		docs, err := h.config.Store.Checkpoints(ctx, number, checkpointBatch)
		if err != nil || len(docs) == 0 {
			return err
		}
		lines := append(bytes.Join(docs, []byte("\n")), '\n')
		if _, err := file.WriteAt(lines, end); err != nil {
			return err
		}
		if err := file.Sync(); err != nil {
			return err
		}
		last, err := audit.OpenCheckpoint(docs[len(docs)-1], h.config.Keyset.AuditKey().Public())
		if err != nil {
			return err
		}
		number, end = last.Number, end+int64(len(lines))
	}
}

// written reads the number of the last whole line of a file, and where that line ends. What stands after it was cut off by a
// crash and is written over.
func (h *House) written(file *os.File) (number, end int64, err error) {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return 0, 0, err
	}
	from := max(info.Size()-2*longestCheckpoint, 0)
	tail, err := io.ReadAll(bufio.NewReader(io.NewSectionReader(file, from, info.Size()-from)))
	if err != nil {
		return 0, 0, err
	}
	whole := bytes.LastIndexByte(tail, '\n') + 1
	if whole == 0 {
		if from == 0 {
			return 0, 0, nil
		}
		return 0, 0, audit.ErrCheckpoint
	}
	line := tail[:whole-1]
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	last, err := audit.OpenCheckpoint(line, h.config.Keyset.AuditKey().Public())
	return last.Number, from + int64(whole), err
}
