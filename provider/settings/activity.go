package settings

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// activity is where an owner reads what happened: Y-10. Nothing is left out for its age: it goes back as far as the trail is kept.
const (
	activity = home + "/activity"
	sheet    = activity + ".csv"
)

const (
	linesShown  = 25
	sheetsLines = 20_000 // more than anybody does while the trail is kept; a script that does more gets the newest
)

func (s *Settings) activityRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + activity, Handle: s.here},
		{Pattern: "GET " + sheet, Handle: s.sheet},
	}
}

// A topic is what a person may want to see apart.
type topic string

const (
	all     topic = "all"
	signIns topic = "signin"
	changes topic = "changes"
	apps    topic = "apps"
	byStaff topic = "staff" // by who did it, whatever it was
)

func topics() []topic { return []topic{all, signIns, changes, apps, byStaff} }

// A tale is how an event is told to the account's owner.
type tale struct {
	topic    topic
	unproven bool // the trail names the account that was meant: that it was its owner is just what was not shown
}

// tales are the kinds of event that owners read, by their words activity.KIND. Each kind of provider/audit is here or in untold.
func tales() map[string]tale {
	return map[string]tale{
		"session.began": {topic: signIns}, "session.renewed": {topic: signIns}, "session.ended": {topic: signIns},
		"session.others_ended": {topic: signIns}, "signin.failed": {topic: signIns, unproven: true},
		"signin.refused": {topic: signIns, unproven: true}, "factor.failed": {topic: signIns, unproven: true},
		"reset.failed": {topic: signIns, unproven: true}, "code.sent": {topic: signIns, unproven: true},
		"lane.closed": {topic: signIns}, "lane.passed": {topic: signIns}, "lane.unlocked": {topic: signIns},
		"devices.forgotten": {topic: changes}, "password.changed": {topic: changes}, "password.reset": {topic: changes},
		"password.change_owed": {topic: changes}, "authenticator.bound": {topic: changes}, "authenticator.renamed": {topic: changes},
		"authenticator.removed": {topic: changes}, "passkey.cloned": {topic: changes, unproven: true}, "recovery.used": {topic: changes},
		"recovery.started": {topic: changes, unproven: true}, "recovery.stopped": {topic: changes, unproven: true},
		"recovery.finished": {topic: changes, unproven: true},
		"consent.given":     {topic: apps}, "consent.refused": {topic: apps}, "consent.withdrawn": {topic: apps},
		"grant.began": {topic: apps}, "grant.revoked": {topic: apps}, "access.ended": {topic: apps},
		"contact.added": {topic: changes}, "contact.changed": {topic: changes}, "contact.removed": {topic: changes},
		"contact.first": {topic: changes}, "username.changed": {topic: changes}, "choices.changed": {topic: changes},
		"account.created": {topic: changes}, "account.activated": {topic: changes}, "account.disabled": {topic: changes},
		"account.enabled": {topic: changes}, "record.joined": {topic: changes},
		"trust.invited": {topic: changes}, "trust.ended": {topic: changes}, "closing.asked": {topic: changes}, "closing.cancelled": {topic: changes}, "account.closed": {topic: changes}, "data.downloaded": {topic: changes}, "trail.erased": {topic: changes},
		"terms.accepted": {topic: changes}, "terms.declined": {topic: changes},
		"case.found": {topic: changes}, "case.glass": {topic: changes}, "review.told": {topic: changes},
		"help.send_username": {topic: changes}, "help.send_reset": {topic: changes}, "help.resend_activation": {topic: changes},
		"help.unlock": {topic: signIns}, "help.pause": {topic: changes}, "help.end_sessions": {topic: signIns}, "help.new_activation": {topic: changes},
		"help.remove_factor": {topic: changes}, "help.reset_factors": {topic: changes}, "help.change_contact": {topic: changes},
		"help.reopen": {topic: changes}, "help.revoke_app": {topic: apps},
	}
}

// untold are the kinds that owners do not read: they say nothing to them, or are nobody's.
func untold() []string {
	return []string{
		"password.rehashed", "authenticator.used", "passkey.backed", "recovery.noticed", "closing.noticed", "notice.sent", "code.sent_again", "code.refused",
		"token.revoked", "usernames.asked", "keys.changed", "logout.told", "logout.failed",
		"activation.issued", "activation.revoked", "activation.stopped", "activation.matched",
		"client.created", "client.changed", "client.disabled", "client.enabled", "client.removed", "client.secret_rotated",
		"staff.added", "staff.changed", "staff.disabled", "staff.enabled", "staff.linked", "staff.enrolled", "staff.signed_in", "staff.signed_out",
		"staff.signin_failed", "trail.read", "trail.exported", "trail.swept", "export.summary", "channel.slowed", "channel.mended", "account.watched", "account.unwatched",
		"case.opened", "case.ended", "case.searched", "case.viewed", "case.view_refused", "case.checked", "case.called", "case.proven",
		"approval.asked", "approval.viewed", "approval.decided", "approval.denied", "approval.spent", "help.refused", "help.other",
		"case.glass_held", "case.glass_refused", "watch.opened", "watch.refused", "watch.read", "review.viewed", "review.closed", "review.denied",
		"review.late", "staff.activity", "page.refused", "reference.read",
	}
}

// wanted asks for the events of a topic.
func wanted(t topic, before int64, limit int) provider.EventQuery {
	q := provider.EventQuery{Before: before, Staff: t == byStaff, Limit: limit}
	for kind, told := range tales() {
		if t == all || t == byStaff || told.topic == t {
			q.Kinds = append(q.Kinds, kind)
		}
	}
	slices.Sort(q.Kinds)
	return q
}

