package support

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-07: what a second person is asked. They see the evidence and never the contact, show their passkey anew, and are not who asked.

const mostPending = 50

// ask puts an act before a second person, once.
func (s *Support) ask(r *web.Request, d desk, t task, f actForm) (web.Response, error) {
	if a := t.help.Approval; a != nil && a.By == "" && r.Now.Before(a.ExpiresAt) {
		return web.SeeOther(casePlace + "?done=asked"), nil
	}
	if _, err := s.ready(r, d, t); err != nil {
		var why provider.HelpRefusal
		if errors.As(err, &why) {
			return s.explained(r, d, t.rule, f, why)
		}
		return web.Response{}, err
	}
	a := provider.Approval{
		ID: provider.NewID(), Case: d.open.ID, Staff: d.staff.ID, Account: d.open.Account, Action: t.rule.Action, Reason: t.reason, Target: t.target,
		Level: d.open.Level(r.Now), Evidence: evidence(*d.open), AskedAt: r.Now, ExpiresAt: r.Now.Add(provider.ApproveIn),
	}
	e := audit.ApprovalAsked(r.Now, work(d), a, nil)
	all, err := s.Store.AllStaff(r.Context(), mostPending)
	if err != nil {
		return web.Response{}, err
	}
	for _, other := range all {
		if other.Role == provider.Supervisor && other.Enabled() && other.ID != d.staff.ID {
			e.Tell = append(e.Tell, tellStaff(other, "approval", r.Lang, r.Now)...)
		}
	}
	return web.SeeOther(casePlace + "?done=asked"), stale(s.Store.AskApproval(r.Context(), a, e))
}

// evidence are the kinds of what a caller has shown.
func evidence(c provider.Case) []string {
	var all []string
	for _, f := range c.Facts {
		all = append(all, "fact "+string(f))
	}
	if !c.LiveAt.IsZero() {
		all = append(all, "live "+string(c.LiveBy))
	}
	if c.Document != "" {
		all = append(all, "document "+string(c.Document))
	}
	return all
}

// askedPart shows how the approvals of a case stand; what was approved can be done.
func (s *Support) askedPart(r *web.Request, d desk) (templates.DeskPart, error) {
	part := templates.DeskPart{Title: say("support.asked.heading")}
	all, err := s.Store.ApprovalsOf(r.Context(), d.open.ID)
	for _, a := range all {
		item := templates.DeskItem{Words: say("support.act." + string(a.Action) + ".title"), More: []templates.Say{say("support.asked." + standing(a, r))}}
		part.Items = append(part.Items, item)
		if standing(a, r) == "approved" {
			part.Forms = append(part.Forms, templates.DeskForm{
				Action: acting + string(a.Action), Submit: "support.asked.do", Hidden: hiddenOf(a),
			})
		}
	}
	return part, err
}

// hiddenOf is the act that was approved, to be sent again.
func hiddenOf(a provider.Approval) []templates.Hidden {
	all := []templates.Hidden{{Name: "reason", Value: string(a.Reason)}}
	if a.Action == provider.ChangeContact {
		kind, value, _ := strings.Cut(a.Target, " ")
		return append(all, templates.Hidden{Name: "kind", Value: kind}, templates.Hidden{Name: "value", Value: value})
	}
	return append(all, templates.Hidden{Name: "target", Value: a.Target})
}

func standing(a provider.Approval, r *web.Request) string {
	switch {
	case !a.DoneAt.IsZero():
		return "done"
	case a.Refused:
		return "refused"
	case !r.Now.Before(a.ExpiresAt):
		return "expired"
	case a.By == "":
		return "waits"
	default:
		return "approved"
	}
}

// showApprovals is the queue.
func (s *Support) showApprovals(r *web.Request, d desk) (web.Response, error) {
	all, err := s.Store.PendingApprovals(r.Context(), r.Now, mostPending)
	if err != nil {
		return web.Response{}, err
	}
	part := templates.DeskPart{Title: say("support.approvals.heading")}
	for _, a := range all {
		part.Items = append(part.Items, templates.DeskItem{
			Words: say("support.act." + string(a.Action) + ".title"), To: approvals + "/" + a.ID,
			More: []templates.Say{{Key: "support.approvals.until", At: a.ExpiresAt.UTC()}},
		})
	}
	if len(all) == 0 {
		part.Lead = []templates.Say{say("support.approvals.none")}
	}
	page := s.page(r, d, "approvals", part)
	if done := r.Query().Get("done"); slices.Contains([]string{"approved", "refused", "late"}, done) {
		page.Notice = say("support.approvals." + done)
	}
	return web.Show(page), nil
}

// pending is an approval that this supervisor may decide: not their own, not about their own account.
func (s *Support) pending(r *web.Request, d desk) (provider.Approval, error) {
	a, err := s.Store.Approval(r.Context(), r.Path("id"))
	if errors.Is(err, provider.ErrNotFound) {
		return a, &provider.Problem{Kind: provider.NotFound}
	}
	if err != nil {
		return a, err
	}
	why := provider.HelpRefusal("")
	switch {
	case a.Staff == d.staff.ID:
		why = provider.RefusedSelf
	case a.Account == d.staff.Account:
		why = provider.RefusedOwn
	}
	if why == "" {
		return a, nil
	}
	return a, errors.Join(s.Store.Record(r.Context(), audit.ApprovalDenied(r.Now, work(d), a, why)), &provider.Problem{Kind: provider.NotAllowed})
}

