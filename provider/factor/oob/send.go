package oob

import (
	"context"
	"errors"
	"maps"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/identifier"
)

// Sending is what a code is sent for.
type Sending struct {
	Account       provider.AccountID
	Authenticator string           // "" while the address is being bound
	Channel       provider.Channel // provider.ByNobody: for somebody that there is not, so that it costs as much; of a recovery code alone
	To            string
	Template      string            // M-01, M-02, M-03
	Data          map[string]string // of the message
	Lang          string
	Source        string             // the client's network address, for budgets
	Client        string             // client_id, for the record
	Recovers      bool               // it is a recovery code, not one to sign in with: see recoveryLasts
	Aloud         bool               // its owner reads it out in a call: M-24
	Known         bool               // of a recovery code: asked for in a browser that the account knows
	Also          []provider.Message // told in the same act, when the code is first sent
	At            time.Time
}

// KeySends is the one Key of a Refusal, whichever budget is used up: that would tell of other people's sends.
const KeySends = "code.error.sends"

// Refusal is why no code was sent. Key is of the catalogue; Until is when it opens again.
type Refusal struct {
	Key   string
	Until time.Time
}

func (r *Refusal) Error() string { return r.Key }

// How often codes may be sent, and how long a window of that lasts.
const (
	purposeSends  = "code.sends"
	purposeResets = "recovery.sends" // apart: whoever asks for somebody's recovery codes leaves their codes to sign in with alone
	purposeOwners = "recovery.sends.known"
	purposeNoted  = "code.refusals"
	window        = 15 * time.Minute
	notedInWindow = 1
)

// What begins the purposes of budgets of one address and one account where nobody has signed in. Anybody may ask for messages to
// somebody else there, and must not use up what the owner needs to sign in, nor what a browser has that the account knows.
const (
	OfStrangers = "recovery "
	OfOwners    = "recovery by a known browser "
)

// recoveryLasts is the life of a recovery code by e-mail, a mailbox being slow at times, and its owner an anxious reader: 30 minutes.
// NIST SP 800-63B-4, 4.2.1.2 allows 24 hours there, and by text or call no more than the ten minutes of any code.
const recoveryLasts = 30 * time.Minute

// lasts is how long the code of a sending works.
func (c *Codes) lasts(s Sending) time.Duration {
	if s.Recovers && !phone(s.Channel) {
		return recoveryLasts
	}
	return c.Lasts
}

// Open sends a first code. Errors: *Refusal.
func (c *Codes) Open(ctx context.Context, s Sending) (provider.Challenge, error) {
	if err := s.complete(); err != nil {
		return provider.Challenge{}, err
	}
	if err := c.spend(ctx, s); err != nil {
		return provider.Challenge{}, err
	}
	opened := provider.Challenge{
		ID: c.newID(s.Aloud), Account: s.Account, Authenticator: s.Authenticator, Channel: s.Channel, To: s.To,
		MaxTries: c.Tries, CreatedAt: s.At, ExpiresAt: s.At.Add(c.lasts(s)),
	}
	event := audit.CodeSent(s.At, opened, s.Client, message(opened, s))
	event.Tell = append(event.Tell, s.Also...)
	if err := c.Store.OpenChallenge(ctx, opened, event); err != nil {
		return provider.Challenge{}, err
	}
	return opened, nil
}

// Again sends the same code once more, perhaps by another channel to the same number. The answers that were taken stay taken,
// and the code ends when it did. Errors: *Refusal; provider.ErrUsed where the challenge is over, solved, out of tries or unknown.
func (c *Codes) Again(ctx context.Context, challenge string, s Sending) error {
	if err := s.complete(); err != nil {
		return err
	}
	opened, err := c.Store.Challenge(ctx, challenge)
	if errors.Is(err, provider.ErrNotFound) || err == nil && !open(opened, s.At) {
		return provider.ErrUsed
	}
	if err != nil {
		return err
	}
	if s.Account != opened.Account || s.To != opened.To || phone(s.Channel) != phone(opened.Channel) {
		return errors.New("oob: a code goes to nobody but whom it was made for")
	}
	if err := c.spend(ctx, s); err != nil {
		return err
	}
	return c.Store.Record(ctx, audit.CodeSentAgain(s.At, opened, s.Client, message(opened, s)))
}

