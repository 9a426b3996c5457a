package templates

import (
	"fmt"
	"testing"
)

// inventory lists the ids of the page inventory by the number of its last in each row.
func inventory() []string {
	var out []string
	for _, row := range []struct {
		letter      string
		first, last int
	}{{"S", 1, 24}, {"S", 90, 90}, {"C", 1, 16}, {"K", 1, 9}, {"R", 1, 14}, {"A", 1, 19}, {"O", 1, 10}, {"O", 20, 22}, {"E", 1, 14}, {"H", 1, 10}, {"Y", 1, 17}} {
		for i := row.first; i <= row.last; i++ {
			out = append(out, fmt.Sprintf("%s-%02d", row.letter, i))
		}
	}
	return out
}

// noPage are the ids without a page of their own, and why.
var noPage = map[string]string{
	"S-10": "An email address that several accounts use is no name to sign in with: with it the answer is that of S-02, or it would tell a stranger " +
		"who shares an address. Help (H-01, I cannot sign in) says to use the username, and R-11 sends all usernames to the address.",
	"S-11": "The second tab goes on with its own request; nothing is shown.",
	"S-17": "Nobody has a password before the account is set up, so the answer is that of S-02, equal to all others. The invitation (M-05, M-06), " +
		"the link to activation on the same page and help say what to do.",
	"S-22": "Back after success goes on to the app or the account; where a step is over, E-10 says so.",
	"S-23": "S-01 without its style sheet: one column of plain elements in order.",
	"S-24": "The browser's own page; ours is intact on return.",
	"C-15": "A code page in a second tab goes on; nothing is shown.",
	"K-02": "A line on K-01 that the script shows while the device asks.",
	"K-07": "The device's own window; the page of C-01 with a passkey tells before that both must be near each other.",
	"K-09": "No passkey is made unasked. A password manager may be somebody else's, on a shared computer or a partner's phone, and would keep a way in " +
		"that its owner did not choose; K-01 asks instead.",
	"R-04": "A code is typed on the page that asked for it; no message holds a link that sets a password.",
	"A-14": "The page of Y-07, in the course of A-13.",
	"O-02": "Not built: an app is given the account, and asks by itself whose record to open. A launch context (SMART on FHIR) would bring this page.",
	"O-07": "A redirect with the error; no page.",
	"O-08": "A redirect with the error; no page.",
	"O-09": "The same answer twice; no page.",
	"O-10": "Codes for other devices are not offered: people are talked into typing those of strangers, and no app of a portal is without a browser. " +
		"TestO10_NotOffered holds discovery to it.",
	"E-09": "Time and certificates are the operator's: gatehouse check.",
	"E-11": "Each tab ends in its own app; nothing is shown.",
	"E-12": "A link of ours opened elsewhere shows the page with its button: R-05, R-13, S-14.",
	"E-13": "How Y-07, O-01, Y-09 and Y-10 print: a style sheet, no page.",
}

// TestInventory: every id is a state of the gallery, or it is said why there is none.
func TestInventory(t *testing.T) {
	shown := map[string]bool{}
	for _, state := range Gallery() {
		shown[state.ID] = true
	}
	for _, id := range inventory() {
		if shown[id] == (noPage[id] != "") {
			t.Errorf("%s: in the gallery %t, why not: %q", id, shown[id], noPage[id])
		}
	}
}
