package row

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"gatehouse/keys"
	"gatehouse/provider"
)

// What an event may tell at most: messages, and bytes of each one's data.
const (
	maxTold        = 64
	maxMessageData = 4096
)

// checkTold refuses messages that could never be sent: without them the act does not happen either.
func checkTold(e provider.Event) error {
	if len(e.Tell) > maxTold {
		return fmt.Errorf("%w: %s tells %d messages of %d", ErrEvent, e.Kind, len(e.Tell), maxTold)
	}
	for _, m := range e.Tell {
		if m.ID == "" || m.Channel == "" || m.To == "" || m.Template == "" || m.At.IsZero() || !m.Expires.After(m.At) {
			return fmt.Errorf("%w: %s tells a message without an id, a channel, an address, a template or a time", ErrEvent, e.Kind)
		}
		if !fits(m) {
			return fmt.Errorf("%w: %s tells a message that is too long or no text", ErrEvent, e.Kind)
		}
	}
	return nil
}

func fits(m provider.Message) bool {
	for _, field := range []string{m.ID, string(m.Channel), m.To, string(m.Account), m.Template, m.Lang, m.Challenge} {
		if len(field) > maxEventField || !utf8.ValidString(field) || strings.ContainsRune(field, 0) {
			return false
		}
	}
	size := 0
	for name, value := range m.Data {
		size += len(name) + len(value)
	}
	return size <= maxMessageData
}

// SealMessage seals to whom a message goes and what its template fills in; no data are nil.
func SealMessage(s Sealer, m provider.Message) (target, data []byte, err error) {
	target, err = s.Seal([]byte(m.To), ofMessage(m, "target"))
	if err != nil || len(m.Data) == 0 {
		return target, nil, err
	}
	data, err = sealJSON(s, ofMessage(m, "data"), m.Data)
	return target, data, err
}

// OpenMessage puts both into m, of which everything else but the times is looked at.
func OpenMessage(s Sealer, m *provider.Message, target, data []byte) error {
	to, err := open(s, ofMessage(*m, "target"), target)
	if err != nil {
		return err
	}
	m.To, m.Data = string(to), nil
	if data == nil {
		return nil
	}
	return openJSON(s, ofMessage(*m, "data"), data, &m.Data)
}

// ofMessage binds the address to the challenge above all: who can write to the database, and has no key, must not get
// somebody else's code sent to himself.
func ofMessage(m provider.Message, column string) keys.Where {
	bound, _ := json.Marshal([]string{m.ID, string(m.Account), string(m.Channel), m.Template, m.Challenge}) // strings always encode
	return keys.Where{Table: "messages", Column: column, Row: string(bound)}
}

// SealChallenge seals where a code goes.
func SealChallenge(s Sealer, c provider.Challenge) ([]byte, error) {
	return s.Seal([]byte(c.To), ofChallenge(c))
}

// OpenChallenge puts it into c, of which id, account, authenticator and channel are looked at.
func OpenChallenge(s Sealer, c *provider.Challenge, target []byte) error {
	to, err := open(s, ofChallenge(*c), target)
	c.To = string(to)
	return err
}

func ofChallenge(c provider.Challenge) keys.Where {
	bound, _ := json.Marshal([]string{c.ID, string(c.Account), c.Authenticator, string(c.Channel)}) // strings always encode
	return keys.Where{Table: "challenges", Column: "target", Row: string(bound)}
}

// BudgetFingerprint is for whom something is counted.
func BudgetFingerprint(s Sealer, b provider.Budget) []byte {
	return s.Fingerprint("budget:"+b.Purpose, b.Key)
}