// activityPage lists what happened, a page at a time.
func (s *Settings) activityPage(r *web.Request, o owner) (web.Response, error) {
	t := topic(r.Query().Get("kind"))
	if !slices.Contains(topics(), t) {
		t = all
	}
	before, err := strconv.ParseInt(r.Query().Get("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	events, err := s.Store.EventsOf(r.Context(), o.account.ID, wanted(t, before, linesShown+1))
	if err != nil {
		return web.Response{}, err
	}
	page := templates.Activity{Here: activityAt(t, 0), Sheet: sheet, Home: home}
	for _, other := range topics() {
		page.Filters = append(page.Filters, templates.Place{Key: "activity.kind." + string(other), To: activityAt(other, 0)})
	}
	if len(events) > linesShown {
		events = events[:linesShown]
		page.Older = activityAt(t, events[linesShown-1].Seq)
	}
	if before > 0 {
		page.Newest = page.Here
	}
	page.Lines, err = s.told(r, o, events)
	return web.Show(page), err
}

// activityAt is the address of a page of a topic; before 0 is the newest.
func activityAt(t topic, before int64) string {
	query := url.Values{}
	if t != all {
		query.Set("kind", string(t))
	}
	if before > 0 {
		query.Set("before", strconv.FormatInt(before, 10))
	}
	if len(query) == 0 {
		return activity
	}
	return activity + "?" + query.Encode()
}

// told makes lines of events.
func (s *Settings) told(r *web.Request, o owner, events []provider.Event) ([]templates.ActivityLine, error) {
	names := map[string]string{}
	var lines []templates.ActivityLine
	for _, e := range events {
		app, err := s.clientName(r, names, e.Client)
		if err != nil {
			return nil, err
		}
		line := templates.ActivityLine{At: local(o.account, e.At), Kind: e.Kind, App: app, By: by(e)}
		if strings.HasPrefix(e.Kind, "authenticator.") {
			line.What = wayOf(e.Detail["kind"])
		}
		if strings.HasPrefix(e.Kind, "contact.") {
			line.What = contactOf(e.Detail["kind"])
		}
		if line.By == "owner" || line.By == "app" {
			line.NotMe = notMe
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// by is who did it, as far as a person wants to know.
func by(e provider.Event) string {
	switch {
	case strings.HasPrefix(e.Actor, "staff:"):
		return "staff" // whatever was shown to them
	case tales()[e.Kind].unproven, e.Actor == "nobody", e.Actor == "":
		return ""
	case strings.HasPrefix(e.Actor, "account:"):
		return "owner"
	case strings.HasPrefix(e.Actor, "client:"):
		return "app"
	case e.Actor == "house":
		return "house"
	default:
		return "staff"
	}
}

// contactOf is the kind of address that an event names, by the kind of way to sign in that it is.
func contactOf(kind string) string {
	if kind == string(provider.Phone) {
		return string(provider.TextCode)
	}
	return string(provider.EmailCode)
}

// wayOf is the kind of way to sign in that an event names; "password" for one that has no words.
func wayOf(kind string) string {
	if slices.Contains(bindable(), provider.Kind(kind)) {
		return kind
	}
	return string(provider.Password)
}

// sheet is all of it as a table (RFC 4180), for who would look at it like at the page; others are led there to show that it is
// them. It begins with a byte order mark: spreadsheets take it for their own country's letters otherwise.
func (s *Settings) sheet(r *web.Request) (web.Response, error) {
	o, ok, err := s.proven(r, activity)
	if err != nil || !ok {
		return web.SeeOther(activity), err
	}
	events, err := s.Store.EventsOf(r.Context(), o.account.ID, wanted(all, 0, sheetsLines))
	if err != nil {
		return web.Response{}, err
	}
	lines, err := s.told(r, o, events)
	if err != nil {
		return web.Response{}, err
	}
	header := http.Header{
		"Content-Disposition": {`attachment; filename="account-activity.csv"`}, "Cache-Control": {"no-store"},
	}
	return web.Response{Body: s.table(r.Lang, lines), Type: "text/csv; charset=utf-8; header=present", Header: header}, nil
}

func (s *Settings) table(lang string, lines []templates.ActivityLine) []byte {
	say := func(key string, data map[string]any) string { return s.Words(lang, key, data) }
	rows := [][]string{{
		say("activity.sheet.when", nil), say("activity.sheet.what", nil), say("activity.sheet.by", nil), say("activity.sheet.app", nil),
	}}
	for _, l := range lines {
		way, who := "", ""
		if l.What != "" {
			way = say("activity.way."+l.What, nil)
		}
		if l.By != "" {
			who = say("activity.by."+l.By, nil)
		}
		rows = append(rows, []string{
			l.At.Format(time.RFC3339), harmless(say("activity."+l.Kind, map[string]any{"What": way})), harmless(who), harmless(l.App),
		})
	}
	var b bytes.Buffer
	b.WriteString("\uFEFF")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.WriteAll(rows) // a buffer takes everything
	return b.Bytes()
}

// harmless keeps a spreadsheet from taking a cell for a formula (CWE-1236): the apostrophe is not shown there.
func harmless(cell string) string {
	if strings.ContainsAny(cell[:min(len(cell), 1)], "=+-@\t\r\n") || strings.HasPrefix(cell, "＝") || strings.HasPrefix(cell, "＋") ||
		strings.HasPrefix(cell, "－") || strings.HasPrefix(cell, "＠") {
		return "'" + cell
	}
	return cell
}
