package support

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/identifier"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-03: what a caller says is compared blindly. It is counted before it is compared; three misses end the case. A live proof goes to
// a contact that has been on file for a week; a photo ID counts where it can be seen.

// checkable are what a caller can be asked, but for what they were found by and what has matched.
func checkable(c provider.Case) []provider.Fact {
	all := []provider.Fact{provider.FactName, provider.FactUsername, provider.FactEmail, provider.FactPhone, provider.FactRecord}
	if c.Activation != "" {
		all = []provider.Fact{provider.FactName, provider.FactEmail, provider.FactPhone} // what an invitation holds
	}
	return slices.DeleteFunc(all, func(f provider.Fact) bool { return slices.Contains(c.FoundBy, f) || slices.Contains(c.Facts, f) })
}

func (s *Support) checkPart(c provider.Case) templates.DeskPart {
	part := templates.DeskPart{ID: "check", Title: say("support.check.heading"), Lead: []templates.Say{say("support.check.lead")}}
	for _, f := range c.Facts {
		part.Facts = append(part.Facts, templates.DeskFact{Name: say("support.fact." + string(f)), Value: say("support.check.matches")})
	}
	left := checkable(c)
	if len(left) == 0 {
		return part
	}
	part.Forms = []templates.DeskForm{{Action: casePlace + "/check", Submit: "support.check.submit", Fields: []templates.DeskField{
		{Name: "fact", Label: say("support.check.fact"), Kind: "pick", Options: options("support.fact", left)},
		{Name: "said", Label: say("support.check.said"), Hint: "support.check.said.hint"},
	}}}
	return part
}

type checkForm struct {
	Fact string `form:"fact" max:"16"`
	Said string `form:"said" max:"254"`
}

// postCheck compares what a caller says.
func (s *Support) postCheck(r *web.Request, d desk, f checkForm) (web.Response, error) {
	c, fact := *d.open, provider.Fact(f.Fact)
	switch {
	case !c.Found():
		return web.SeeOther(casePlace), nil
	case !slices.Contains(checkable(c), fact):
		return s.caseRefused(r, d, "support.error.choose", "fact")
	case strings.TrimSpace(f.Said) == "":
		return s.caseRefused(r, d, "support.error.said", "said")
	}
	same, left, err := s.compare(r, d, fact, strings.TrimSpace(f.Said))
	switch {
	case errors.Is(err, provider.ErrUsed), err == nil && !left:
		return web.SeeOther(home + "?done=misses"), nil
	case err != nil:
		return web.Response{}, err
	case same:
		return web.SeeOther(casePlace + "?done=match"), nil
	default:
		return web.SeeOther(casePlace + "?done=miss"), nil
	}
}

// compare counts, compares, and ends the case with its last miss; left: it goes on. Errors: provider.ErrUsed, where it was over.
func (s *Support) compare(r *web.Request, d desk, fact provider.Fact, said string) (same, left bool, err error) {
	c := *d.open
	misses, err := s.Store.MissCase(r.Context(), c.ID, r.Now, audit.CaseChecked(r.Now, work(d), fact, false))
	if err != nil {
		return false, false, err
	}
	if same, err = s.said(r, c, fact, said); err != nil {
		return false, false, err
	}
	if same {
		err := s.Store.MatchCase(r.Context(), c.ID, fact, r.Now, audit.CaseChecked(r.Now, work(d), fact, true))
		return true, true, stale(err)
	}
	if misses < provider.MaxMisses {
		return false, true, nil
	}
	fresh, err := s.Store.Case(r.Context(), c.ID)
	if err != nil {
		return false, false, err
	}
	d.open = &fresh
	return false, false, s.end(r, d, "misses")
}

// said compares with the account, or with the invitation, that a case is about.
func (s *Support) said(r *web.Request, c provider.Case, fact provider.Fact, said string) (bool, error) {
	if c.Activation != "" {
		return s.invitedMatches(r, c.Activation, fact, said)
	}
	return s.matches(r.Context(), c.Account, fact, said)
}

// matches compares in canonical form and in constant time. All of what the account has of the kind is looked at.
func (s *Support) matches(ctx context.Context, id provider.AccountID, fact provider.Fact, said string) (bool, error) {
	a, err := s.Store.Account(ctx, id)
	if err != nil {
		return false, err
	}
	said = strings.TrimSpace(said)
	var typed string
	var known []string
	switch fact {
	case provider.FactName:
		typed, known = spelled(said), []string{spelled(a.Profile.FullName())}
	case provider.FactRecord:
		links, err := s.Store.RecordsOf(ctx, id, time.Time{})
		if err != nil {
			return false, err
		}
		typed = said
		for _, l := range links {
			if l.Relation == provider.Self {
				known = append(known, l.Record)
			}
		}
	default:
		var kind provider.IdentifierKind
		kind, typed = s.canonical(fact, said)
		for _, i := range a.Identifiers {
			if i.Kind == kind && (kind == provider.Username || !i.VerifiedAt.IsZero()) {
				known = append(known, i.Canonical)
			}
		}
	}
	same := 0
	for _, k := range known {
		if k != "" {
			same |= subtle.ConstantTimeCompare([]byte(k), []byte(typed))
		}
	}
	return same == 1, nil
}

