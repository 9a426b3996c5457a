package activation

import (
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/text/language"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/limit"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

type factsForm struct {
	Month    string `form:"month" max:"64"`
	Day      string `form:"day" max:"64"`
	Year     string `form:"year" max:"64"`
	LastName string `form:"last_name" max:"512"`
	ZIP      string `form:"zip" max:"64"`
	IDLast4  string `form:"id_last4" max:"64"`
}

// read gives the facts that are asked, in canonical form, and what is wrong with what was typed.
func (f factsForm) read(asked []Fact, dayFirst bool) (known map[Fact]string, faults []templates.Field) {
	known = map[Fact]string{}
	for _, fact := range asked {
		var err error
		name := string(fact)
		switch fact {
		case BirthDate:
			known[fact], err = ParseBirthDate(f.Year, f.Month, f.Day)
			if name = "month"; dayFirst {
				name = "day"
			}
		case LastName:
			known[fact], err = Canonical(fact, f.LastName)
		case ZIP:
			known[fact], err = Canonical(fact, f.ZIP)
		case IDLast4:
			known[fact], err = Canonical(fact, f.IDLast4)
		}
		if err != nil {
			faults = append(faults, templates.Field{Name: name, Key: faultOf(fact)})
		}
	}
	return known, faults
}

func faultOf(fact Fact) string {
	if fact == BirthDate {
		return "activatefacts.error.birth"
	}
	return "activatefacts.error." + string(fact)
}

// dayFirst is the order of a date in the language of the page; people in the United States who read another write it as there.
func dayFirst(lang string) bool {
	base, _ := language.Make(lang).Base()
	return base.String() != "en"
}

// factsPage is A-03.
func (a *Room) factsPage(r *web.Request, t turn, f factsForm) templates.ActivateFacts {
	page := templates.ActivateFacts{
		App: a.SignIn.OriginApp(r, t.d.Origin), Action: t.base() + "/facts", Again: codePage,
		Month: f.Month, Day: f.Day, Year: f.Year, LastName: f.LastName, ZIP: f.ZIP, IDLast4: f.IDLast4,
		DayFirst: dayFirst(r.Lang), Step: stepFacts.place(), Steps: templates.ActivateSteps,
	}
	for _, fact := range a.Facts.Asked() {
		page.AskName = page.AskName || fact == LastName
		page.AskZIP = page.AskZIP || fact == ZIP
		page.AskID = page.AskID || fact == IDLast4
	}
	return page
}

// postFacts matches code and facts. Every answer but that to a form that is not filled in comes at one deadline.
func (a *Room) postFacts(r *web.Request, t turn, f factsForm) (web.Response, error) {
	page := a.factsPage(r, t, f)
	known, faults := f.read(a.Facts.Asked(), page.DayFirst)
	if len(faults) > 0 {
		page.Fields = faults
		return a.refused(t, http.StatusUnprocessableEntity, page), nil
	}
	g, right, err := a.match(r, t.d.Code, known)
	switch {
	case err != nil:
		return a.SignIn.Steady(web.Response{}, err)
	case g.away:
		return a.SignIn.Steady(a.turnedAway(r, t, g), nil)
	case right:
		t.d = renewable(matched(t.d, g.invitation, r.Now), g, known, r.Now)
		return a.SignIn.Steady(a.keep(r, t))
	}
	r.Note("outcome", "no match")
	page.Error = "activatefacts.error.match"
	of := a.Lanes.Rule(provider.LaneActivation).Tries
	r.Refuse(provider.Refusal{Rule: provider.RuleWrongFacts, Invited: g.invitation.ID, Count: max(of-g.left, 0), Of: of})
	if left := g.left; left <= 2 {
		page.Left = left
	}
	if g.left == 0 {
		return a.SignIn.Steady(a.turnedAway(r, t, g), nil)
	}
	return a.SignIn.Steady(a.refused(t, http.StatusUnprocessableEntity, page), nil)
}

func (a *Room) refused(t turn, status int, page templates.Page) web.Response {
	response := web.ShowStatus(status, page)
	response.Self = t.base()
	return response
}

// guess is one try at an invitation, which may be none.
type guess struct {
	invitation provider.Activation // its ID is "" where the code is nobody's
	lanes      [2]provider.Lane    // of the code, and of the record
	states     [2]provider.LaneState
	newest     bool // there is no later one of the same record and relation
	away       bool // nobody may try now; nothing was counted
	left       int  // tries after this one
}

// match counts a try, and then compares. A code that is nobody's is looked up, counted and compared like any other, with facts
// that nobody can know. What was right is not counted; neither is what could not be looked at.
func (a *Room) match(r *web.Request, code string, known map[Fact]string) (guess, bool, error) {
	g, err := a.find(r, code)
	if err != nil {
		return g, false, err
	}
	if err := a.count(r, &g); err != nil || g.away {
		return g, false, err
	}
	right := a.matches(g.invitation, known)
	if right {
		err = a.Store.Record(r.Context(), audit.ActivationMatched(r.Now, g.invitation, stateOf(g.invitation, r.Now)))
	} else {
		err = a.missed(r, g)
	}
	if right || err != nil { // what is answered by A-19 tells nothing, and counts as nothing
		err = errors.Join(err, a.uncount(r, g, len(g.lanes)))
	}
	return g, right && err == nil, err
}

// find reads the invitation of a code, and who else's tries count with it.
func (a *Room) find(r *web.Request, code string) (guess, error) {
	hash := CodeHash(a.Keys, code)
	found, err := a.Store.ActivationByCode(r.Context(), hash)
	record := "nobody/" + hex.EncodeToString(hash)
	switch {
	case errors.Is(err, provider.ErrNotFound):
		found = provider.Activation{}
	case err != nil:
		return guess{}, err
	default:
		record = found.Record
	}
	found.Record = record
	newest, err := a.newest(r, found)
	if err != nil {
		return guess{}, err
	}
	if newest == "" {
		newest = record
	}
	return guess{invitation: found, newest: newest == found.ID, lanes: [2]provider.Lane{provider.CodeLane(hash), provider.RecordLane(newest)}}, nil
}

// newest is the last invitation to the same record and of the same relation; "" where there is none. Of those that a patient gave
// to trusted people each is for another person, and none is in another's way.
func (a *Room) newest(r *web.Request, one provider.Activation) (string, error) {
	all, err := a.Store.ActivationsOf(r.Context(), one.Record)
	if err != nil {
		return "", err
	}
	for _, other := range all { // newest first
		if other.Relation == one.Relation && (one.By == "" || other.ID == one.ID) {
			return other.ID, nil
		}
	}
	return "", nil
}

// count takes a try of both lanes, or of neither.
func (a *Room) count(r *web.Request, g *guess) error {
	rule := a.Lanes.Rule(provider.LaneActivation)
	g.left = rule.Tries
	for i, lane := range g.lanes {
		state, err := a.Store.TryLane(r.Context(), lane, rule, r.Now)
		g.states[i] = state
		if errors.Is(err, provider.ErrSpent) {
			g.away = true
			return a.uncount(r, *g, i)
		}
		if err != nil {
			return errors.Join(err, a.uncount(r, *g, i))
		}
		g.left = min(g.left, rule.Tries-state.Tries, rule.InARow-state.InARow)
	}
	g.left = max(g.left, 0)
	return nil
}

// uncount gives back the tries of the first lanes.
func (a *Room) uncount(r *web.Request, g guess, n int) error {
	var all error
	for _, lane := range g.lanes[:n] {
		all = errors.Join(all, a.Store.ReturnTry(r.Context(), lane, a.Lanes.Rule(lane.Kind), r.Now))
	}
	return all
}

// matches compares every fact that is asked, whatever the first ones said. An invitation that lacks one matches nobody.
func (a *Room) matches(found provider.Activation, known map[Fact]string) bool {
	all := 1
	if found.ID == "" {
		all = 0
	}
	for _, fact := range a.Facts.Asked() {
		hash := FactHash(a.Keys, factsID(found), fact, known[fact])
		all &= subtle.ConstantTimeCompare(hash, found.Facts[string(fact)])
	}
	return all == 1
}

// missed records a wrong try that closed a lane of an invitation.
func (a *Room) missed(r *web.Request, g guess) error {
	if g.left > 0 || g.invitation.ID == "" {
		return nil
	}
	why := "paused"
	if g.stopped(a.Lanes.Rule(provider.LaneActivation), r.Now) {
		why = "stopped"
	}
	return a.Store.Record(r.Context(), audit.ActivationStopped(r.Now, g.invitation, why))
}

func (g guess) stopped(rule provider.LaneRule, now time.Time) bool {
	return limit.Stopped(g.states[0], rule, now) || limit.Stopped(g.states[1], rule, now)
}

// refusal is what is kept of somebody who was turned away: the fuller of the two lanes.
func (g guess) refusal(rule provider.LaneRule, until time.Time) provider.Refusal {
	kept := provider.Refusal{
		Rule: provider.RuleFactsPaused, Invited: g.invitation.ID, Count: max(g.states[0].Tries, g.states[1].Tries), Of: rule.Tries, LiftsAt: until,
	}
	if until.IsZero() {
		kept.Rule, kept.Count, kept.Of = provider.RuleFactsStopped, max(g.states[0].InARow, g.states[1].InARow), rule.InARow
	}
	return kept
}

// turnedAway is A-07, for made-up codes too.
func (a *Room) turnedAway(r *web.Request, t turn, g guess) web.Response {
	rule := a.Lanes.Rule(provider.LaneActivation)
	page := templates.ActivateStop{App: a.SignIn.OriginApp(r, t.d.Origin), Key: "stopped"}
	seconds := int(limit.Day / time.Second)
	if !g.stopped(rule, r.Now) {
		for _, state := range g.states {
			if _, until := limit.Closed(state, rule, r.Now); until.After(page.Until) {
				page.Until = until
			}
		}
		page.Key, page.Again, seconds = "tries", t.base(), int(page.Until.Sub(r.Now)/time.Second)+1
	}
	r.Note("outcome", "turned away")
	r.Refuse(g.refusal(rule, page.Until))
	response := a.refused(t, http.StatusTooManyRequests, page)
	response.Header = http.Header{"Retry-After": {strconv.Itoa(seconds)}}
	return response
}
