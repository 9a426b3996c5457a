package oob

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/storage"
)

// desk is a real store, and codes from it.
type desk struct {
	*Codes

	t      testing.TB
	store  provider.Store
	keyset *keys.Keyset
}

func newDesk(t testing.TB, change ...func(*Config)) *desk {
	t.Helper()
	keyset := newKeyset(t)
	options := storage.Options{Database: "sqlite:" + t.TempDir(), Keyset: keyset}
	if _, err := storage.Migrate(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	store, err := storage.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	config := Config{Store: store, Keys: keyset}
	for _, c := range change {
		c(&config)
	}
	return &desk{Codes: New(config), t: t, store: store, keyset: keyset}
}

// sending is a text to Ana at a time after noon.
func sending(after time.Duration) Sending {
	return Sending{
		Account: "ana", Authenticator: "anas-phone", Channel: provider.ByText, To: "+12025550134", Template: "M-01",
		Data: map[string]string{"app": "Records"}, Lang: "es", Source: "192.0.2.7", Client: "records", At: noon().Add(after),
	}
}

func (d *desk) open(s Sending) provider.Challenge {
	d.t.Helper()
	c, err := d.Open(d.t.Context(), s)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// answer gives an answer at a time after noon.
func (d *desk) answer(challenge, typed string, after time.Duration) Verdict {
	d.t.Helper()
	_, v, err := d.Check(d.t.Context(), challenge, typed, noon().Add(after))
	if err != nil {
		d.t.Fatal(err)
	}
	return v
}

// wrong is a code that is not the challenge's.
func (d *desk) wrong(challenge string) string {
	if code := d.Code(challenge); code != "123456" {
		return "123456"
	}
	return "654321"
}

// outbox takes all that waits, as a worker would.
func (d *desk) outbox(after time.Duration) []provider.Message {
	d.t.Helper()
	channels := []provider.Channel{provider.ByText, provider.ByVoice, provider.ByEmail}
	claims, err := d.store.ClaimMessages(d.t.Context(), channels, noon().Add(after), time.Minute, 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	var messages []provider.Message
	for _, claim := range claims {
		messages = append(messages, claim.Message)
	}
	return messages
}

// events are the kinds recorded, oldest first.
func (d *desk) events() []string {
	d.t.Helper()
	all, err := d.store.Events(d.t.Context(), "ana", 100)
	if err != nil {
		d.t.Fatal(err)
	}
	var kinds []string
	for _, e := range slices.Backward(all) {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func expectRefusal(t *testing.T, err error, until time.Time) {
	t.Helper()
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Key != "code.error.sends" || !refusal.Until.Equal(until) {
		t.Errorf("%#v, want a refusal until %v", err, until)
	}
}

func TestTheRightCodeIsRightOnce(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	got, v, err := d.Check(t.Context(), c.ID, d.Code(c.ID), noon().Add(time.Minute))
	if err != nil || v != (Verdict{OK: true, Taken: true}) {
		t.Fatal(v, err)
	}
	if got.Account != "ana" || got.Authenticator != "anas-phone" || got.To != "+12025550134" || !got.SolvedAt.Equal(noon().Add(time.Minute)) {
		t.Errorf("%+v", got)
	}
	if v := d.answer(c.ID, d.Code(c.ID), 2*time.Minute); v != (Verdict{}) {
		t.Errorf("spent: %+v", v)
	}
	if err := d.Again(t.Context(), c.ID, sending(2*time.Minute)); !errors.Is(err, provider.ErrUsed) {
		t.Errorf("sent again though spent: %v", err)
	}
}

func TestTheMessageGoesOutWithTheAct(t *testing.T) {
	d := newDesk(t)
	s := sending(0)
	c := d.open(s)
	s.Data["app"] = "changed later"
	sent := d.outbox(time.Second)
	if len(sent) != 1 {
		t.Fatalf("%d messages", len(sent))
	}
	m := sent[0]
	if m.ID == "" || m.Channel != provider.ByText || m.To != s.To || m.Account != "ana" || m.Template != "M-01" || m.Lang != "es" || m.Data["app"] != "Records" {
		t.Errorf("%+v", m)
	}
	if m.Challenge != c.ID || !m.At.Equal(noon()) || !m.Expires.Equal(noon().Add(10*time.Minute)) || !c.ExpiresAt.Equal(m.Expires) {
		t.Errorf("%+v", m)
	}
	if kinds := d.events(); !slices.Equal(kinds, []string{"code.sent"}) {
		t.Error(kinds)
	}
}

func TestFiveAnswersAreTaken(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	for left := 4; left >= 0; left-- {
		if v := d.answer(c.ID, d.wrong(c.ID), time.Minute); v != (Verdict{Left: left, Taken: true}) {
			t.Fatalf("%+v with %d left", v, left)
		}
	}
	if v := d.answer(c.ID, d.Code(c.ID), time.Minute); v != (Verdict{}) {
		t.Errorf("the sixth answer, the right code: %+v", v)
	}
	if err := d.Again(t.Context(), c.ID, sending(time.Minute)); !errors.Is(err, provider.ErrUsed) {
		t.Errorf("sent again though out of tries: %v", err)
	}
}

func TestTheFifthAnswerMayBeRight(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	for range 4 {
		d.answer(c.ID, d.wrong(c.ID), time.Minute)
	}
	if v := d.answer(c.ID, d.Code(c.ID), time.Minute); !v.OK {
		t.Errorf("%+v", v)
	}
}

// A slip of the finger is no guess. It is answered as one, with what was left before.
func TestWhatIsNotSixDigitsCostsNothing(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	d.answer(c.ID, d.wrong(c.ID), time.Minute)
	for _, typed := range []string{"", " ", "12345", "1234567", "G-123456", "12345O", "\xff"} {
		if v := d.answer(c.ID, typed, time.Minute); v != (Verdict{Left: 4}) {
			t.Errorf("%q: %+v", typed, v)
		}
	}
	if v := d.answer(c.ID, "", 10*time.Minute); v != (Verdict{}) {
		t.Errorf("once it is over: %+v", v)
	}
	if v := d.answer("nothing.known", "", 0); v != (Verdict{}) {
		t.Errorf("of an unknown challenge: %+v", v)
	}
	if v := d.answer(c.ID, d.Code(c.ID), time.Minute); !v.OK {
		t.Errorf("the right code after them: %+v", v)
	}
}

func TestTypedCodesAreForgiven(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Sends = 100 })
	for name, typed := range map[string]func(code string) string{
		"spaces":     func(code string) string { return " " + code[:3] + " " + code[3:] + "\n" },
		"dashes":     func(code string) string { return code[:2] + "-" + code[2:4] + "–" + code[4:] },
		"dots":       func(code string) string { return code[:3] + "." + code[3:] },
		"full width": func(code string) string { return inScript(code, '０') },
		"Arabic":     func(code string) string { return inScript(code, '٠') },
	} {
		c := d.open(sending(0))
		if v := d.answer(c.ID, typed(d.Code(c.ID)), 0); !v.OK {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// inScript writes a code in digits of another script.
func inScript(code string, zero rune) string {
	var in []rune
	for _, digit := range code {
		in = append(in, digit-'0'+zero)
	}
	return string(in)
}

func TestACodeLastsTenMinutes(t *testing.T) {
	for after, want := range map[time.Duration]bool{0: true, 10*time.Minute - time.Microsecond: true, 10 * time.Minute: false, time.Hour: false} {
		d := newDesk(t)
		c := d.open(sending(0))
		if err := d.Again(t.Context(), c.ID, sending(after)); errors.Is(err, provider.ErrUsed) == want {
			t.Errorf("sent again after %v: %v", after, err)
		}
		if v := d.answer(c.ID, d.Code(c.ID), after); v.OK != want || !want && v != (Verdict{}) {
			t.Errorf("after %v: %+v", after, v)
		}
	}
}

func TestAnothersAndUnknownChallengesAreWrong(t *testing.T) {
	d := newDesk(t)
	one, two := d.open(sending(0)), d.open(sending(0))
	if code := d.Code(two.ID); code != d.Code(one.ID) {
		if v := d.answer(one.ID, code, 0); v != (Verdict{Left: 4, Taken: true}) {
			t.Errorf("the code of another challenge: %+v", v)
		}
	}
	for _, id := range []string{"", "x", one.ID + "x", "aaaaaaaa." + provider.NewID()} {
		if v := d.answer(id, "123456", 0); v != (Verdict{}) {
			t.Errorf("%q: %+v", id, v)
		}
	}
}

func TestAgainSendsTheSameCodeAndResetsNothing(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	first := d.Code(c.ID)
	for range 3 {
		d.answer(c.ID, d.wrong(c.ID), 0)
	}
	call := sending(3 * time.Minute)
	call.Channel, call.Lang = provider.ByVoice, "en"
	if err := d.Again(t.Context(), c.ID, call); err != nil {
		t.Fatal(err)
	}
	sent := d.outbox(3 * time.Minute)
	if len(sent) != 2 || sent[1].Channel != provider.ByVoice || sent[1].Challenge != c.ID || sent[1].ID == sent[0].ID {
		t.Fatalf("%+v", sent)
	}
	if !sent[1].Expires.Equal(c.ExpiresAt) || !sent[1].At.Equal(call.At) || sent[1].Lang != "en" || d.Code(sent[1].Challenge) != first {
		t.Errorf("%+v", sent[1])
	}
	if v := d.answer(c.ID, d.wrong(c.ID), 3*time.Minute); v.Left != 1 {
		t.Errorf("%d left", v.Left)
	}
	if v := d.answer(c.ID, first, 3*time.Minute); !v.OK {
		t.Errorf("%+v", v)
	}
	if kinds := d.events(); !slices.Equal(kinds, []string{"code.sent", "code.sent_again"}) {
		t.Error(kinds)
	}
}

func TestACodeGoesToNobodyElse(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	for name, change := range map[string]func(*Sending){
		"account": func(s *Sending) { s.Account = "bo" }, "number": func(s *Sending) { s.To = "+12025550135" },
		"channel": func(s *Sending) { s.Channel = provider.ByEmail }, "no channel": func(s *Sending) { s.Channel = "pigeon" },
		"no template": func(s *Sending) { s.Template = "" }, "no time": func(s *Sending) { s.At = time.Time{} },
	} {
		s := sending(0)
		change(&s)
		if err := d.Again(t.Context(), c.ID, s); err == nil || errors.Is(err, provider.ErrUsed) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	if sent := d.outbox(0); len(sent) != 1 {
		t.Errorf("%d messages", len(sent))
	}
}

func TestFiveSendsInFifteenMinutes(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	for range 4 {
		if err := d.Again(t.Context(), c.ID, sending(5*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	until := noon().Add(15 * time.Minute)
	expectRefusal(t, d.Again(t.Context(), c.ID, sending(5*time.Minute)), until)
	call := sending(6 * time.Minute)
	call.Channel = provider.ByVoice
	expectRefusal(t, d.Again(t.Context(), c.ID, call), until)
	_, err := d.Open(t.Context(), sending(15*time.Minute-time.Microsecond))
	expectRefusal(t, err, until)
	other := sending(6 * time.Minute)
	other.To = "+12025550199"
	d.open(other)
	d.open(sending(15 * time.Minute))
	if kinds := d.events(); !slices.Equal(kinds, []string{"code.sent", "code.sent_again", "code.sent_again", "code.sent_again", "code.sent_again", "code.refused", "code.sent", "code.sent"}) {
		t.Error("three refusals in one window are one record:", kinds)
	}
	if v := d.answer(c.ID, d.Code(c.ID), 7*time.Minute); !v.OK {
		t.Error("the refusals took the code away")
	}
}

func TestSpellingsOfAnAddressShareABudget(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Sends = 1 })
	s := sending(0)
	s.Channel, s.To = provider.ByEmail, "Ana@Example.org"
	d.open(s)
	s.To = "ana@EXAMPLE.ORG"
	_, err := d.Open(t.Context(), s)
	expectRefusal(t, err, noon().Add(15*time.Minute))
	s.Account = "bo"
	d.open(s)
}

// What is refused for a broad reason costs nothing in the narrow ones, and the reason stays with us.
func TestABroadBudgetGivesTheNarrowOnesBack(t *testing.T) {
	type asked struct {
		channel    provider.Channel
		to, source string
		account    provider.AccountID
	}
	var got asked
	d := newDesk(t, func(c *Config) {
		c.Budgets = func(_ string, channel provider.Channel, to string, account provider.AccountID, source string) []provider.Budget {
			got = asked{channel, to, source, account}
			return []provider.Budget{
				{Purpose: "send.number", Key: to, Limit: 3, Window: time.Hour},
				{Purpose: "send.day", Key: "all", Limit: 2, Window: 24 * time.Hour},
			}
		}
	})
	d.open(sending(0))
	if want := (asked{provider.ByText, "+12025550134", "192.0.2.7", "ana"}); got != want {
		t.Errorf("asked for the budgets of %+v", got)
	}
	d.open(sending(0))
	for range 7 {
		_, err := d.Open(t.Context(), sending(0))
		expectRefusal(t, err, noon().Add(24*time.Hour))
	}
	events, err := d.store.Events(t.Context(), "ana", 1)
	if err != nil || len(events) != 1 || events[0].Kind != "code.refused" || events[0].Detail["why"] != "send day" {
		t.Errorf("%+v, %v", events, err)
	}
	if sent := d.outbox(0); len(sent) != 2 {
		t.Errorf("%d messages", len(sent))
	}
}

// A rotation between the send and the answer, with the challenge in the store.
func TestAnOpenChallengeOutlivesARotation(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	rotated, err := d.keyset.Rotate(keys.PurposeCode, noon())
	if err != nil {
		t.Fatal(err)
	}
	after := New(Config{Store: d.store, Keys: rotated})
	_, v, err := after.Check(t.Context(), c.ID, d.Code(c.ID), noon())
	if err != nil || !v.OK {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestWithoutItsKeyNoAnswerIsRight(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	other := New(Config{Store: d.store, Keys: newKeyset(t)})
	for _, typed := range []string{"", "000000", d.Code(c.ID)} {
		if _, v, err := other.Check(t.Context(), c.ID, typed, noon()); err != nil || v.OK {
			t.Errorf("%q: %+v, %v", typed, v, err)
		}
	}
}

// A store in trouble decides nothing, and nothing is right or sent.
func TestTroubleFailsClosed(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	var refusal *Refusal
	if _, v, err := d.Check(t.Context(), c.ID, d.Code(c.ID), noon()); err == nil || v != (Verdict{}) {
		t.Errorf("%+v, %v", v, err)
	}
	if _, v, err := d.Check(t.Context(), c.ID, "x", noon()); err == nil || v != (Verdict{}) {
		t.Errorf("%+v, %v", v, err)
	}
	if opened, err := d.Open(t.Context(), sending(0)); err == nil || errors.As(err, &refusal) || opened.ID != "" {
		t.Errorf("%+v, %v", opened, err)
	}
	if err := d.Again(t.Context(), c.ID, sending(0)); err == nil || errors.As(err, &refusal) || errors.Is(err, provider.ErrUsed) {
		t.Error(err)
	}
}

// together runs f n times at once.
func together(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			<-start
			f(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

func TestOfAThousandGuessesAtOnceFiveAreLookedAt(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	var taken, right, left atomic.Int64
	together(1000, func(i int) {
		guess := fmt.Sprintf("%06d", i)
		if guess == d.Code(c.ID) {
			guess = "999999"
		}
		_, v, err := d.Check(t.Context(), c.ID, guess, noon())
		if err != nil {
			t.Error(err)
		}
		if v.Taken {
			taken.Add(1)
			left.Add(int64(v.Left))
		}
		if v.OK {
			right.Add(1)
		}
	})
	if taken.Load() != 5 || right.Load() != 0 || left.Load() != 4+3+2+1 {
		t.Errorf("%d were looked at, %d right, %d left in all", taken.Load(), right.Load(), left.Load())
	}
	if v := d.answer(c.ID, d.Code(c.ID), 0); v.OK {
		t.Error("a sixth was")
	}
}

func TestOfAThousandRightAnswersAtOnceOneWins(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	var right, taken atomic.Int64
	together(1000, func(int) {
		_, v, err := d.Check(t.Context(), c.ID, d.Code(c.ID), noon())
		if err != nil {
			t.Error(err)
		}
		if v.Taken {
			taken.Add(1)
		}
		if v.OK {
			right.Add(1)
		}
	})
	if right.Load() != 1 || taken.Load() != 1 {
		t.Errorf("%d won, %d were taken", right.Load(), taken.Load())
	}
}

func TestOfTwoHundredSendsAtOnceFiveGoOut(t *testing.T) {
	d := newDesk(t)
	c := d.open(sending(0))
	var refused atomic.Int64
	together(200, func(i int) {
		var err error
		if i%2 == 0 {
			err = d.Again(t.Context(), c.ID, sending(0))
		} else {
			_, err = d.Open(t.Context(), sending(0))
		}
		var refusal *Refusal
		if errors.As(err, &refusal) {
			refused.Add(1)
		} else if err != nil {
			t.Error(err)
		}
	})
	if sent := d.outbox(0); len(sent) != 5 || refused.Load() != 196 {
		t.Errorf("%d went out, %d refused", len(sent), refused.Load())
	}
}

func BenchmarkCheck(b *testing.B) {
	d := newDesk(b, func(c *Config) { c.Tries, c.Sends = 1<<30, 1<<30 })
	b.Run("wrong", func(b *testing.B) {
		c := d.open(sending(0))
		typed := d.wrong(c.ID)
		b.ReportAllocs()
		for b.Loop() {
			d.answer(c.ID, typed, 0)
		}
	})
	b.Run("open and right", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c := d.open(sending(0))
			if v := d.answer(c.ID, d.Code(c.ID), 0); !v.OK {
				b.Fatal(v)
			}
		}
	})
}
