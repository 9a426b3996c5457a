package signin

import (
	"encoding/json"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Origin is what somebody was on the way to when they left the sign-in for another of our pages: the request of a room. It travels
// sealed from page to page, so that nobody comes back to an application that did not ask. The zero Origin is none.
type Origin struct {
	Room    string `json:"room,omitempty"`
	Return  []byte `json:"return,omitempty"`
	Locales string `json:"locales,omitempty"` // ui_locales
}

const originPurpose = "origin"

// forgotten is where who has forgotten a username or a password goes: the recovery room.
const forgotten = "/forgot"

// originOf is where a ceremony leads.
func originOf(c provider.Ceremony) Origin {
	return Origin{Room: c.Room, Return: []byte(c.Return), Locales: c.Locales}
}

// SealOrigin is an origin as it stands in an address or a form.
func (s *SignIn) SealOrigin(o Origin, now time.Time) (string, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	return s.Tickets.SealTicket(text, originPurpose, now.Add(ticketLasts))
}

// Origin reads a sealed one; what is none, or too old, is the zero Origin.
func (s *SignIn) Origin(r *web.Request, sealed string) Origin {
	var o Origin
	text, err := s.Tickets.OpenTicket(sealed, originPurpose, r.Now)
	if err != nil || json.Unmarshal(text, &o) != nil {
		return Origin{}
	}
	return o
}

// OriginApp names the application of an origin.
func (s *SignIn) OriginApp(r *web.Request, o Origin) templates.App {
	r.UILocales(o.Locales)
	room, ok := s.rooms[o.Room]
	if !ok {
		return templates.App{}
	}
	return room.App(r, string(o.Return))
}

// OriginAddress is where the request of an origin is made anew; the account's own page where there is none.
func (s *SignIn) OriginAddress(o Origin) string {
	if room, ok := s.rooms[o.Room]; ok {
		return room.Address(string(o.Return))
	}
	return "/account"
}

// longestLink is what a way back may take of an address: proxies cut off at 8 KiB. Who comes with a longer request begins again at
// the application.
const longestLink = 6 << 10

// forgot is where the sign-in page sends who has forgotten something.
func (s *SignIn) forgot(c provider.Ceremony, now time.Time) (string, error) {
	return s.away(forgotten, c, now)
}

// activates is where the sign-in page sends who is new here.
const activates = "/activate"

// away is an address that remembers where a ceremony leads.
func (s *SignIn) away(to string, c provider.Ceremony, now time.Time) (string, error) {
	sealed, err := s.SealOrigin(originOf(c), now)
	if err != nil || len(sealed) > longestLink {
		return to, err
	}
	return to + "?from=" + sealed, nil
}
