package templates

import "time"

// A State is one page in one state, with invented data. ID is that of the page inventory, Variant tells states of one id apart;
// both are fit for a path. Title is for the gallery's index.
type State struct {
	ID, Variant, Title string
	Page               Page
}

// Gallery lists every state of every page. Tests loop over it, and dev mode shows it.
func Gallery() []State {
	return []State{}
}

var _ = time.Time{}
