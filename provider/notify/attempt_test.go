package notify

import (
	"testing"
	"time"

	"gatehouse/provider"
)

func claimed(change ...func(*provider.Claim)) provider.Claim {
	c := provider.Claim{
		Message: provider.Message{ID: "m", Channel: provider.ByText, Challenge: "c", At: noon, Expires: noon.Add(10 * time.Minute)},
		Lease:   "l",
	}
	for _, do := range change {
		do(&c)
	}
	return c
}

func unsure(s string) func(*provider.Claim) { return func(c *provider.Claim) { c.Unsure = s } }

func TestWhatIsDoneWithAClaim(t *testing.T) {
	for name, c := range map[string]struct {
		claim provider.Claim
		finds bool
		now   time.Time
		want  plan
	}{
		"a new one is sent":                          {claimed(), true, noon, plan{send: true}},
		"also where nobody can be asked":             {claimed(), false, noon, plan{send: true}},
		"to the last moment":                         {claimed(), true, noon.Add(10*time.Minute - 1), plan{send: true}},
		"what is over is dropped":                    {claimed(), true, noon.Add(10 * time.Minute), plan{drop: true}},
		"also in doubt":                              {claimed(unsure(unsureOnce)), true, noon.Add(time.Hour), plan{drop: true}},
		"one in doubt is looked for first":           {claimed(unsure(unsureOnce)), true, noon, plan{look: true, send: true}},
		"one that a dead worker had, too":            {claimed(unsure(provider.SendUnsettled)), true, noon, plan{look: true, send: true}},
		"where nobody can be asked, it is resent":    {claimed(unsure(unsureOnce)), false, noon, plan{send: true}},
		"one sent twice in doubt is only looked for": {claimed(unsure(unsureTwice)), true, noon, plan{look: true}},
		"and else left alone":                        {claimed(unsure(unsureTwice)), false, noon, plan{}},
	} {
		if got := planFor(c.claim, c.finds, c.now); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestWhatIsWrittenDownOfATry(t *testing.T) {
	fault := func(class provider.SendFault, unsure bool) *Fault { return &Fault{Class: class, Unsure: unsure} }
	sent := func(f *Fault) result { return result{fault: f, asked: true, sent: true} }
	looked := func(f *Fault) result { return result{fault: f, asked: true} }
	const temporary, config = provider.FaultTemporary, provider.FaultConfig
	for name, c := range map[string]struct {
		claim  provider.Claim
		result result
		finds  bool
		state  provider.MessageState
		unsure string
	}{
		"accepted":                          {claimed(), result{ref: "SM1", sent: true}, true, provider.MessageSent, ""},
		"found":                             {claimed(unsure(unsureOnce)), result{ref: "SM1", asked: true}, true, provider.MessageSent, ""},
		"no such number":                    {claimed(), sent(fault(provider.FaultAddress, false)), true, provider.MessageFailed, ""},
		"STOP":                              {claimed(), sent(fault(provider.FaultBlocked, false)), true, provider.MessageFailed, ""},
		"may pass":                          {claimed(), sent(fault(temporary, false)), true, provider.MessageWaiting, ""},
		"ours to mend":                      {claimed(), sent(fault(config, false)), true, provider.MessageWaiting, ""},
		"not written":                       {claimed(), result{fault: fault(config, false)}, true, provider.MessageWaiting, ""},
		"the answer was lost":               {claimed(), sent(fault(temporary, true)), true, provider.MessageWaiting, unsureOnce},
		"lost, and nobody can be asked":     {claimed(), sent(fault(temporary, true)), false, provider.MessageWaiting, unsureOnce},
		"looking failed":                    {claimed(unsure(unsureOnce)), looked(fault(temporary, false)), true, provider.MessageWaiting, unsureOnce},
		"not there, and not taken":          {claimed(unsure(unsureOnce)), sent(fault(temporary, false)), true, provider.MessageWaiting, ""},
		"not there, and lost again":         {claimed(unsure(unsureOnce)), sent(fault(temporary, true)), true, provider.MessageWaiting, unsureTwice},
		"twice, and not there":              {claimed(unsure(unsureTwice)), result{fault: fault(temporary, false), asked: true, over: true}, true, provider.MessageFailed, unsureTwice},
		"twice, and looking failed":         {claimed(unsure(unsureTwice)), looked(fault(temporary, false)), true, provider.MessageWaiting, unsureTwice},
		"repeated without asking, and lost": {claimed(unsure(unsureOnce)), sent(fault(temporary, true)), false, provider.MessageFailed, unsureTwice},
		"repeated, and surely not taken":    {claimed(unsure(unsureOnce)), sent(fault(temporary, false)), false, provider.MessageWaiting, unsureOnce},
		"too often":                         {claimed(func(c *provider.Claim) { c.Tries = mostTries }), sent(fault(temporary, false)), true, provider.MessageFailed, ""},
		"no time for another try":           {claimed(func(c *provider.Claim) { c.Expires = noon.Add(400 * time.Millisecond) }), sent(fault(temporary, false)), true, provider.MessageFailed, ""},
	} {
		s := settle(c.claim, planFor(c.claim, c.finds, noon), c.result, c.finds, noon)
		if s.State != c.state || s.Unsure != c.unsure || !s.At.Equal(noon) {
			t.Errorf("%s: %+v, want %s %q", name, s, c.state, c.unsure)
		}
		if (s.State == provider.MessageWaiting) != s.Next.After(noon) {
			t.Errorf("%s: next try at %v", name, s.Next)
		}
	}
	dropped := settle(claimed(), plan{drop: true}, result{}, true, noon)
	if dropped.State != provider.MessageDropped {
		t.Errorf("%+v", dropped)
	}
}

func TestPausesGrowAndScatter(t *testing.T) {
	seen := map[time.Duration]bool{}
	for tries := range 40 {
		for _, id := range []string{"a", "b", "c", "d"} {
			c := claimed(func(c *provider.Claim) { c.Tries, c.ID = tries, id })
			got := pause(c, temporary())
			middle := min(time.Second<<min(tries, 20), longestCode)
			if got < middle/2 || got >= middle*3/2 {
				t.Errorf("try %d: %s", tries, got)
			}
			seen[got] = true
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d different pauses", len(seen))
	}
	notice := claimed(func(c *provider.Claim) { c.Tries, c.Challenge = 30, "" })
	if got := pause(notice, temporary()); got < longestOther/2 {
		t.Errorf("a notice is tried every %s all day", got)
	}
	if got := pause(claimed(), &Fault{Unsure: true}); got < unsurePause {
		t.Errorf("looked for after %s: the carrier may not list it yet", got)
	}
	if got := pause(claimed(), &Fault{After: time.Minute}); got != time.Minute {
		t.Errorf("asked to wait a minute, waits %s", got)
	}
}