// spelled is a name without what differs from one form to the next: case, spaces, signs.
func spelled(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// file is a contact on file.
type file struct {
	kind   provider.IdentifierKind
	value  string // as it is written to
	since  time.Time
	masked string
}

// contactsOn are the contacts of an account that are confirmed, each since it was first so.
func contactsOn(a provider.Account, held []provider.Authenticator) []file {
	var all []file
	add := func(kind provider.IdentifierKind, value, canonical string, since time.Time) {
		at := slices.IndexFunc(all, func(f file) bool { return f.kind == kind && canonicalOf(f) == canonical })
		if at >= 0 {
			if since.Before(all[at].since) {
				all[at].since = since
			}
			return
		}
		way := provider.EmailCode
		if kind == provider.Phone {
			way, value = provider.TextCode, canonical
		}
		all = append(all, file{kind: kind, value: value, since: since, masked: oob.Mask(way, value)})
	}
	for _, id := range a.Identifiers {
		if id.Kind != provider.Username && !id.VerifiedAt.IsZero() {
			add(id.Kind, id.Value, id.Canonical, id.VerifiedAt)
		}
	}
	for _, h := range held {
		to, err := oob.Decode(h.Data)
		if (h.Kind != provider.TextCode && h.Kind != provider.EmailCode) || err != nil || to.Landline {
			continue
		}
		f := file{kind: provider.Email, value: to.To}
		if h.Kind == provider.TextCode {
			f.kind = provider.Phone
		}
		add(f.kind, to.To, canonicalOf(f), h.CreatedAt)
	}
	return all
}

func canonicalOf(f file) string {
	if f.kind == provider.Phone {
		return f.value
	}
	canonical, err := identifier.Email(f.value)
	if err != nil {
		return f.value
	}
	return canonical
}

// steady reports whether a contact has been on file for so long.
func (f file) steady(now time.Time, lasts time.Duration) bool { return !f.since.Add(lasts).After(now) }

// livePart offers a code that is read back, or says why there is none.
func (s *Support) livePart(r *web.Request, c provider.Case, p person) templates.DeskPart {
	part := templates.DeskPart{ID: "live", Title: say("support.live.heading")}
	if !c.LiveAt.IsZero() && r.Now.Before(c.LiveAt.Add(provider.LiveLasts)) {
		part.Lead = []templates.Say{{Key: "support.live.done", At: c.LiveAt.Add(provider.LiveLasts).UTC()}}
		return part
	}
	if c.Level(r.Now) < provider.L1 {
		part.Lead = []templates.Say{say("support.live.first")}
		return part
	}
	if challenge := r.Query().Get("code"); challenge != "" {
		part.Lead = []templates.Say{say("support.live.sent")}
		part.Forms = []templates.DeskForm{{
			Action: casePlace + "/live/code", Submit: "support.live.check", Hidden: []templates.Hidden{{Name: "challenge", Value: challenge}},
			Fields: []templates.DeskField{{Name: "code", Label: say("support.live.code"), Hint: "support.live.code.hint", Kind: "digits"}},
		}}
		return part
	}
	part.Lead = []templates.Say{say("support.live.lead")}
	var ready []templates.DeskOption
	for i, f := range p.files {
		if f.steady(r.Now, provider.LiveSteady) {
			ready = append(ready, templates.DeskOption{Value: strconv.Itoa(i), Words: plain(f.masked)})
			continue
		}
		part.Facts = append(part.Facts, templates.DeskFact{Name: plain(f.masked), Value: templates.Say{Key: "support.live.young", At: f.since.Add(provider.LiveSteady).UTC()}})
	}
	if len(ready) == 0 {
		part.Lead = []templates.Say{say("support.live.none")}
		return part
	}
	part.Forms = []templates.DeskForm{{Action: casePlace + "/live", Submit: "support.live.submit", Fields: []templates.DeskField{
		{Name: "to", Label: say("support.live.to"), Kind: "pick", Value: ready[0].Value, Options: ready},
	}}}
	return part
}

type liveForm struct {
	To string `form:"to" max:"4"`
}

// forCase is what the challenge of a live proof is for: this case, and nothing else.
func forCase(c provider.Case) string { return "case/" + c.ID }

// postLive sends the code to a contact on file: one of the account's, found by its place among them.
func (s *Support) postLive(r *web.Request, d desk, f liveForm) (web.Response, error) {
	c := *d.open
	if c.Account == "" || c.Level(r.Now) < provider.L1 {
		return web.SeeOther(casePlace), nil
	}
	p, err := s.person(r.Context(), c.Account)
	if err != nil {
		return web.Response{}, err
	}
	i, err := strconv.Atoi(f.To)
	if err != nil || i < 0 || i >= len(p.files) || !p.files[i].steady(r.Now, provider.LiveSteady) {
		return s.caseRefused(r, d, "support.error.steady", "")
	}
	to, channel := p.files[i], provider.ByEmail
	if to.kind == provider.Phone {
		channel = provider.ByText
	}
	lang := p.account.Profile.Locale
	if lang == "" {
		lang = c.Language
	}
	challenge, err := s.Codes.Open(r.Context(), oob.Sending{
		Account: c.Account, Authenticator: forCase(c), Channel: channel, To: to.value, Template: notify.CallCode,
		Data: map[string]string{notify.DataWhom: maskedOf(p.account)}, Lang: lang, Source: r.Address.String(), Aloud: true, At: r.Now,
	})
	var refusal *oob.Refusal
	if errors.As(err, &refusal) {
		return s.caseRefused(r, d, "support.error.sends", "")
	}
	if err != nil {
		return web.Response{}, err
	}
	if err := s.Store.Record(r.Context(), audit.CaseCalled(r.Now, work(d), to.kind, nil)); err != nil {
		return web.Response{}, err
	}
	return web.SeeOther(casePlace + "?code=" + challenge.ID + "#live"), nil
}

type liveCodeForm struct {
	Challenge string `form:"challenge" max:"128"`
	Code      string `form:"code" max:"32"`
}

// postLiveCode takes what the caller reads out. The code must have been sent for this very case, to a contact that is still on file
// and was steady then.
func (s *Support) postLiveCode(r *web.Request, d desk, f liveCodeForm) (web.Response, error) {
	c := *d.open
	sent, err := s.Store.Challenge(r.Context(), f.Challenge)
	if errors.Is(err, provider.ErrNotFound) || err == nil && (c.Account == "" || sent.Account != c.Account || sent.Authenticator != forCase(c)) {
		return web.SeeOther(casePlace), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	_, v, err := s.Codes.Check(r.Context(), f.Challenge, f.Code, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	if !v.OK {
		if v.Taken {
			if err := s.Store.Record(r.Context(), audit.CaseProven(r.Now, work(d), string(sent.Channel), false)); err != nil {
				return web.Response{}, err
			}
		}
		return s.caseRefused(r, d, "support.error.code", "")
	}
	kind := provider.Phone
	if sent.Channel == provider.ByEmail {
		kind = provider.Email
	}
	p, err := s.person(r.Context(), c.Account)
	if err != nil {
		return web.Response{}, err
	}
	still := slices.ContainsFunc(p.files, func(on file) bool {
		return on.kind == kind && on.value == sent.To && on.steady(r.Now, provider.LiveSteady)
	})
	if !still {
		return s.caseRefused(r, d, "support.error.steady", "")
	}
	c.LiveAt, c.LiveBy = r.Now, kind
	return web.SeeOther(casePlace + "?done=live"), stale(s.Store.SaveCase(r.Context(), c, audit.CaseProven(r.Now, with(d, c), string(kind), true)))
}

// documentPart asks for a photo ID where one can be seen.
func documentPart(c provider.Case) (templates.DeskPart, bool) {
	if c.Channel == provider.ByCall || !c.Found() {
		return templates.DeskPart{}, false
	}
	part := templates.DeskPart{ID: "document", Title: say("support.document.heading"), Lead: []templates.Say{say("support.document.lead")}}
	if c.Document != "" {
		part.Lead = []templates.Say{say("support.document.done")}
		return part, true
	}
	kinds := []provider.DocumentKind{provider.Passport, provider.DriverLicense, provider.StateID, provider.OtherID}
	part.Forms = []templates.DeskForm{{Action: casePlace + "/document", Submit: "support.document.submit", Fields: []templates.DeskField{
		{Name: "kind", Label: say("support.document.kind"), Kind: "choice", Options: options("support.document", kinds)},
		{Name: "last", Label: say("support.document.last"), Hint: "support.document.last.hint"},
	}}}
	return part, true
}

type documentForm struct {
	Kind string `form:"kind" max:"16"`
	Last string `form:"last" max:"16"`
}

func (s *Support) postDocument(r *web.Request, d desk, f documentForm) (web.Response, error) {
	c := *d.open
	part, can := documentPart(c)
	last := strings.ToUpper(strings.TrimSpace(f.Last))
	odd := func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }
	switch {
	case !can || len(part.Forms) == 0:
		return web.SeeOther(casePlace), nil
	case !slices.ContainsFunc(part.Forms[0].Fields[0].Options, func(o templates.DeskOption) bool { return o.Value == f.Kind }):
		return s.caseRefused(r, d, "support.error.choose", "kind")
	case len(last) != 4 || strings.ContainsFunc(last, odd):
		return s.caseRefused(r, d, "support.error.last", "last")
	}
	c.Document, c.DocumentEnd = provider.DocumentKind(f.Kind), last
	return web.SeeOther(casePlace + "?done=document"), stale(s.Store.SaveCase(r.Context(), c, audit.CaseProven(r.Now, with(d, c), "document", true)))
}

// caseRefused is the page of the case with what is the matter.
func (s *Support) caseRefused(r *web.Request, d desk, key, field string) (web.Response, error) {
	page, err := s.wholeCase(r, d)
	return refused(http.StatusUnprocessableEntity, page, key, field), err
}
