package support

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-06: what can be done, what each asks for, the letter that the patient will get, and the act.

// A new password. Context: a code for it is good in the browser that asked for it alone. Choice: staff send a letter that says where the person
// begins, with a press of their own; it has no code and no token, so that nothing is gone around, and who gets it in error has nothing.
// Rejected: a code sent for a call, which a caller could be talked into reading out.
//
// A new activation code goes to the contact that the office gave, and is for no member of staff to see. Rejected: a page to be printed at the
// desk, which would show it; offices print letters where they make invitations (gatehouse activation issue).

// offered are the actions for whom a case is about.
func offered(c provider.Case) []provider.HelpRule {
	return slices.DeleteFunc(provider.HelpRules(), func(rule provider.HelpRule) bool { return c.Account == "" && !rule.Invited })
}

func ruleOf(action string) (provider.HelpRule, bool) {
	return provider.HelpRuleOf(provider.HelpAction(action))
}

// actsPart lists them, with what is still missing.
func (s *Support) actsPart(r *web.Request, c provider.Case) templates.DeskPart {
	part := templates.DeskPart{ID: "acts", Title: say("support.acts.heading")}
	for _, rule := range offered(c) {
		item := templates.DeskItem{Words: say("support.act." + string(rule.Action) + ".title"), To: acting + string(rule.Action)}
		if c.Level(r.Now) < rule.Level {
			item.More = append(item.More, templates.Say{Key: "support.acts.needs", N: int(rule.Level)})
		}
		if rule.Second {
			item.More = append(item.More, say("support.acts.second"))
		}
		part.Items = append(part.Items, item)
	}
	return part
}

// task is one act that somebody asks for.
type task struct {
	rule   provider.HelpRule
	reason provider.Reason
	target string // which authenticator or application; of a new contact its kind, a space, and its canonical form
	p      person
	help   provider.Help

	invitation provider.Activation // that an act is about; the zero one: none
}

// taskOf gathers all that Permits asks. The approval is the newest one of this case for this very act, if there is one.
func (s *Support) taskOf(r *web.Request, d desk, rule provider.HelpRule, reason provider.Reason, target string) (t task, err error) {
	c := *d.open
	t = task{rule: rule, reason: reason, target: target}
	t.help = provider.Help{Staff: d.staff, Case: c, Action: rule.Action, Reason: reason, Target: target}
	if rule.Invited {
		if t.invitation, t.help.Since, err = s.invitationOf(r, c); err != nil {
			return t, err
		}
	}
	if c.Account == "" {
		return t, nil
	}
	if t.p, err = s.person(r.Context(), c.Account); err != nil {
		return t, err
	}
	if t.help.Whose, err = s.whose(r.Context(), c.Account); err != nil {
		return t, err
	}
	why, err := s.Store.Watched(r.Context(), c.Account)
	if err != nil {
		return t, err
	}
	t.help.Watched = why != ""
	return t, s.approvalOf(r.Context(), &t)
}

func (s *Support) approvalOf(ctx context.Context, t *task) error {
	all, err := s.Store.ApprovalsOf(ctx, t.help.Case.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(a provider.Approval) bool {
		return a.Action == t.rule.Action && a.Target == t.target && a.Reason == t.reason
	})
	if at < 0 {
		return nil
	}
	t.help.Approval = &all[at]
	if all[at].By == "" {
		return nil
	}
	t.help.Approver, err = s.Store.StaffOf(ctx, all[at].By)
	if errors.Is(err, provider.ErrNotFound) {
		return nil
	}
	return err
}

// showAct says what an act asks for and what the patient will read.
func (s *Support) showAct(r *web.Request, d desk) (web.Response, error) {
	rule, ok := ruleOf(r.Path("action"))
	if !ok {
		return web.Response{}, &provider.Problem{Kind: provider.NotFound}
	}
	if !d.open.Found() {
		return web.SeeOther(casePlace), nil
	}
	page, err := s.actPage(r, d, rule, actForm{Reason: string(d.open.Purpose)})
	return web.Show(page), err
}

func (s *Support) actPage(r *web.Request, d desk, rule provider.HelpRule, f actForm) (templates.Desk, error) {
	if err := s.Store.Record(r.Context(), s.viewed(r, d, "action")); err != nil {
		return templates.Desk{}, err
	}
	t, err := s.taskOf(r, d, rule, provider.Reason(f.Reason), "")
	if err != nil {
		return templates.Desk{}, err
	}
	about := templates.DeskPart{
		Lead: []templates.Say{say("support.act." + string(rule.Action) + ".lead")},
		Facts: []templates.DeskFact{
			fact("support.acts.level", templates.Say{Key: "support.acts.level.of", N: int(rule.Level), Text: levelText(d.open.Level(r.Now))}),
		},
	}
	if rule.Second || t.help.Watched && !rule.Safe {
		about.Lead = append(about.Lead, say("support.acts.second.how"))
	}
	if d.open.Level(r.Now) >= rule.Level {
		if about.Forms, err = s.actForms(r, t, f); err != nil {
			return templates.Desk{}, err
		}
	} else {
		about.Lead = append(about.Lead, say("support.refusal.level"))
	}
	letter, err := s.previewPart(r, t)
	if err != nil {
		return templates.Desk{}, err
	}
	back := templates.DeskPart{Items: []templates.DeskItem{{Words: say("support.case.to"), To: casePlace}}}
	return s.page(r, d, "act."+string(rule.Action), about, letter, back), nil
}

