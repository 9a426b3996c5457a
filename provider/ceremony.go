package provider

import (
	"slices"
	"time"
)

// Ceremony is one browser's way from a demand to a session. It is kept in the volatile store: it may vanish at any
// moment, and then the person starts again.
type Ceremony struct {
	ID       string        `json:"-"`
	Rev      int64         `json:"-"`
	Browser  []byte        `json:"browser"`           // hash of the cookie of the browser that began it
	Room     string        `json:"room"`              // who opened it and gets the browser back
	Client   string        `json:"client,omitempty"`  // client_id, where an application asked
	Locales  string        `json:"locales,omitempty"` // ui_locales
	Return   string        `json:"return"`            // the room's own: what to go on with
	Demand   Demand        `json:"demand"`
	Consent  ConsentAsk    `json:"consent"`
	Terms    TermsAsk      `json:"terms,omitzero"`
	Session  string        `json:"session,omitempty"` // the session that the browser came with
	Account  AccountID     `json:"account,omitempty"` // whose sign-in this is, once known
	Earlier  []Proof       `json:"earlier,omitempty"` // the proofs of that session
	Proofs   []Proof       `json:"proofs,omitempty"`  // those made in this ceremony
	ChosenAt time.Time     `json:"chosen_at,omitzero"`
	Way      Way           `json:"way,omitzero"`       // how the person is showing that it is them, or what is being bound, right now
	Bound    string        `json:"bound,omitempty"`    // the authenticator that was bound in this ceremony
	Remember bool          `json:"remember,omitempty"` // the person ticked "remember this browser" beside a code of this ceremony
	Declined string        `json:"declined,omitempty"` // a session that the person does not want to go on with
	Secret   string        `json:"secret"`             // of the session that this ceremony will begin: submitted twice, it is the same
	Began    time.Time     `json:"began"`
	Patience time.Duration `json:"patience,omitempty"` // how long after a proof the person may take to go on; 0: until the deadline
	Deadline time.Time     `json:"deadline"`
}

// Way is what a person chose among the kinds that a step offers: how to show that it is them, or what to bind.
type Way struct {
	Kind          Kind   `json:"kind,omitempty"`          // "": nothing chosen yet
	Authenticator string `json:"authenticator,omitempty"` // the one held; "" while a new one is being bound
	Challenge     string `json:"challenge,omitempty"`     // the durable challenge of a code that was sent
	Voice         bool   `json:"voice,omitempty"`         // the code is spoken
}

// Choose sets the way. The zero Way asks again.
func Choose(c Ceremony, w Way) Ceremony {
	c.Way = w
	return c
}

// Bound records that an authenticator was bound, with the proof that binding it made; a sheet of recovery codes makes none
// (the zero Proof). Errors as Apply.
func Bound(c Ceremony, id string, p Proof) (Ceremony, error) {
	if p.Kind != "" {
		var err error
		if c, err = Apply(c, p); err != nil {
			return c, err
		}
	}
	c.Bound, c.Way = id, Way{}
	return c, nil
}

// Counting returns the proofs that count: those made in this ceremony, and earlier ones that the demand accepts. A remembered
// browser counts only where nothing is wanted afresh.
func (c Ceremony) Counting() []Proof {
	counting := append([]Proof(nil), c.Proofs...)
	for _, p := range c.Earlier {
		if p.Account == c.Account && c.Demand.Accepts(p, c.Began) {
			counting = append(counting, p)
		}
	}
	if c.Demand.remembers() {
		return counting
	}
	return slices.DeleteFunc(counting, isRemembered)
}

// bindFresh is how young every proof must be that something is bound by, at the moment of binding. An application goes on with
// sessions that are hours old, and whoever sits down at a browser that was left must not make it their own for good by adding
// an authenticator (OWASP ASVS 5.0, 7.5.1). Ten minutes are what a code that was sent lives too: enough to fetch a telephone and
// to set an app up on it; and as much as the settings ask for, so that nobody who comes from there is asked twice.
const bindFresh = 10 * time.Minute

// recent are those of the counting proofs by which something may be bound now. A remembered browser is none, and what was shown
// in this ceremony grows old like the rest: its page may have been left as well.
func (c Ceremony) recent(now time.Time) []Proof {
	return slices.DeleteFunc(c.Counting(), func(p Proof) bool { return isRemembered(p) || now.Sub(p.At) >= bindFresh })
}

