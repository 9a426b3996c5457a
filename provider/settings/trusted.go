package settings

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/identifier"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Where a patient says who else may see their record: Y-13.
const (
	trusted    = home + "/trusted"
	addTrusted = trusted + "/add"
)

// Bounds of what a patient may give: how many people, how many invitations a day, and for how many months at most.
const (
	mostTrusted    = 5
	invitedDaily   = 10
	longestTrust   = 12
	invitationGood = 14 * 24 * time.Hour
)

// Wish is what a patient asks for: an invitation of a trusted person to their record.
type Wish struct {
	By     provider.AccountID
	Record string
	Name   string
	Email  string
	Birth  string // YYYY-MM-DD
	Lang   string
	Until  time.Time
	Good   time.Duration // how long the invitation is good
}

func (s *Settings) trustRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + trusted, Handle: s.here},
		{Pattern: "GET " + addTrusted, Handle: s.here},
		{Pattern: "POST " + addTrusted, Handle: web.Form(s.postTrust)},
		{Pattern: "GET " + trusted + "/{id}/end", Handle: s.here},
		{Pattern: "POST " + trusted + "/{id}/end", Handle: web.Form(s.postEndTrust)},
	}
}

// A trust is one person whom a patient trusts, or has invited.
type trust struct {
	provider.Activation

	link *provider.RecordLink // nil: the invitation is open
}

// A circle is all who are trusted with a patient's own record.
type circle struct {
	record string // "": the patient has none
	all    []trust
	others int // invited by somebody else whose own record it is
}

func (c circle) full() bool { return len(c.all)+c.others >= mostTrusted }

// trusts lists them. What ran out is none.
func (s *Settings) trusts(r *web.Request, o owner) (circle, error) {
	records, err := s.Store.RecordsOf(r.Context(), o.account.ID, r.Now)
	if err != nil {
		return circle{}, err
	}
	at := slices.IndexFunc(records, func(l provider.RecordLink) bool { return l.Relation == provider.Self && l.GrantedBy == "" })
	if at < 0 {
		return circle{}, nil
	}
	c := circle{record: records[at].Record}
	given, err := s.Store.LinksGiven(r.Context(), o.account.ID, r.Now)
	if err != nil {
		return circle{}, err
	}
	invited, err := s.Store.ActivationsOf(r.Context(), c.record)
	for _, a := range invited {
		link := slices.IndexFunc(given, func(l provider.RecordLink) bool { return l.Activation == a.ID })
		switch {
		case a.By == o.account.ID && link >= 0:
			c.all = append(c.all, trust{Activation: a, link: &given[link]})
		case a.By == o.account.ID && a.Open(r.Now):
			c.all = append(c.all, trust{Activation: a})
		case a.Relation == provider.Trusted && a.Open(r.Now):
			c.others++
		}
	}
	return c, err
}

func (t trust) line(o owner) templates.TrustedLine {
	l := templates.TrustedLine{Name: t.Contact.Name, Until: local(o.account, t.Until), End: trusted + "/" + t.ID + "/end"}
	if t.link != nil {
		l.Since = local(o.account, t.link.LinkedAt)
	}
	return l
}

// trustPlace is the page of one of these places.
func (s *Settings) trustPlace(r *web.Request, to string, o owner) (web.Response, error) {
	c, err := s.trusts(r, o)
	if err != nil {
		return web.Response{}, err
	}
	switch {
	case path(to) == addTrusted && c.record != "" && !c.full():
		return web.Show(templates.AddTrusted{Action: addTrusted, Back: trusted, Months: "6"}), nil
	case strings.HasSuffix(path(to), "/end"):
		for _, t := range c.all {
			if trusted+"/"+t.ID+"/end" == path(to) {
				return web.Show(templates.EndTrusted{Line: t.line(o), Action: path(to), Back: trusted}), nil
			}
		}
	}
	if path(to) != trusted {
		return web.SeeOther(trusted), nil
	}
	page := templates.Trusted{Notice: notice(r, "trusted", "invited", "ended"), None: c.record == "", Full: c.full(), Home: home}
	if !page.None && !page.Full {
		page.Add = addTrusted
	}
	for _, t := range c.all {
		page.Lines = append(page.Lines, t.line(o))
	}
	return web.Show(page), nil
}

type trustForm struct {
	Name   string `form:"name" max:"2048"`
	Email  string `form:"email" max:"2048"`
	Month  string `form:"month" max:"64"`
	Day    string `form:"day" max:"64"`
	Year   string `form:"year" max:"64"`
	Months string `form:"months" max:"8"`
}

// check reads the form; what cannot be taken has a field.
func (f trustForm) check() (birth string, months int, faults []templates.Field) {
	fault := func(name, key string) { faults = append(faults, templates.Field{Name: name, Key: key}) }
	if name := settled(f.Name); name == "" || utf8.RuneCountInString(name) > longestName {
		fault("name", "addtrusted.error.name")
	}
	if _, err := identifier.Email(strings.TrimSpace(f.Email)); err != nil {
		fault("email", "addtrusted.error.email")
	}
	var parts [3]int
	for i, text := range []string{f.Year, f.Month, f.Day} {
		parts[i], _ = strconv.Atoi(strings.TrimSpace(text)) // 0 is no part of a date
	}
	birth = fmt.Sprintf("%04d-%02d-%02d", parts[0], parts[1], parts[2])
	if _, err := time.Parse(time.DateOnly, birth); err != nil {
		fault("month", "addtrusted.error.birth")
	}
	months, err := strconv.Atoi(f.Months)
	if err != nil || months < 1 || months > longestTrust {
		fault("months", "addtrusted.error.months")
	}
	return birth, months, faults
}