func levelText(l provider.HelpLevel) string { return string(rune('0' + int(l))) }

// actForms asks for a reason and, where there are several things that it could be about, for which.
func (s *Support) actForms(r *web.Request, t task, f actForm) ([]templates.DeskForm, error) {
	submit := "support.acts.submit"
	if t.rule.Second || t.help.Watched && !t.rule.Safe {
		submit = "support.acts.ask"
	}
	one := templates.DeskForm{Action: acting + string(t.rule.Action), Submit: submit, Fields: []templates.DeskField{
		{Name: "reason", Label: say("support.acts.reason"), Kind: "choice", Value: f.Reason, Options: reasonOptions()},
	}}
	if t.rule.Action == provider.ChangeContact {
		one.Fields = append(one.Fields,
			templates.DeskField{Name: "kind", Label: say("support.acts.kind"), Kind: "pick", Value: f.Kind, Options: options("support.fact", []provider.Fact{provider.FactEmail, provider.FactPhone})},
			templates.DeskField{Name: "value", Label: say("support.acts.value"), Hint: "support.acts.value.hint", Value: f.Value})
		return []templates.DeskForm{one}, nil
	}
	targets, need, err := s.targets(r, t)
	if err != nil || !need {
		return []templates.DeskForm{one}, err
	}
	if len(targets) == 0 {
		return nil, nil
	}
	one.Fields = append(one.Fields, templates.DeskField{Name: "target", Label: say("support.acts.target"), Kind: "pick", Value: f.Target, Options: targets})
	return []templates.DeskForm{one}, nil
}

// previewPart is the letter that the patient will get, as it reads; it names nobody.
func (s *Support) previewPart(r *web.Request, t task) (templates.DeskPart, error) {
	part := templates.DeskPart{Title: say("support.acts.letter")}
	sample := t
	sample.p = samplePerson(t.p.account)
	told, err := s.letters(r, sample)
	if err != nil {
		return part, err
	}
	if len(told) == 0 {
		part.Lead = []templates.Say{{Key: "support.acts.letter.is", Text: t.rule.Letter}}
		return part, nil
	}
	out, err := s.Preview(told[0], "")
	if err != nil {
		return part, err
	}
	part.Lead = []templates.Say{{Text: out.Subject}}
	for line := range strings.Lines(out.Text) {
		if line = strings.TrimSpace(line); line != "" {
			part.Lead = append(part.Lead, plain(line))
		}
	}
	return part, nil
}

// samplePerson is somebody of whom nothing can be learned, who reads the same language.
func samplePerson(a provider.Account) person {
	sample := provider.Account{ID: a.ID, Status: provider.Active, Profile: provider.Profile{Locale: a.Profile.Locale, Zoneinfo: a.Profile.Zoneinfo}}
	sample.Identifiers = []provider.Identifier{
		{Kind: provider.Username, Value: "m•••", Canonical: "m"},
		{Kind: provider.Email, Value: "m@example.org", Canonical: "m@example.org", VerifiedAt: a.CreatedAt},
	}
	return person{account: sample}
}

type actForm struct {
	Reason string `form:"reason" max:"32"`
	Target string `form:"target" max:"64"`
	Kind   string `form:"kind" max:"16"`
	Value  string `form:"value" max:"254"`
}

// targetOf reads what an act is about; key says what is the matter.
func (s *Support) targetOf(action provider.HelpAction, f actForm) (target, key, field string) {
	if action != provider.ChangeContact {
		return f.Target, "", ""
	}
	by := provider.Fact(f.Kind)
	if by != provider.FactEmail && by != provider.FactPhone {
		return "", "support.error.choose", "kind"
	}
	kind, canonical := s.canonical(by, strings.TrimSpace(f.Value))
	if canonical == "" {
		return "", "support.error.contact", "value"
	}
	return string(kind) + " " + canonical, "", ""
}

// postAct does it, asks a second person, or says why not.
func (s *Support) postAct(r *web.Request, d desk, f actForm) (web.Response, error) {
	rule, ok := ruleOf(r.Path("action"))
	if !ok {
		return web.Response{}, errors.Join(s.Store.Record(r.Context(), audit.HelpRefused(r.Now, provider.Help{Staff: d.staff, Case: *d.open}, provider.RefusedUnknown)), &provider.Problem{Kind: provider.NotFound})
	}
	if !d.open.Found() {
		return web.SeeOther(casePlace), s.Store.Record(r.Context(), audit.HelpRefused(r.Now, provider.Help{Staff: d.staff, Case: *d.open, Action: rule.Action}, provider.RefusedNobody))
	}
	target, key, field := s.targetOf(rule.Action, f)
	if key != "" {
		page, err := s.actPage(r, d, rule, f)
		return refused(http.StatusUnprocessableEntity, page, key, field), err
	}
	t, err := s.taskOf(r, d, rule, provider.Reason(f.Reason), target)
	if err != nil {
		return web.Response{}, err
	}
	err = t.help.Permits(r.Now)
	if errors.Is(err, provider.RefusedSecond) || errors.Is(err, provider.RefusedWatched) {
		return s.ask(r, d, t, f)
	}
	if err == nil {
		err = s.act(r, d, t)
	}
	var why provider.HelpRefusal
	if errors.As(err, &why) {
		return s.explained(r, d, rule, f, why)
	}
	return web.SeeOther(casePlace + "?done=acted"), err
}

