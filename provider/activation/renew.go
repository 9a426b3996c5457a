package activation

import (
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/web"
)

// renewFor is for how long after its end a code can be followed by a new one without the office.
const renewFor = 365 * 24 * time.Hour

// stateRenewed is where a person is after a new code was sent.
const stateRenewed = "renewed"

// renewable keeps what a new code is made with, where the one that was right has run out: A-05.
func renewable(d draft, g guess, known map[Fact]string, now time.Time) draft {
	if !g.newest || !mayRenew(g.invitation, now) {
		return d
	}
	d.Contact, d.Known = g.invitation.Contact, known
	return d
}

// mayRenew reports whether a code can be followed by a new one without the office. The contact is that of the office. A patient who
// invited somebody invites again, or not: it is theirs to say.
func mayRenew(old provider.Activation, now time.Time) bool {
	return stateOf(old, now) == stateExpired && old.By == "" && !old.ExpiresAt.Add(renewFor).Before(now) && masked(old.Contact) != ""
}

// masked is the contact to which an invitation goes, with most of it left out; "" where there is none.
func masked(c provider.ActivationContact) string {
	switch {
	case c.Email != "":
		return oob.Mask(provider.EmailCode, c.Email)
	case c.Phone != "":
		return oob.Mask(provider.TextCode, c.Phone)
	}
	return ""
}

// postRenew sends a new code in place of one that has run out, to the contact that the office gave.
func (a *Room) postRenew(r *web.Request, t turn, _ pressForm) (web.Response, error) {
	if len(t.d.Known) == 0 {
		return t.back(), nil
	}
	old, err := a.Store.Activation(r.Context(), t.d.Invitation)
	if err != nil {
		return a.gone(r, t, err)
	}
	newest, err := a.newest(r, old)
	if err != nil {
		return web.Response{}, err
	}
	if !mayRenew(old, r.Now) || newest != old.ID && newest != renewalID(old) { // the office was here meanwhile: its code goes first
		t.d.Known, t.d.Over = nil, stateReplaced
		return a.keep(r, t)
	}
	made, err := Issuer{Keys: a.Keys, Facts: a.Facts, Lang: r.Lang}.Renew(old, t.d.Known, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	err = a.Store.IssueActivations(r.Context(), []provider.Issue{made.Issue})
	if err != nil && !errors.Is(err, provider.ErrTaken) { // taken: another press was faster, and sent it
		return web.Response{}, err
	}
	r.Note("outcome", "renewed")
	t.d.Over, t.d.Known = stateRenewed, nil
	return a.keep(r, t)
}
