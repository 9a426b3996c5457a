package server

import (
	"strings"

	"gatehouse/provider/web"
)

// Forms are the patterns of everything that people's browsers may send to the house.
func (h *House) Forms() (all []string) {
	for _, r := range h.routes {
		if r.Kind == web.Browser && !strings.HasPrefix(r.Pattern, "GET ") {
			all = append(all, r.Pattern)
		}
	}
	return all
}
