package settings

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/lookup"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/notify"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// waysPage lists what the account signs in with, strongest first: Y-02.
func (s *Settings) waysPage(r *web.Request, o owner) (web.Response, error) {
	page := templates.WaysToSignIn{
		Username: signin.UsernameOf(o.account), Lines: lines(o), Phone: true, Action: ways, Home: home, NotMe: notMe,
	}
	if s.Passkeys != nil { // the browser stops offering those that were removed: K-08
		signal, err := s.Passkeys.Accepted(o.account.ID, o.held)
		if err != nil {
			return web.Response{}, err
		}
		page.Signal = signal
	}
	if done := r.Query().Get("done"); slices.Contains(doings(), done) {
		page.Notice = "waystosignin.notice." + done
	}
	return web.Show(page), nil
}

// doings are what may have been done just now, as the address of the list says it.
func doings() []string {
	all := []string{"password", "renamed", "first"}
	for _, kind := range bindable() {
		all = append(all, "added."+string(kind), "removed."+string(kind))
	}
	return all
}

func lines(o owner) []templates.HeldLine {
	var all []templates.HeldLine
	for _, kind := range provider.Kinds() {
		for _, a := range o.held {
			if a.Kind == kind {
				all = append(all, line(o, a))
			}
		}
	}
	return all
}

func line(o owner, a provider.Authenticator) templates.HeldLine {
	l := templates.HeldLine{
		ID: a.ID, Kind: string(a.Kind), Name: a.Name, Made: a.CreatedAt, Used: a.UsedAt,
		Last: a.Kind == provider.Password || errors.Is(provider.Removable(o.held, a.ID, o.session.Proofs), provider.ErrLast),
	}
	if !l.Last {
		l.Remove = ways + "/" + a.ID + "/remove"
	}
	switch a.Kind {
	case provider.Password:
		l.Change = password
	case provider.TextCode, provider.EmailCode:
		l.Masked, l.Kind = addressOf(a)
	case provider.Passkey:
		card, _ := passkey.Describe(a.Data) // what cannot be read has no card
		l.Provider, l.Synced = card.Provider, card.Synced
		l.Rename = ways + "/" + a.ID + "/rename"
	case provider.TOTP:
		l.Rename = ways + "/" + a.ID + "/rename"
	case provider.RecoveryCode:
		l.Left, l.Total, l.Spent = lookup.Left(a.Data), lookup.PerSheet, lookup.Used(a.Data)
		l.Change = adding + string(a.Kind)
	}
	return l
}

// addressOf shows where codes go, and by what.
func addressOf(a provider.Authenticator) (masked, kind string) {
	to, err := oob.Decode(a.Data)
	if err != nil {
		return "", string(a.Kind)
	}
	if to.Landline {
		return oob.Mask(a.Kind, to.To), string(provider.ByVoice)
	}
	return oob.Mask(a.Kind, to.To), string(a.Kind)
}

type addForm struct {
	Add string `form:"add"`
}

func (s *Settings) postAdd(_ *web.Request, f addForm) (web.Response, error) {
	return web.SeeOther(adding + url.PathEscape(f.Add)), nil
}

// add binds one more authenticator of a kind: the ceremony does it, and comes back to the list.
func (s *Settings) add(r *web.Request) (web.Response, error) {
	if !slices.Contains(bindable(), provider.Kind(r.Path("kind"))) {
		return web.Response{}, &provider.Problem{Kind: provider.NotFound}
	}
	if provider.Kind(r.Path("kind")) == provider.RecoveryCode {
		return s.addSheet(r)
	}
	return s.enter(r, r.HTTP.URL.Path)
}

// addSheet makes no sheet for an account that has no second step but paper: once it is used up, nothing would be left.
func (s *Settings) addSheet(r *web.Request) (web.Response, error) {
	session, err := s.SignIn.Session(r)
	if err != nil {
		return web.Response{}, err
	}
	if session == nil {
		return s.enter(r, r.HTTP.URL.Path)
	}
	held, err := s.held(r, session.Account)
	if err != nil {
		return web.Response{}, err
	}
	held = slices.DeleteFunc(held, func(a provider.Authenticator) bool { return a.Kind == provider.RecoveryCode })
	if provider.Reach(held) < provider.TwoStep {
		return web.SeeOther(ways + "?done=first"), nil
	}
	return s.enter(r, r.HTTP.URL.Path)
}

// chosen is the authenticator that the request names, of the owner's.
func chosen(r *web.Request, o owner) (provider.Authenticator, error) {
	at := slices.IndexFunc(o.held, func(a provider.Authenticator) bool { return a.ID == r.Path("id") })
	if at < 0 || o.held[at].Kind == provider.Password {
		return provider.Authenticator{}, &provider.Problem{Kind: provider.NotFound}
	}
	return o.held[at], nil
}

// named is chosen, of the kinds that have names.
func named(r *web.Request, o owner) (provider.Authenticator, error) {
	a, err := chosen(r, o)
	if err == nil && a.Kind != provider.Passkey && a.Kind != provider.TOTP {
		return a, &provider.Problem{Kind: provider.NotFound}
	}
	return a, err
}

// longestName is how many characters a person may name something with.
const longestName = 60

