package server_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/notify"
	"gatehouse/provider/server"
)

// stuck is a carrier that answers nothing until it is let go.
type stuck struct {
	arrived chan notify.Outgoing
	release chan struct{}
}

func (s stuck) Send(ctx context.Context, m notify.Outgoing) (string, error) {
	s.arrived <- m
	select {
	case <-s.release:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return m.ID, nil
}

// TestOutbox_DeadCarrier: while a carrier answers nothing, requests are answered as ever, and what they sent is there when it works.
func TestOutbox_DeadCarrier(t *testing.T) {
	t.Parallel()
	carrier := stuck{make(chan notify.Outgoing, 100), make(chan struct{})}
	h := newHouse(t, func(c *server.Config) { c.Senders = map[provider.Channel]notify.Sender{provider.ByText: carrier} })
	h.Phoned("ana")
	a := h.App("records", twoStep)
	h.deliver()
	b := a.second() // answered, though nothing gets out
	sent := <-carrier.arrived
	for range 3 {
		a.second() // other browsers, too, while the first message is stuck
	}
	close(carrier.release)
	code := regexp.MustCompile(`\d{6}`).FindString(sent.Text)
	if p := b.Fill("/text", "code", code); p.Gave() == "" {
		t.Errorf("%d %s", p.Status, title(p))
	}
	h.eventually(func() bool {
		n, _, err := h.Store.Backlog(context.Background())
		must(t, err)
		return n == 0
	})
	if len(carrier.arrived) != 3 {
		t.Errorf("%d of 3 messages more", len(carrier.arrived))
	}
}

// TestOutbox_Words: what leaves is the letter of its template in the person's language, with the code, and the metrics say so.
func TestOutbox_Words(t *testing.T) {
	t.Parallel()
	inbox := new(notify.Inbox)
	h := newHouse(t, func(c *server.Config) {
		c.Senders = map[provider.Channel]notify.Sender{provider.ByText: inbox, provider.ByEmail: inbox}
	})
	h.Phoned("ana")
	a := h.App("records", twoStep)
	b := a.second()
	if n, err := h.House.DeliverDue(context.Background()); err != nil || n != 1 {
		t.Fatalf("%d %v", n, err)
	}
	got := inbox.All()
	lines := strings.Split(strings.TrimSpace(got[0].Text), "\n")
	code := got[0].Text[:6]
	if len(got) != 1 || got[0].To != anasPhone || lines[len(lines)-1] != "@localhost #"+code || !strings.Contains(got[0].Text, "10 minutes") {
		t.Errorf("%+v", got)
	}
	if p := b.Fill("/text", "code", code); p.Gave() == "" {
		t.Errorf("%d %s", p.Status, title(p))
	}
	text := h.Metrics(t)
	for _, line := range []string{
		`gatehouse_messages_total{channel="text",class="",outcome="sent"} 1`, `gatehouse_message_delay_seconds_count{channel="text"} 1`,
		`gatehouse_message_circuit_open{channel="text"} 0`, `gatehouse_messages_waiting`, `gatehouse_messages_oldest_seconds`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no %s", line)
		}
	}
}

// TestOutbox_DayRunsOut: an operator hears before the messages of a day are used up, and whoever comes later gets none.
func TestOutbox_DayRunsOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *server.Config) { c.Limits = notify.Limits{TextDay: 1} })
	h.Phoned("ana")
	a := h.App("records", twoStep)
	a.second()
	if log := h.Log.String(); strings.Count(log, "the messages of a day are running out") != 1 || strings.Contains(log, anasPhone) {
		t.Error(log)
	}
	a.second()
	if len(h.Mail()) != 1 || strings.Count(h.Log.String(), "the messages of a day are running out") != 1 {
		t.Error("more than a day's messages, or more than one alarm")
	}
	if text := h.Metrics(t); !strings.Contains(text, `gatehouse_message_budget_total{budget="sends of a day by text",percent="100"} 2`) {
		t.Error(text)
	}
}

// deliver runs the worker until the test ends.
func (h *house) deliver() {
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		h.House.Deliver(ctx)
	}()
	h.t.Cleanup(func() {
		stop()
		<-over
	})
}

// eventually waits until something is so; the test's own end is the bound.
func (h *house) eventually(so func() bool) {
	for !so() {
		time.Sleep(5 * time.Millisecond)
	}
}
