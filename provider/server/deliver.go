package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"strconv"
	"sync"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/notify"
	"gatehouse/provider/web/metrics"
	"gatehouse/templates"
)

// Deliver delivers messages, and tells applications, until the context ends, and then what is on its way.
func (h *House) Deliver(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { h.teller.Run(ctx) })
	h.worker.Run(ctx)
	both.Wait()
	for _, sender := range h.config.Senders {
		if c, ok := sender.(io.Closer); ok {
			_ = c.Close() // connections that wait for more
		}
	}
}

// DeliverDue delivers what is due now and answers how many messages it settled. It is for tests, and not beside Deliver.
func (h *House) DeliverDue(ctx context.Context) (int, error) { return h.worker.Once(ctx) }

// withInbox has dev mode keep all messages.
func (c Config) withInbox() Config {
	if !c.Dev {
		return c
	}
	if c.Inbox == nil {
		c.Inbox = new(notify.Inbox)
	}
	if c.Senders == nil {
		c.Senders = map[provider.Channel]notify.Sender{provider.ByEmail: c.Inbox, provider.ByText: c.Inbox, provider.ByVoice: c.Inbox}
	}
	return c
}

// worker is who delivers, and lets the operator see it.
func (c Config) worker(pages *templates.Set, codes *oob.Codes, m *metrics.Metrics) *notify.Worker {
	settled := m.Counter("messages_total", "Tries to deliver a message, by what came of them.", "channel", "outcome", "class")
	delay := m.Histogram("message_delay_seconds", "Time from a request that sends a message until its carrier had it.", "channel")
	worker := notify.NewWorker(notify.WorkerConfig{
		Store: c.Store, Write: c.writer(pages), Code: codes.Code, Senders: c.Senders, Now: c.Now, Log: c.Log,
		Meter: notify.Meter{
			Settled: func(channel, outcome, class string) { settled(channel, outcome, class) },
			Delay:   func(took time.Duration, channel string) { delay(took, channel) },
		},
	})
	m.Gauge("messages_waiting", "Messages in the outbox, of all replicas.", func() float64 {
		n, _ := worker.Backlog()
		return float64(n)
	})
	m.Gauge("messages_oldest_seconds", "For how long the oldest message waits.", func() float64 {
		_, age := worker.Backlog()
		return age.Seconds()
	})
	for _, channel := range []provider.Channel{provider.ByEmail, provider.ByText, provider.ByVoice} {
		m.Gauge("message_circuit_open", "1 while a channel has trouble and messages wait.", func() float64 {
			return map[bool]float64{true: 1}[worker.Slow(channel)]
		}, "channel", string(channel))
	}
	return worker
}

// writer puts messages into words. What it writes depends on the message alone, not on when it is written: a carrier is
// asked by the words whether it has a message.
func (c Config) writer(pages *templates.Set) func(provider.Message, string) (notify.Outgoing, error) {
	host := hostAndPort(c.Issuer)
	return func(m provider.Message, code string) (notify.Outgoing, error) {
		lang := pages.Match(m.Lang)
		words, err := pages.Write(templates.Letter{
			ID: m.Template, Channel: string(m.Channel), Lang: lang, Data: m.Data, Code: code, Minutes: minutesOf(m), Host: host,
		})
		if err != nil {
			return notify.Outgoing{}, err
		}
		m.Lang = lang
		return notify.Outgoing{Message: m, Subject: words.Subject, Text: words.Text, HTML: words.HTML}, nil
	}
}

// minutesOf is how long the code of a message works from when it was asked for; whole minutes, and no fewer than one.
func minutesOf(m provider.Message) int {
	return max(1, int(m.Expires.Sub(m.At).Round(time.Second)/time.Minute))
}

// hostAndPort is the house as a letter names it.
func hostAndPort(issuer string) string {
	at, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	return at.Host
}

// budgetWatch tells the operator when the messages of a day are nearly used up: somebody may be earning money with them.
type budgetWatch struct {
	provider.Store
	log   *slog.Logger
	count func(purpose string, share int)
}

// Spend implements provider.Budgets.
func (w budgetWatch) Spend(ctx context.Context, b provider.Budget, at time.Time) (int, time.Time, error) {
	left, until, err := w.Store.Spend(ctx, b, at)
	share := notify.Alarm(b, left, err)
	if share == 0 {
		return left, until, err
	}
	w.count(b.Purpose, share)
	if !errors.Is(err, provider.ErrSpent) { // once, not for everybody who is refused
		w.log.ErrorContext(ctx, "the messages of a day are running out: see whether somebody has codes sent for money, or raise the limit",
			"budget", b.Purpose, "limit", b.Limit, "percent", share, "until", until)
	}
	return left, until, err
}

func countBudgets(m *metrics.Metrics) func(purpose string, share int) {
	count := m.Counter("message_budget_total", "Messages at 80 percent of a day's budget, at its end, and refused after it.", "budget", "percent")
	return func(purpose string, share int) { count(purpose, strconv.Itoa(share)) }
}
