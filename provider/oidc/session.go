package oidc

import (
	"time"

	"github.com/ory/fosite"

	"gatehouse/provider"
)

// session is what fosite carries from handler to handler: the grant, and the scopes of the tokens to be made now.
type session struct {
	grant  provider.Grant
	scopes []string
	ends   map[fosite.TokenType]time.Time
}

// SetExpiresAt notes when a token expires, by fosite's clock; the tokens that we make go by ours.
func (s *session) SetExpiresAt(key fosite.TokenType, exp time.Time) {
	if s.ends == nil {
		s.ends = map[fosite.TokenType]time.Time{}
	}
	s.ends[key] = exp
}

// GetExpiresAt answers what SetExpiresAt noted.
func (s *session) GetExpiresAt(key fosite.TokenType) time.Time { return s.ends[key] }

// GetUsername is no concern of a session: the grant knows its account.
func (s *session) GetUsername() string { return "" }

// GetSubject is the account.
func (s *session) GetSubject() string { return string(s.grant.Account) }

// Clone copies the session; nothing in it is shared and changed.
func (s *session) Clone() fosite.Session {
	c := *s
	c.ends = nil
	for k, v := range s.ends {
		c.SetExpiresAt(k, v)
	}
	return &c
}
