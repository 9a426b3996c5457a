package templates

import "time"

// galleryIdle is the warning before somebody is signed out. Its script opens it at once, and asks nobody.
func galleryIdle() []State {
	home := Home{Username: "maria.lopez", Since: galleryMoment(), Ways: "/account/ways", Places: galleryPlaces(), SignOut: "/logout"}
	stay := Stay{Until: galleryMoment().Add(15 * time.Minute), EndIn: 120, Out: "/logout"}
	last := stay
	last.Last, last.EndIn = true, 55
	quiet := stay
	quiet.WarnIn, quiet.EndIn = 86400, 86400
	work := Banner{Text: map[string]string{
		"":   "On Sunday, May 4, from 1 to 3 AM, this site is closed for work. If you need care then, call us.",
		"es": "El domingo 4 de mayo, de 1 a 3 de la mañana, este sitio estará cerrado. Si necesita atención entonces, llámenos.",
	}}
	return []State{
		{"E-14", "signin", "News on the sign-in page", Noticed{SignIn{Action: galleryAction, Ticket: galleryTicket, Forgot: "/forgot"}, work}},
		{"E-14", "home", "News on a page of the account", Noticed{home, work}},
		{"E-01", "warned", "Signed out soon", Signed{home, stay}},
		{"E-01", "last", "Signed out soon, whatever is done", Signed{home, last}},
		{"E-01", "quiet", "Not yet; without JavaScript the page says it", Signed{home, quiet}},
	}
}