// settled is a name as it is kept: without what cannot be seen, and without spaces around it.
func settled(name string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return -1
	}, name))
}

func (s *Settings) renamePage(r *web.Request, o owner, fields ...templates.Field) (web.Response, error) {
	a, err := named(r, o)
	if err != nil {
		return web.Response{}, err
	}
	page := templates.RenameWay{Line: line(o, a), Action: r.HTTP.URL.Path, Value: a.Name, Fields: fields, Back: ways}
	if typed := r.Query().Get("name"); typed != "" {
		page.Value = typed
	}
	if len(fields) > 0 {
		page.Value = r.PostForm().Get("name")
		return web.ShowStatus(http.StatusUnprocessableEntity, page), nil
	}
	return web.Show(page), nil
}

type renameForm struct {
	Name string `form:"name" max:"2048"`
}

func (s *Settings) postRename(r *web.Request, f renameForm) (web.Response, error) {
	name := settled(f.Name)
	back := r.HTTP.URL.Path
	o, ok, err := s.proven(r, back)
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return web.SeeOther(back + "?" + url.Values{"name": {name}}.Encode()), nil
	}
	a, err := named(r, o)
	if err != nil {
		return web.Response{}, err
	}
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return s.renamePage(r, o, templates.Field{Name: "name", Key: "name.error.empty"})
	case n > longestName:
		return s.renamePage(r, o, templates.Field{Name: "name", Key: "name.error.long"})
	}
	e := audit.AuthenticatorRenamed(r.Now, a)
	e.Tell = s.tell(r, o, a, "renamed")
	a.Name = name
	return done("renamed", s.Store.SaveAuthenticator(r.Context(), a, e))
}

// removePage asks, or says why it cannot be: K-08.
func (s *Settings) removePage(r *web.Request, o owner) (web.Response, error) {
	a, err := chosen(r, o)
	if err != nil {
		return web.Response{}, err
	}
	rest := owner{account: o.account, session: o.session}
	for _, held := range o.held {
		if held.ID != a.ID {
			rest.held = append(rest.held, held)
		}
	}
	page := templates.RemoveWay{
		Line: line(o, a), Stays: lines(rest), Action: r.HTTP.URL.Path, Back: ways,
		Weaker: provider.Reach(rest.held) < provider.Reach(o.held),
	}
	switch err := provider.Removable(o.held, a.ID, o.session.Proofs); {
	case errors.Is(err, provider.ErrLast):
		page.Error = "removeway.error.last"
	case errors.Is(err, provider.ErrOnlyProof):
		page.Error = "removeway.error.onlyproof"
	default:
		return web.Show(page), nil
	}
	return web.ShowStatus(http.StatusUnprocessableEntity, page), nil
}

type removeForm struct{}

func (s *Settings) postRemove(r *web.Request, _ removeForm) (web.Response, error) {
	o, ok, err := s.proven(r, r.HTTP.URL.Path)
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return web.SeeOther(r.HTTP.URL.Path), nil
	}
	a, err := chosen(r, o)
	if err != nil {
		return web.Response{}, err
	}
	if provider.Removable(o.held, a.ID, o.session.Proofs) != nil {
		return s.removePage(r, o)
	}
	e := audit.AuthenticatorRemoved(r.Now, a)
	e.Tell = s.tell(r, o, a, "removed")
	err = s.Store.RemoveAuthenticator(r.Context(), a, o.account.Rev, e)
	if err == nil {
		err = s.endOthers(r, o)
	}
	return done("removed."+string(a.Kind), err)
}

// endOthers ends whatever somebody else may have got by what is gone: sessions, what applications hold, and the remembering of
// browsers. This session goes on.
func (s *Settings) endOthers(r *web.Request, o owner) error {
	const why = "authenticator removed"
	return s.Store.EndOthers(r.Context(), o.account.ID, o.session.ID, why, r.Now, audit.OthersEnded(r.Now, o.account.ID, o.session.ID, why))
}

// done leads back to the list. Somebody who was quicker, in another tab, has changed it already: the list shows how it is.
func done(what string, err error) (web.Response, error) {
	switch {
	case errors.Is(err, provider.ErrStale), errors.Is(err, provider.ErrNotFound):
		return web.SeeOther(ways), nil
	case err != nil:
		return web.Response{}, err
	}
	return web.SeeOther(ways + "?done=" + what), nil
}

// tell lets the person know at all of their addresses, those that go among them.
func (s *Settings) tell(r *web.Request, o owner, a provider.Authenticator, what string) []provider.Message {
	l := line(o, a)
	data := map[string]string{notify.DataAction: what, notify.DataWhat: firstOf(l.Masked, l.Name, l.Provider)}
	return s.SignIn.Tell(r, o.account, o.held, messageOf(a.Kind), data)
}

func messageOf(kind provider.Kind) string {
	return map[provider.Kind]string{
		provider.Passkey: notify.PasskeyChanged, provider.TOTP: notify.AppChanged, provider.TextCode: notify.PhoneChanged,
		provider.EmailCode: notify.EmailChanged, provider.RecoveryCode: notify.RecoveryCodes,
	}[kind]
}

func firstOf(names ...string) string {
	for _, name := range names {
		if name != "" {
			return name
		}
	}
	return ""
}