// postTrust invites a trusted person by e-mail. The code alone opens nothing: the person's date of birth is asked with it.
func (s *Settings) postTrust(r *web.Request, f trustForm) (web.Response, error) {
	o, ok, err := s.proven(r, addTrusted)
	if err != nil || !ok {
		return web.SeeOther(addTrusted), err
	}
	c, err := s.trusts(r, o)
	if err != nil || c.record == "" || c.full() {
		return web.SeeOther(trusted), err
	}
	page := templates.AddTrusted{
		Action: addTrusted, Back: trusted, Name: f.Name, Email: f.Email, Month: f.Month, Day: f.Day, Year: f.Year, Months: f.Months,
	}
	birth, months, faults := f.check()
	if page.Fields = faults; len(faults) > 0 {
		return web.ShowStatus(http.StatusUnprocessableEntity, page), nil
	}
	budget := provider.Budget{Purpose: "settings.trusted", Key: string(o.account.ID), Limit: invitedDaily, Window: 24 * time.Hour}
	_, _, err = s.Store.Spend(r.Context(), budget, r.Now)
	if errors.Is(err, provider.ErrSpent) {
		page.Error = "addtrusted.error.many"
		return web.ShowStatus(http.StatusTooManyRequests, page), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	issue, err := s.Trust(Wish{
		By: o.account.ID, Record: c.record, Name: settled(f.Name), Email: strings.TrimSpace(f.Email), Birth: birth, Lang: cmp.Or(o.account.Profile.Locale, r.Lang),
		Until: r.Now.AddDate(0, months, 0).Truncate(time.Microsecond), Good: invitationGood,
	}, r.Now)
	if err != nil { // the office asks for more than a date of birth, or the date is none that it takes
		page.Error = "addtrusted.error.office"
		return web.ShowStatus(http.StatusUnprocessableEntity, page), nil //nolint:nilerr // the page says what to do
	}
	told := s.SignIn.Tell(r, o.account, o.held, notify.TrustedPerson, trustData("invited", issue.Contact.Name))
	issue.Event = audit.TrustInvited(r.Now, issue.Activation, o.session.ID, append(issue.Event.Tell, told...))
	issue.Most = mostTrusted
	err = s.Store.IssueActivations(r.Context(), []provider.Issue{issue})
	if errors.Is(err, provider.ErrSpent) { // others were added while this page was read: it says so
		return web.SeeOther(trusted), nil
	}
	return web.SeeOther(trusted + "?done=invited"), err
}

// trustData is what M-25 says: of the other person the first letters, and no more.
func trustData(action, name string) map[string]string {
	link := trusted
	if action == "taken" {
		link = home
	}
	return map[string]string{notify.DataAction: action, notify.DataWhat: notify.Initials(name), notify.DataLink: link}
}

// postEndTrust ends what a trusted person may see, or the invitation of one. Both are told.
func (s *Settings) postEndTrust(r *web.Request, _ nothing) (web.Response, error) {
	back := trusted + "/" + r.Path("id") + "/end"
	o, ok, err := s.proven(r, back)
	if err != nil || !ok {
		return web.SeeOther(back), err
	}
	const tries = 3 // the invitation may be used between the reading and the ending of it: then the link is what there is to end
	for range tries {
		c, err := s.trusts(r, o)
		if err != nil {
			return web.Response{}, err
		}
		at := slices.IndexFunc(c.all, func(t trust) bool { return t.ID == r.Path("id") })
		if at < 0 {
			break
		}
		ended, err := s.endTrust(r, o, c.all[at])
		if err != nil {
			return web.Response{}, err
		}
		if ended {
			return web.SeeOther(trusted + "?done=ended"), nil
		}
	}
	return web.SeeOther(trusted), nil
}

// endTrust answers whether it ended what was read; if not, that has changed since.
func (s *Settings) endTrust(r *web.Request, o owner, t trust) (bool, error) {
	told := s.SignIn.Tell(r, o.account, o.held, notify.TrustedPerson, trustData("removed", t.Contact.Name))
	if t.link == nil {
		return s.Store.RevokeActivation(r.Context(), t.ID, "by_owner", r.Now, audit.TrustEnded(r.Now, o.account.ID, t.ID, o.session.ID, told))
	}
	theirs, err := s.tellTaken(r.Context(), o.account, t.link.Account, r.Lang, r.Now)
	if err != nil {
		return false, err
	}
	return s.Store.EndLink(r.Context(), *t.link, r.Now, audit.TrustEnded(r.Now, o.account.ID, t.ID, o.session.ID, append(told, theirs...)))
}

// tellTaken lets the trusted person know, in their own language and without the device of the patient.
func (s *Settings) tellTaken(
	ctx context.Context, patient provider.Account, account provider.AccountID, lang string, now time.Time,
) ([]provider.Message, error) {
	carer, err := s.Store.Account(ctx, account)
	if err != nil {
		return nil, err
	}
	held, err := s.Store.Authenticators(ctx, account)
	return notify.Tell(carer, held, notify.TrustedPerson, trustData("taken", patient.Profile.FullName()), lang, now), err
}
