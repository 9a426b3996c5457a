package templates

import "time"

// Signed is a page that somebody sees who is signed in, with what is needed to warn them in time before they are signed out: E-01.
type Signed struct {
	Page
	Stay Stay
}

// Stay says how long somebody who is signed in stays so. The zero Stay is not shown.
type Stay struct {
	Until  time.Time // signed out then, if nothing is done
	WarnIn int       // seconds until the warning
	EndIn  int       // seconds until Until
	Last   bool      // nothing that is done puts it off: the absolute end is near
	Ask    string    // where a script asks how long there is by now (GET), and says that the person stays (POST); "" in the gallery
	Out    string    // where the form for signing out posts to
}
