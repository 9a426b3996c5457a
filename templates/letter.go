package templates

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Letter is the typed content of one message to a person, of one channel.
//
// M-01 (sign-in code), M-02 (confirm an address) and M-03 (reset code) go by email, text and voice and carry a code. M-04 tells
// usernames, of one account or several, to an address that they have. The others are notices and
// carry none of those: M-05 and M-06 (an invitation, and one that replaces another), M-07 (account opened, record joined), M-20
// (the address is used for another account), M-08 (password changed), M-09 (email address), M-10 (phone), M-11 (passkey), M-12 (authenticator app), M-13
// (recovery codes), M-14 (new device), M-15 (tries by others paused sign-in), M-28 (and stopped it), M-18
// (recovery by waiting), M-29 (username), M-17 (staff helped), M-22 (closing), M-23 (terms changed), M-25 (trusted person), M-26 (incident), M-30 (data downloaded), M-31 (where a new password is set), M-32 (staff looked). M-24 is a code to be read out in a call, M-27 goes to the people of the house. All go by email and by text;
// a text has no link, and of what a person wrote nothing but a masked number.
//
// Data holds, by key: action (added, removed, renamed; of M-09 and M-10 changed and first too; of M-29 changed, cleared; of M-13 made, used, low, removed, renamed), when (RFC 3339, in the zone that is
// shown; a zone's name may follow in brackets, as RFC 9557 has it), whom (the masked username), what (a masked address, or the
// name of what it is about), app, device (such as "Firefox on Windows"), left. A notice needs when, whom and, where it has
// several, action; M-13 of used and low needs left; M-15, M-18 and M-28 need link, the path of a link of their own; M-23 and M-26 need said, what the
// operator wrote, a paragraph a line. What is missing else is left out.
type Letter struct {
	ID      string // M-01
	Channel string // email, text, voice
	Lang    string // BCP 47; the nearest language of the set
	Data    map[string]string
	Code    string // "" none
	Minutes int    // how long the code works from now on; 0 for the whole life of a code, 10
	Host    string // of the issuer, with its port if it has one: the origin line of a text, and the one fixed address of a notice
}

// Written is a letter in words. A text or a call has Text only.
//
// In a text what does not fit the GSM alphabet is changed by rule (código: codigo), so that it is one part; the last line of
// one with a code is "@host #code" (origin-bound one-time codes). What is spoken is one sentence group a line, with a pause
// due at each end of a line; the code stands in two of the lines, its digits apart: "1, 2, 3, 4, 5, 6".
type Written struct {
	Subject string
	Text    string
	HTML    string
}

// codeMinutes is how long a code works (ux.md 2.4: ten at most).
const codeMinutes = 10

// The channels of letters.
const (
	byEmail = "email"
	byText  = "text"
	byVoice = "voice"
)

// A letterKind is what is common to all letters of one id.
type letterKind struct {
	channels []string
	actions  []string // none: the letter has one form
	code     bool
	aloud    bool // its code is read to the person at the other end of a call: no browser is to fill it in
	link     bool // of its own, not the fixed one
	names    bool // what is usernames, as they are written: the letter tells them, and not whose it is
	said     bool // it tells what the people of the house wrote
	invites  bool // it goes to somebody who has no account, with a code as what, and when as the end of that
}

