package storagetest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"gatehouse/provider"
)

// lease is for how long a worker of these tests holds a message.
const lease = time.Minute

func newMessage(challenge string) provider.Message {
	return provider.Message{
		ID: provider.NewID(), Channel: provider.ByText, To: "+15550100", Account: "ada", Template: "M-01", Lang: "es-419",
		Data: map[string]string{"app": "Records \x00 é", "when": "now"}, Challenge: challenge,
		At: began(), Expires: began().Add(10 * time.Minute),
	}
}

// told is an event with messages.
func told(messages ...provider.Message) provider.Event {
	e := event("told")
	e.Tell = messages
	return e
}

// tell puts messages in.
func (h house) tell(messages ...provider.Message) {
	h.Helper()
	h.ok(h.Record(h.ctx(), told(messages...)))
}

func channels() []provider.Channel {
	return []provider.Channel{provider.ByEmail, provider.ByText, provider.ByVoice}
}

// claim takes what is due, of all channels.
func (h house) claim(at time.Time, limit int) []provider.Claim {
	h.Helper()
	claims, err := h.ClaimMessages(h.ctx(), channels(), at, lease, limit)
	h.ok(err)
	return claims
}

// claimOne wants one message to be due.
func (h house) claimOne(at time.Time) provider.Claim {
	h.Helper()
	claims := h.claim(at, 10)
	if len(claims) != 1 {
		h.Fatalf("%d messages are due, want 1", len(claims))
	}
	return claims[0]
}

func (h house) delivery(challenge string) provider.Delivery {
	h.Helper()
	d, err := h.DeliveryOf(h.ctx(), challenge)
	h.ok(err)
	return d
}

func ids(claims []provider.Claim) []string {
	var all []string
	for _, c := range claims {
		all = append(all, c.ID)
	}
	return all
}

