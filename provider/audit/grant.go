package audit

import (
	"strconv"
	"time"

	"gatehouse/provider"
)

// ConsentGiven (consent.given): a person allowed a client its scopes. Detail: scopes, until.
func ConsentGiven(at time.Time, c provider.Consent) provider.Event {
	return provider.Event{
		At: at, Kind: "consent.given", Account: c.Account, Client: c.Client, Actor: string(ByAccount(c.Account)),
		Detail: map[string]string{"scopes": list(c.Scopes), "until": c.ExpiresAt.UTC().Format(time.RFC3339)},
	}
}

// ConsentRefused (consent.refused): a person said no. What was allowed earlier stays.
func ConsentRefused(at time.Time, account provider.AccountID, client string) provider.Event {
	return provider.Event{
		At: at, Kind: "consent.refused", Account: account, Client: client, Actor: string(ByAccount(account)),
	}
}

// ConsentWithdrawn (consent.withdrawn): a person took back what they had allowed.
func ConsentWithdrawn(at time.Time, account provider.AccountID, client string) provider.Event {
	return provider.Event{
		At: at, Kind: "consent.withdrawn", Account: account, Client: client, Actor: string(ByAccount(account)),
	}
}

// AccessEnded (access.ended): a person stopped an application: what they had allowed is taken back, and all of its tokens are dead.
func AccessEnded(at time.Time, account provider.AccountID, client string) provider.Event {
	return provider.Event{
		At: at, Kind: "access.ended", Account: account, Client: client, Actor: string(ByAccount(account)),
	}
}

// GrantBegan (grant.began): a code was redeemed; from now on there are tokens. Detail: scopes, acr, offline.
func GrantBegan(at time.Time, g provider.Grant) provider.Event {
	e := ofGrant(at, "grant.began", g, ByClient(g.Client))
	e.Detail = map[string]string{"scopes": list(g.Scopes), "acr": g.ACR, "offline": strconv.FormatBool(g.Offline)}
	return e
}

// Why a grant is revoked.
const (
	WhyReplay   = "code replayed"        // its code was redeemed twice (RFC 6749, 4.1.2)
	WhyReuse    = "refresh token reused" // an old refresh token came back (RFC 9700, 4.14.2)
	WhyClient   = "revoked by client"    // the client asked for it (RFC 7009)
	WhyOperator = "revoked by operator"  // at the command line
)

// GrantRevoked (grant.revoked): all tokens of a grant are dead. Detail: why.
func GrantRevoked(at time.Time, g provider.Grant, why string) provider.Event {
	actor := House
	switch why {
	case WhyClient:
		actor = ByClient(g.Client)
	case WhyOperator:
		actor = Operator
	}
	e := ofGrant(at, "grant.revoked", g, actor)
	e.Detail = because(why)
	return e
}

// TokenRevoked (token.revoked): a client revoked a single access token (RFC 7009). Of a machine's token, the grant given
// has nothing but its Client.
func TokenRevoked(at time.Time, g provider.Grant) provider.Event {
	return ofGrant(at, "token.revoked", g, ByClient(g.Client))
}

func ofGrant(at time.Time, kind string, g provider.Grant, by Actor) provider.Event {
	return provider.Event{
		At: at, Kind: kind, Account: g.Account, Client: g.Client, Session: g.Session, Grant: g.ID, Actor: string(by),
	}
}
