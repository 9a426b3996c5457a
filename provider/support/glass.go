package support

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-09: a supervisor sees what a live proof would show, without one, and says why. It unlocks no act. The patient is told at once; where the
// supervisor says that the law forbids it, another one decides that in the review, which there is of every broken glass.

type glassForm struct {
	Reason string `form:"reason" max:"400"`
	Tell   string `form:"tell" max:"8"` // yes, law
	Held   string `form:"held" max:"400"`
}

// bossPart is what a supervisor can do beside the acts, in a case that is about somebody.
func (s *Support) bossPart(r *web.Request, d desk) []templates.DeskPart {
	if d.staff.Role != provider.Supervisor {
		return nil
	}
	part := templates.DeskPart{Title: say("support.boss.heading"), Items: []templates.DeskItem{{Words: say("support.boss.watch"), To: watchCase}}}
	if d.open.Sees(r.Now) < provider.L2 {
		part.Items = append(part.Items, templates.DeskItem{Words: say("support.boss.glass"), To: glass})
	}
	return []templates.DeskPart{part}
}

// showGlass asks why.
func (s *Support) showGlass(r *web.Request, d desk) (web.Response, error) {
	if d.open.Account == "" {
		return web.SeeOther(casePlace), nil
	}
	return web.Show(s.glassPage(r, d, glassForm{Tell: "yes"})), nil
}

func (s *Support) glassPage(r *web.Request, d desk, f glassForm) templates.Desk {
	part := templates.DeskPart{
		Lead: []templates.Say{say("support.glass.lead"), say("support.glass.shows"), say("support.glass.review")}, Grave: true,
		Forms: []templates.DeskForm{{Action: glass, Submit: "support.glass.submit", Tone: "grave", Fields: []templates.DeskField{
			{Name: "reason", Label: say("support.glass.reason"), Hint: "support.glass.reason.hint", Value: f.Reason},
			{Name: "tell", Label: say("support.glass.tell"), Kind: "pick", Value: f.Tell, Options: []templates.DeskOption{
				{Value: "yes", Words: say("support.glass.tell.yes")}, {Value: "law", Words: say("support.glass.tell.law")},
			}},
			{Name: "held", Label: say("support.glass.held"), Hint: "support.glass.held.hint", Value: f.Held},
		}}},
	}
	return s.page(r, d, "glass", part, backPart())
}

// postGlass breaks it, or says why not. No record, no glass broken.
func (s *Support) postGlass(r *web.Request, d desk, f glassForm) (web.Response, error) {
	c := *d.open
	if f.Tell != "yes" && f.Tell != "law" {
		return refused(http.StatusUnprocessableEntity, s.glassPage(r, d, f), "support.error.choose", "tell"), nil
	}
	g := provider.Glass{Staff: d.staff, Case: c, Reason: strings.TrimSpace(f.Reason), Hold: f.Tell == "law", Held: strings.TrimSpace(f.Held)}
	var err error
	if c.Account != "" {
		if g.Whose, err = s.whose(r.Context(), c.Account); err != nil {
			return web.Response{}, err
		}
	}
	if why := g.Permits(r.Now); why != nil {
		return s.glassRefused(r, d, f, why)
	}
	v := provider.Review{
		ID: provider.NewID(), Kind: provider.ReviewGlass, Case: c.ID, Staff: d.staff.ID, Account: c.Account, Reason: g.Reason, OpenedAt: r.Now,
		DueAt: s.due(r.Now),
	}
	var told []provider.Message
	if g.Hold {
		v.Held = g.Held
	} else if told, err = s.looked(r, c.Account); err != nil {
		return web.Response{}, err
	}
	asked, err := s.tellBosses(r, "review", d.staff.ID, c.Account)
	if err != nil {
		return web.Response{}, err
	}
	return web.SeeOther(casePlace + "?done=glass"), stale(s.Store.BreakGlass(r.Context(), c, v, audit.GlassBroken(r.Now, work(d), v, append(told, asked...))))
}

func (s *Support) glassRefused(r *web.Request, d desk, f glassForm, why error) (web.Response, error) {
	if err := s.Store.Record(r.Context(), audit.GlassRefused(r.Now, work(d), why)); err != nil {
		return web.Response{}, err
	}
	page, status, key, field := s.glassPage(r, d, f), http.StatusForbidden, "", ""
	var help provider.HelpRefusal
	switch {
	case errors.Is(why, provider.RefusedWords):
		status, key, field = http.StatusUnprocessableEntity, "support.error.words", "reason"
	case errors.Is(why, provider.RefusedLaw):
		status, key, field = http.StatusUnprocessableEntity, "support.error.words", "held"
	case errors.Is(why, provider.RefusedBroken):
		key = "support.glass.broken"
	case errors.As(why, &help):
		key = "support.refusal." + string(help)
	default:
		return web.Response{}, why
	}
	return refused(status, page, key, field), nil
}