var outboxPromises = []promise{
	{"a message is claimed as it was told", func(h house) {
		full, bare := newMessage("c1"), provider.Message{
			ID: "m2", Channel: provider.ByEmail, To: "ada@example.org", Template: "M-08", At: began().Add(time.Second), Expires: began().Add(day),
		}
		h.tell(full, bare)
		claims := h.claim(began().Add(time.Second), 10)
		h.same(len(claims), 2)
		h.same([]provider.Message{claims[0].Message, claims[1].Message}, []provider.Message{full, bare})
		h.same([]any{claims[0].Tries, claims[0].Unsure}, []any{0, ""})
	}},
	{"messages are no part of the record", func(h house) {
		h.tell(newMessage(""))
		h.same(h.trail()[0].Tell, []provider.Message(nil))
	}},
	{"a message told twice waits once", func(h house) {
		m := newMessage("")
		h.tell(m, m)
		h.tell(m)
		h.claimOne(began())
	}},
	{"a message that cannot be sent is refused, and its event with it", func(h house) {
		for name, spoil := range map[string]func(*provider.Message){
			"no id": func(m *provider.Message) { m.ID = "" }, "no channel": func(m *provider.Message) { m.Channel = "" },
			"no address": func(m *provider.Message) { m.To = "" }, "no template": func(m *provider.Message) { m.Template = "" },
			"no time": func(m *provider.Message) { m.At = time.Time{} }, "no end": func(m *provider.Message) { m.Expires = time.Time{} },
			"over before it is sent": func(m *provider.Message) { m.Expires = m.At },
			"no text":                func(m *provider.Message) { m.Lang = "\xff" }, "a zero byte": func(m *provider.Message) { m.Template = "\x00" },
			"too much": func(m *provider.Message) { m.Data = map[string]string{"text": string(make([]byte, 1<<16))} },
		} {
			m := newMessage("")
			spoil(&m)
			if h.Record(h.ctx(), told(newMessage(""), m)) == nil {
				h.Fatalf("%s: it was told", name)
			}
		}
		h.same(h.events("told"), 0)
		h.same(len(h.claim(began(), 10)), 0)
		if h.Record(h.ctx(), told(slices.Repeat([]provider.Message{newMessage("")}, 1000)...)) == nil {
			h.Fatal("a thousand messages were told at once")
		}
	}},
	{"a message is not due before its time", func(h house) {
		h.tell(newMessage(""))
		h.same(len(h.claim(began().Add(-time.Microsecond), 10)), 0)
		h.claimOne(began())
	}},
	{"those that have been due for longest come first, as many as asked", func(h house) {
		var want []string
		for _, i := range []int{3, 1, 4, 0, 2} {
			m := newMessage("")
			m.ID, m.At = fmt.Sprint(i), began().Add(time.Duration(i)*time.Second)
			m.Channel = channels()[i%3]
			h.tell(m)
		}
		for _, limit := range []int{2, 0, 1, 10} {
			want = append(want, ids(h.claim(began().Add(time.Minute), limit))...)
		}
		h.same(want, []string{"0", "1", "2", "3", "4"})
	}},
	{"only messages of the channels that were asked for are claimed", func(h house) {
		for i, c := range channels() {
			m := newMessage("")
			m.Channel, m.At = c, began().Add(-time.Duration(i)*time.Second)
			h.tell(m)
		}
		asked := []provider.Channel{provider.ByVoice, provider.ByEmail, provider.ByVoice}
		claims, err := h.ClaimMessages(h.ctx(), asked, began(), lease, 10)
		h.ok(err)
		h.same([]provider.Channel{claims[0].Channel, claims[1].Channel}, []provider.Channel{provider.ByVoice, provider.ByEmail})
		none, err := h.ClaimMessages(h.ctx(), nil, began(), lease, 10)
		h.ok(err)
		h.same(len(none), 0)
		h.same(h.claimOne(began()).Channel, provider.ByText)
	}},
	{"a claimed message is nobody else's until its lease ends, and then may have been sent", func(h house) {
		h.tell(newMessage(""))
		first := h.claimOne(began())
		h.same(len(h.claim(began().Add(lease-time.Microsecond), 10)), 0)
		second := h.claimOne(began().Add(lease))
		h.same([]any{second.ID, second.Tries, second.Unsure}, []any{first.ID, 1, provider.SendUnsettled})
		h.refused(h.SettleMessage(h.ctx(), first, provider.Settled{State: provider.MessageSent, At: began()}), provider.ErrStale)
		h.ok(h.SettleMessage(h.ctx(), second, provider.Settled{State: provider.MessageSent, At: began()}))
	}},
	{"a late worker may settle what nobody else has taken", func(h house) {
		h.tell(newMessage(""))
		c := h.claimOne(began())
		h.ok(h.SettleMessage(h.ctx(), c, provider.Settled{State: provider.MessageSent, At: began().Add(2 * lease)}))
		h.same(len(h.claim(began().Add(3*lease), 10)), 0)
	}},
	{"a message that is to be tried again comes back then, with what was not sure", func(h house) {
		h.tell(newMessage("c1"))
		c := h.claimOne(began())
		next := began().Add(30 * time.Second)
		h.ok(h.SettleMessage(h.ctx(), c, provider.Settled{
			State: provider.MessageWaiting, Fault: provider.FaultTemporary, Unsure: "SM1", Next: next, At: began(),
		}))
		h.same(h.delivery("c1"), provider.Delivery{State: provider.MessageWaiting, Fault: provider.FaultTemporary, At: began()})
		h.same(len(h.claim(next.Add(-time.Microsecond), 10)), 0)
		again := h.claimOne(next)
		h.same([]any{again.Tries, again.Unsure, again.Message}, []any{1, "SM1", c.Message})
		h.ok(h.SettleMessage(h.ctx(), again, provider.Settled{State: provider.MessageWaiting, Next: next, At: next}))
		h.same(h.claimOne(next).Unsure, "")
	}},
	{"a claim is settled once: ErrStale", func(h house) {
		h.tell(newMessage("c1"))
		c := h.claimOne(began())
		h.ok(h.SettleMessage(h.ctx(), c, provider.Settled{State: provider.MessageSent, At: began()}))
		h.refused(h.SettleMessage(h.ctx(), c, provider.Settled{State: provider.MessageFailed, At: began()}), provider.ErrStale)
		h.same(h.delivery("c1").State, provider.MessageSent)
		h.refused(h.SettleMessage(h.ctx(), provider.Claim{Lease: c.Lease}, provider.Settled{State: provider.MessageSent}), provider.ErrStale)
	}},
	{"a message that nobody has claimed is settled by nobody: ErrStale", func(h house) {
		m := newMessage("c1")
		h.tell(m)
		h.refused(h.SettleMessage(h.ctx(), provider.Claim{Message: m}, provider.Settled{State: provider.MessageSent, At: began()}), provider.ErrStale)
		h.same(h.delivery("c1").State, provider.MessageWaiting)
	}},
	{"a message that expired is dropped, of whatever channel, and not handed out", func(h house) {
		over, alive := newMessage("over"), newMessage("alive")
		alive.Expires = began().Add(time.Hour)
		h.tell(over, alive)
		claims, err := h.ClaimMessages(h.ctx(), []provider.Channel{provider.ByEmail}, over.Expires, lease, 10)
		h.ok(err)
		h.same(len(claims), 0)
		h.same(h.delivery("over").State, provider.MessageDropped)
		h.same(h.claimOne(over.Expires).Challenge, "alive")
	}},
	{"a message is not dropped while somebody holds it", func(h house) {
		m := newMessage("c1")
		h.tell(m)
		c := h.claimOne(m.Expires.Add(-time.Second))
		h.same(len(h.claim(m.Expires, 10)), 0)
		h.same(h.delivery("c1").State, provider.MessageWaiting)
		h.ok(h.SettleMessage(h.ctx(), c, provider.Settled{State: provider.MessageSent, At: m.Expires}))
		h.same(h.delivery("c1").State, provider.MessageSent)
	}},
	{"one whose lease ended after it expired is dropped", func(h house) {
		m := newMessage("c1")
		h.tell(m)
		c := h.claimOne(m.Expires.Add(-time.Second))
		h.same(len(h.claim(m.Expires.Add(lease), 10)), 0)
		h.same(h.delivery("c1").State, provider.MessageDropped)
		h.refused(h.SettleMessage(h.ctx(), c, provider.Settled{State: provider.MessageSent}), provider.ErrStale)
	}},
}

