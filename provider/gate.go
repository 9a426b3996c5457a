package provider

import "time"

// Standing is everything that decides whether something may be given out: read from the durable store in one go.
// What does not take part stays nil: client_credentials has a Client only, a resumed authorization has no Grant yet.
type Standing struct {
	Client     *Client
	Account    *Account
	ChangeOwed string // of the account's password
	Session    *Session
	Grant      *Grant
	Consent    *Consent
	Revoked    bool // this very token is on the list of revoked ones
}

// Shut is why the gate is shut.
type Shut string

// The reasons. Shut implements error, so that a caller cannot pass the gate by forgetting to look.
const (
	ShutClient  Shut = "client disabled"
	ShutLocked  Shut = "account locked by staff"
	ShutPaused  Shut = "account paused"
	ShutClosed  Shut = "account closed"
	ShutChange  Shut = "password change owed"
	ShutSession Shut = "session ended"
	ShutIdle    Shut = "session idle"
	ShutConsent Shut = "consent withdrawn"
	ShutGrant   Shut = "grant revoked or over"
	ShutToken   Shut = "token revoked"
)

func (s Shut) Error() string { return "gate shut: " + string(s) }

// Gate is the one gate: may this account, client, session and grant receive anything now? It answers nil or a Shut.
// Every grant, refresh, introspection, userinfo call and resumed authorization passes it. The guessing pause is not
// its business: sessions, grants and tokens never notice that one. idle is the house's SessionClocks.Idle: an application that
// reports what the person does loses what it has for a session in which they have done nothing for as long.
func Gate(s Standing, idle time.Duration, now time.Time) error {
	if s.Client == nil || !s.Client.Enabled() {
		return ShutClient
	}
	if s.Revoked {
		return ShutToken
	}
	if s.Account == nil {
		return gateMachine(s)
	}
	if err := gateAccount(*s.Account); err != nil {
		return err
	}
	if s.ChangeOwed != "" {
		return ShutChange
	}
	return gateFamily(s, idle, now)
}

// gateMachine lets only a client through that acts for itself.
func gateMachine(s Standing) error {
	if s.Grant != nil || s.Session != nil {
		return ShutGrant
	}
	return nil
}

func gateAccount(a Account) error {
	switch a.Status {
	case Active:
		return nil
	case Locked:
		return ShutLocked
	case Paused:
		return ShutPaused
	default:
		return ShutClosed
	}
}

func gateFamily(s Standing, idle time.Duration, now time.Time) error {
	var scopes []string
	offline := false
	if g := s.Grant; g != nil {
		if !g.RevokedAt.IsZero() || !now.Before(g.ExpiresAt) || g.Account != s.Account.ID || g.Client != s.Client.ID {
			return ShutGrant
		}
		scopes, offline = g.Scopes, g.Offline && !g.codeOpen()
		if !s.Client.FirstParty && (s.Consent == nil || !s.Consent.Covers(scopes, now)) {
			return ShutConsent
		}
	}
	if !offline && (s.Session == nil || !s.Session.Live(now)) {
		return ShutSession
	}
	if !offline && s.Client.ReportsActivity && s.Session.Idle(now, idle) {
		return ShutIdle
	}
	return nil
}
