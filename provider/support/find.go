package support

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/identifier"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-02: a person is found by one thing of theirs that is typed whole, and their date of birth. What is nobody's, and what is not the
// agent's to see (their own account, a colleague's), is answered alike, after the same reads and the same record.

type findForm struct {
	By    string `form:"by" max:"16"`
	Value string `form:"value" max:"254"`
	Birth string `form:"birth" max:"32"`
}

const (
	mostHits = 3
	nobodys  = provider.AccountID("nobody") // is read where there is nobody to read
)

// searchable are what a person is found by.
func searchable() []provider.Fact {
	return []provider.Fact{provider.FactUsername, provider.FactEmail, provider.FactPhone, provider.FactRecord}
}

func (s *Support) findPart(f findForm) templates.DeskPart {
	return templates.DeskPart{
		Title: say("support.find.heading"), Lead: []templates.Say{say("support.find.lead")},
		Forms: []templates.DeskForm{{Action: casePlace + "/find", Submit: "support.find.submit", Fields: []templates.DeskField{
			{Name: "by", Label: say("support.find.by"), Kind: "pick", Value: f.By, Options: options("support.fact", searchable())},
			{Name: "value", Label: say("support.find.value"), Hint: "support.find.value.hint", Value: f.Value},
			{Name: "birth", Label: say("support.find.birth"), Hint: "support.find.birth.hint", Value: f.Birth},
		}}},
	}
}

// hit is somebody who was found, sealed for one case and one member of staff.
type hit struct {
	Case    string             `json:"case"`
	Staff   provider.StaffID   `json:"staff"`
	Account provider.AccountID `json:"account"`
	Invited string             `json:"invited,omitempty"` // the invitation of somebody who has no account
	By      provider.Fact      `json:"by"`

	shown templates.Say
}

const (
	hitPurpose = "support hit"
	hitLasts   = 10 * time.Minute
)

// birthOf reads a date of birth as staff type it.
func birthOf(typed string) (string, bool) {
	for _, layout := range []string{time.DateOnly, "1/2/2006", "01/02/2006"} {
		if day, err := time.Parse(layout, strings.TrimSpace(typed)); err == nil {
			return day.Format(time.DateOnly), true
		}
	}
	return "", false
}

// postFind searches. It is counted and on record before it answers.
func (s *Support) postFind(r *web.Request, d desk, f findForm) (web.Response, error) {
	if d.open.Found() {
		return web.SeeOther(casePlace), nil // a case is about one person
	}
	wild := strings.ContainsAny(f.Value, "*%?")
	birth, dated := birthOf(f.Birth)
	key, field := "", ""
	switch {
	case !slices.Contains(searchable(), provider.Fact(f.By)):
		key, field = "support.error.choose", "by"
	case strings.TrimSpace(f.Value) == "":
		key, field = "support.error.whole", "value"
	case !dated && !wild:
		key, field = "support.error.birth", "birth"
	}
	if key != "" {
		return refused(http.StatusUnprocessableEntity, s.casePage(r, d, s.findPart(f)), key, field), nil
	}
	if until, err := s.spend(r, d); err != nil || !until.IsZero() {
		return s.tooMany(r, d, f, err)
	}
	if wild {
		if err := s.Store.Record(r.Context(), audit.CaseSearched(r.Now, work(d), provider.Fact(f.By), "wildcard", 0)); err != nil {
			return web.Response{}, err
		}
		return refused(http.StatusUnprocessableEntity, s.casePage(r, d, s.findPart(f)), "support.error.whole", "value"), nil
	}
	hits, err := s.lookUp(r, d, provider.Fact(f.By), f.Value, birth)
	if err != nil {
		return web.Response{}, err
	}
	if len(hits) == 0 {
		page := s.casePage(r, d, s.findPart(findForm{By: f.By}))
		page.Notice = say("support.find.none")
		return web.Show(page), nil
	}
	return s.hits(r, d, hits)
}

