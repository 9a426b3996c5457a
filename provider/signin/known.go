package signin

import (
	"gatehouse/provider"
	"gatehouse/provider/web"
)

// known is what this request has read about the ceremony's person and client, so that one request reads nothing twice. It
// never outlives the request, and every step that writes reads anew before it goes on.
//
// Measured (cmd/bench on PostgreSQL, two cores, busy): one request reads nothing twice, and the authorization request is
// matched once. A signed-in person's authorize takes five statements where it took nine; with its token request about 1,720 µs
// of CPU, PostgreSQL's included, where it took 1,980. Rejected: keeping clients or accounts between requests, since none may
// outlive its disabling.
type known struct {
	of      provider.AccountID // whose held and account are
	held    []provider.Authenticator
	account provider.Account  // the zero Account: not read yet
	session *provider.Session // the browser's; nil: not read yet
	client  *provider.Client  // nil: not read yet
}

// standing is what the gate wants to know of somebody who goes on with a session.
func (s *SignIn) standing(r *web.Request, c provider.Ceremony, session provider.Session, k known) (provider.Standing, error) {
	var err error
	if k.of != session.Account {
		k.account = provider.Account{}
		if k.held, err = s.held(r.Context(), session.Account, r.Now); err != nil {
			return provider.Standing{}, err
		}
	}
	if k.account.ID == "" {
		if k.account, err = s.Store.Account(r.Context(), session.Account); err != nil {
			return provider.Standing{}, err
		}
	}
	if k.client == nil {
		client, err := s.client(r, c.Client)
		if err != nil {
			return provider.Standing{}, err
		}
		k.client = &client
	}
	password, _ := provider.Held(k.held, provider.Password)
	return provider.Standing{Client: k.client, Account: &k.account, ChangeOwed: password.ChangeOwed, Session: &session}, nil
}
