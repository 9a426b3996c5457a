package recovery

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/identifier"
	"gatehouse/provider/notify"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// showUsername asks for an address: R-10.
func (v *Recovery) showUsername(r *web.Request) (web.Response, error) {
	w, err := v.here(r)
	return web.Show(v.usernamePage(w)), err
}

func (v *Recovery) usernamePage(w way) templates.ForgotUsername {
	return templates.ForgotUsername{App: w.app, Action: username, From: w.sealed, Back: v.back(w)}
}

type usernameForm struct {
	Contact string `form:"contact" max:"2048"`
	From    string `form:"from" max:"16384"`
}

// address is one that a person typed.
type address struct {
	kind      provider.IdentifierKind
	canonical string
	landline  bool
}

// read reads what was typed as an address; the key says what is the matter with it, by itself and not by whose it is.
func (v *Recovery) read(typed string) (address, string) {
	typed = strings.TrimSpace(typed)
	switch {
	case typed == "":
		return address{}, "forgotusername.error.empty"
	case strings.Contains(typed, "@"):
		canonical, err := identifier.Email(typed)
		if err != nil {
			return address{}, "forgotusername.error.form"
		}
		return address{kind: provider.Email, canonical: canonical}, ""
	}
	phone, err := v.SignIn.Phones.Parse(typed)
	var refusal *notify.PhoneRefusal
	switch {
	case err == nil:
		return address{kind: provider.Phone, canonical: phone.Number, landline: phone.Landline}, ""
	case errors.As(err, &refusal) && refusal.Key != notify.KeyPhoneForm && strings.ContainsAny(typed, "0123456789"):
		return address{}, refusal.Key
	}
	return address{}, "forgotusername.error.form"
}

// postUsername sends the usernames of an address there, if there are any: R-11.
func (v *Recovery) postUsername(r *web.Request, f usernameForm) (web.Response, error) {
	w, err := v.wayOf(r, f.From)
	if err != nil {
		return web.Response{}, err
	}
	page := v.usernamePage(w)
	page.Value = f.Contact
	to, key := v.read(f.Contact)
	if key != "" {
		page.Fields = []templates.Field{{Name: "contact", Key: key}}
		return refused(http.StatusUnprocessableEntity, page, with(username, w.sealed)), nil
	}
	return v.SignIn.Steady(v.names(r, w, page, to))
}

func (v *Recovery) names(r *web.Request, w way, page templates.ForgotUsername, to address) (web.Response, error) {
	open, err := v.spend(r.Context(), ofNames(string(to.kind)+"/"+to.canonical), r.Now)
	if err != nil {
		return web.Response{}, err
	}
	if !open.IsZero() {
		page.Error, page.Until = "forgotusername.error.sends", open
		return tooMany(r, page, open, with(username, w.sealed)), nil
	}
	found, err := v.SignIn.Store.FindAccounts(r.Context(), to.kind, to.canonical)
	if err != nil {
		return web.Response{}, err
	}
	return web.SeeOther(with(sent, w.sealed)), v.tell(r, to, found)
}

// showUsernameSent is R-11: the same for every address.
func (v *Recovery) showUsernameSent(r *web.Request) (web.Response, error) {
	w, err := v.here(r)
	return web.Show(templates.ForgotUsernameSent{
		App: w.app, Password: with(password, w.sealed), Back: v.back(w), Again: with(username, w.sealed),
	}), err
}

// tell writes M-04 to an address.
func (v *Recovery) tell(r *web.Request, to address, found []provider.AccountID) error {
	m, names, err := v.letter(r, to, found)
	if err != nil {
		return err
	}
	if err := v.payFor(r.Context(), &m, r); err != nil {
		return err
	}
	event := audit.UsernamesAsked(r.Now, names)
	event.Tell = []provider.Message{m}
	return v.SignIn.Store.Record(r.Context(), event)
}

// letter is M-04 to an address with the usernames of those whose verified address it is, and how many they are; to nobody where
// there are none, so that it takes as long.
func (v *Recovery) letter(r *web.Request, to address, found []provider.AccountID) (provider.Message, int, error) {
	if len(found) == 0 {
		found = []provider.AccountID{nobody}
	}
	var names []string
	m := provider.Message{
		ID: provider.NewID(), Channel: provider.ByNobody, To: to.canonical, Template: notify.YourUsernames, Lang: r.Lang,
		At: r.Now, Expires: r.Now.Add(namesLast),
	}
	for _, id := range found {
		a, err := v.SignIn.Store.Account(r.Context(), id)
		if err != nil && !errors.Is(err, provider.ErrNotFound) {
			return m, 0, err
		}
		own, ok := verified(a, to)
		if !ok || a.Status == provider.Closed || to.landline {
			continue // landlines are not called with names
		}
		names = append(names, signin.UsernameOf(a))
		m.Account, m.Channel, m.To = a.ID, provider.ByEmail, own.Value
		if to.kind == provider.Phone {
			m.Channel, m.To = provider.ByText, to.canonical
		}
		if a.Profile.Locale != "" {
			m.Lang = a.Profile.Locale
		}
	}
	m.Data = namesData(names, r.Now)
	return m, len(names), nil
}

// namesLast is how long usernames are worth sending: who waits for them sits there.
const namesLast = time.Hour

func namesData(names []string, at time.Time) map[string]string {
	slices.Sort(names)
	action := "one"
	if len(names) > 1 {
		action = "several"
	}
	return map[string]string{
		notify.DataAction: action, notify.DataWhat: strings.Join(names, ", "), notify.DataWhen: at.UTC().Format(time.RFC3339),
	}
}

// verified is the identifier of an account that is this address, shown to be its owner's.
func verified(a provider.Account, to address) (provider.Identifier, bool) {
	for _, id := range a.Identifiers {
		if id.Kind == to.kind && id.Canonical == to.canonical && !id.VerifiedAt.IsZero() {
			return id, true
		}
	}
	return provider.Identifier{}, false
}

// payFor counts a message like one with a recovery code: texts cost money, and strangers ask for it. Where there is no more to be had, it goes to nobody.
func (v *Recovery) payFor(ctx context.Context, m *provider.Message, r *web.Request) error {
	if v.SignIn.Codes.Budgets == nil {
		return nil
	}
	open, err := v.spend(ctx, v.SignIn.Codes.Budgets(oob.OfStrangers, m.Channel, m.To, m.Account, r.Address.String()), r.Now)
	if !open.IsZero() {
		r.Note("unsent", "budget")
		m.Channel = provider.ByNobody
	}
	return err
}