// looked is M-32: a supervisor saw the account.
func (s *Support) looked(r *web.Request, account provider.AccountID) ([]provider.Message, error) {
	p, err := s.person(r.Context(), account)
	if err != nil {
		return nil, err
	}
	return notify.Tell(p.account, p.held, notify.StaffLooked, map[string]string{notify.DataLink: "/account/activity"}, r.Lang, r.Now), nil
}

// tellBosses writes to all supervisors but one, and but for whose account it is.
func (s *Support) tellBosses(r *web.Request, what string, but provider.StaffID, account provider.AccountID) ([]provider.Message, error) {
	all, err := s.Store.AllStaff(r.Context(), mostStaff)
	if err != nil {
		return nil, err
	}
	var told []provider.Message
	for _, other := range all {
		if other.Role == provider.Supervisor && other.Enabled() && other.ID != but && (other.Account == "" || other.Account != account) {
			told = append(told, tellStaff(other, what, r.Lang, r.Now)...)
		}
	}
	return told, nil
}

const mostStaff = 500

// reviewsPart tells supervisors, on their first page, what waits for them.
func (s *Support) reviewsPart(r *web.Request, d desk) ([]templates.DeskPart, error) {
	if d.staff.Role != provider.Supervisor {
		return nil, nil
	}
	all, err := s.mine(r, d)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	late := 0
	for _, v := range all {
		if v.Late(r.Now) {
			late++
		}
	}
	item := templates.DeskItem{Words: templates.Say{Key: "support.reviews.wait", N: len(all)}, To: reviews}
	if late > 0 {
		item.More = []templates.Say{{Key: "support.reviews.late", N: late}}
	}
	return []templates.DeskPart{{Title: say("support.reviews.heading"), Items: []templates.DeskItem{item}, Grave: late > 0}}, nil
}

// mine are the open reviews that this supervisor may close: of the others they see nothing.
func (s *Support) mine(r *web.Request, d desk) ([]provider.Review, error) {
	all, err := s.Store.OpenReviews(r.Context(), mostStaff)
	return slices.DeleteFunc(all, func(v provider.Review) bool { return v.Permits(d.staff) != nil }), err
}

// showReviews lists them, the soonest due first, and names nobody.
func (s *Support) showReviews(r *web.Request, d desk) (web.Response, error) {
	all, err := s.mine(r, d)
	if err != nil {
		return web.Response{}, err
	}
	part := templates.DeskPart{Title: say("support.reviews.heading"), Lead: []templates.Say{say("support.reviews.lead")}}
	for _, v := range all {
		due := templates.Say{Key: "support.reviews.due", At: v.DueAt.UTC()}
		if v.Late(r.Now) {
			due.Key = "support.reviews.was_due"
		}
		part.Items = append(part.Items, templates.DeskItem{Words: say("support.review." + string(v.Kind)), To: reviews + "/" + v.ID, More: []templates.Say{due}})
	}
	if len(all) == 0 {
		part.Lead = append(part.Lead, say("support.reviews.none"))
	}
	page := s.page(r, d, "reviews", part)
	if done := r.Query().Get("done"); slices.Contains([]string{"closed", "late"}, done) {
		page.Notice = say("support.reviews.done." + done)
	}
	return web.Show(page), nil
}

// reviewing is a review that this supervisor may close; whoever else asks for it is told nothing, and it is on record.
func (s *Support) reviewing(r *web.Request, d desk) (provider.Review, error) {
	v, err := s.Store.Review(r.Context(), r.Path("id"))
	if errors.Is(err, provider.ErrNotFound) {
		return v, &provider.Problem{Kind: provider.NotFound}
	}
	if err != nil {
		return v, err
	}
	why := v.Permits(d.staff)
	if why == nil || errors.Is(why, provider.RefusedState) {
		return v, nil
	}
	return v, errors.Join(s.Store.Record(r.Context(), audit.ReviewDenied(r.Now, d.staff, v, why)), &provider.Problem{Kind: provider.NotAllowed})
}

func (s *Support) showReview(r *web.Request, d desk) (web.Response, error) {
	v, err := s.reviewing(r, d)
	if err != nil {
		return web.Response{}, err
	}
	page, err := s.reviewPage(r, d, v, reviewForm{})
	return web.Show(page), err
}

