package recovery

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/identifier"
)

// nobody is looked up where a name is nobody's, so that it costs the same.
const nobody provider.AccountID = "nobody"

// whom is who a typed name belongs to.
type whom struct {
	key     string           // what its budgets count for: the account under each of its names, else the name
	account provider.Account // the zero one: nobody who is sent a code
	held    []provider.Authenticator
	shared  []provider.AccountID // of an address that several accounts have
	kind    provider.IdentifierKind
	name    string // canonical
}

// whom finds it. Somebody who is shut out is nobody, as in all that is told here.
func (v *Recovery) whom(ctx context.Context, typed string) (whom, error) {
	var w whom
	w.kind, w.name = identifier.SignInName(typed)
	found, err := v.SignIn.Store.FindAccounts(ctx, w.kind, w.name)
	if err != nil {
		return w, err
	}
	id, lane := nobody, provider.InventedLane(w.kind, w.name)
	switch len(found) {
	case 0:
	case 1:
		id, lane = found[0], provider.StrangersLane(found[0])
	default:
		w.shared = found
	}
	w.key = hex.EncodeToString(provider.HashSecret(lane.Key)) // it is kept with the request: no name
	held, err := v.SignIn.Store.Authenticators(ctx, id)
	if err != nil {
		return w, err
	}
	a, err := v.SignIn.Store.Account(ctx, id)
	if errors.Is(err, provider.ErrNotFound) {
		return w, nil
	}
	if err == nil && a.Regainable() {
		w.account, w.held = a, held
	}
	return w, err
}

// contact is an address that a code goes to.
type contact struct {
	channel provider.Channel
	to      string
}

// contactOf is where the code of an account goes: to a verified e-mail address of it, else to its phone; ok is false where it has
// neither. What was typed has no say in it.
func (v *Recovery) contactOf(a provider.Account, held []provider.Authenticator) (contact, bool) {
	for _, to := range addresses(a, held, provider.Email, provider.EmailCode) {
		if _, err := identifier.Email(to.To); err == nil {
			return contact{provider.ByEmail, to.To}, true
		}
	}
	for _, to := range addresses(a, held, provider.Phone, provider.TextCode) {
		phone, err := v.SignIn.Phones.Parse(to.To)
		switch {
		case err != nil:
		case to.Landline || phone.Landline:
			return contact{provider.ByVoice, phone.Number}, true
		default:
			return contact{provider.ByText, phone.Number}, true
		}
	}
	return contact{}, false
}

// addresses are the verified ones of a kind, then those that codes to sign in go to. A number that is known as a landline there is
// one everywhere.
func addresses(a provider.Account, held []provider.Authenticator, kind provider.IdentifierKind, bound provider.Kind) []oob.Address {
	var own, codes []oob.Address
	for _, h := range held {
		if to, err := oob.Decode(h.Data); h.Kind == bound && err == nil {
			codes = append(codes, to)
		}
	}
	for _, id := range a.Identifiers {
		if id.Kind != kind || id.VerifiedAt.IsZero() {
			continue
		}
		landline := slices.ContainsFunc(codes, func(c oob.Address) bool { return c.Landline && c.To == id.Canonical })
		own = append(own, oob.Address{To: id.Value, Landline: landline})
	}
	return append(own, codes...)
}
