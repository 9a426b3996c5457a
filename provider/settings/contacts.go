package settings

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/notify"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Where an owner sees and changes how they are reached: Y-06.
const (
	contacts       = home + "/contacts"
	addingContact  = home + "/add-contact/" // and the kind
	changeContact  = "/change"
	removesContact = "/remove"
)

func (s *Settings) contactRoutes() []web.Route {
	const one = contacts + "/{id}"
	return []web.Route{
		{Pattern: "GET " + contacts, Handle: s.here},
		{Pattern: "GET " + addingContact + "{kind}", Handle: s.addContact},
		{Pattern: "GET " + one + changeContact, Handle: s.here},
		{Pattern: "POST " + one + "/first", Handle: web.Form(s.postFirst)},
		{Pattern: "GET " + one + removesContact, Handle: s.here},
		{Pattern: "POST " + one + removesContact, Handle: web.Form(s.postRemoveContact)},
	}
}

// A contact is one address of an account, as its identifier, as what codes are sent to, or as both.
type contact struct {
	id        provider.Identifier // Value is as its owner writes it; VerifiedAt since when it is known to be theirs
	listed    bool                // it is an identifier of the account
	foremost  bool                // the first of several of its kind
	codes     []provider.Authenticator
	landline  bool
	alternate bool // there are others of its kind
}

