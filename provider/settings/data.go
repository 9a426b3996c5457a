package settings

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
)

// Where an owner downloads what the house holds about them: Y-14. It is built when they press, and never sent anywhere.
const (
	data     = home + "/data"
	dataPage = data + "/page"
	dataFile = data + "/file"
)

// mostHeld bounds what is read of each sort for one download, and so its memory: some megabytes at most. It is more than anybody has;
// of a longer list the newest are there, and the file says that there is more.
const mostHeld = 20_000

func (s *Settings) dataRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + data, Handle: s.here},
		{Pattern: "GET " + dataPage, Handle: toData},
		{Pattern: "POST " + dataPage, Handle: web.Form(s.postDataPage)},
		{Pattern: "POST " + dataFile, Handle: web.Form(s.postDataFile)},
	}
}

// toData is for who comes back to the address of the page, or reads it in another language: it is built by a press.
func toData(*web.Request) (web.Response, error) { return web.SeeOther(data), nil }

// Holdings are all that the house holds about a person, written out by hand, field by field: what is not named here is not given out,
// whatever is stored one day. No secret, hash, seed or code is among it, and of other people nothing but an opaque id.
type Holdings struct {
	Made     time.Time     `json:"made"`
	Account  heldAccount   `json:"account"`
	Names    []heldName    `json:"identifiers"`
	Ways     []heldWay     `json:"ways_to_sign_in"`
	Sessions []heldSession `json:"sessions"`
	Browsers []heldBrowser `json:"browsers"`
	Allowed  []heldConsent `json:"apps_allowed"`
	Access   []heldGrant   `json:"apps_signed_in"`
	Records  []heldRecord  `json:"records"`
	Given    []heldRecord  `json:"trusted_people"`
	Pending  []heldPending `json:"pending_changes"`
	Choices  heldChoices   `json:"message_choices"`
	Terms    []heldTerms   `json:"terms_accepted"`
	Events   []heldEvent   `json:"activity"`
	More     bool          `json:"activity_cut,omitempty"` // there is older activity, which the account's own page shows
}

type heldAccount struct {
	ID        provider.AccountID `json:"id"`
	Status    string             `json:"status"`
	Created   time.Time          `json:"created"`
	Changed   time.Time          `json:"changed"`
	Name      string             `json:"name,omitempty"`
	Birthdate string             `json:"birthdate,omitempty"`
	Gender    string             `json:"gender,omitempty"`
	Nickname  string             `json:"nickname,omitempty"`
	Website   string             `json:"website,omitempty"`
	Picture   string             `json:"picture,omitempty"`
	Profile   string             `json:"profile,omitempty"`
	Address   string             `json:"address,omitempty"`
	Language  string             `json:"language,omitempty"`
	Zone      string             `json:"time_zone,omitempty"`
}

type heldName struct {
	Kind     string    `json:"kind"`
	Value    string    `json:"value"`
	Verified time.Time `json:"verified,omitzero"`
}

type heldWay struct {
	Kind     string    `json:"kind"`
	Name     string    `json:"name,omitempty"`
	Address  string    `json:"address,omitempty"`
	Provider string    `json:"provider,omitempty"`
	Added    time.Time `json:"added"`
	Used     time.Time `json:"last_used,omitzero"`
}

type heldSession struct {
	ID     string    `json:"id"`
	Device string    `json:"device,omitempty"`
	Since  time.Time `json:"since"`
	Seen   time.Time `json:"last_seen"`
	Ends   time.Time `json:"ends"`
}

type heldBrowser struct {
	Words      string    `json:"browser,omitempty"`
	Since      time.Time `json:"since"`
	Seen       time.Time `json:"last_seen"`
	Remembered time.Time `json:"remembered_until,omitzero"`
}

type heldConsent struct {
	App    string    `json:"app"`
	Scopes []string  `json:"may_see"`
	Given  time.Time `json:"given"`
	Ends   time.Time `json:"ends"`
}

type heldGrant struct {
	App    string    `json:"app"`
	Scopes []string  `json:"may_see"`
	Since  time.Time `json:"since"`
	Ends   time.Time `json:"ends"`
}

// heldRecord is a link to a record. Its name in the record system may be somebody else's datum: the link is named by its own id.
type heldRecord struct {
	Link     string    `json:"link"`
	Relation string    `json:"relation"`
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until,omitzero"`
}

