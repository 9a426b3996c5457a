package settings

import (
	"time"

	"gatehouse/provider/web"
)

// wellKnown are the addresses under which browsers and password managers look for this room's pages. Every other well-known
// address must answer 404: they ask for one that nobody has, to see whether a site's answers mean anything.
func (s *Settings) wellKnown() []web.Route {
	return []web.Route{
		{Pattern: "GET /.well-known/change-password", Handle: changePasswordPage},
		{Kind: web.Protocol, Pattern: "GET /.well-known/passkey-endpoints", Handle: s.passkeyEndpoints, Cache: time.Hour},
	}
}

// changePasswordPage leads to the page where a password is changed (W3C, A Well-Known URL for Changing Passwords).
func changePasswordPage(*web.Request) (web.Response, error) { return web.SeeOther(password), nil }

// passkeyEndpoints says where passkeys are made and kept (W3C, A Well-Known URL for Relying Party Passkey Endpoints). It is asked
// of the host that is the RP id: the issuer's.
func (s *Settings) passkeyEndpoints(*web.Request) (web.Response, error) {
	return web.JSON(map[string]string{"enroll": s.Issuer + ways, "manage": s.Issuer + ways}), nil
}
