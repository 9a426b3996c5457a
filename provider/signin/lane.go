package signin

import (
	"context"
	"errors"
	"net/http"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/limit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
)

// nobody is looked up where a name is nobody's, so that it costs the same.
const nobody provider.AccountID = "nobody"

// guess is one try, counted in its lane before the secret is looked at; or turned away, and not counted.
type guess struct {
	provider.Lane
	rule    provider.LaneRule
	account provider.AccountID // "" nobody's
	state   provider.LaneState
	away    bool
}

// known reports whether it comes from a browser that the account knows.
func (g guess) known() bool { return g.Kind == provider.LaneDevice }

// guessing counts a try at an account: in the lane of this browser if the account knows it, else in that of all strangers. A
// browser with too many failures in all is a stranger.
func (s *SignIn) guessing(r *web.Request, account provider.AccountID, strangers provider.Lane) (guess, error) {
	ctx, done := steadfast(r)
	defer done()
	g := guess{account: account}
	if account == nobody {
		g.account = ""
	}
	d, err := s.browserOf(ctx, r, account)
	if err != nil {
		return g, err
	}
	if d.ID != "" {
		err = s.try(ctx, r, &g, provider.DeviceLane(d))
		if err != nil || !g.away || !limit.Stopped(g.state, g.rule, r.Now) {
			return g, err
		}
	}
	return g, s.try(ctx, r, &g, strangers)
}

// browserOf is the browser of the request as an account knows it; the zero one if it does not.
func (s *SignIn) browserOf(ctx context.Context, r *web.Request, account provider.AccountID) (provider.Device, error) {
	secret := r.Cookie(deviceCookie)
	if secret == "" {
		return provider.Device{}, nil
	}
	d, err := s.Store.Device(ctx, provider.HashSecret(secret), account)
	if errors.Is(err, provider.ErrNotFound) {
		return provider.Device{}, nil
	}
	return d, err
}

func (s *SignIn) try(ctx context.Context, r *web.Request, g *guess, lane provider.Lane) (err error) {
	g.Lane, g.rule = lane, s.Lanes.Rule(lane.Kind)
	g.state, err = s.Store.TryLane(ctx, lane, g.rule, r.Now)
	g.away = errors.Is(err, provider.ErrSpent)
	if g.away {
		r.Note("lane", string(lane.Kind)+" closed")
		return nil
	}
	return err
}

// giveBack takes back a try that was right, or that was none.
func (s *SignIn) giveBack(r *web.Request, g guess) error {
	ctx, done := steadfast(r)
	defer done()
	return s.Store.ReturnTry(ctx, g.Lane, g.rule, r.Now)
}

// missed is what follows a wrong try that closed its lane, and a try at a lane that is stopped: a record, and a message to the
// owner. A stranger cannot have more than one of each message a day sent, nor a record for every try.
func (s *SignIn) missed(r *web.Request, g guess) error {
	closed, until := limit.Closed(g.state, g.rule, r.Now)
	stopped := until.IsZero()
	if !closed || g.away && !(stopped && g.Kind == provider.LaneStrangers) {
		return nil
	}
	ctx, done := steadfast(r)
	defer done()
	template, word := notify.TriesPaused, "paused"
	if stopped {
		template, word = notify.TriesStopped, "stopped"
	}
	event := audit.LaneClosed(r.Now, g.account, g.Kind, word)
	if g.Kind == provider.LaneStrangers {
		told := provider.Budget{Purpose: "told:" + template, Key: g.Key, Limit: 1, Window: s.Lanes.Notice}
		_, _, err := s.Store.Spend(ctx, told, r.Now)
		switch {
		case errors.Is(err, provider.ErrSpent) && g.away:
			return nil
		case errors.Is(err, provider.ErrSpent):
			return s.Store.Record(ctx, event)
		case err != nil:
			return err
		}
		if event.Tell, err = s.tellOwner(ctx, r, g.account, template); err != nil {
			return err
		}
	}
	return s.Store.Record(ctx, event)
}

// tellOwner makes the message with the link; nobody has none.
func (s *SignIn) tellOwner(ctx context.Context, r *web.Request, account provider.AccountID, template string) ([]provider.Message, error) {
	if account == "" {
		account = nobody
	}
	held, err := s.Store.Authenticators(ctx, account)
	if err != nil {
		return nil, err
	}
	a, err := s.Store.Account(ctx, account)
	if errors.Is(err, provider.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	link, err := s.wayIn(account, r.Now)
	if err != nil {
		return nil, err
	}
	return s.Tell(r, a, held, template, map[string]string{notify.DataLink: link}), nil
}

// turnedAway is what a page says while nobody may try: S-14. It is the same for names that nobody has.
func (s *SignIn) turnedAway(r *web.Request, g guess, say said, paused, stopped string) said {
	r.Note("outcome", "turned away")
	refuse(r, g, provider.RulePaused)
	_, say.until = limit.Closed(g.state, g.rule, r.Now)
	say.status, say.err, say.retry = http.StatusTooManyRequests, paused, secondsUntil(r.Now, say.until)
	if say.until.IsZero() {
		say.err, say.retry = stopped, int(s.Lanes.Notice.Seconds())
	}
	return say
}

// refuse says what a page refuses of a guess: a wrong one by its own rule, one that was turned away by that of the lane.
func refuse(r *web.Request, g guess, rule provider.RefusalRule) {
	closed, until := limit.Closed(g.state, g.rule, r.Now)
	refusal := provider.Refusal{Rule: rule, Account: g.account, Count: g.state.Tries, Of: g.rule.Tries, LiftsAt: until}
	switch {
	case rule != provider.RulePaused:
	case closed && until.IsZero():
		refusal.Rule, refusal.Count, refusal.Of = provider.RuleStopped, g.state.InARow, g.rule.InARow
	case g.known():
		refusal.Rule = provider.RuleDevicePaused
	}
	r.Refuse(refusal)
}

// cameBy is the lane that a ceremony was completed in, whose failures its success ends. A passkey comes by no lane: strangers'
// failures are still theirs.
func cameBy(c provider.Ceremony, d provider.Device, known bool) provider.Lane {
	if known {
		return provider.DeviceLane(d)
	}
	for _, p := range c.Proofs {
		if p.Kind != provider.Passkey && p.Kind != provider.Remembered {
			return provider.StrangersLane(c.Account)
		}
	}
	return provider.Lane{}
}
