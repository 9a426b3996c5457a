package activation

import (
	"time"

	"gatehouse/provider"
	"gatehouse/provider/signin"
)

// step is where a person is on the way to their account.
type step string

// The steps, in order.
const (
	stepFacts     step = "facts"      // who they are
	stepHave      step = "have"       // a new account, or one that they have
	stepJoin      step = "join"       // is it the account that they signed in to?
	stepEmail     step = "email"
	stepEmailCode step = "email-code" //
	stepPhone     step = "phone"
	stepPhoneCode step = "phone-code" //
	stepAlone     step = "alone"      // neither of the two
	stepName      step = "name"
	stepSecret    step = "secret"
	stepCheck     step = "check"
	stepDone      step = "done"       //
	stepOver      step = "over"       // the invitation was right, and is good no more
)

// draft is what is known so far. It is kept sealed, in what is carried for the browser; every fact in it was checked when it got
// in, and next says from the facts alone what is asked now.
type draft struct {
	Origin signin.Origin `json:"origin,omitzero"`
	Code   string        `json:"code,omitempty"` // canonical, until it is matched

	Invitation string                     `json:"invitation,omitempty"` // whose code and facts were right
	Relation   provider.Relation          `json:"relation,omitempty"`
	Contact    provider.ActivationContact `json:"contact,omitzero"`
	Account    provider.AccountID         `json:"account,omitempty"` // the account to be: codes are sent for it already
	Over       string                     `json:"over,omitempty"`    // expired, replaced, revoked, used; renewed
	Known      map[Fact]string            `json:"known,omitempty"`   // what was typed, where a new code can be sent

	New      bool               `json:"new,omitempty"` // a new account is wanted
	Joiner   provider.AccountID `json:"joiner,omitempty"`
	JoinedBy string             `json:"joined_by,omitempty"` // the session of the joiner

	Email contact `json:"email,omitzero"`
	Phone contact `json:"phone,omitzero"`
	Alone bool    `json:"alone,omitempty"` // they go on with neither

	Username string    `json:"username,omitempty"`
	ByEmail  bool      `json:"by_email,omitempty"` // the e-mail address is the name that they want to use
	Hash     string    `json:"hash,omitempty"`     // of the password, encoded
	Passkey  *key      `json:"passkey,omitempty"`  // in place of a password
	SetAt    time.Time `json:"set_at,omitzero"`    // when either was

	Keyed bool `json:"keyed,omitempty"` // it was a passkey
	Done  bool `json:"done,omitempty"`
}

// contact is one address on its way to be confirmed.
type contact struct {
	To        string    `json:"to,omitempty"`
	Voice     bool      `json:"voice,omitempty"`
	Landline  bool      `json:"landline,omitempty"`
	Challenge string    `json:"challenge,omitempty"` // of the code that was sent
	At        time.Time `json:"at,omitzero"`         // when the code was right
	None      bool      `json:"none,omitempty"`      // they have none
}

// key is a passkey that was made on the way, and asked for its owner's face, finger or PIN.
type key struct {
	Name   string `json:"name,omitempty"`
	Data   []byte `json:"data"`
	Synced bool   `json:"synced,omitempty"`
}

func (c contact) confirmed() bool { return !c.At.IsZero() }
func (c contact) settled() bool   { return c.confirmed() || c.None }

// next is the step that is due. It is a function of the facts alone: no step can be skipped, and Back or a second tab show the
// step that is right now.
func next(d draft) step {
	switch {
	case d.Done:
		return stepDone
	case d.Over != "":
		return stepOver
	case d.Invitation == "":
		return stepFacts
	case d.Joiner != "":
		return stepJoin
	case !d.New:
		return stepHave
	}
	return nextOfNew(d)
}

// nextOfNew is the step of who wants a new account.
func nextOfNew(d draft) step {
	switch {
	case !d.Email.settled():
		return asked(d.Email, stepEmail, stepEmailCode)
	case !d.Phone.settled():
		return asked(d.Phone, stepPhone, stepPhoneCode)
	case !d.Email.confirmed() && !d.Phone.confirmed() && !d.Alone:
		return stepAlone
	case d.Username == "":
		return stepName
	case d.Hash == "" && d.Passkey == nil:
		return stepSecret
	}
	return stepCheck
}

func asked(c contact, address, code step) step {
	if c.Challenge == "" {
		return address
	}
	return code
}

// place is the step as it is counted for people, of templates.ActivateSteps.
func (s step) place() int {
	switch s {
	case stepFacts, stepHave, stepJoin:
		return 2
	case stepEmail, stepEmailCode, stepPhone, stepPhoneCode, stepAlone:
		return 3
	case stepName, stepSecret:
		return 4
	}
	return 5
}

// matched is the draft of somebody whose code and facts were right, at that time. What they typed of the code is not needed any more.
func matched(d draft, a provider.Activation, now time.Time) draft {
	d = draft{Origin: d.Origin, Invitation: a.ID, Relation: a.Relation}
	if d.Over = stateOf(a, now); d.Over == stateOpen {
		d.Over, d.Contact, d.Account = "", a.Contact, provider.AccountID(provider.NewID())
	}
	return d
}

// The states of an invitation, as they are said to who knew its facts.
const (
	stateOpen     = "open"
	stateUsed     = "used"
	stateReplaced = "replaced"
	stateRevoked  = "revoked"
	stateExpired  = "expired"
)

func stateOf(a provider.Activation, now time.Time) string {
	switch {
	case !a.UsedAt.IsZero():
		return stateUsed
	case !a.RevokedAt.IsZero() && a.RevokedWhy == stateReplaced:
		return stateReplaced
	case !a.RevokedAt.IsZero():
		return stateRevoked
	case !a.Open(now):
		return stateExpired
	}
	return stateOpen
}

// changed asks a part again, before the account is made.
func changed(d draft, part string) (draft, bool) {
	switch part {
	case "email":
		d.Email, d.Alone = contact{To: d.Email.To}, false
		if d.ByEmail {
			d.Username, d.ByEmail = "", false
		}
	case "phone":
		d.Phone, d.Alone = contact{To: d.Phone.To, Voice: d.Phone.Voice}, false
	case "name":
		d.Username, d.ByEmail = "", false
	case "secret":
		d.Hash, d.Passkey, d.SetAt = "", nil, time.Time{}
	default:
		return d, false
	}
	return d, true
}

// finished is what stays of a draft once its account is open, or its record joined: no address, no hash, no key.
func finished(d draft, account provider.AccountID) draft {
	return draft{
		Origin: d.Origin, Invitation: d.Invitation, Relation: d.Relation, Account: account, Joiner: d.Joiner,
		Username: d.Username, Keyed: d.Passkey != nil || d.Keyed, Done: true,
	}
}
