package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// object reads a JSON object whose keys are all known, each there once at most, written exactly so. It answers all that is wrong
// at once, without a word of the values. null is the same as nothing.
func object(text []byte, fields map[string]any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errors.New("not a JSON object")
	}
	var faults []error
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return errors.Join(append(faults, fmt.Errorf("not JSON from byte %d on", d.InputOffset()))...)
		}
		faults = append(faults, field(name, value, fields[name], seen[name]))
		seen[name] = true
	}
	if _, err := d.Token(); err != nil {
		return errors.Join(append(faults, fmt.Errorf("not JSON from byte %d on", d.InputOffset()))...)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		faults = append(faults, errors.New("something follows the JSON object"))
	}
	return unknown(errors.Join(faults...), fields)
}

// plainKey is a key that may be told: a mistake in the form of a file may make one of a secret.
var plainKey = regexp.MustCompile(`^[A-Za-z][A-Za-z_0-9]{0,31}$`)

var errUnknownKey = errors.New("no such key")

func field(name string, value []byte, target any, again bool) error {
	switch {
	case target == nil && plainKey.MatchString(name):
		return fmt.Errorf("%s: %w", name, errUnknownKey)
	case target == nil:
		return fmt.Errorf("a key of other signs: %w", errUnknownKey)
	case again:
		return fmt.Errorf("%s is there twice", name)
	}
	err := json.Unmarshal(value, target)
	if err == nil {
		return nil
	}
	var wrong *json.UnmarshalTypeError
	var other *json.SyntaxError
	if errors.As(err, &wrong) || errors.As(err, &other) {
		return fmt.Errorf("%s: not %s", name, kindOfJSON(target)) // the error holds the value
	}
	return fmt.Errorf("%s: %w", name, err)
}

func kindOfJSON(target any) string {
	switch target.(type) {
	case *string:
		return "a text"
	case *bool:
		return "true or false"
	}
	return "what --help says"
}

// unknown adds which keys there are.
func unknown(err error, fields map[string]any) error {
	if !errors.Is(err, errUnknownKey) {
		return err
	}
	return errors.Join(err, errors.New("the keys are "+strings.Join(slices.Sorted(maps.Keys(fields)), ", ")))
}
