package templates

import (
	"strings"
	"time"
	"unicode"
)

// longestValue is how many letters of a name, device or address a letter shows.
const longestValue = 60

// tame makes one line of what a person or a browser wrote. A name must not carry an address that a mail program would turn
// into a link: whoever got into an account could else have us send theirs.
func tame(value string) string { return cut(unlink(oneLine(value))) }

// tameAddress is tame for a masked address, whose dots are its own.
func tameAddress(value string) string { return cut(oneLine(value)) }

// oneLine drops what has no shape or turns the line around, and makes every space one space.
func oneLine(value string) string {
	shown := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsGraphic(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, value)
	return strings.Join(strings.Fields(shown), " ")
}

// unlink takes the ends of what looks like an address apart.
func unlink(value string) string {
	var b strings.Builder
	runes := []rune(value)
	for i, r := range runes {
		b.WriteRune(r)
		joins := strings.ContainsRune(".:/@。．", r)
		if joins && i+1 < len(runes) && runes[i+1] != ' ' && !unicode.IsDigit(runes[i+1]) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func cut(value string) string {
	runes := []rune(value)
	if len(runes) <= longestValue {
		return value
	}
	return strings.TrimSpace(string(runes[:longestValue-1])) + "…"
}

// hostname is a host without its port.
func hostname(host string) string {
	name, _, _ := strings.Cut(host, ":")
	return name
}

// fixedPath is the one link of most notices: without anything secret, short enough to be typed, the same for everybody. It
// leads to the ways to sign in.
const fixedPath = "/security"

// addressOf is where a link of a letter leads.
func addressOf(host, path string) string {
	scheme := "https://"
	if hostname(host) == "localhost" { // dev mode
		scheme = "http://"
	}
	return scheme + host + path
}

// readWhen reads a moment of RFC 3339. Where the name of a zone follows in brackets (RFC 9557), the moment is shown in that zone,
// by its short name; else by its distance from UTC. The zone of this machine has no say in it.
func readWhen(value string) (time.Time, error) {
	stamp, zone, _ := strings.Cut(strings.TrimSuffix(value, "]"), "[")
	at, err := time.ParseInLocation(time.RFC3339, stamp, time.UTC)
	if err != nil {
		return time.Time{}, err
	}
	if zone != "" && zone != "Local" {
		if place, err := time.LoadLocation(zone); err == nil {
			return named(at.In(place)), nil
		}
	}
	return named(at), nil
}

// named gives a moment a zone whose short name is fit to be read: places without one are named by their distance from UTC.
func named(at time.Time) time.Time {
	name, offset := at.Zone()
	if strings.ContainsFunc(name, unicode.IsLetter) {
		return at
	}
	distance := time.Unix(0, 0).UTC().Add(time.Duration(max(offset, -offset)) * time.Second)
	sign, short := "+", distance.Format("15:04")
	if offset < 0 {
		sign = "-"
	}
	short = strings.TrimSuffix(strings.TrimPrefix(short, "0"), ":00")
	return at.In(time.FixedZone("UTC"+sign+short, offset))
}
