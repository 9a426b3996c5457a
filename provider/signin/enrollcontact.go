package signin

import (
	"errors"
	"slices"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/identifier"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
)

// errNoName: the address is the only name of somebody else's account, and this account would have none without it.
var errNoName = errors.New("signin: the address is somebody else's only name")

// contactTries is how often the account is read again that changed while an address was added to it.
const contactTries = 5

// saveContact binds an address that is one of the account's from now on; where it takes the place of another, that one goes with
// it, in the same act, and whatever else was got by the account ends.
func (s *SignIn) saveContact(r *web.Request, t turn, account provider.Account, a provider.Authenticator) error {
	held := t.k.held
	for try := 1; ; try++ {
		change, event, err := s.contactChange(r, t.c, account, held, a)
		if err != nil {
			return err
		}
		err = s.Store.ChangeContacts(r.Context(), change, event)
		if errors.Is(err, provider.ErrTaken) { // the names are those of before: it is the authenticator that is there
			return provider.ErrStale
		}
		if !errors.Is(err, provider.ErrStale) || try == contactTries {
			return err
		}
		if _, still, err := s.reread(r.Context(), a); still || err != nil {
			return errors.Join(provider.ErrStale, err)
		}
		if account, err = s.Store.Account(r.Context(), a.Account); err != nil {
			return err
		}
		if held, err = s.Store.Authenticators(r.Context(), a.Account); err != nil {
			return err
		}
		if account.Status != provider.Active {
			return provider.ErrStale
		}
	}
}

// contactChange is what becomes of an account by a new address. Somebody else's only name does not become this account's too: the
// other could not sign in by it any more. It gets codes all the same, and so notices.
func (s *SignIn) contactChange(
	r *web.Request, c provider.Ceremony, account provider.Account, held []provider.Authenticator, a provider.Authenticator,
) (change provider.ContactChange, event provider.Event, err error) {
	change = provider.ContactChange{Account: account, Binds: []provider.Authenticator{a}, Keep: c.Session, At: r.Now}
	change.Account.UpdatedAt = r.Now
	id, err := confirmed(a)
	if err != nil {
		return change, event, err
	}
	others, err := s.SomeonesOnlyName(r, id, account.ID)
	if err != nil {
		return change, event, err
	}
	if others {
		change.Account = change.Account.Unaddressed(id.Kind, c.Demand.Replaces)
	} else {
		change.Account = change.Account.Addressed(id, c.Demand.Replaces)
	}
	if others && !change.Account.Nameable() && account.Nameable() {
		return change, event, errNoName
	}
	event = audit.Masked(audit.ContactAdded(r.Now, account.ID, id.Kind), "", oob.Mask(a.Kind, id.Canonical))
	data := boundData(a)
	if c.Demand.Replaces != "" {
		change.Unbinds = bearing(held, a.Kind, c.Demand.Replaces)
		change.Why = "contact changed"
		wish := &change.Account.Profile.Choices
		if slices.ContainsFunc(change.Unbinds, func(gone provider.Authenticator) bool { return gone.ID == wish.Codes }) {
			wish.Codes = a.ID
		}
		event = audit.Masked(audit.ContactChanged(r.Now, account.ID, id.Kind), oob.Mask(a.Kind, c.Demand.Replaces), oob.Mask(a.Kind, id.Canonical))
		data[notify.DataAction] = "changed"
	}
	event.Tell = s.Tell(r, account, append(slices.Clone(held), a), noticeOf(a.Kind), data)
	return change, event, nil
}

// confirmed is the identifier of an address that was bound just now.
func confirmed(a provider.Authenticator) (provider.Identifier, error) {
	to, err := oob.Decode(a.Data)
	if err != nil {
		return provider.Identifier{}, err
	}
	kind, canonical, err := Canonical(a.Kind, to.To)
	return provider.Identifier{Kind: kind, Value: to.To, Canonical: canonical, VerifiedAt: a.CreatedAt}, err
}

// Canonical is the form in which addresses of a kind of authenticator are compared, with the kind of identifier that they are.
func Canonical(kind provider.Kind, to string) (provider.IdentifierKind, string, error) {
	if kind == provider.EmailCode {
		canonical, err := identifier.Email(to)
		return provider.Email, canonical, err
	}
	canonical, err := identifier.Phone(to)
	return provider.Phone, canonical, err
}

// bearing are those of a kind that send to an address.
func bearing(held []provider.Authenticator, kind provider.Kind, canonical string) []provider.Authenticator {
	var all []provider.Authenticator
	for _, a := range held {
		to, err := oob.Decode(a.Data)
		if err != nil || a.Kind != kind {
			continue
		}
		if _, form, err := Canonical(kind, to.To); err == nil && form == canonical {
			all = append(all, a)
		}
	}
	return all
}

// SomeonesOnlyName reports whether an e-mail address is all that another account is signed in to with by name. Shared, it would be
// the name of neither.
func (s *SignIn) SomeonesOnlyName(r *web.Request, id provider.Identifier, account provider.AccountID) (bool, error) {
	if id.Kind != provider.Email {
		return false, nil
	}
	all, err := s.Store.FindAccounts(r.Context(), id.Kind, id.Canonical)
	if err != nil {
		return false, err
	}
	for _, other := range all {
		if other == account {
			continue
		}
		found, err := s.Store.Account(r.Context(), other)
		if errors.Is(err, provider.ErrNotFound) {
			continue
		}
		if _, named := found.Identifier(provider.Username); err != nil || !named {
			return err == nil, err
		}
	}
	return false, nil
}
