package recovery

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
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

// carried is the Room of what this room remembers: no name of a room that opens ceremonies.
const carried = "recovery"

// forReset is what the challenge of a request is for, so that its code is good for nothing else, nor any other for it.
const forReset = "reset"

// state is what a request remembers beside whose it is.
type state struct {
	For       string        `json:"for"`            // forReset
	Key       string        `json:"key"`            // of the budgets that do not show: the account's
	Name      string        `json:"name"`           // of those that show: the name's
	Challenge string        `json:"challenge"`      // "": none could be opened; no answer is right
	Next      string        `json:"next,omitempty"` // the address of the ceremony, once the code was right
	From      signin.Origin `json:"from"`
}

// request takes one request for a name: the same for every name, but for who gets a message.
func (v *Recovery) request(r *web.Request, w way, page templates.ForgotPassword) (web.Response, error) {
	who, err := v.whom(r.Context(), page.Username)
	if err != nil {
		return web.Response{}, err
	}
	account, name := who.account.ID, nameKey(who.kind, who.name)
	count, err := v.counted(r, account, name, who.key)
	if err != nil {
		return web.Response{}, err
	}
	if !count.open.IsZero() {
		page.Error, page.Until = "forgotpassword.error.sends", count.open
		response := tooMany(r, page, count.open, with(password, w.sealed))
		r.Refuse(provider.Refusal{Rule: provider.RuleResetSends, Account: account, LiftsAt: count.open})
		return response, nil
	}
	if count.unsent {
		r.Note("unsent", "budget")
		who = who.nobody()
	}
	challenge, err := v.open(r, who, count)
	if err != nil {
		return web.Response{}, err
	}
	c, cookies, err := v.keep(r, account, state{For: forReset, Key: who.key, Name: name, Challenge: challenge, From: w.from})
	return web.SeeOther(start + "/" + c.ID).With(cookies...), err
}

// nameKey is what the budgets of a name count for, whether it is anybody's or not. It is kept with the request: no name.
func nameKey(kind provider.IdentifierKind, canonical string) string {
	return hex.EncodeToString(provider.HashSecret(provider.InventedLane(kind, canonical).Key))
}

// nobody is what is left of a name where nobody shall get anything.
func (w whom) nobody() whom { return whom{key: w.key, kind: w.kind, name: w.name} }

// count is what the count of a request came to.
type count struct {
	open   time.Time // no more are taken until then, which shows; zero: it is taken
	unsent bool      // the account has had its share: nobody gets a code, and nothing of that shows
	known  bool      // it came from a browser that the account knows
}

// counted counts a request: for the browser, if the account knows it, else for strangers.
func (v *Recovery) counted(r *web.Request, account provider.AccountID, name, key string) (c count, err error) {
	if account == "" {
		account = nobody
	}
	known, err := v.SignIn.KnownBrowser(r, account)
	if err != nil {
		return count{}, err
	}
	if known.ID != "" {
		c.known = true
		c.open, err = v.spend(r.Context(), ofKnown(known), r.Now)
		return c, err
	}
	network := notify.Network(r.Address.String())
	c.open, err = v.spend(r.Context(), ofRequests("a name", name, network), r.Now)
	if err != nil || !c.open.IsZero() {
		return c, err
	}
	spent, err := v.spend(r.Context(), ofRequests("an account", key, network), r.Now)
	c.unsent = !spent.IsZero()
	return c, err
}

// tooMany says when codes are sent again: C-09.
func tooMany(r *web.Request, page templates.Page, open time.Time, self string) web.Response {
	r.Refuse(provider.Refusal{Rule: provider.RuleResetSends, LiftsAt: open})
	response := refused(http.StatusTooManyRequests, page, self)
	response.Header = http.Header{"Retry-After": {strconv.Itoa(max(1, int(open.Sub(r.Now)/time.Second)+1))}}
	return response
}

// keep begins to remember a request.
func (v *Recovery) keep(r *web.Request, account provider.AccountID, s state) (provider.Ceremony, []web.Cookie, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return provider.Ceremony{}, nil, err
	}
	return v.SignIn.Carry(r, provider.Ceremony{
		Room: carried, Account: account, Locales: s.From.Locales, Return: string(text), Began: r.Now, Deadline: r.Now.Add(requestLasts),
	})
}

// sending is the code for somebody; for nobody where there is none who could get it.
func (v *Recovery) sending(r *web.Request, who whom, c count) (oob.Sending, bool) {
	to, ok := v.contactOf(who.account, who.held)
	if who.account.ID == "" || !ok {
		return v.phantom(r, who.name), false
	}
	lang := who.account.Profile.Locale
	if lang == "" {
		lang = r.Lang
	}
	return oob.Sending{
		Account: who.account.ID, Authenticator: forReset, Channel: to.channel, To: to.to, Template: notify.ResetCode,
		Data: map[string]string{notify.DataWhom: identifier.Mask(signin.UsernameOf(who.account))},
		Lang: lang, Source: r.Address.String(), Recovers: true, Known: c.known, At: r.Now,
	}, true
}

// phantom is a code for nobody: counted for a name that nobody else has, since it must not be refused for what others asked.
func (v *Recovery) phantom(r *web.Request, name string) oob.Sending {
	if name == "" {
		name = string(nobody)
	}
	return oob.Sending{
		Account: provider.AccountID(provider.NewID()), Authenticator: forReset, Channel: provider.ByNobody, To: name,
		Template: notify.ResetCode, Data: map[string]string{notify.DataWhom: identifier.Mask(name)},
		Lang: r.Lang, Source: r.Address.String(), Recovers: true, At: r.Now,
	}
}

// open opens the challenge of a request. Where too many messages went to an address already, nobody hears of it here: that there is
// such an address is what must not be told. It answers "" where not even nobody could be sent one.
func (v *Recovery) open(r *web.Request, who whom, c count) (string, error) {
	sending, real := v.sending(r, who, c)
	sending, err := v.nameTheShared(r, who, sending)
	if err != nil {
		return "", err
	}
	challenge, err := v.SignIn.Codes.Open(r.Context(), sending)
	var refusal *oob.Refusal
	if real && errors.As(err, &refusal) {
		r.Note("unsent", refusal.Key)
		challenge, err = v.SignIn.Codes.Open(r.Context(), v.phantom(r, who.name))
	}
	if errors.As(err, &refusal) {
		return "", nil
	}
	return challenge.ID, err
}

// nameTheShared tells the owners of a shared address their usernames: it is no name to sign in with, and one of them seems to
// think so. The letter goes with the code for nobody, so that it is no act of its own that would take its time; as often as codes
// for that name may be asked for.
func (v *Recovery) nameTheShared(r *web.Request, who whom, sending oob.Sending) (oob.Sending, error) {
	if len(who.shared) == 0 {
		return sending, nil
	}
	m, _, err := v.letter(r, address{kind: who.kind, canonical: who.name}, who.shared)
	sending.Also = []provider.Message{m}
	return sending, err
}

// failed records a wrong answer.
func (v *Recovery) failed(r *web.Request, c provider.Ceremony) error {
	r.Note("outcome", "wrong code")
	return v.SignIn.Store.Record(r.Context(), audit.ResetFailed(r.Now, c.Account))
}
