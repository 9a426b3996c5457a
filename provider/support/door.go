package support

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// doorCookie binds a sign-in to the browser that began it. It is no session.
const doorCookie = "gatehouse-staff-door"

// doorKept is how long a page of the door is good.
const doorKept = 30 * time.Minute

// at is the browser at the door, with the cookie to set where it is new.
func at(r *web.Request) (string, []web.Cookie) {
	if known := r.Cookie(doorCookie); len(known) == len(provider.NewSecret()) {
		return known, nil
	}
	fresh := provider.NewSecret()
	return fresh, []web.Cookie{{Name: doorCookie, Value: fresh, MaxAge: doorKept, Strict: true}}
}

func nobody() desk { return desk{} }

// showDoor asks for a passkey, and for nothing else.
func (s *Support) showDoor(r *web.Request) (web.Response, error) {
	return s.doorPage(r, http.StatusOK, "")
}

func (s *Support) doorPage(r *web.Request, status int, fault string) (web.Response, error) {
	browser, cookies := at(r)
	options, err := s.Passkeys.Request("door "+browser, nil, true, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	page := s.page(r, nobody(), "door", templates.DeskPart{
		Lead:  []templates.Say{say("support.door.lead")},
		Forms: []templates.DeskForm{{Action: door, Submit: "support.door.submit", Passkey: options}},
	})
	page.Menu, page.Staff, page.Error = nil, "", fault
	if done := r.Query().Get("done"); done == "enrolled" || done == "out" {
		page.Notice = say("support.door." + done)
	}
	return web.ShowStatus(status, page).With(cookies...), nil
}

type doorForm struct {
	Response string `form:"response" max:"16384"`
}

// asAuthenticators are the keys of somebody as the factor reads them. A person of the house is named by their id, which no account has.
func asAuthenticators(keys []provider.StaffKey) []provider.Authenticator {
	var all []provider.Authenticator
	for _, k := range keys {
		all = append(all, provider.Authenticator{ID: k.ID, Account: provider.AccountID(k.Staff), Kind: provider.Passkey, Data: k.Data})
	}
	return all
}

// keysOf finds the passkeys of whoever a response says that it is.
func (s *Support) keysOf(ctx context.Context, id provider.AccountID) ([]provider.Authenticator, error) {
	keys, err := s.Store.StaffKeys(ctx, provider.StaffID(id))
	return asAuthenticators(keys), err
}

// proven checks the answer of a passkey to a page, consumes its challenge, and notes the key's new counter. ok is false for an answer
// that does not do.
func (s *Support) proven(r *web.Request, ceremony, response string) (id provider.StaffID, ok bool, err error) {
	v, err := s.Passkeys.Verify(r.Context(), ceremony, response, s.keysOf, r.Now)
	if errors.Is(err, passkey.ErrResponse) || err == nil && (!v.UserVerified || v.Cloned) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	err = s.Store.Consume(r.Context(), passkey.ChallengePurpose, v.Challenge, v.Until)
	if errors.Is(err, provider.ErrUsed) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	k, err := s.Store.StaffKey(r.Context(), v.Authenticator.ID)
	if err != nil {
		return "", false, err
	}
	if k.UsedAt = r.Now; v.Fresh != nil {
		k.Data = v.Fresh
	}
	if err := s.Store.SaveStaffKey(r.Context(), k); err != nil && !errors.Is(err, provider.ErrStale) {
		return "", false, err
	}
	return k.Staff, true, nil
}

// postDoor signs in.
func (s *Support) postDoor(r *web.Request, f doorForm) (web.Response, error) {
	browser, _ := at(r)
	id, ok, err := s.proven(r, "door "+browser, f.Response)
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return s.strange(r)
	}
	who, err := s.Store.StaffOf(r.Context(), id)
	if err != nil {
		return web.Response{}, err
	}
	if !who.Enabled() {
		return s.strange(r)
	}
	if err := s.endLeft(r, who); err != nil {
		return web.Response{}, err
	}
	secret := provider.NewSecret()
	session := provider.StaffSession{
		ID: provider.NewID(), SecretHash: provider.HashSecret(secret), Staff: who.ID, CreatedAt: r.Now, SeenAt: r.Now, ProvenAt: r.Now,
		EndsAt: r.Now.Add(provider.StaffLasts),
	}
	e := audit.StaffSignedIn(r.Now, who, session.ID)
	e.Tell = tellStaff(who, "signedin", r.Lang, r.Now)
	err = s.Store.BeginStaffSession(r.Context(), session, e)
	if errors.Is(err, provider.ErrStale) {
		return s.strange(r)
	}
	return web.SeeOther(home).With(
		web.Cookie{Name: staffCookie, Value: secret, Strict: true},
		web.Cookie{Name: doorCookie, MaxAge: -1, Strict: true},
	), err
}

