package notify_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/notify"
)

// all gives every channel the same sender.
func all(s notify.Sender) map[provider.Channel]notify.Sender {
	return map[provider.Channel]notify.Sender{provider.ByEmail: s, provider.ByText: s, provider.ByVoice: s}
}

// byTwilio is an office whose texts and calls go to a carrier of our own.
func byTwilio(t *testing.T) (*office, *carrier) {
	var o *office
	c := newCarrier(t, func() time.Time { return o.now() })
	twilio := c.twilio(func(config *notify.TwilioConfig) { config.Now = func() time.Time { return o.now() } })
	o = newOffice(t, map[provider.Channel]notify.Sender{provider.ByText: twilio.Texts(), provider.ByVoice: twilio.Calls()})
	return o, c
}

// bySMTP is an office whose e-mail goes to a relay of our own.
func bySMTP(t *testing.T) (*office, *relay) {
	r := newRelay(t)
	return newOffice(t, map[provider.Channel]notify.Sender{provider.ByEmail: r.sender("smtp://localhost:PORT")}), r
}

func TestAMessageIsDeliveredOnce(t *testing.T) {
	var inbox notify.Inbox
	o := newOffice(t, all(&inbox))
	text, mail, notice := o.code(provider.ByText), o.code(provider.ByEmail), o.notice()
	o.tell(text, mail, notice)
	o.once(3)
	o.once(0)
	o.is(text, provider.MessageSent, "")
	o.is(mail, provider.MessageSent, "")
	got := inbox.All()
	if len(got) != 3 {
		t.Fatalf("%+v", got)
	}
	for _, m := range got {
		code := strings.Contains(m.Text, "012345")
		if code != (m.ID != notice.ID) || m.Channel == "" || m.To == "" || m.Subject == "" || !m.At.Equal(noon) {
			t.Errorf("%+v", m)
		}
	}
	if o.count("text sent ") != 1 || o.count("email sent ") != 2 {
		t.Errorf("%v", o.settled)
	}
}

func TestATemporaryFaultIsTriedAgainLaterAndLater(t *testing.T) {
	o, c := byTwilio(t)
	m := o.code(provider.ByText)
	o.tell(m)
	c.will(reply{status: 503}, reply{status: 429, code: 20429, after: "20"})
	o.once(1)
	o.once(0) // not at once
	o.is(m, provider.MessageWaiting, provider.FaultTemporary)
	o.pass(2 * time.Second)
	o.once(1)
	o.pass(19 * time.Second)
	o.once(0) // it asked for twenty seconds
	o.pass(2 * time.Second)
	o.once(1)
	o.is(m, provider.MessageSent, "")
	if n := len(c.all()); n != 1 || o.count("text retried temporary") != 2 {
		t.Errorf("%d messages, %v", n, o.settled)
	}
}

func TestPermanentFaultsAreNotTriedAgain(t *testing.T) {
	o, c := byTwilio(t)
	address, blocked := o.code(provider.ByText), o.code(provider.ByText)
	c.will(reply{status: 400, code: 21614})
	o.tell(address)
	o.once(1)
	c.will(reply{status: 400, code: 21610})
	o.tell(blocked)
	o.once(1)
	o.is(address, provider.MessageFailed, provider.FaultAddress)
	o.is(blocked, provider.MessageFailed, provider.FaultBlocked)
	o.pass(time.Hour)
	o.once(0)
}

func TestNothingIsSentPastItsTime(t *testing.T) {
	var inbox notify.Inbox
	o := newOffice(t, all(&inbox))
	m := o.code(provider.ByText)
	o.tell(m)
	o.pass(10 * time.Minute)
	o.once(0) // the store drops it on the way
	o.is(m, provider.MessageDropped, "")
	late := o.code(provider.ByText)
	o.tell(late)
	o.worker.Store = aging{o.store, o} // it grew old between the claim and the sending
	o.once(1)
	o.is(late, provider.MessageDropped, "")
	if len(inbox.All()) != 0 {
		t.Error("sent")
	}
}

// aging is an outbox that hands out messages so slowly that they are over.
type aging struct {
	provider.Outbox
	o *office
}

func (a aging) ClaimMessages(ctx context.Context, channels []provider.Channel, at time.Time, lease time.Duration, limit int) ([]provider.Claim, error) {
	claims, err := a.Outbox.ClaimMessages(ctx, channels, at, lease, limit)
	if len(claims) > 0 {
		a.o.pass(10 * time.Minute)
	}
	return claims, err
}