type heldPending struct {
	What string    `json:"what"` // closing, recovery
	Due  time.Time `json:"due"`
}

// heldChoices are what the owner wishes of messages. Where codes go first is told by its address.
type heldChoices struct {
	Codes  string `json:"codes_first_to,omitempty"`
	Spoken bool   `json:"codes_spoken"`
	Fewer  bool   `json:"fewer_messages"`
}

type heldTerms struct {
	Version  string    `json:"version"`
	Accepted time.Time `json:"accepted"`
}

type heldEvent struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	By   string    `json:"by,omitempty"`
	App  string    `json:"app,omitempty"`
}

// holdings gathers it all.
func (s *Settings) holdings(r *web.Request, o owner) (Holdings, error) {
	h := Holdings{Made: r.Now.UTC(), Account: accountHeld(o.account)}
	for _, id := range o.account.Identifiers {
		h.Names = append(h.Names, heldName{Kind: string(id.Kind), Value: id.Value, Verified: id.VerifiedAt})
	}
	for _, a := range o.held {
		h.Ways = append(h.Ways, wayHeld(a))
	}
	h.Choices = choicesHeld(o)
	err := errors.Join(s.holdTerms(r, o, &h), s.holdSessions(r, o, &h), s.holdApps(r, o, &h), s.holdRecords(r, o, &h), s.holdPending(r, o, &h), s.holdEvents(r, o, &h))
	return h, err
}

// choicesHeld names the way that codes go to first as wayHeld does.
func choicesHeld(o owner) heldChoices {
	wish := o.account.Profile.Choices
	c := heldChoices{Spoken: wish.Call, Fewer: wish.Fewer}
	for _, a := range o.held {
		if a.ID == wish.Codes {
			c.Codes = wayHeld(a).Address
		}
	}
	return c
}

func (s *Settings) holdTerms(r *web.Request, o owner, h *Holdings) error {
	all, err := s.Store.TermsOf(r.Context(), o.account.ID)
	for _, t := range all {
		h.Terms = append(h.Terms, heldTerms{Version: t.Version, Accepted: t.At})
	}
	return err
}

func accountHeld(a provider.Account) heldAccount {
	p := a.Profile
	return heldAccount{
		ID: a.ID, Status: string(a.Status), Created: a.CreatedAt, Changed: a.UpdatedAt, Name: p.FullName(), Birthdate: p.Birthdate,
		Gender: p.Gender, Nickname: p.Nickname, Website: p.Website, Picture: p.Picture, Profile: p.Page, Address: addressHeld(p.Address),
		Language: p.Locale, Zone: p.Zoneinfo,
	}
}

func addressHeld(a provider.Address) string {
	if a.Formatted != "" {
		return a.Formatted
	}
	var all string
	for _, part := range []string{a.Street, a.Locality, a.Region, a.PostalCode, a.Country} {
		if part != "" && all != "" {
			all += ", "
		}
		all += part
	}
	return all
}

// wayHeld says what a way to sign in is, and nothing of what it is made of.
func wayHeld(a provider.Authenticator) heldWay {
	w := heldWay{Kind: string(a.Kind), Name: a.Name, Added: a.CreatedAt, Used: a.UsedAt}
	switch a.Kind {
	case provider.TextCode, provider.EmailCode:
		if to, err := oob.Decode(a.Data); err == nil {
			w.Address = to.To
		}
	case provider.Passkey:
		if card, err := passkey.Describe(a.Data); err == nil {
			w.Provider = card.Provider
		}
	}
	return w
}

func (s *Settings) holdSessions(r *web.Request, o owner, h *Holdings) error {
	sessions, err := s.Store.SessionsOf(r.Context(), o.account.ID, r.Now, mostHeld)
	if err != nil {
		return err
	}
	for _, each := range sessions {
		h.Sessions = append(h.Sessions, heldSession{ID: each.ID, Device: whereOf(each), Since: each.CreatedAt, Seen: each.SeenAt, Ends: each.EndsAt})
	}
	known, err := s.Store.Devices(r.Context(), o.account.ID)
	for _, d := range known {
		h.Browsers = append(h.Browsers, heldBrowser{Words: d.Words, Since: d.CreatedAt, Seen: d.SeenAt, Remembered: d.RememberedUntil})
	}
	return err
}

