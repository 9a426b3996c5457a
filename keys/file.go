package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const keysetVersion = 1

// maxKeysetFile bounds what ReadKeyset takes in, in bytes.
const maxKeysetFile = 1 << 20

// keysetFile and keysetFileKey are the file's shape. They hold bare secrets and never leave this file.
type keysetFile struct {
	Version int             `json:"version"`
	Keys    []keysetFileKey `json:"keys"`
}

type keysetFileKey struct {
	Purpose string    `json:"purpose"`
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Primary bool      `json:"primary"`
	Key     []byte    `json:"key"`
}

// ReadKeyset reads the keyset file at path. It refuses a file that anyone but its owner may read or write, and whatever
// ParseKeyset refuses. Its errors are meant for the operator: they name the file and say what to do.
func ReadKeyset(path string) (*Keyset, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keys: there is no keyset at %s (make one with: gatehouse keys init --keyset %s): %w", path, path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("keys: the keyset %s is not a regular file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("keys: the keyset %s is open to others (mode %04o); mend it with: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxKeysetFile))
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	keyset, err := ParseKeyset(text)
	if err != nil {
		return nil, fmt.Errorf("%w; restore %s from its backup, or if nothing was ever sealed with it, remove it and run: gatehouse keys init --keyset %s", err, path, path)
	}
	return keyset, nil
}

// ParseKeyset reads the text of a keyset file. It refuses an unknown version, unknown fields and purposes, a purpose that
// is missing or has not exactly one primary key, a repeated id, and keys that are not 32 bytes. Errors never quote a key.
func ParseKeyset(text []byte) (*Keyset, error) {
	var file keysetFile
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("keys: the keyset cannot be read: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("keys: the keyset has something after its end")
	}
	if file.Version != keysetVersion {
		return nil, fmt.Errorf("keys: the keyset has version %d, this Gatehouse knows version %d", file.Version, keysetVersion)
	}
	keyset := &Keyset{}
	for _, entry := range file.Keys {
		key, err := keyset.readKey(entry)
		if err != nil {
			return nil, err
		}
		keyset.keys = append(keyset.keys, key)
	}
	return keyset, keyset.checkPrimaries()
}

func (k *Keyset) readKey(entry keysetFileKey) (*secret, error) {
	switch {
	case !slices.Contains(purposes(), entry.Purpose):
		return nil, fmt.Errorf("keys: the keyset names a purpose %q that this Gatehouse does not know", entry.Purpose)
	case len(entry.ID) != idLength || !plainText(entry.ID):
		return nil, fmt.Errorf("keys: the keyset has a key for %s whose id is not %d letters", entry.Purpose, idLength)
	case slices.ContainsFunc(k.keys, func(other *secret) bool { return other.id == entry.ID }):
		return nil, fmt.Errorf("keys: the keyset has two keys %s", entry.ID)
	case len(entry.Key) != secretBytes:
		return nil, fmt.Errorf("keys: key %s of the keyset has %d bytes, want %d", entry.ID, len(entry.Key), secretBytes)
	}
	return prepare(entry.Key, secret{purpose: entry.Purpose, id: entry.ID, created: entry.Created, primary: entry.Primary})
}

func (k *Keyset) checkPrimaries() error {
	for _, purpose := range purposes() {
		held, primaries := 0, 0
		for _, key := range k.keys {
			if key.purpose != purpose {
				continue
			}
			held++
			if key.primary {
				primaries++
			}
		}
		if held == 0 {
			return fmt.Errorf("keys: the keyset has no key for %s", purpose)
		}
		if primaries != 1 {
			return fmt.Errorf("keys: the keyset has %d primary keys for %s, want one", primaries, purpose)
		}
		if purpose == PurposeFingerprint && held != 1 {
			return fmt.Errorf("keys: the keyset has %d keys for %s, want one: it cannot be rotated", held, purpose)
		}
	}
	return nil
}

// WriteNew writes the keyset to a new file of mode 0600. It never overwrites: a file that exists, even an empty one, is an
// error that satisfies errors.Is(err, fs.ErrExist).
func (k *Keyset) WriteNew(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keys: %s exists already and is left as it is: %w", path, err)
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := k.writeTo(file); err != nil {
		_ = os.Remove(path)
		return err
	}
	return syncDirectory(path)
}

// Replace puts the keyset in place of the file at path, in one step and with mode 0600: a reader finds the old text or the
// new, never half of one. It refuses to drop a key that the file at path still has, since what that key sealed would be
// lost; so two operators who rotate at the same time cannot undo each other unnoticed.
func (k *Keyset) Replace(path string) error {
	if err := k.keepsAllOf(path); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".keyset-*") // mode 0600
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := k.writeTo(file); err != nil {
		_ = os.Remove(file.Name())
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("keys: %w", err)
	}
	return syncDirectory(path)
}

func (k *Keyset) keepsAllOf(path string) error {
	present, err := ReadKeyset(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, key := range present.keys {
		if k.find(key.purpose, key.id) == nil {
			return fmt.Errorf("keys: %s has a key %s for %s that the new keyset lacks; read the file again and repeat", path, key.id, key.purpose)
		}
	}
	return nil
}

// writeTo writes, syncs and closes. Closing is part of it: a full disk may show only there.
func (k *Keyset) writeTo(file *os.File) error {
	out := keysetFile{Version: keysetVersion}
	for _, key := range k.keys {
		out.Keys = append(out.Keys, keysetFileKey{
			Purpose: key.purpose, ID: key.id, Created: key.created, Primary: key.primary, Key: key.material(),
		})
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return errors.Join(err, file.Close())
	}
	_, err = file.Write(append(text, '\n'))
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// syncDirectory makes the name of a file just written outlast a power cut.
func syncDirectory(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}