func TestALostAnswerIsLookedForAndNotRepeated(t *testing.T) {
	for _, channel := range []provider.Channel{provider.ByText, provider.ByVoice} {
		o, c := byTwilio(t)
		m := o.code(channel)
		o.tell(m)
		c.will(reply{lose: true, accept: true})
		o.once(1)
		o.is(m, provider.MessageWaiting, provider.FaultTemporary)
		o.pass(4 * time.Second)
		o.once(0) // the list may not show it yet
		o.pass(6 * time.Second)
		o.once(1)
		o.is(m, provider.MessageSent, "")
		if n := len(c.all()); n != 1 || o.count(string(channel)+" found ") != 1 {
			t.Errorf("%s: %d messages, %v", channel, n, o.settled)
		}
		err := o.store.ReportMessage(t.Context(), c.all()[0].sid, provider.MessageDelivered, "", o.now())
		if err != nil {
			t.Errorf("the reference was not kept: %v", err)
		}
	}
}

func TestALostRequestIsSentAgain(t *testing.T) {
	o, c := byTwilio(t)
	m := o.code(provider.ByText)
	o.tell(m)
	c.will(reply{lose: true}, reply{status: 503}, reply{}) // not taken; looking fails; looking finds nothing
	o.once(1)
	o.pass(10 * time.Second)
	o.once(1) // nothing is sent while it is in doubt
	o.is(m, provider.MessageWaiting, provider.FaultTemporary)
	if len(c.all()) != 0 {
		t.Fatal("sent without looking")
	}
	o.pass(30 * time.Second)
	o.once(1)
	o.is(m, provider.MessageSent, "")
	if n := len(c.all()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestWhatMayHaveGoneOutTwiceIsNotSentAThirdTime(t *testing.T) {
	o, c := byTwilio(t)
	m := o.code(provider.ByText)
	o.tell(m)
	c.will(reply{lose: true}, reply{}, reply{lose: true}) // lost; not found; lost again
	o.once(1)
	o.pass(10 * time.Second)
	o.once(1)
	o.pass(10 * time.Second)
	o.once(1) // looked for, and not there
	o.is(m, provider.MessageFailed, provider.FaultTemporary)
	requests, lists := c.requests()
	if len(c.all()) != 0 || requests-lists != 2 {
		t.Errorf("%d POSTs", requests-lists)
	}
}

func TestAMailInDoubtIsRepeatedOnceUnderTheSameName(t *testing.T) {
	o, r := bySMTP(t)
	m := o.code(provider.ByEmail)
	o.tell(m)
	r.will(".", keep)
	o.once(1)
	o.is(m, provider.MessageWaiting, provider.FaultTemporary)
	o.pass(10 * time.Second)
	o.once(1)
	o.is(m, provider.MessageSent, "")
	got := r.messages()
	if len(got) != 2 {
		t.Fatalf("%d mails", len(got))
	}
	first, _ := got[0].read(t)
	second, _ := got[1].read(t)
	if id := first.Get("Message-Id"); id == "" || id != second.Get("Message-Id") {
		t.Errorf("%q and %q", id, second.Get("Message-Id"))
	}
	again := o.code(provider.ByEmail)
	o.tell(again)
	r.will(".", keep, drop)
	o.once(1)
	o.pass(10 * time.Second)
	o.once(1)
	o.is(again, provider.MessageFailed, provider.FaultTemporary)
	o.pass(time.Minute)
	o.once(0)
}

// A worker that dies in mid-send leaves a claim that nobody settles: whoever gets it next looks first.
func TestWhatADeadWorkerHadIsLookedFor(t *testing.T) {
	o, c := byTwilio(t)
	sent, unsent := o.code(provider.ByText), o.code(provider.ByText)
	o.tell(sent, unsent)
	claims, err := o.store.ClaimMessages(t.Context(), []provider.Channel{provider.ByText}, o.now(), time.Minute, 10)
	if err != nil || len(claims) != 2 {
		t.Fatal(claims, err)
	}
	out, _ := written(sent, "012345")
	twilio := c.twilio()
	if _, err := twilio.Texts().Send(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	o.once(0) // it has its lease
	o.pass(time.Minute)
	o.once(2)
	o.is(sent, provider.MessageSent, "")
	o.is(unsent, provider.MessageSent, "")
	if n := len(c.all()); n != 2 || o.count("text found ") != 1 {
		t.Errorf("%d messages, %v", n, o.settled)
	}
}

func TestAChannelWithTroubleIsLeftAloneAndTheOthersAreNot(t *testing.T) {
	o, c := byTwilio(t)
	var inbox notify.Inbox
	o.worker.Senders[provider.ByEmail] = &inbox
	c.always(&reply{status: 503})
	var texts []provider.Message
	for range 40 {
		texts = append(texts, o.code(provider.ByText))
	}
	o.tell(texts...)
	o.tell(o.code(provider.ByEmail))
	if o.worker.Slow(provider.ByText) {
		t.Error("slow before anything happened")
	}
	_, err := o.worker.Once(t.Context())
	requests, _ := c.requests()
	if err != nil || !o.worker.Slow(provider.ByText) || o.worker.Slow(provider.ByEmail) || len(inbox.All()) != 1 || requests > 16 {
		t.Fatalf("%v, %d requests, %d mails", err, requests, len(inbox.All()))
	}
	o.tell(o.code(provider.ByEmail))
	o.once(1)
	o.pass(14 * time.Second)
	o.once(0)
	o.pass(time.Second)
	o.once(1) // one message tries it
	if again, _ := c.requests(); again != requests+1 {
		t.Errorf("%d requests", again-requests)
	}
	c.always(nil)
	for range 5 {
		o.pass(30 * time.Second)
		if _, err := o.worker.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if o.worker.Slow(provider.ByText) || len(c.all()) != 40 || o.waiting() != 0 {
		t.Errorf("slow %v, %d of 40 texts, %d wait", o.worker.Slow(provider.ByText), len(c.all()), o.waiting())
	}
	seen := map[string]bool{}
	for _, m := range c.all() {
		seen[m.form.Get("Body")] = true
	}
	if len(seen) != 40 {
		t.Errorf("%d different texts", len(seen))
	}
}

// sender does what a test says.
type sender func(ctx context.Context, m notify.Outgoing) (string, error)

func (s sender) Send(ctx context.Context, m notify.Outgoing) (string, error) { return s(ctx, m) }

func TestAPanicHarmsOneMessageOnly(t *testing.T) {
	poison := ""
	o := newOffice(t, all(sender(func(_ context.Context, m notify.Outgoing) (string, error) {
		if m.ID == poison {
			panic("canary " + m.To)
		}
		return m.ID, nil
	})))
	bad, good := o.code(provider.ByText), o.code(provider.ByText)
	poison = bad.ID
	o.tell(bad, good)
	o.once(2)
	o.is(good, provider.MessageSent, "")
	o.is(bad, provider.MessageWaiting, provider.FaultTemporary)
	o.pass(10 * time.Second)
	o.once(1)
	o.is(bad, provider.MessageFailed, provider.FaultTemporary) // it may have gone out each time
	if log := o.log.String(); strings.Contains(log, "canary") || !strings.Contains(log, "panic") {
		t.Error(log)
	}
}

func TestWordsThatCannotBeWrittenCloseNoChannel(t *testing.T) {
	var inbox notify.Inbox
	o := newOffice(t, all(&inbox), func(c *notify.WorkerConfig) {
		c.Write = func(m provider.Message, code string) (notify.Outgoing, error) {
			if m.Template == "M-99" {
				return notify.Outgoing{}, errors.New("no letter M-99")
			}
			return written(m, code)
		}
	})
	for range 10 {
		m := o.code(provider.ByText)
		m.Template = "M-99"
		o.tell(m)
	}
	o.once(10)
	good := o.code(provider.ByText)
	o.tell(good)
	o.once(1)
	o.is(good, provider.MessageSent, "")
	if o.worker.Slow(provider.ByText) || o.count("text retried configuration") != 10 {
		t.Errorf("%v", o.settled)
	}
}

func TestAChallengeWithoutACodeIsNotSent(t *testing.T) {
	var inbox notify.Inbox
	o := newOffice(t, all(&inbox), func(c *notify.WorkerConfig) { c.Code = func(string) string { return "" } })
	m := o.code(provider.ByText)
	o.tell(m)
	o.once(1)
	o.is(m, provider.MessageFailed, provider.FaultConfig)
	if len(inbox.All()) != 0 {
		t.Error("sent")
	}
}

func TestAChannelThatNobodyServesFailsAtOnce(t *testing.T) {
	o := newOffice(t, nil)
	m := o.code(provider.ByVoice)
	o.tell(m)
	o.once(1)
	o.is(m, provider.MessageFailed, provider.FaultConfig)
}

func TestTheLogNamesNobodyAndNoCode(t *testing.T) {
	o, c := byTwilio(t)
	r := newRelay(t)
	o.worker.Senders[provider.ByEmail] = r.sender("smtp://localhost:PORT")
	r.will("RCPT", "250 ok", "550 5.1.1 <ana@example.com> is nobody", "450 ana@example.com: later")
	c.will(reply{}, reply{status: 400, code: 21614}, reply{status: 400, code: 1}, reply{lose: true}, reply{status: 502, body: "+16175550101"})
	for range 3 {
		o.tell(o.code(provider.ByEmail), o.code(provider.ByText), o.code(provider.ByText))
		if _, err := o.worker.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.pass(20 * time.Second)
	}
	log := o.log.String()
	for _, personal := range []string{"ana@", "6175550101", "012345"} {
		if strings.Contains(log, personal) {
			t.Errorf("%s stands in the log: %s", personal, log)
		}
	}
	for _, told := range []string{`"template":"M-01"`, "21614", "550 5.1.1", `"unsure":true`} {
		if !strings.Contains(log, told) {
			t.Errorf("no word of %s: %s", told, log)
		}
	}
}

func TestTwoWorkersDoNotSendOneMessageTwice(t *testing.T) {
	var inbox notify.Inbox
	o := newOffice(t, all(&inbox))
	other := notify.NewWorker(o.worker.WorkerConfig)
	const many = 60
	for range many {
		o.tell(o.code(provider.ByText))
	}
	var both sync.WaitGroup
	for _, w := range []*notify.Worker{o.worker, other} {
		both.Go(func() {
			if _, err := w.Once(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	seen := map[string]bool{}
	for _, m := range inbox.All() {
		seen[m.ID] = true
	}
	if len(inbox.All()) != many || len(seen) != many {
		t.Errorf("%d messages, %d different", len(inbox.All()), len(seen))
	}
}

// failing is an outbox whose answers to settling are lost for a while.
type failing struct {
	provider.Outbox
	mu   sync.Mutex
	left int
}

func (f *failing) SettleMessage(ctx context.Context, c provider.Claim, s provider.Settled) error {
	f.mu.Lock()
	f.left--
	lost := f.left >= 0
	f.mu.Unlock()
	if lost {
		return provider.ErrUnavailable
	}
	return f.Outbox.SettleMessage(ctx, c, s)
}

func TestWhatWentOutIsWrittenDownOnceTheStoreIsBack(t *testing.T) {
	var inbox notify.Inbox
	o := newOffice(t, all(&inbox))
	o.worker.Store = &failing{Outbox: o.store, left: 2}
	m := o.code(provider.ByText)
	o.tell(m)
	o.once(1)
	o.is(m, provider.MessageSent, "")
	if len(inbox.All()) != 1 {
		t.Error("sent twice")
	}
}

func TestRunDeliversAtOnceAndEndsAfterWhatIsOnItsWay(t *testing.T) {
	arrived, leave := make(chan string, 10), make(chan struct{})
	o := newOffice(t, all(sender(func(ctx context.Context, m notify.Outgoing) (string, error) {
		arrived <- m.ID
		select {
		case <-leave:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		return m.ID, nil
	})))
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		o.worker.Run(ctx)
	}()
	m := o.code(provider.ByText)
	o.tell(m)
	if id := <-arrived; id != m.ID {
		t.Error(id)
	}
	stop()
	late := o.code(provider.ByText)
	o.tell(late)
	close(leave)
	<-over
	o.is(m, provider.MessageSent, "")
	o.is(late, provider.MessageWaiting, "")
	if len(arrived) != 0 {
		t.Error("it took one more")
	}
}

func TestTheBacklogIsCounted(t *testing.T) {
	o := newOffice(t, all(new(notify.Inbox)))
	o.tell(o.code(provider.ByText), o.code(provider.ByText))
	o.worker.Store = deaf{o.store}
	o.pass(90 * time.Second)
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		o.worker.Run(ctx)
	}()
	for n, age := o.worker.Backlog(); n != 2 || age != 90*time.Second; n, age = o.worker.Backlog() {
		time.Sleep(time.Millisecond) // until it has counted
	}
	stop()
	<-over
	if !strings.Contains(o.log.String(), "the outbox cannot be read") {
		t.Error(o.log)
	}
}

// deaf is an outbox that hands out nothing.
type deaf struct{ provider.Outbox }

func (deaf) ClaimMessages(context.Context, []provider.Channel, time.Time, time.Duration, int) ([]provider.Claim, error) {
	return nil, provider.ErrUnavailable
}