// ref names a contact in the address of a page: it tells nobody who does not know the account what it is.
func (c contact) ref(account provider.AccountID) string {
	sum := sha256.Sum256([]byte("contact " + string(account) + " " + string(c.id.Kind) + " " + c.id.Canonical))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// way is the kind of authenticator that sends to a contact.
func (c contact) way() provider.Kind {
	if c.id.Kind == provider.Phone {
		return provider.TextCode
	}
	return provider.EmailCode
}

// reachable reports whether anything is sent to it.
func (c contact) reachable() bool { return !c.id.VerifiedAt.IsZero() }

func (c contact) masked() string {
	to := c.id.Value
	if c.id.Kind == provider.Phone {
		to = c.id.Canonical
	}
	return oob.Mask(c.way(), to)
}

// contactsOf are the addresses of an account: those that it lists in their order, then those that nothing but codes go to.
func contactsOf(a provider.Account, held []provider.Authenticator) []contact {
	var all []contact
	for _, id := range a.Identifiers {
		if id.Kind != provider.Username {
			all = append(all, contact{id: id, listed: true})
		}
	}
	for _, h := range held {
		id, landline, ok := sentTo(h)
		if !ok {
			continue
		}
		at := slices.IndexFunc(all, func(c contact) bool { return c.id.Kind == id.Kind && c.id.Canonical == id.Canonical })
		if at < 0 {
			at, all = len(all), append(all, contact{id: id})
		}
		c := &all[at]
		c.codes, c.landline = append(c.codes, h), landline
		if c.id.VerifiedAt.IsZero() || id.VerifiedAt.Before(c.id.VerifiedAt) {
			c.id.VerifiedAt = id.VerifiedAt // whichever it was confirmed by first: since then it has not changed
		}
	}
	for i, c := range all {
		first := slices.IndexFunc(all, func(d contact) bool { return d.id.Kind == c.id.Kind })
		all[i].alternate = slices.ContainsFunc(all, func(d contact) bool { return d.id.Kind == c.id.Kind && d.id.Canonical != c.id.Canonical })
		all[i].foremost = i == first && c.listed && all[i].alternate
	}
	return all
}

// sentTo is the address that an authenticator sends codes to, confirmed when it was bound.
func sentTo(h provider.Authenticator) (id provider.Identifier, landline, ok bool) {
	if h.Kind != provider.TextCode && h.Kind != provider.EmailCode {
		return id, false, false
	}
	to, err := oob.Decode(h.Data)
	if err != nil {
		return id, false, false
	}
	kind, canonical, err := signin.Canonical(h.Kind, to.To)
	return provider.Identifier{Kind: kind, Value: to.To, Canonical: canonical, VerifiedAt: h.CreatedAt}, to.Landline, err == nil
}

// contactPlace is a page of this part. Where an address was to be changed that is gone by now, the list shows how it is.
func (s *Settings) contactPlace(r *web.Request, to string, o owner) (web.Response, error) {
	switch {
	case path(to) == contacts:
		return s.contactsPage(r, o)
	case strings.HasSuffix(path(to), removesContact):
		return s.removeContactPage(r, o)
	}
	return web.SeeOther(contacts + "?done=moved"), nil
}

// contactsPage is Y-06.
func (s *Settings) contactsPage(r *web.Request, o owner) (web.Response, error) {
	page := templates.Contacts{AddEmail: addingContact + string(provider.EmailCode), AddPhone: addingContact + string(provider.TextCode), Home: home}
	for _, c := range contactsOf(o.account, o.held) {
		l := contactLine(o.account, c)
		l.Change, l.Remove = contacts+"/"+c.ref(o.account.ID)+changeContact, contacts+"/"+c.ref(o.account.ID)+removesContact
		if c.alternate && !c.foremost && c.reachable() {
			l.First = contacts + "/" + c.ref(o.account.ID) + "/first"
		}
		if c.id.Kind == provider.Phone {
			page.Phones = append(page.Phones, l)
		} else {
			page.Emails = append(page.Emails, l)
		}
	}
	if done := r.Query().Get("done"); slices.Contains(contactDoings(), done) {
		page.Notice = "contacts.notice." + done
	}
	return web.Show(page), nil
}

// contactDoings are what may have been done just now, as the address of the list says it.
func contactDoings() []string {
	all := []string{"moved"}
	for _, what := range []string{"added", "changed", "removed", "first"} {
		all = append(all, what+"."+string(provider.Email), what+"."+string(provider.Phone))
	}
	return all
}

func contactLine(a provider.Account, c contact) templates.ContactLine {
	l := templates.ContactLine{Kind: string(c.id.Kind), Masked: c.masked(), Foremost: c.foremost}
	if !c.reachable() {
		return l
	}
	l.Confirmed = local(a, c.id.VerifiedAt)
	switch {
	case len(c.codes) == 0:
		l.Use = "notices"
	case c.landline:
		l.Use = "calls"
	default:
		l.Use = "codes"
	}
	return l
}

// addContact begins to add an address of a kind that there is.
func (s *Settings) addContact(r *web.Request) (web.Response, error) {
	if kind := provider.Kind(r.Path("kind")); kind != provider.TextCode && kind != provider.EmailCode {
		return web.Response{}, &provider.Problem{Kind: provider.NotFound}
	}
	return s.enter(r, r.HTTP.URL.Path)
}

// contactDemand adds to what a place demands that an address is bound there, or bound in the place of another.
func (s *Settings) contactDemand(r *web.Request, place string, session *provider.Session, d provider.Demand) (provider.Demand, error) {
	if session == nil {
		return d, nil
	}
	if kind, ok := strings.CutPrefix(path(place), addingContact); ok {
		d.Bind, d.Contact = provider.Kind(kind), true
		return d, nil
	}
	if !strings.HasPrefix(path(place), contacts+"/") || !strings.HasSuffix(path(place), changeContact) {
		return d, nil
	}
	account, err := s.Store.Account(r.Context(), session.Account)
	if err != nil {
		return d, err
	}
	held, err := s.Store.Authenticators(r.Context(), session.Account)
	if err != nil {
		return d, err
	}
	ref := strings.TrimSuffix(strings.TrimPrefix(path(place), contacts+"/"), changeContact)
	if c, ok := contactBy(owner{account: account, held: held}, ref); ok { // else another tab was quicker: the place leads to the list
		d.Bind, d.Contact, d.Replaces = c.way(), true, c.id.Canonical
	}
	return d, nil
}

func contactBy(o owner, ref string) (contact, bool) {
	for _, c := range contactsOf(o.account, o.held) {
		if c.ref(o.account.ID) == ref {
			return c, true
		}
	}
	return contact{}, false
}

// chosenContact is the one that a form or page names.
func (s *Settings) chosenContact(r *web.Request, o owner) (contact, bool) {
	return contactBy(o, r.Path("id"))
}

// boundContact leads back to the list with the word for what was done.
func boundContact(c provider.Ceremony) web.Response {
	what, kind := "added", provider.Email
	if c.Demand.Replaces != "" {
		what = "changed"
	}
	if c.Demand.Bind == provider.TextCode {
		kind = provider.Phone
	}
	return web.SeeOther(contacts + "?done=" + what + "." + string(kind))
}

// withoutContact is an account without an address, and what it held without what sent codes there.
func withoutContact(o owner, c contact) owner {
	o.account = o.account.Unaddressed(c.id.Kind, c.id.Canonical)
	o.held = slices.DeleteFunc(slices.Clone(o.held), func(h provider.Authenticator) bool {
		return slices.ContainsFunc(c.codes, func(d provider.Authenticator) bool { return d.ID == h.ID })
	})
	return o
}

// mustStay says why an address may not be removed, by the key of its words; "" it may. Somebody always stays that we can write to, a
// name to sign in with, and the ways in that provider.Removable wants.
func mustStay(o owner, c contact) string {
	rest := withoutContact(o, c)
	other := slices.ContainsFunc(contactsOf(rest.account, rest.held), contact.reachable)
	_, passkey := provider.Held(rest.held, provider.Passkey)
	switch {
	case c.reachable() && !other:
		return "contacts.error.last"
	case o.account.Nameable() && !rest.account.Nameable() && !passkey:
		return "contacts.error.name"
	}
	held := slices.Clone(o.held)
	for _, a := range c.codes {
		switch err := provider.Removable(held, a.ID, o.session.Proofs); {
		case errors.Is(err, provider.ErrOnlyProof):
			return "removeway.error.onlyproof"
		case err != nil:
			return "removeway.error.last"
		}
		held = slices.DeleteFunc(held, func(h provider.Authenticator) bool { return h.ID == a.ID })
	}
	return ""
}

// removeContactPage asks, or says why it cannot be.
func (s *Settings) removeContactPage(r *web.Request, o owner) (web.Response, error) {
	c, ok := s.chosenContact(r, o)
	if !ok {
		return web.SeeOther(contacts + "?done=moved"), nil
	}
	return s.showContact(o, c, mustStay(o, c)), nil
}

func (s *Settings) showContact(o owner, c contact, why string) web.Response {
	at := contacts + "/" + c.ref(o.account.ID) + removesContact
	page := templates.RemoveContact{Line: contactLine(o.account, c), Error: why, Action: at, Back: contacts}
	if why != "" {
		return web.ShowStatus(http.StatusUnprocessableEntity, page)
	}
	return web.Show(page)
}

// postRemoveContact removes an address with what sends codes there, and ends whatever else was got by the account.
func (s *Settings) postRemoveContact(r *web.Request, _ nothing) (web.Response, error) {
	o, ok, err := s.proven(r, r.HTTP.URL.Path)
	if err != nil || !ok {
		return web.SeeOther(r.HTTP.URL.Path), err
	}
	c, ok := s.chosenContact(r, o)
	if !ok {
		return web.SeeOther(contacts + "?done=moved"), nil
	}
	if why := mustStay(o, c); why != "" {
		return s.showContact(o, c, why), nil
	}
	e := audit.Masked(audit.ContactRemoved(r.Now, o.account.ID, c.id.Kind), c.masked(), "")
	e.Tell = s.tellContact(r, o, c, "removed")
	change := provider.ContactChange{
		Account: withoutContact(o, c).account, Unbinds: c.codes, Why: "contact removed", Keep: o.session.ID, At: r.Now,
	}
	return s.changed(r, change, e, contacts, "removed."+string(c.id.Kind))
}

// changed writes a change down and leads back. Somebody who was quicker, in another tab, has changed it already: the page shows how
// it is, and says so.
func (s *Settings) changed(r *web.Request, change provider.ContactChange, e provider.Event, back, done string) (web.Response, error) {
	change.Account.UpdatedAt = r.Now
	err := s.Store.ChangeContacts(r.Context(), change, e)
	if errors.Is(err, provider.ErrStale) || errors.Is(err, provider.ErrTaken) {
		return web.SeeOther(back + "?done=moved"), nil
	}
	return web.SeeOther(back + "?done=" + done), err
}

// tellContact lets the person know at all of their addresses.
func (s *Settings) tellContact(r *web.Request, o owner, c contact, what string) []provider.Message {
	message := notify.EmailChanged
	if c.id.Kind == provider.Phone {
		message = notify.PhoneChanged
	}
	return s.SignIn.Tell(r, o.account, o.held, message, map[string]string{notify.DataAction: what, notify.DataWhat: c.masked()})
}

// postFirst puts an address before the others of its kind: it is the one that applications get to know. How long it has been known
// does not change by that.
func (s *Settings) postFirst(r *web.Request, _ nothing) (web.Response, error) {
	o, ok, err := s.proven(r, contacts)
	if err != nil || !ok {
		return web.SeeOther(contacts), err
	}
	c, ok := s.chosenContact(r, o)
	if !ok || !c.reachable() {
		return web.SeeOther(contacts + "?done=moved"), nil
	}
	if c.foremost {
		return web.SeeOther(contacts + "?done=first." + string(c.id.Kind)), nil
	}
	at := slices.IndexFunc(o.account.Identifiers, func(id provider.Identifier) bool {
		return id.Kind == c.id.Kind && id.Canonical == c.id.Canonical
	})
	confirmed := at >= 0 && !o.account.Identifiers[at].VerifiedAt.IsZero()
	if !confirmed { // it becomes a name of this account with this
		others, err := s.SignIn.SomeonesOnlyName(r, c.id, o.account.ID)
		if err != nil {
			return web.Response{}, err
		}
		if others {
			return s.showContact(o, c, "contacts.error.others"), nil
		}
	}
	first := c.id
	if confirmed {
		first = o.account.Identifiers[at]
	}
	before := ""
	if former, had := o.account.Identifier(c.id.Kind); had {
		before = contact{id: former}.masked()
	}
	e := audit.Masked(audit.ContactFirst(r.Now, o.account.ID, c.id.Kind), before, c.masked())
	e.Tell = s.tellContact(r, o, c, "first")
	change := provider.ContactChange{Account: o.account.Foremost(first), At: r.Now}
	return s.changed(r, change, e, contacts, "first."+string(c.id.Kind))
}