// showApproval shows the evidence, and asks for the passkey.
func (s *Support) showApproval(r *web.Request, d desk) (web.Response, error) {
	a, err := s.pending(r, d)
	if err != nil {
		return web.Response{}, err
	}
	return s.approvalPage(r, d, a, http.StatusOK, "")
}

// deciding is what a passkey is shown for: this approval, in this session.
func deciding(a provider.Approval, d desk) string { return "approve " + a.ID + " " + d.session.ID }

func (s *Support) approvalPage(r *web.Request, d desk, a provider.Approval, status int, fault string) (web.Response, error) {
	asker, err := s.Store.StaffOf(r.Context(), a.Staff)
	if err != nil {
		return web.Response{}, err
	}
	if err := s.Store.Record(r.Context(), audit.ApprovalViewed(r.Now, work(d), a)); err != nil {
		return web.Response{}, err
	}
	part := templates.DeskPart{Title: say("support.act." + string(a.Action) + ".title"), Facts: []templates.DeskFact{
		fact("support.approvals.by", plain(asker.Name)), fact("support.acts.reason", say("support.reason."+string(a.Reason))),
		fact("support.case.level", say("support.level."+levelText(a.Level))),
		fact("support.approvals.evidence", plain(strings.Join(a.Evidence, ", "))),
		fact("support.approvals.asked", templates.Say{At: a.AskedAt.UTC()}), fact("support.approvals.ends", templates.Say{At: a.ExpiresAt.UTC()}),
	}}
	back := templates.DeskPart{Items: []templates.DeskItem{{Words: say("support.menu.approvals"), To: approvals}}}
	if standing(a, r) != "waits" {
		part.Lead = []templates.Say{say("support.asked." + standing(a, r))}
		return web.ShowStatus(status, s.page(r, d, "approval", part, back)), nil
	}
	keys, err := s.Store.StaffKeys(r.Context(), d.staff.ID)
	if err != nil {
		return web.Response{}, err
	}
	options, err := s.Passkeys.Request(deciding(a, d), asAuthenticators(keys), true, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	part.Lead = []templates.Say{say("support.approvals.lead")}
	part.Forms = []templates.DeskForm{
		{Action: approvals + "/" + a.ID + "/approve", Submit: "support.approvals.approve", Passkey: options},
		{Action: approvals + "/" + a.ID + "/refuse", Submit: "support.approvals.refuse", Tone: "quiet"},
	}
	page := s.page(r, d, "approval", part, back)
	page.Error = fault
	return web.ShowStatus(status, page), nil
}

func (s *Support) postApprove(r *web.Request, d desk, f doorForm) (web.Response, error) {
	a, err := s.pending(r, d)
	if err != nil {
		return web.Response{}, err
	}
	who, ok, err := s.proven(r, deciding(a, d), f.Response)
	if err != nil {
		return web.Response{}, err
	}
	if !ok || who != d.staff.ID {
		return s.approvalPage(r, d, a, http.StatusForbidden, "support.door.error")
	}
	if err := s.Store.TouchStaffSession(r.Context(), d.session.ID, r.Now, r.Now); err != nil {
		return web.Response{}, err
	}
	return s.decide(r, d, a, false)
}

func (s *Support) postRefuse(r *web.Request, d desk, _ nothing) (web.Response, error) {
	a, err := s.pending(r, d)
	if err != nil {
		return web.Response{}, err
	}
	return s.decide(r, d, a, true)
}

func (s *Support) decide(r *web.Request, d desk, a provider.Approval, no bool) (web.Response, error) {
	err := s.Store.DecideApproval(r.Context(), a.ID, d.staff.ID, no, r.Now, audit.ApprovalDecided(r.Now, work(d), a, no, nil))
	if errors.Is(err, provider.ErrUsed) {
		return web.SeeOther(approvals + "?done=late"), nil
	}
	return web.SeeOther(approvals + "?done=" + map[bool]string{true: "refused", false: "approved"}[no]), err
}

// showTrail is what auditors read: the newest of everything that staff did, by ids.
func (s *Support) showTrail(r *web.Request, d desk) (web.Response, error) {
	const most, shown = 500, 100
	if err := s.Store.Record(r.Context(), audit.TrailRead(r.Now, d.staff, "")); err != nil {
		return web.Response{}, err
	}
	events, err := s.Store.Events(r.Context(), "", most)
	if err != nil {
		return web.Response{}, err
	}
	part := templates.DeskPart{Lead: []templates.Say{say("support.trail.lead")}}
	for _, e := range events {
		if did(e) == "staff" && len(part.Items) < shown {
			part.Items = append(part.Items, templates.DeskItem{
				Words: kindWords(e.Kind),
				More:  append([]templates.Say{{At: e.At.UTC()}, plain(e.Actor), plain(string(e.Account))}, because(e)...),
			})
		}
	}
	return web.Show(s.page(r, d, "trail", part)), nil
}

// showPeople is whom an administrator answers for; they are added and disabled at the command line.
func (s *Support) showPeople(r *web.Request, d desk) (web.Response, error) {
	const most = 200
	all, err := s.Store.AllStaff(r.Context(), most)
	if err != nil {
		return web.Response{}, err
	}
	part := templates.DeskPart{Lead: []templates.Say{say("support.people.lead")}}
	for _, one := range all {
		state := "support.people.works"
		if !one.Enabled() {
			state = "support.people.disabled"
		} else if len(one.EnrollHash) > 0 {
			state = "support.people.invited"
		}
		part.Items = append(part.Items, templates.DeskItem{Words: plain(one.Name), More: []templates.Say{say("support.role." + string(one.Role)), say(state)}})
	}
	return web.Show(s.page(r, d, "people", part)), nil
}