// kindOf answers the zero kind for an id that has no letter.
func kindOf(id string) letterKind {
	code := letterKind{channels: []string{byEmail, byText, byVoice}, code: true}
	notice := letterKind{channels: []string{byEmail, byText}}
	changes := []string{"added", "removed", "renamed"}
	switch id {
	case "M-01", "M-02", "M-03":
		return code
	case "M-24":
		return letterKind{channels: notice.channels, code: true, aloud: true}
	case "M-27":
		return letterKind{channels: []string{byEmail}, link: true, actions: []string{"signedin", "approval", "review", "stopped", "searches"}}
	case "M-04":
		notice.names, notice.actions = true, []string{"one", "several"}
		return notice
	case "M-05", "M-06":
		notice.link, notice.invites = true, true
		return notice
	case "M-07":
		notice.actions = []string{"opened", "joined"}
		return notice
	case "M-08", "M-14", "M-20", "M-21":
		return notice
	case "M-16":
		notice.link, notice.actions = true, []string{"paused", "opened"}
		return notice
	case "M-19":
		notice.link, notice.actions = true, []string{"given", "ended"}
		return notice
	case "M-17", "M-30", "M-31", "M-32":
		notice.link = true
		return notice
	case "M-22":
		notice.link, notice.actions = true, []string{"asked", "reminder", "done", "cancelled"}
		return notice
	case "M-23", "M-26":
		notice.link, notice.said = true, true
		return notice
	case "M-25":
		notice.link, notice.actions = true, []string{"invited", "added", "removed", "taken"}
		return notice
	case "M-09", "M-10":
		notice.actions = append(changes, "changed", "first")
		return notice
	case "M-11", "M-12":
		notice.actions = changes
		return notice
	case "M-13":
		notice.actions = []string{"made", "used", "low", "removed", "renamed"}
		return notice
	case "M-29":
		notice.actions = []string{"changed", "cleared"}
		return notice
	case "M-15", "M-28":
		notice.link = true
		return notice
	case "M-18":
		notice.link = true
		notice.actions = []string{"started", "reminder", "ready", "done", "stopped"}
		return notice
	}
	return letterKind{}
}

// pathSigns are those of a path that nothing in a letter or a mail program can take for something else.
const pathSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"

// codeSigns are those of the code of an invitation, as it is printed.
const codeSigns = "0123456789ABCDEFGHJKMNPQRSTVWXYZ-"

// check returns what makes a letter one that cannot be written. It names no value: they are a person's.
func (l Letter) check() error {
	kind := kindOf(l.ID)
	if !slices.Contains(kind.channels, l.Channel) {
		return fmt.Errorf("no words for channel %q", l.Channel)
	}
	if kind.code != (l.Code != "") {
		return errors.New("a code that does not belong there, or is missing")
	}
	if strings.Trim(l.Code, "0123456789") != "" || l.Minutes < 0 {
		return errors.New("a code is digits, and works for some time")
	}
	if l.Host == "" || strings.ContainsAny(l.Host, "/@# \n") {
		return errors.New("the host is none")
	}
	if kind.code {
		return nil
	}
	if len(kind.actions) > 0 && !slices.Contains(kind.actions, l.Data["action"]) {
		return errors.New("no words for its action")
	}
	if path := l.Data["link"]; kind.link != (path != "") || strings.Trim(path, pathSigns) != "" || path != "" && path[0] != '/' {
		return errors.New("a link that does not belong there, or is missing, or is no path")
	}
	needs := []string{"when", "whom"}
	if kind.names {
		needs = []string{"when", "what"}
	}
	if kind.invites {
		needs = []string{"when"}
		if what := l.Data["what"]; len(what) != len("0000-0000-0000") || strings.Trim(what, codeSigns) != "" {
			return errors.New("the code of an invitation is missing, or is none")
		}
	}
	if action := l.Data["action"]; action == "used" || action == "low" {
		needs = append(needs, "left")
	}
	if kind.said {
		needs = append(needs, "said")
	}
	for _, key := range needs {
		if l.Data[key] == "" {
			return fmt.Errorf("%s is missing", key)
		}
	}
	return nil
}

// Write writes a letter out. An error says that the letter is not one of those above, or lacks something; it names no value.
func (s *Set) Write(l Letter) (Written, error) {
	written, err := s.write(l)
	if err != nil {
		return Written{}, fmt.Errorf("templates: letter %s: %w", l.ID, err)
	}
	return written, nil
}

func (s *Set) write(l Letter) (Written, error) {
	if err := l.check(); err != nil {
		return Written{}, err
	}
	p, err := s.sheet(l)
	if err != nil {
		return Written{}, err
	}
	switch l.Channel {
	case byText:
		text, err := p.message()
		return Written{Text: text}, err
	case byVoice:
		text, err := p.spoken()
		return Written{Text: text}, err
	}
	return p.mail()
}

// minutes is how long the code works.
func (l Letter) minutes() int {
	if l.Minutes == 0 {
		return codeMinutes
	}
	return l.Minutes
}

// digits are those of the code, apart, as they are to be read out.
func (l Letter) digits() string { return strings.Join(strings.Split(l.Code, ""), ", ") }

// left is a number of codes as it is shown; what is no number is not.
func (l Letter) left() string {
	n, err := strconv.Atoi(l.Data["left"])
	if err != nil {
		return ""
	}
	return strconv.Itoa(n)
}
