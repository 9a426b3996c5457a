package support

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
)

// apiContact is who calls, as T-01 asks.
type apiContact struct {
	Channel  string `json:"channel"`
	Caller   string `json:"caller"`
	Purpose  string `json:"purpose"`
	Ticket   string `json:"ticket"`
	Language string `json:"language"`
	Note     string `json:"note"`
}

// apiPerson is by what the person is found.
type apiPerson struct {
	By        string `json:"by"`
	Value     string `json:"value"`
	Birthdate string `json:"birthdate"`
}

// apiFact is what a caller says.
type apiFact struct {
	Fact  string `json:"fact"`
	Value string `json:"value"`
}

// apiAbout is a contact from its beginning to what is proven.
type apiAbout struct {
	Contact apiContact `json:"contact"`
	Person  apiPerson  `json:"person"`
	Facts   []apiFact  `json:"facts"`
}

type apiAsk struct {
	apiAbout

	Reason string `json:"reason"`
	Target string `json:"target"`
}

// faulty names the first thing that a contact lacks.
func (a apiAbout) faulty() string {
	c := a.Contact
	form := contactForm{Channel: c.Channel, Caller: c.Caller, Purpose: c.Purpose, Ticket: c.Ticket, Language: c.Language, Note: c.Note}
	if faults := form.faults(); len(faults) > 0 {
		return "contact." + faults[0].Name
	}
	_, dated := birthOf(a.Person.Birthdate)
	switch {
	case len(c.Ticket) > 64 || len(c.Note) > 200: // as at the console
		return "contact"
	case !slices.Contains(searchable(), provider.Fact(a.Person.By)):
		return "person.by"
	case strings.TrimSpace(a.Person.Value) == "" || strings.ContainsAny(a.Person.Value, "*%?"):
		return "person.value"
	case !dated:
		return "person.birthdate"
	}
	seen := []provider.Fact{provider.Fact(a.Person.By)}
	for _, f := range a.Facts {
		known := slices.Contains(checkable(provider.Case{}), provider.Fact(f.Fact))
		if !known || slices.Contains(seen, provider.Fact(f.Fact)) || strings.TrimSpace(f.Value) == "" {
			return "facts"
		}
		seen = append(seen, provider.Fact(f.Fact))
	}
	return ""
}

// contact opens a case, finds its person, compares what was said, does what is to be done, and ends it.
func (s *Support) contact(r *web.Request, d desk, about apiAbout, do func(d desk) (answer, error)) (answer, error) {
	if lacks := about.faulty(); lacks != "" {
		return answer{}, &problem{status: http.StatusUnprocessableEntity, kind: "invalid", detail: "Missing, or none of what the description lists: " + lacks + "."}
	}
	c := provider.Case{
		ID: provider.NewID(), Staff: d.staff.ID, OpenedAt: r.Now, Channel: provider.CaseChannel(about.Contact.Channel), Caller: provider.CallerKind(about.Contact.Caller),
		Purpose: provider.Reason(about.Contact.Purpose), Note: strings.TrimSpace(about.Contact.Note), Ticket: strings.TrimSpace(about.Contact.Ticket),
		Language: about.Contact.Language,
	}
	err := s.Store.OpenCase(r.Context(), c, audit.CaseOpened(r.Now, with(d, c)))
	if errors.Is(err, provider.ErrStale) {
		return answer{}, &problem{status: http.StatusForbidden, kind: "system", detail: "The system is disabled."}
	}
	if err != nil {
		return answer{}, err
	}
	if err := s.again(r, &d, c.ID); err != nil {
		return answer{}, err
	}
	got, err := s.heard(r, d, about, do)
	if again := s.again(r, &d, c.ID); again != nil {
		return answer{}, again
	}
	if d.open.EndedAt.IsZero() {
		return got, errors.Join(err, s.end(r, d, "done"))
	}
	return got, err
}

// again reads the case as it is.
func (s *Support) again(r *web.Request, d *desk, id string) error {
	c, err := s.Store.Case(r.Context(), id)
	d.open = &c
	return err
}

func (s *Support) heard(r *web.Request, d desk, about apiAbout, do func(d desk) (answer, error)) (answer, error) {
	by := provider.Fact(about.Person.By)
	until, err := s.spend(r, d)
	if err != nil {
		return answer{}, err
	}
	if !until.IsZero() {
		if err := s.alertSearches(r, d, by); err != nil {
			return answer{}, err
		}
		return answer{}, often(r, until)
	}
	birth, _ := birthOf(about.Person.Birthdate)
	hits, err := s.lookUp(r, d, by, about.Person.Value, birth)
	if err != nil {
		return answer{}, err
	}
	if len(hits) != 1 { // a machine does not choose between people
		return answer{}, &problem{status: http.StatusNotFound, kind: "nobody", detail: "Nobody to show: no such person, or none that this system may help."}
	}
	if err := s.take(r, d, hits[0]); err != nil {
		return answer{}, err
	}
	id := d.open.ID
	for _, f := range about.Facts {
		if err := s.again(r, &d, id); err != nil {
			return answer{}, err
		}
		if !slices.Contains(checkable(*d.open), provider.Fact(f.Fact)) {
			continue // of an invitation, which holds no such fact
		}
		_, left, err := s.compare(r, d, provider.Fact(f.Fact), strings.TrimSpace(f.Value))
		if errors.Is(err, provider.ErrUsed) || err == nil && !left {
			return answer{}, &problem{status: http.StatusForbidden, kind: "misses", detail: "Three facts did not match: the contact is over."}
		}
		if err != nil {
			return answer{}, err
		}
	}
	if err := s.again(r, &d, id); err != nil {
		return answer{}, err
	}
	return do(d)
}

