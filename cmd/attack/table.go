package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// show prints the table and answers whether all is well.
func show(to io.Writer, lines []line) bool {
	well := true
	t := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	put := func(format string, values ...any) { _, _ = fmt.Fprintf(t, format, values...) }
	put("probe\tSQLite\treplicas\tbites\tplanted fault\twhat is tried, and what must hold\n")
	for _, l := range lines {
		put("%s\t%s\t%s\t%s\t%s\t%s\n", l.name, word(l.onOne, l.one), word(l.onMany, l.many), l.bites(), l.fault, l.tries)
		well = well && l.one == nil && l.many == nil && (l.planted == nil || l.bit)
	}
	_ = t.Flush()
	for _, l := range lines {
		for where, err := range map[string]error{"SQLite": l.one, "replicas": l.many} {
			if err != nil {
				_, _ = fmt.Fprintf(to, "\n%s, on %s: %v\n", l.name, where, err)
			}
		}
		if l.planted != nil && !l.bit {
			_, _ = fmt.Fprintf(to, "\n%s does not bite on %s: %v\n", l.name, l.fault, l.planted)
		}
	}
	return well
}

func word(played bool, err error) string {
	switch {
	case !played:
		return "-"
	case err == nil:
		return "holds"
	case isBreach(err):
		return "BREACH"
	default:
		return "FAILED"
	}
}

func (l line) bites() string {
	switch {
	case l.planted == nil:
		return "-"
	case l.bit:
		return "yes"
	default:
		return "NO"
	}
}