var reportPromises = []promise{
	{"a carrier's report changes what was sent, and stays", func(h house) {
		for _, c := range []struct {
			state provider.MessageState
			fault provider.SendFault
		}{{provider.MessageDelivered, ""}, {provider.MessageFailed, provider.FaultAddress}} {
			challenge := string(c.state)
			h.sent(challenge, "ref of "+challenge)
			h.ok(h.ReportMessage(h.ctx(), "ref of "+challenge, c.state, c.fault, began().Add(time.Second)))
			want := provider.Delivery{State: c.state, Fault: c.fault, At: began()}
			h.same(h.delivery(challenge), want)
			for _, late := range []provider.MessageState{provider.MessageSent, provider.MessageFailed, provider.MessageDelivered} {
				h.ok(h.ReportMessage(h.ctx(), "ref of "+challenge, late, provider.FaultBlocked, began().Add(time.Minute)))
				h.same(h.delivery(challenge), want)
			}
		}
	}},
	{"a report of a message that nobody knows is ErrNotFound", func(h house) {
		h.tell(newMessage("waiting"))
		for _, ref := range []string{"none", ""} {
			h.refused(h.ReportMessage(h.ctx(), ref, provider.MessageFailed, "", began()), provider.ErrNotFound)
		}
		h.same(h.delivery("waiting").State, provider.MessageWaiting)
	}},
	{"a message that waits again is settled by a report", func(h house) {
		h.tell(newMessage("c1"))
		c := h.claimOne(began())
		h.ok(h.SettleMessage(h.ctx(), c, provider.Settled{State: provider.MessageWaiting, Ref: "SM1", Next: began(), At: began()}))
		again := h.claimOne(began())
		h.ok(h.ReportMessage(h.ctx(), "SM1", provider.MessageDelivered, "", began()))
		h.refused(h.SettleMessage(h.ctx(), again, provider.Settled{State: provider.MessageSent, At: began()}), provider.ErrStale)
		h.same(h.delivery("c1").State, provider.MessageDelivered)
		h.same(len(h.claim(began().Add(2*lease), 10)), 0)
	}},
	{"what became of a challenge is told of its newest message", func(h house) {
		first, second := newMessage("c1"), newMessage("c1")
		second.At = began().Add(time.Minute)
		h.tell(second, first, newMessage("c2"), newMessage(""))
		h.same(h.delivery("c1"), provider.Delivery{State: provider.MessageWaiting, At: second.At})
		for _, challenge := range []string{"none", ""} {
			_, err := h.DeliveryOf(h.ctx(), challenge)
			h.refused(err, provider.ErrNotFound)
		}
	}},
	{"the backlog is what waits, and since when", func(h house) {
		h.backlog(0, time.Time{})
		older := newMessage("")
		older.At = began().Add(-time.Minute)
		h.tell(newMessage(""), older)
		h.backlog(2, older.At)
		claims := h.claim(began(), 10)
		h.backlog(2, older.At)
		h.ok(h.SettleMessage(h.ctx(), claims[0], provider.Settled{State: provider.MessageSent, At: began()}))
		h.backlog(1, began())
		h.ok(h.SettleMessage(h.ctx(), claims[1], provider.Settled{State: provider.MessageWaiting, Next: began().Add(time.Hour), At: began()}))
		h.backlog(1, began())
	}},
	{"who waits for messages is woken once they are there, and not for what was refused", func(h house) {
		h.woken(false)
		h.ok(h.Record(h.ctx(), event("nothing.told")))
		h.woken(false)
		h.tell(newMessage(""))
		h.tell(newMessage(""))
		h.woken(true)
		h.woken(false)
		refused := told(newMessage(""))
		refused.Kind = ""
		h.inTrouble(h.Record(h.ctx(), refused))
		h.woken(false)
		h.same(len(h.claim(began(), 10)), 2)
	}},
}

