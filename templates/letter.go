package templates

import "errors"

// Letter is the typed content of one message to a person (M-01 …), of one channel: email, text or voice.
type Letter struct {
	ID      string // M-01
	Channel string
	Lang    string
	Data    map[string]string
	Code    string // "" none
	Host    string // of the issuer: the origin line of a text, and the one fixed address of a notice
}

// Written is a letter in words. A text or a call has Text only.
type Written struct {
	Subject string
	Text    string
	HTML    string
}

// Write writes a letter out.
func (s *Set) Write(l Letter) (Written, error) { return Written{}, errors.New("templates: not built") }
