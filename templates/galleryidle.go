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
	return []State{
		{"E-01", "warned", "Signed out soon", Signed{home, stay}},
		{"E-01", "last", "Signed out soon, whatever is done", Signed{home, last}},
		{"E-01", "quiet", "Not yet; without JavaScript the page says it", Signed{home, quiet}},
	}
}