// sent puts a message in and settles it as sent.
func (h house) sent(challenge, ref string) {
	h.Helper()
	h.tell(newMessage(challenge))
	c := h.claimOne(began())
	h.ok(h.SettleMessage(h.ctx(), c, provider.Settled{State: provider.MessageSent, Ref: ref, At: began()}))
}

func (h house) backlog(count int, since time.Time) {
	h.Helper()
	n, oldest, err := h.Backlog(h.ctx())
	h.ok(err)
	h.same([]any{n, oldest}, []any{count, since})
}

func (h house) woken(want bool) {
	h.Helper()
	got := false
	select {
	case <-h.Waiting():
		got = true
	default:
	}
	h.same(got, want)
}

var outboxRaces = []promise{
	{"fifty workers claim every message, and none twice", func(h house) {
		const messages = 200
		for range messages {
			h.tell(newMessage(""))
		}
		var taken sync.Map
		for _, err := range race(func(int) error {
			for {
				claims, err := h.ClaimMessages(h.ctx(), channels(), began(), lease, 3)
				if err != nil || len(claims) == 0 {
					return err
				}
				for _, c := range claims {
					if _, twice := taken.LoadOrStore(c.ID, true); twice {
						return fmt.Errorf("message %s was claimed twice", c.ID)
					}
				}
			}
		}) {
			h.ok(err)
		}
		for _, c := range h.claim(began(), messages) { // who found others at work may have left some
			if _, twice := taken.LoadOrStore(c.ID, true); twice {
				h.Fatalf("message %s was claimed twice", c.ID)
			}
		}
		n := 0
		taken.Range(func(any, any) bool { n++; return true })
		h.same(n, messages)
	}},
	{"SettleMessage has one winner", func(h house) {
		h.tell(newMessage(""))
		c := h.claimOne(began())
		h.oneWinner(provider.ErrStale, func(int) error {
			return h.SettleMessage(h.ctx(), c, provider.Settled{State: provider.MessageSent, At: began()})
		})
	}},
}
