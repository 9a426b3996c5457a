package provider

import "time"

// Demand is what is asked of a sign-in. The zero Demand asks for nothing but an account.
type Demand struct {
	Level      Level         `json:"level,omitempty"`
	MaxAge     time.Duration `json:"max_age,omitempty"` // proofs older than this when the ceremony began do not count; 0 is no limit
	Fresh      bool          `json:"fresh,omitempty"`   // prompt=login, or max_age=0: no earlier proof counts
	Silent     bool          `json:"silent,omitempty"`  // prompt=none: no page may be shown
	Choose     bool          `json:"choose,omitempty"`  // ask whether to go on as this account: prompt=select_account, or a hint names another
	Subject    AccountID     `json:"subject,omitempty"` // id_token_hint: nobody else will do; "" is anybody
	Hint       string        `json:"hint,omitempty"`    // login_hint: fills in the name, proves nothing
	Enrollable []Kind        `json:"enrollable,omitempty"`
	Reset      Channel       `json:"reset,omitempty"`    // a new password is set, after a code to a contact that travelled so; "" is no reset
	Bind       Kind          `json:"bind,omitempty"`     // bind one more authenticator of this kind before it is done; "" is none
	Contact    bool          `json:"contact,omitempty"`  // what is bound is an address of the account too: it gets notices, and an e-mail address is a name
	Replaces   string        `json:"replaces,omitempty"` // the canonical address of its kind that goes when it comes; "" none
}

// MetBy reports whether an assurance is enough. It says nothing of an assurance's age: proofs that are too old are
// left out before it is assessed.
func (d Demand) MetBy(a Assurance) bool { return a.Level >= max(d.Level, AAL1) }

// Accepts reports whether a proof made before the ceremony began still counts.
func (d Demand) Accepts(p Proof, began time.Time) bool {
	if d.Fresh {
		return false
	}
	return d.MaxAge == 0 || began.Sub(p.At) < d.MaxAge
}

// remembers reports whether a remembered browser may stand in for an e-mail code. It shows nothing about now: whoever asks
// for a fresh proof, or binds an authenticator, wants the real one.
func (d Demand) remembers() bool { return !d.Fresh && d.MaxAge == 0 && d.Bind == "" }