// lookUp answers who may be shown. It is on record before it is told.
func (s *Support) lookUp(r *web.Request, d desk, by provider.Fact, typed, birth string) ([]hit, error) {
	found, withheld, err := s.search(r.Context(), d, by, typed, birth)
	if err != nil {
		return nil, err
	}
	outcome := map[bool]string{true: "withheld", false: "none"}[withheld]
	if len(found) > mostHits {
		found, outcome = nil, "many"
	}
	invited, err := s.invitedOf(r, by, typed, birth)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 || withheld {
		invited = provider.Activation{} // who has an account is helped with that
	}
	hits := hitsOf(d, by, found, invited)
	if len(hits) > 0 {
		outcome = "hit"
	}
	return hits, s.Store.Record(r.Context(), audit.CaseSearched(r.Now, work(d), by, outcome, len(hits)))
}

// spend counts a search.
func (s *Support) spend(r *web.Request, d desk) (time.Time, error) {
	budget := provider.Budget{Purpose: "support searches", Key: string(d.staff.ID), Limit: s.Searches, Window: time.Hour}
	_, until, err := s.Store.Spend(r.Context(), budget, r.Now)
	if errors.Is(err, provider.ErrSpent) {
		return until, nil
	}
	return time.Time{}, err
}

// tooMany is the answer to a search above the limit, of which the trail has an alert: once an hour, not once a press.
func (s *Support) tooMany(r *web.Request, d desk, f findForm, err error) (web.Response, error) {
	if err == nil {
		err = s.alertSearches(r, d, provider.Fact(f.By))
	}
	if err != nil {
		return web.Response{}, err
	}
	return refused(http.StatusTooManyRequests, s.casePage(r, d, s.findPart(findForm{By: f.By})), "support.error.searches", ""), nil
}

// alertSearches puts on record, once an hour, that somebody searches too often.
func (s *Support) alertSearches(r *web.Request, d desk, by provider.Fact) error {
	r.Note("outcome", "too many searches")
	noted := provider.Budget{Purpose: "support searches alert", Key: string(d.staff.ID), Limit: 1, Window: time.Hour}
	_, _, err := s.Store.Spend(r.Context(), noted, r.Now)
	if err == nil {
		e := audit.CaseSearched(r.Now, work(d), by, "limit", 0)
		e.Tell = s.tellSecurity("searches", readable(d.open.ID), r.Lang, r.Now)
		err = s.Store.Record(r.Context(), e)
	}
	if errors.Is(err, provider.ErrSpent) {
		return nil
	}
	return err
}

// candidates are whose fact it is, whatever their date of birth.
func (s *Support) candidates(ctx context.Context, by provider.Fact, typed string) ([]provider.AccountID, error) {
	typed = strings.TrimSpace(typed)
	if by == provider.FactRecord {
		return s.Store.AccountsByRecord(ctx, typed, mostHits+1)
	}
	kind, canonical := s.canonical(by, typed)
	return s.Store.FindAccounts(ctx, kind, canonical)
}

// canonical is how a fact that is an identifier is compared; "" where it can be nobody's.
func (s *Support) canonical(by provider.Fact, typed string) (provider.IdentifierKind, string) {
	switch by {
	case provider.FactEmail:
		canonical, err := identifier.Email(typed)
		if err != nil {
			canonical = ""
		}
		return provider.Email, canonical
	case provider.FactPhone:
		phone, err := s.Phones.Parse(typed)
		if err != nil {
			return provider.Phone, ""
		}
		return provider.Phone, phone.Number
	}
	_, canonical := identifier.SignInName(typed)
	return provider.Username, canonical
}

// search answers who may be shown of those whose facts these are, and whether somebody was left out.
func (s *Support) search(ctx context.Context, d desk, by provider.Fact, typed, birth string) (found []provider.Account, withheld bool, err error) {
	ids, err := s.candidates(ctx, by, typed)
	if err != nil {
		return nil, false, err
	}
	if len(ids) == 0 {
		ids = []provider.AccountID{nobodys}
	}
	for _, id := range ids {
		a, err := s.Store.Account(ctx, id)
		if err != nil && !errors.Is(err, provider.ErrNotFound) {
			return nil, false, err
		}
		whose, err := s.whose(ctx, id)
		if err != nil {
			return nil, false, err
		}
		born := subtle.ConstantTimeCompare([]byte(a.Profile.Birthdate), []byte(birth)) == 1
		switch {
		case a.ID == "" || !born:
		case whose.ID != "" || id == d.staff.Account:
			withheld = true
		default:
			found = append(found, a)
		}
	}
	return found, withheld, nil
}

