package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gatehouse/provider"
)

// The messages, by their ids in the inventory.
const (
	SignInCode     = "M-01"
	ConfirmContact = "M-02"

	ResetCode     = "M-03"
	YourUsernames = "M-04"

	Invitation         = "M-05"
	InvitationReplaced = "M-06"
	AccountReady       = "M-07"
	EmailTried         = "M-20"

	PasswordChanged = "M-08"
	EmailChanged    = "M-09"
	PhoneChanged    = "M-10"
	PasskeyChanged  = "M-11"
	AppChanged      = "M-12"
	RecoveryCodes   = "M-13"
	NewDevice       = "M-14"
	TriesPaused     = "M-15"
	AccountPaused   = "M-16"
	Recovering      = "M-18"
	AppAccess       = "M-19"
	SignedOut       = "M-21"
	TriesStopped    = "M-28"
	StaffHelped     = "M-17"
	CallCode        = "M-24" // read to our people in a call
	ToStaff         = "M-27"
	Closing         = "M-22"
	TermsChanged    = "M-23"
	TrustedPerson   = "M-25"
	Incident        = "M-26"
	DataDownloaded  = "M-30"
	ResetBegun      = "M-31" // where a new password is set: no code, no token
	StaffLooked     = "M-32" // a supervisor saw the account without proof
	UsernameChanged = "M-29"
)

// What a message's Data may hold. Which message needs which, and the words for each action, are the catalogue's.
const (
	DataAction = "action" // added, removed, renamed, changed, first, cleared, made, used, low, paused, opened, given, ended
	DataWhen   = "when"   // RFC 3339; a zone in brackets (RFC 9557) is the one in which it is shown. Of an invitation: until when it is good
	DataWhom   = "whom"   // the masked username of the account
	DataApp    = "app"    // the application that asked
	DataWhat   = "what"   // masked address, or the name or provider of a passkey; the code of an invitation
	DataDevice = "device" // such as "Firefox on Windows"
	DataLeft   = "left"   // how many codes are left
	DataSaid   = "said"   // what the people of the house wrote, a paragraph a line
	DataLink   = "link"   // path of the one link of a message that has its own
)

// Outgoing is a message written out, ready for its carrier.
type Outgoing struct {
	provider.Message        // Lang is that of the words
	Subject          string // of an e-mail
	Text             string // of an e-mail, a text, or what is spoken
	HTML             string // of an e-mail
}

// Sender hands a message to a carrier and answers the carrier's reference. Errors: *Fault, or any other, which is temporary.
// It is called from several goroutines at once, and ends when its context does.
type Sender interface {
	Send(ctx context.Context, m Outgoing) (ref string, err error)
}

// Finder is a Sender that can look whether a message whose answer was lost has gone out.
type Finder interface {
	Find(ctx context.Context, m Outgoing, since time.Time) (ref string, found bool, err error)
}

// Fault is why a message could not be handed over. Neither Code nor Cause holds anything personal: they are logged.
type Fault struct {
	Class  provider.SendFault
	Unsure bool          // the carrier may have taken it all the same
	Code   string        // the carrier's own, such as 21614 or 550; "" none
	After  time.Duration // how long the carrier wants to be left alone; 0: it does not say
	Cause  error
}

func (f *Fault) Error() string {
	text := "notify: " + string(f.Class)
	if f.Code != "" {
		text += " " + f.Code
	}
	if f.Cause != nil {
		text += ": " + f.Cause.Error()
	}
	return text
}

func (f *Fault) Unwrap() error { return f.Cause }

// faultOf reads an error as a fault. The text of one that is no Fault may be personal, so only its type is kept.
func faultOf(err error) *Fault {
	var f *Fault
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	}
	return &Fault{Class: provider.FaultTemporary, Unsure: true, Cause: fmt.Errorf("error of type %T", err)}
}