// often is what is answered above a limit.
func often(r *web.Request, until time.Time) error {
	wait := max(int(until.Sub(r.Now).Seconds())+1, 1)
	return &problem{
		status: http.StatusTooManyRequests, kind: "limit", detail: "This system has asked too often in this hour.",
		header: http.Header{"Retry-After": {strconv.Itoa(wait)}},
	}
}

// apiHeld is one rule that holds a person back.
type apiHeld struct {
	Rule  string     `json:"rule"`
	How   string     `json:"how"`
	Count int        `json:"count,omitempty"`
	Until *time.Time `json:"until,omitempty"`
}

// apiStatus says how an account, or an invitation, stands, in words; from L1 on.
func (s *Support) apiStatus(r *web.Request, d desk, about apiAbout) (answer, error) {
	return s.contact(r, d, about, func(d desk) (answer, error) {
		if d.open.Level(r.Now) < provider.L1 {
			return answer{}, errors.Join(s.Store.Record(r.Context(), audit.CaseViewRefused(r.Now, work(d), "status")), refusal(provider.RefusedLevel))
		}
		if err := s.Store.Record(r.Context(), s.viewed(r, d, "status")); err != nil {
			return answer{}, err
		}
		body := struct {
			Case  string    `json:"case"`
			Level string    `json:"level"`
			State string    `json:"state"`
			Held  []apiHeld `json:"held"`
		}{Case: d.open.ID, Level: "L" + levelText(d.open.Level(r.Now)), Held: []apiHeld{}}
		if d.open.Account == "" {
			a, err := s.newestAfter(r, d.open.Activation)
			body.State = strings.Replace(invitedFacts(a, r.Now)[0].Value.Key, "support.invited.", "invited-", 1)
			return answer{http.StatusOK, body}, err
		}
		p, err := s.person(r.Context(), d.open.Account)
		if err != nil {
			return answer{}, err
		}
		part, err := s.heldBack(r, p)
		body.State = string(p.account.Status)
		for _, f := range part.Facts {
			rule := strings.TrimPrefix(f.Name.Key, "support.held.")
			one := apiHeld{Rule: rule, How: strings.TrimPrefix(f.Value.Key, "support.held."), Count: f.Value.N}
			if at := f.Value.At.UTC(); !f.Value.At.IsZero() && rule != "status" {
				one.Until = &at
			}
			body.Held = append(body.Held, one)
		}
		return answer{http.StatusOK, body}, err
	})
}

// apiAct does what the rules let one person alone do.
func (s *Support) apiAct(r *web.Request, d desk, ask apiAsk) (answer, error) {
	rule, ok := ruleOf(r.Path("action"))
	if !ok {
		return answer{}, &problem{status: http.StatusNotFound, kind: "action", detail: "There is no such action."}
	}
	return s.contact(r, d, ask.apiAbout, func(d desk) (answer, error) {
		t, err := s.taskOf(r, d, rule, provider.Reason(ask.Reason), ask.Target)
		if err != nil {
			return answer{}, err
		}
		if err = t.help.Permits(r.Now); err == nil {
			err = s.act(r, d, t)
		}
		var why provider.HelpRefusal
		if errors.As(err, &why) {
			return answer{}, errors.Join(s.Store.Record(r.Context(), audit.HelpRefused(r.Now, t.help, why)), refusal(why))
		}
		return answer{http.StatusOK, map[string]string{"case": d.open.ID, "action": string(rule.Action), "level": "L" + levelText(d.open.Level(r.Now))}}, err
	})
}

// refusal is a refusal of the rules as a problem.
func refusal(why provider.HelpRefusal) error {
	details := map[provider.HelpRefusal]string{
		provider.RefusedLevel:   "More must be proven than facts can: two that match are level L1, and a system reaches no other.",
		provider.RefusedSecond:  "A second person must approve this: it is done at the console.",
		provider.RefusedWatched: "The account is watched, so a second person must approve this: it is done at the console.",
		provider.RefusedReason:  "The reason is none of the list.",
		provider.RefusedState:   "There is nothing to do: not shut, nothing open, no such thing.",
		provider.RefusedOften:   "This letter was sent too often today.",
		provider.RefusedSteady:  "The contact that it goes to is too new, or there is none.",
	}
	detail := details[why]
	if detail == "" {
		detail = "The rules of the house do not let this system do it."
	}
	status := http.StatusForbidden
	switch why {
	case provider.RefusedState:
		status = http.StatusConflict
	case provider.RefusedReason:
		status = http.StatusUnprocessableEntity
	}
	return &problem{status: status, kind: "refused-" + string(why), detail: detail}
}