// endLeft ends the case of a sign-in that nobody ended: whoever was away begins anew with a caller.
func (s *Support) endLeft(r *web.Request, who provider.Staff) error {
	c, err := s.Store.OpenCaseOf(r.Context(), who.ID, r.Now)
	if errors.Is(err, provider.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.end(r, desk{staff: who, open: &c}, "idle")
}

// strange is the answer to a passkey that opens nothing here, whatever the reason; it is on record.
func (s *Support) strange(r *web.Request) (web.Response, error) {
	r.Note("outcome", "refused")
	if err := s.Store.Record(r.Context(), audit.StaffSignInFailed(r.Now)); err != nil {
		return web.Response{}, err
	}
	return s.doorPage(r, http.StatusForbidden, "support.door.error")
}

// tellStaff is M-27.
func tellStaff(to provider.Staff, what, lang string, at time.Time) []provider.Message {
	const lasts = 24 * time.Hour
	if to.Email == "" {
		return nil
	}
	whom, _, _ := strings.Cut(to.Email, "@")
	return []provider.Message{{
		ID: provider.NewID(), Channel: provider.ByEmail, To: to.Email, Template: notify.ToStaff, Lang: lang, At: at, Expires: at.Add(lasts),
		Data: map[string]string{
			notify.DataAction: what, notify.DataWhen: at.UTC().Format(time.RFC3339), notify.DataWhom: whom[:min(1, len(whom))] + "•••",
			notify.DataLink: "/help/messages",
		},
	}}
}

type nothing struct{}

// postSignOut ends the session, and the case that is open in it.
func (s *Support) postSignOut(r *web.Request, _ nothing) (web.Response, error) {
	d, ok, err := s.present(r)
	if err != nil {
		return web.Response{}, err
	}
	if ok {
		if _, err := s.Store.EndStaffSession(r.Context(), d.session.ID, "signed_out", r.Now, audit.StaffSignedOut(r.Now, d.staff, d.session.ID, "signed_out")); err != nil {
			return web.Response{}, err
		}
	}
	response := web.SeeOther(door + "?done=out").With(web.Cookie{Name: staffCookie, MaxAge: -1, Strict: true})
	response.Header = http.Header{"Clear-Site-Data": {`"cache"`}}
	return response, nil
}

// showEnroll takes the one-time link: what stands behind the # of its address is posted by the page's script.
func (s *Support) showEnroll(r *web.Request) (web.Response, error) {
	return s.enrollPage(r, http.StatusOK, "")
}

func (s *Support) enrollPage(r *web.Request, status int, fault string) (web.Response, error) {
	page := s.page(r, nobody(), "enroll", templates.DeskPart{
		Lead:  []templates.Say{say("support.enroll.lead")},
		Forms: []templates.DeskForm{{Action: enrolling, Submit: "support.enroll.submit", Token: true}},
	})
	page.Menu, page.Staff, page.Error = nil, "", fault
	_, cookies := at(r)
	return web.ShowStatus(status, page).With(cookies...), nil
}

type enrollForm struct {
	Token string `form:"token" max:"200"`
}

// invited finds whom a one-time link is for, that is neither spent nor over.
func (s *Support) invited(r *web.Request, token string) (provider.Staff, bool, error) {
	who, err := s.Store.StaffByEnroll(r.Context(), provider.HashSecret(token))
	if errors.Is(err, provider.ErrNotFound) {
		return provider.Staff{}, false, nil
	}
	return who, who.Enabled() && r.Now.Before(who.EnrollUntil), err
}

// postEnroll asks for a passkey.
func (s *Support) postEnroll(r *web.Request, f enrollForm) (web.Response, error) {
	who, ok, err := s.invited(r, f.Token)
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return s.enrollPage(r, http.StatusGone, "support.enroll.error")
	}
	keys, err := s.Store.StaffKeys(r.Context(), who.ID)
	if err != nil {
		return web.Response{}, err
	}
	browser, cookies := at(r)
	options, err := s.Passkeys.Creation("enroll "+browser, provider.AccountID(who.ID), who.Name, asAuthenticators(keys), r.Now)
	if err != nil {
		return web.Response{}, err
	}
	page := s.page(r, nobody(), "enroll", templates.DeskPart{
		Lead: []templates.Say{{Key: "support.enroll.who", Text: who.Name}, say("support.enroll.how")},
		Forms: []templates.DeskForm{{
			Action: enrolling + "/key", Submit: "support.enroll.make", Passkey: options, Create: true, Hidden: []templates.Hidden{{Name: "token", Value: f.Token}},
		}},
	})
	page.Menu, page.Staff = nil, ""
	return web.Show(page).With(cookies...), nil
}

type enrollKeyForm struct {
	Token    string `form:"token" max:"200"`
	Response string `form:"response" max:"16384"`
}

// postEnrollKey spends the link and keeps the passkey, in one act.
func (s *Support) postEnrollKey(r *web.Request, f enrollKeyForm) (web.Response, error) {
	who, ok, err := s.invited(r, f.Token)
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return s.enrollPage(r, http.StatusGone, "support.enroll.error")
	}
	browser, _ := at(r)
	made, err := s.Passkeys.Register(r.Context(), "enroll "+browser, provider.AccountID(who.ID), f.Response, r.Now)
	if errors.Is(err, passkey.ErrResponse) || err == nil && !made.UserVerified {
		return s.enrollPage(r, http.StatusUnprocessableEntity, "support.enroll.unverified")
	}
	if err != nil {
		return web.Response{}, err
	}
	err = s.Store.Consume(r.Context(), passkey.ChallengePurpose, made.Challenge, made.Until)
	if err == nil {
		key := provider.StaffKey{ID: base64.RawURLEncoding.EncodeToString(made.Credential), Staff: who.ID, Data: made.Data, CreatedAt: r.Now}
		err = s.Store.EnrollStaff(r.Context(), provider.HashSecret(f.Token), key, r.Now, audit.StaffEnrolled(r.Now, who))
	}
	if errors.Is(err, provider.ErrUsed) || errors.Is(err, provider.ErrTaken) {
		return s.enrollPage(r, http.StatusGone, "support.enroll.error")
	}
	return web.SeeOther(door + "?done=enrolled"), err
}