// complete finds what only a fault in our code leaves out.
func (s Sending) complete() error {
	switch {
	case s.Account == "" || s.To == "" || s.Template == "" || s.At.IsZero():
		return errors.New("oob: a sending lacks its account, address, template or time")
	case !phone(s.Channel) && s.Channel != provider.ByEmail && (s.Channel != provider.ByNobody || !s.Recovers):
		return errors.New("oob: no such channel")
	}
	return nil
}

// phone reports whether a channel leads to a telephone number.
func phone(c provider.Channel) bool { return c == provider.ByText || c == provider.ByVoice }

// Live reports whether a challenge still takes answers at that time.
func Live(c provider.Challenge, at time.Time) bool { return open(c, at) }

// open reports whether a challenge still takes answers at that time.
func open(c provider.Challenge, at time.Time) bool {
	return c.SolvedAt.IsZero() && c.Tries < c.MaxTries && at.Before(c.ExpiresAt)
}

// message carries the code of a challenge, until that is over.
func message(c provider.Challenge, s Sending) provider.Message {
	return provider.Message{
		ID: provider.NewID(), Channel: s.Channel, To: s.To, Account: s.Account, Template: s.Template, Lang: s.Lang,
		Data: maps.Clone(s.Data), Challenge: c.ID, At: s.At, Expires: c.ExpiresAt,
	}
}

// spend takes one from every budget, from narrow to broad. Where one is used up, those before it get theirs back: nothing
// was sent. Errors: *Refusal.
func (c *Codes) spend(ctx context.Context, s Sending) error {
	budgets := []provider.Budget{c.own(s)}
	if c.Budgets != nil {
		budgets = append(budgets, c.Budgets(s.whose(), s.Channel, s.To, s.Account, s.Source)...)
	}
	for i, b := range budgets {
		_, until, err := c.Store.Spend(ctx, b, s.At)
		if errors.Is(err, provider.ErrSpent) {
			return c.refuse(ctx, s, budgets[:i], b.Purpose, until)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// whose says whose budgets of an address and an account a sending is counted in.
func (s Sending) whose() string {
	switch {
	case !s.Recovers:
		return ""
	case s.Known:
		return OfOwners
	}
	return OfStrangers
}

// own is the budget of this address for this account, by whatever channel.
func (c *Codes) own(s Sending) provider.Budget {
	to := s.To
	if canonical, err := identifier.Email(to); err == nil {
		to = canonical
	}
	purpose := map[string]string{"": purposeSends, OfStrangers: purposeResets, OfOwners: purposeOwners}[s.whose()]
	return provider.Budget{Purpose: purpose, Key: string(s.Account) + " " + to, Limit: c.Sends, Window: window}
}

// refuse gives back what was taken for nothing, and makes the Refusal. It is recorded once in a window, not each time that
// somebody presses the button.
func (c *Codes) refuse(ctx context.Context, s Sending, taken []provider.Budget, why string, until time.Time) error {
	for _, b := range taken {
		if err := c.Store.Refund(ctx, b, s.At); err != nil {
			return err
		}
	}
	noted := provider.Budget{Purpose: purposeNoted, Key: string(s.Account) + " " + why, Limit: notedInWindow, Window: window}
	_, _, err := c.Store.Spend(ctx, noted, s.At)
	if err == nil {
		whose := s.Account
		if s.Channel == provider.ByNobody {
			whose = ""
		}
		err = c.Store.Record(ctx, audit.CodeRefused(s.At, whose, s.Client, why))
	}
	if err != nil && !errors.Is(err, provider.ErrSpent) {
		return err
	}
	return &Refusal{Key: KeySends, Until: until}
}
