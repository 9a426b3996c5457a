package server

import (
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/audit"
	"gatehouse/provider/settings"
)

// trust has the room of activation make what the room of settings asks for: rooms know nothing of each other.
func (c Config) trust() func(w settings.Wish, now time.Time) (provider.Issue, error) {
	issuer := activation.Issuer{Keys: c.Keyset, Facts: c.Facts, Lang: c.Languages[0]}
	return func(w settings.Wish, now time.Time) (provider.Issue, error) {
		issued, err := issuer.Invite(activation.Invitation{
			Record: w.Record, Relation: provider.Trusted, By: w.By, Until: w.Until, Lasts: w.Good,
			Contact: provider.ActivationContact{Name: w.Name, Email: w.Email, Lang: w.Lang},
			Facts:   map[activation.Fact]string{activation.BirthDate: w.Birth},
		}, audit.ByAccount(w.By), now)
		return issued.Issue, err
	}
}
