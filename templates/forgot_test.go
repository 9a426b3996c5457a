package templates

import (
	"strings"
	"testing"
)

// TestUsernamesAreToldAsTheyAre: with each of their signs, by e-mail in whatever script; in a text, which changes signs that it has
// not, only what stays as it is and fits.
func TestUsernamesAreToldAsTheyAre(t *testing.T) {
	s := newSet(t)
	for name, inText := range map[string]bool{
		"ana.ruiz": true, "ana.ruiz, ben-2": true, "iván": false, "мария": false, strings.Repeat("a", 40): true,
		strings.Repeat("a", 64) + ", " + strings.Repeat("b", 64): false, "a•b": false, "O'Neil_9+x": true,
	} {
		l := letterOf(t, "M-04", "email-several")
		l.Data["what"] = name
		w := write(t, s, l)
		if !strings.Contains(w.Text, "Username: "+name+"\n") {
			t.Errorf("%q is not in %q", name, w.Text)
		}
		l = letterOf(t, "M-04", "text-several")
		l.Data["what"] = name
		if w := write(t, s, l); strings.Contains(w.Text, name+" -") != inText {
			t.Errorf("%q in a text: %q", name, w.Text)
		}
	}
}
