package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// hours are when support answers, by language; the key "" serves every other one.
type hours map[string]string

func (h hours) all() []string {
	var texts []string
	for _, text := range h {
		texts = append(texts, text)
	}
	return texts
}

var tagged = regexp.MustCompile(`^([a-z]{2,3}(?:-[A-Za-z0-9]+)*)=(.*)$`)

// Decode implements kong.MapperValue: "Mon to Fri", "en=Mon to Fri", several with a semicolon between them, or a YAML map.
func (h *hours) Decode(ctx *kong.DecodeContext) error {
	token := ctx.Scan.Pop()
	if *h == nil {
		*h = hours{}
	}
	switch v := token.Value.(type) {
	case map[string]any:
		for tag, text := range v {
			(*h)[tag] = fmt.Sprint(text)
		}
	case string:
		for text := range strings.SplitSeq(v, ";") {
			tag := ""
			if parts := tagged.FindStringSubmatch(strings.TrimSpace(text)); parts != nil {
				tag, text = parts[1], parts[2]
			}
			(*h)[tag] = strings.TrimSpace(text)
		}
	default:
		return errors.New("expected a text, or a map from languages to texts")
	}
	return nil
}

// size is a number of bytes, written as 512MiB.
type size int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *size) UnmarshalText(text []byte) error {
	units := []struct {
		name  string
		bytes int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {"", 1}}
	for _, unit := range units {
		digits, ok := strings.CutSuffix(string(text), unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n <= 0 || n > 1<<50/unit.bytes {
			break
		}
		*s = size(n * unit.bytes)
		return nil
	}
	return fmt.Errorf("%q is not a size like 512MiB or 2GiB", text)
}