// whose is the person of the house whose account it is; the zero one for none.
func (s *Support) whose(ctx context.Context, id provider.AccountID) (provider.Staff, error) {
	who, err := s.Store.StaffOfAccount(ctx, id)
	if errors.Is(err, provider.ErrNotFound) {
		return provider.Staff{}, nil
	}
	return who, err
}

// hitsOf are those who may be shown.
func hitsOf(d desk, by provider.Fact, found []provider.Account, invited provider.Activation) []hit {
	var all []hit
	for _, a := range found {
		all = append(all, hit{Case: d.open.ID, Staff: d.staff.ID, Account: a.ID, By: by, shown: plain(maskedOf(a))})
	}
	if invited.ID != "" {
		all = append(all, hit{Case: d.open.ID, Staff: d.staff.ID, Invited: invited.ID, By: by, shown: say("support.find.invited")})
	}
	return all
}

// hits shows who was found, masked; one of them is taken by a press.
func (s *Support) hits(r *web.Request, d desk, all []hit) (web.Response, error) {
	part := templates.DeskPart{Title: say("support.find.hits"), Lead: []templates.Say{say("support.find.hits.lead")}}
	for _, h := range all {
		v, err := json.Marshal(h)
		if err != nil {
			return web.Response{}, err
		}
		sealed, err := s.Tickets.SealTicket(v, hitPurpose, r.Now.Add(hitLasts))
		if err != nil {
			return web.Response{}, err
		}
		part.Facts = append(part.Facts, templates.DeskFact{Name: say("support.find.person"), Value: h.shown})
		part.Forms = append(part.Forms, templates.DeskForm{
			Action: casePlace + "/pick", Submit: "support.find.pick", Hidden: []templates.Hidden{{Name: "hit", Value: sealed}},
		})
	}
	return web.Show(s.casePage(r, d, part)), nil
}

// maskedOf is an account by its username, or its first address, most of it left out.
func maskedOf(a provider.Account) string {
	if id, ok := a.Identifier(provider.Username); ok {
		return identifier.Mask(id.Value)
	}
	if id, ok := a.Identifier(provider.Email); ok {
		return oob.Mask(provider.EmailCode, id.Value)
	}
	return "•••"
}

type pickForm struct {
	Hit string `form:"hit" max:"2048"`
}

// postPick takes somebody who was found in this case by this member of staff, and nobody else.
func (s *Support) postPick(r *web.Request, d desk, f pickForm) (web.Response, error) {
	v, err := s.Tickets.OpenTicket(f.Hit, hitPurpose, r.Now)
	var h hit
	if err != nil || json.Unmarshal(v, &h) != nil || h.Case != d.open.ID || h.Staff != d.staff.ID || d.open.Found() {
		return web.SeeOther(casePlace), s.Store.Record(r.Context(), audit.CaseSearched(r.Now, work(d), h.By, "forged", 0))
	}
	return web.SeeOther(casePlace), stale(s.take(r, d, h))
}

// take makes the case about somebody who was found.
func (s *Support) take(r *web.Request, d desk, h hit) error {
	c := *d.open
	c.Account, c.Activation, c.FoundBy = h.Account, h.Invited, []provider.Fact{h.By, provider.FactBirthdate}
	if c.Account != "" {
		if err := s.alarm(r, d, c.Account); err != nil {
			return err
		}
	}
	return s.Store.SaveCase(r.Context(), c, audit.CaseFound(r.Now, with(d, c)))
}

// stale passes over that another tab was quicker: the page shows how it is.
func stale(err error) error {
	if errors.Is(err, provider.ErrStale) || errors.Is(err, provider.ErrUsed) {
		return nil
	}
	return err
}