type reviewForm struct {
	Word string `form:"word" max:"8"`
	Tell string `form:"tell" max:"8"`
}

// reviewPage shows what was done, by whom, and why they say that they did it. The patient is shown with most left out.
func (s *Support) reviewPage(r *web.Request, d desk, v provider.Review, f reviewForm) (templates.Desk, error) {
	if err := s.Store.Record(r.Context(), audit.ReviewViewed(r.Now, d.staff, v)); err != nil {
		return templates.Desk{}, err
	}
	who, err := s.Store.StaffOf(r.Context(), v.Staff)
	if err != nil {
		return templates.Desk{}, err
	}
	a, err := s.Store.Account(r.Context(), v.Account)
	if err != nil && !errors.Is(err, provider.ErrNotFound) {
		return templates.Desk{}, err
	}
	c, err := s.Store.Case(r.Context(), v.Case)
	if err != nil {
		return templates.Desk{}, err
	}
	part := templates.DeskPart{Title: say("support.review." + string(v.Kind)), Facts: []templates.DeskFact{
		fact("support.review.by", plain(who.Name)), fact("support.review.whom", plain(maskedOf(a))), fact("support.case.reads", plain(readable(v.Case))),
		fact("support.case.channel", say("support.channel."+string(c.Channel))), fact("support.case.reason", say("support.reason."+string(c.Purpose))),
	}}
	if v.Kind == provider.ReviewGlass {
		part.Facts = append(part.Facts, fact("support.glass.reason", plain(v.Reason)))
	} else {
		part.Facts = append(part.Facts, fact("support.watch.why", say("support.watch.why."+v.Reason)))
	}
	if v.Held != "" {
		part.Facts = append(part.Facts, fact("support.glass.held", plain(v.Held)))
	}
	part.Facts = append(part.Facts, fact("support.review.at", templates.Say{At: v.OpenedAt.UTC()}), fact("support.review.due", templates.Say{At: v.DueAt.UTC()}))
	part.Lead = []templates.Say{say("support.review.over")}
	if v.Open() {
		part.Lead = []templates.Say{say("support.review.lead." + string(v.Kind))}
		part.Forms = []templates.DeskForm{reviewQuestions(v, f)}
	}
	back := templates.DeskPart{Items: []templates.DeskItem{{Words: say("support.menu.reviews"), To: reviews}}}
	return s.page(r, d, "review", part, back), nil
}

func reviewQuestions(v provider.Review, f reviewForm) templates.DeskForm {
	form := templates.DeskForm{Action: reviews + "/" + v.ID + "/close", Submit: "support.review.submit", Fields: []templates.DeskField{
		{Name: "word", Label: say("support.review.word"), Kind: "pick", Value: f.Word, Options: options("support.review.word", provider.ReviewWords())},
	}}
	if v.Held != "" {
		form.Fields = append(form.Fields, templates.DeskField{
			Name: "tell", Label: say("support.review.tell"), Kind: "pick", Value: f.Tell, Options: []templates.DeskOption{
				{Value: "yes", Words: say("support.review.tell.yes")}, {Value: "law", Words: say("support.review.tell.law")},
			},
		})
	}
	return form
}

// postReview closes it. Who was not told because the law was said to forbid it is told now, unless the second supervisor says so too.
func (s *Support) postReview(r *web.Request, d desk, f reviewForm) (web.Response, error) {
	v, err := s.reviewing(r, d)
	if err != nil {
		return web.Response{}, err
	}
	if !v.Open() {
		return web.SeeOther(reviews + "?done=late"), nil
	}
	field := ""
	switch {
	case !slices.Contains(provider.ReviewWords(), provider.ReviewWord(f.Word)):
		field = "word"
	case v.Held != "" && f.Tell != "yes" && f.Tell != "law":
		field = "tell"
	}
	if field != "" {
		page, err := s.reviewPage(r, d, v, f)
		return refused(http.StatusUnprocessableEntity, page, "support.error.choose", field), err
	}
	var told []provider.Message
	if v.Held != "" && f.Tell == "yes" {
		if told, err = s.looked(r, v.Account); err != nil {
			return web.Response{}, err
		}
	}
	word := provider.ReviewWord(f.Word)
	err = s.Store.CloseReview(r.Context(), v.ID, d.staff.ID, word, r.Now, audit.ReviewClosed(r.Now, d.staff, v, word, told))
	if errors.Is(err, provider.ErrUsed) {
		return web.SeeOther(reviews + "?done=late"), nil
	}
	return web.SeeOther(reviews + "?done=closed"), err
}
