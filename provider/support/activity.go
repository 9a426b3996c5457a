package support

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-11: everybody who helps sees the numbers of their own work; supervisors see those of all, with patterns to ask about, and take them
// away as a file for the review of who has access.

func spans() []int { return []int{1, 7, 30} }

// from is since when the days are counted; one day is the present one, where the house is.
func (s *Support) from(now time.Time, days int) time.Time {
	if s.Hours.Zone != nil {
		now = now.In(s.Hours.Zone)
	} else {
		now = now.UTC()
	}
	return time.Date(now.Year(), now.Month(), now.Day()-days+1, 0, 0, 0, 0, now.Location())
}

// activityOf counts what somebody did by the trail.
func (s *Support) activityOf(r *web.Request, id provider.StaffID, since time.Time) (a provider.Activity, err error) {
	counts, err := s.Store.StaffCounts(r.Context(), id, since)
	for _, c := range counts {
		a.Add(c)
	}
	return a, err
}

// numbers are what everybody may read of their own work. Watched accounts are none of it.
func numbers(a provider.Activity) []templates.DeskFact {
	n := func(key string, n int) templates.DeskFact {
		return fact("support.activity."+key, plain(strconv.Itoa(n)))
	}
	return []templates.DeskFact{
		n("cases", a.Cases), n("searches", a.Searches), n("picks", a.Picks), n("checks", a.Checks), n("misses", a.Misses), n("refusals", a.Refusals), n("acts", a.Acts),
	}
}

func (s *Support) showActivity(r *web.Request, d desk) (web.Response, error) {
	parts := []templates.DeskPart{{Lead: []templates.Say{say("support.activity.lead")}}}
	for _, days := range spans() {
		a, err := s.activityOf(r, d.staff.ID, s.from(r.Now, days))
		if err != nil {
			return web.Response{}, err
		}
		parts = append(parts, templates.DeskPart{Title: say("support.activity.days." + strconv.Itoa(days)), Facts: numbers(a)})
	}
	return web.Show(s.page(r, d, "activity", parts...)), nil
}

// member is somebody of the house with what they did.
type member struct {
	who provider.Staff
	did provider.Activity
}

// team are all who help, and who did while they still could.
func (s *Support) team(r *web.Request, since time.Time) ([]member, error) {
	all, err := s.Store.AllStaff(r.Context(), mostStaff)
	if err != nil {
		return nil, err
	}
	hours, err := s.Store.StaffHours(r.Context(), since)
	if err != nil {
		return nil, err
	}
	same, err := s.Store.StaffSame(r.Context(), since)
	if err != nil {
		return nil, err
	}
	var members []member
	for _, who := range all {
		did, err := s.activityOf(r, who.ID, since)
		if err != nil {
			return nil, err
		}
		for _, h := range hours {
			if h.Staff == who.ID && s.Hours.Outside(h.Hour) {
				did.Off += h.N
			}
		}
		for _, n := range same {
			if n.Staff == who.ID {
				did.Same = n.N
			}
		}
		members = append(members, member{who, did})
	}
	return members, nil
}

// daysOf reads for how many days numbers are wanted.
func daysOf(asked string) int {
	days, err := strconv.Atoi(asked)
	if err != nil || !slices.Contains(spans(), days) {
		return 7
	}
	return days
}

// showTeam shows those who helped callers; who has a pattern comes first.
func (s *Support) showTeam(r *web.Request, d desk) (web.Response, error) {
	if err := s.Store.Record(r.Context(), audit.TeamRead(r.Now, d.staff, false)); err != nil {
		return web.Response{}, err
	}
	days := daysOf(r.Query().Get("days"))
	members, err := s.team(r, s.from(r.Now, days))
	if err != nil {
		return web.Response{}, err
	}
	slices.SortStableFunc(members, func(a, b member) int { return len(b.did.Odd()) - len(a.did.Odd()) })
	filter := templates.DeskPart{Title: say("support.team.span"), Lead: []templates.Say{say("support.team.lead")}, Forms: []templates.DeskForm{
		{Action: team + "/export", Submit: "support.team.export", Tone: "quiet"},
	}}
	if s.Hours.Zone == nil {
		filter.Lead = append(filter.Lead, say("support.team.hours"))
	}
	for _, n := range spans() {
		item := templates.DeskItem{Words: say("support.activity.days." + strconv.Itoa(n)), To: team + "?days=" + strconv.Itoa(n)}
		if n == days {
			item.To = ""
		}
		filter.Items = append(filter.Items, item)
	}
	parts := []templates.DeskPart{filter}
	for _, m := range members {
		if m.who.Role.Helps() {
			parts = append(parts, memberPart(m))
		}
	}
	return web.Show(s.page(r, d, "team", parts...)), nil
}

func memberPart(m member) templates.DeskPart {
	part := templates.DeskPart{Title: templates.Say{Key: "support.team.who", Text: m.who.Name}, Facts: numbers(m.did)}
	for _, odd := range m.did.Odd() {
		part.Items = append(part.Items, templates.DeskItem{Words: say("support.odd." + string(odd))})
	}
	part.Grave = len(part.Items) > 0
	return part
}

// postExport answers the review of access: who can sign in at the console, as what, and what they did in 30 days.
func (s *Support) postExport(r *web.Request, d desk, _ nothing) (web.Response, error) {
	const days = 30
	if err := s.Store.Record(r.Context(), audit.TeamRead(r.Now, d.staff, true)); err != nil {
		return web.Response{}, err
	}
	members, err := s.team(r, s.from(r.Now, days))
	if err != nil {
		return web.Response{}, err
	}
	lines := [][]string{{
		"id", "name", "role", "state", "added", "disabled", "passkeys", "contacts", "searches", "found", "checks", "misses", "refusals", "acts", "patterns",
	}}
	for _, m := range members {
		keys, err := s.Store.StaffKeys(r.Context(), m.who.ID)
		if err != nil {
			return web.Response{}, err
		}
		lines = append(lines, memberLine(m, len(keys)))
	}
	var body bytes.Buffer
	if err := csv.NewWriter(&body).WriteAll(lines); err != nil {
		return web.Response{}, err
	}
	name := "access-review-" + r.Now.UTC().Format(time.DateOnly) + ".csv"
	header := http.Header{"Content-Disposition": {`attachment; filename="` + name + `"`}, "Cache-Control": {"no-store"}}
	return web.Response{Body: body.Bytes(), Type: "text/csv; charset=utf-8", Header: header}, nil
}

func memberLine(m member, keys int) []string {
	state, disabled := "works", ""
	switch {
	case !m.who.Enabled():
		state, disabled = "disabled", m.who.DisabledAt.UTC().Format(time.RFC3339)
	case len(m.who.EnrollHash) > 0:
		state = "invited"
	}
	var odd []string
	for _, o := range m.did.Odd() {
		odd = append(odd, string(o))
	}
	line := []string{string(m.who.ID), m.who.Name, string(m.who.Role), state, m.who.CreatedAt.UTC().Format(time.RFC3339), disabled}
	for _, n := range []int{keys, m.did.Cases, m.did.Searches, m.did.Picks, m.did.Checks, m.did.Misses, m.did.Refusals, m.did.Acts} {
		line = append(line, strconv.Itoa(n))
	}
	line = append(line, strings.Join(odd, " "))
	for i := range line {
		line[i] = guarded(line[i])
	}
	return line
}

// guarded is a cell that no program for tables takes for a formula.
func guarded(cell string) string {
	if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
		return "'" + cell
	}
	return cell
}