func (s *Settings) holdApps(r *web.Request, o owner, h *Holdings) error {
	names := map[string]string{}
	consents, err := s.Store.ConsentsOf(r.Context(), o.account.ID)
	if err != nil {
		return err
	}
	for _, c := range consents {
		name, err := s.clientName(r, names, c.Client)
		if err != nil {
			return err
		}
		h.Allowed = append(h.Allowed, heldConsent{App: name, Scopes: c.Scopes, Given: c.GivenAt, Ends: c.ExpiresAt})
	}
	grants, err := s.Store.GrantsOf(r.Context(), o.account.ID, r.Now, mostHeld)
	if err != nil {
		return err
	}
	for _, g := range grants {
		name, err := s.clientName(r, names, g.Client)
		if err != nil {
			return err
		}
		h.Access = append(h.Access, heldGrant{App: name, Scopes: g.Scopes, Since: g.CreatedAt, Ends: g.ExpiresAt})
	}
	return nil
}

func (s *Settings) holdRecords(r *web.Request, o owner, h *Holdings) error {
	own, err := s.Store.RecordsOf(r.Context(), o.account.ID, r.Now)
	if err != nil {
		return err
	}
	given, err := s.Store.LinksGiven(r.Context(), o.account.ID, r.Now)
	h.Records, h.Given = linksHeld(own), linksHeld(given)
	return err
}

func linksHeld(links []provider.RecordLink) []heldRecord {
	var all []heldRecord
	for _, l := range links {
		all = append(all, heldRecord{Link: l.Activation, Relation: string(l.Relation), Since: l.LinkedAt, Until: l.Until})
	}
	return all
}

func (s *Settings) holdPending(r *web.Request, o owner, h *Holdings) error {
	c, err := s.pendingClosing(r.Context(), o.account.ID)
	if c != nil {
		h.Pending = append(h.Pending, heldPending{What: "closing", Due: c.DueAt})
	}
	if err != nil {
		return err
	}
	w, err := s.Store.PendingRecovery(r.Context(), o.account.ID, r.Now)
	if errors.Is(err, provider.ErrNotFound) {
		return nil
	}
	if err == nil {
		h.Pending = append(h.Pending, heldPending{What: "recovery", Due: w.ReadyAt})
	}
	return err
}

// holdEvents names nobody who did something but by what they are: owner, app, house or staff.
func (s *Settings) holdEvents(r *web.Request, o owner, h *Holdings) error {
	events, err := s.Store.EventsOf(r.Context(), o.account.ID, wanted(all, 0, mostHeld+1))
	if err != nil {
		return err
	}
	if h.More = len(events) > mostHeld; h.More {
		events = events[:mostHeld]
	}
	names := map[string]string{}
	h.Events = slices.Grow(h.Events, len(events))
	for _, e := range events {
		app, err := s.clientName(r, names, e.Client)
		if err != nil {
			return err
		}
		h.Events = append(h.Events, heldEvent{At: e.At, Kind: e.Kind, By: by(e), App: app})
	}
	return nil
}

// downloaded gathers what is held for the owner of a press, and records it, with a letter, before anything is given out.
func (s *Settings) downloaded(r *web.Request, as string) (h Holdings, o owner, ok bool, err error) {
	o, ok, err = s.proven(r, data)
	if err != nil || !ok {
		return h, o, false, err
	}
	if h, err = s.holdings(r, o); err != nil {
		return h, o, false, err
	}
	told := s.SignIn.Tell(r, o.account, o.held, notify.DataDownloaded, map[string]string{notify.DataLink: activity})
	err = s.Store.Record(r.Context(), audit.DataDownloaded(r.Now, o.account.ID, o.session.ID, as, told))
	return h, o, err == nil, err
}

func (s *Settings) postDataFile(r *web.Request, _ nothing) (web.Response, error) {
	h, _, ok, err := s.downloaded(r, "file")
	if err != nil || !ok {
		return web.SeeOther(data), err
	}
	body, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return web.Response{}, err
	}
	header := http.Header{"Content-Disposition": {`attachment; filename="my-data.json"`}, "Cache-Control": {"no-store"}}
	return web.Response{Body: append(body, '\n'), Type: "application/json", Header: header}, nil
}

func (s *Settings) postDataPage(r *web.Request, _ nothing) (web.Response, error) {
	h, o, ok, err := s.downloaded(r, "page")
	if err != nil || !ok {
		return web.SeeOther(data), err
	}
	response := web.Show(sheetOf(h, o.account))
	response.Self = data
	return response, nil
}