func isRemembered(p Proof) bool { return p.Kind == Remembered }

// Strike leaves out what is nobody's proof any more, of the account that holds these: of an authenticator that was removed
// since, and of a password that was replaced. Whoever acts on a ceremony acts on what stands.
func Strike(c Ceremony, held []Authenticator) Ceremony {
	c.Earlier, c.Proofs = standing(c.Earlier, held), standing(c.Proofs, held)
	return c
}

// standing returns the proofs that stand. A remembered browser is no authenticator: it confirms the password that was shown
// in it, and stands and falls with that one.
func standing(proofs []Proof, held []Authenticator) []Proof {
	var those []Proof
	for _, p := range proofs {
		if slices.ContainsFunc(held, func(a Authenticator) bool { return stands(p, a) }) {
			those = append(those, p)
		}
	}
	for _, p := range proofs {
		if isRemembered(p) && slices.ContainsFunc(those, func(q Proof) bool { return q.Kind == Password && !q.At.After(p.At) }) {
			those = append(those, p)
		}
	}
	return those
}

func stands(p Proof, a Authenticator) bool {
	return p.Authenticator == a.ID && p.Kind == a.Kind && (p.Kind != Password || p.SetAt.Equal(a.CreatedAt))
}

// Assurance is what the counting proofs amount to.
func (c Ceremony) Assurance() Assurance { return Assess(c.Counting()) }

// Apply adds a proof that was just made. The first proof also says whose ceremony it is, unless that is known.
// Errors: ErrExpired, ErrOtherAccount, ErrNotOffered (a proof from outside the ceremony's time).
func Apply(c Ceremony, p Proof) (Ceremony, error) {
	switch {
	case !p.At.Before(c.Deadline):
		return c, ErrExpired
	case p.At.Before(c.Began) || p.Account == "":
		return c, ErrNotOffered
	case c.Account != "" && c.Account != p.Account:
		return c, ErrOtherAccount
	}
	c.Account = p.Account
	c.Proofs, c.Way = append(append([]Proof(nil), c.Proofs...), p), Way{}
	if end := p.At.Add(c.Patience); c.Patience > 0 && end.Before(c.Deadline) {
		c.Deadline = end // a proof left lying about is nobody's to pick up
	}
	return c, nil
}

// Keep answers the question of S-12: go on as the account that is signed in.
func Keep(c Ceremony, now time.Time) Ceremony {
	c.ChosenAt = now
	return c
}

// Forget answers it the other way: somebody else signs in. The session stays as it is until they have. What an application asks
// for it asks of anybody. A room of Gatehouse's own asked it of the person who leaves, by what that one holds: whoever comes
// signs in, and the room asks them anew.
func Forget(c Ceremony) Ceremony {
	c.Declined, c.Earlier, c.Proofs, c.Way = c.Session, nil, nil, Way{}
	c.Demand.Choose, c.Demand.Hint = false, ""
	if c.Client == "" {
		c.Demand = Demand{Level: AAL1}
	}
	return nobody(c)
}

// Lose lets a ceremony know that its browser no longer has the session that it came with: what rested on it is asked again.
func Lose(c Ceremony) Ceremony {
	if len(c.Earlier) == 0 {
		return c
	}
	c.Earlier = nil
	if len(c.Proofs) == 0 {
		return nobody(c)
	}
	return c
}

// nobody leaves open whose ceremony it is. What one person chose and allowed binds no other, who may be met next.
func nobody(c Ceremony) Ceremony {
	c.Account, c.ChosenAt, c.Way, c.Bound, c.Remember = "", time.Time{}, Way{}, "", false
	c.Consent.At, c.Consent.Allowed, c.Consent.Refused = time.Time{}, nil, false
	c.Terms = TermsAsk{}
	return c
}

// Meet lets a ceremony know of the session that its browser has by now: another tab may have signed in meanwhile.
func Meet(c Ceremony, s Session) Ceremony {
	if c.Account != "" || s.ID == c.Declined {
		return c
	}
	c.Session, c.Account, c.Earlier = s.ID, s.Account, s.Proofs
	return c
}

// Answer records what the person said about consent.
func Answer(c Ceremony, allowed []string, refused bool, now time.Time) Ceremony {
	c.Consent.At, c.Consent.Allowed, c.Consent.Refused = now, allowed, refused
	return c
}