// explained says to the agent why not, and records it.
func (s *Support) explained(r *web.Request, d desk, rule provider.HelpRule, f actForm, why provider.HelpRefusal) (web.Response, error) {
	if err := s.Store.Record(r.Context(), audit.HelpRefused(r.Now, provider.Help{Staff: d.staff, Case: *d.open, Action: rule.Action, Reason: provider.Reason(f.Reason)}, why)); err != nil {
		return web.Response{}, err
	}
	r.Note("refused", string(why))
	page, err := s.actPage(r, d, rule, f)
	return refused(http.StatusForbidden, page, "support.refusal."+string(why), ""), err
}

// act does what is permitted. What was approved is spent first, so that of two tabs one acts.
func (s *Support) act(r *web.Request, d desk, t task) error {
	do, err := s.ready(r, d, t)
	if err != nil {
		return err
	}
	if err := s.sentOften(r, t); err != nil {
		return err
	}
	if t.help.Approval != nil && (t.rule.Second || t.help.Watched && !t.rule.Safe) {
		err := s.Store.SpendApproval(r.Context(), t.help.Approval.ID, r.Now, audit.ApprovalSpent(r.Now, work(d), *t.help.Approval))
		if errors.Is(err, provider.ErrUsed) {
			return provider.RefusedExpired
		}
		if err != nil {
			return err
		}
	}
	err = do(r.Context())
	for _, changed := range []error{provider.ErrStale, provider.ErrNotFound, provider.ErrTaken, provider.ErrUsed} {
		if errors.Is(err, changed) {
			return provider.RefusedState
		}
	}
	return err
}

// mailsDaily is how often a day staff can have the same sort of letter sent to one person: nobody's mailbox is filled from the console.
const mailsDaily = 5

// sentOften counts an act that is a letter and nothing else. Errors: provider.RefusedOften.
func (s *Support) sentOften(r *web.Request, t task) error {
	mails := []provider.HelpAction{provider.SendUsername, provider.SendReset, provider.ResendActivation, provider.NewActivation}
	if !slices.Contains(mails, t.rule.Action) {
		return nil
	}
	whose := "account/" + string(t.help.Case.Account)
	if t.help.Case.Account == "" {
		whose = "record/" + t.invitation.Record
	}
	_, _, err := s.Store.Spend(r.Context(), provider.Budget{Purpose: "support letters", Key: string(t.rule.Action) + " " + whose, Limit: mailsDaily, Window: 24 * time.Hour}, r.Now)
	if errors.Is(err, provider.ErrSpent) {
		return provider.RefusedOften
	}
	return err
}

// letters are what the patient is told of an act.
func (s *Support) letters(r *web.Request, t task) ([]provider.Message, error) {
	tell := func(message string, data map[string]string) ([]provider.Message, error) {
		return notify.Tell(t.p.account, t.p.held, message, data, r.Lang, r.Now), nil
	}
	switch t.rule.Action {
	case provider.SendUsername:
		return usernameLetter(t.p.account, r.Lang, r.Now), nil
	case provider.SendReset:
		if !t.p.account.Regainable() {
			return nil, nil // it is answered alike
		}
		return tell(notify.ResetBegun, map[string]string{notify.DataLink: "/forgot/password"})
	case provider.EndAllSessions:
		return tell(notify.SignedOut, nil)
	case provider.PauseSignIn:
		return tell(notify.AccountPaused, map[string]string{notify.DataAction: "paused", notify.DataLink: "/account/not-me"})
	case provider.UnlockSignIn:
		return tell(notify.AccountPaused, map[string]string{notify.DataAction: "opened", notify.DataLink: "/account/not-me"})
	case provider.RemoveFactor, provider.ReopenAccount:
		return tell(notify.StaffHelped, map[string]string{notify.DataLink: "/account/activity"})
	case provider.RevokeApp:
		name, err := s.appName(r.Context(), t.target)
		if err != nil {
			return nil, err
		}
		return tell(notify.AppAccess, map[string]string{notify.DataAction: "ended", notify.DataWhat: name, notify.DataLink: "/account/apps"})
	case provider.ResetFactors:
		return s.WaitNotice(t.p.account, t.p.held, s.recoveryOf(r, t), "started", r.Now)
	case provider.ChangeContact:
		return s.contactLetters(r, t), nil
	default:
		return nil, nil // the invitation brings its own
	}
}
