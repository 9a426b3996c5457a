package limit_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/limit"
	"gatehouse/provider/notify"
)

// requests is what comes to a house, with the default rates.
type requests struct {
	t            *testing.T
	guard        *limit.Guard
	watch        *limit.Watch
	now          time.Time
	looked, away int
	others       int // addresses that were not named
	no           limit.Refusal
}

func newRequests(t *testing.T) player {
	guard := newShop(t).guard(limit.Rates{Crowds: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
	return &requests{t: t, guard: guard, watch: limit.NewWatch(guard, slog.New(slog.DiscardHandler)), now: began()}
}

func (p *requests) became() string { return lookedAt(p.looked, p.away) }

// says is whether there is a storm, or who turned away the last that was, and for how long.
func (p *requests) says() string {
	switch {
	case p.away > 0:
		whose := map[limit.Scope]string{limit.Address: "its address", limit.Network: "its network", limit.Everybody: "everybody"}
		return fmt.Sprintf("too many of %s, again in %s", whose[p.no.Scope], orMoment(p.no.Until.Sub(p.now)))
	case p.watch.Storming(p.now):
		return "a storm"
	}
	return "fair"
}

// orMoment is a duration in words.
func orMoment(d time.Duration) string {
	if d < time.Second {
		return "a moment"
	}
	return words(d)
}

func (p *requests) do(words []string) error {
	classes := map[string]limit.Class{"page": limit.Page, "form": limit.Form, "guess": limit.Guess, "known": limit.Guess, "right": limit.Guess, "wrong": limit.Guess}
	class, sends := classes[words[0]]
	switch {
	case words[0] == "requests" && len(words) == 1:
		return nil
	case words[0] == "wait" && len(words) == 2:
		d, err := span(words[1])
		p.now, p.away = p.now.Add(d), 0
		return err
	case !sends:
		return errUnknown
	}
	n, over, rest, err := times(words[1:])
	from := netip.Addr{}
	if len(rest) == 2 && rest[0] == "from" && err == nil {
		from, err = netip.ParseAddr(rest[1])
		rest = nil
	}
	if err != nil || len(rest) > 0 {
		return errors.Join(errUnknown, err)
	}
	p.looked, p.away = 0, 0
	start := p.now
	for i := range n {
		p.now = start.Add(over / time.Duration(n) * time.Duration(i))
		p.send(words[0], class, from)
	}
	p.now = start.Add(over)
	return nil
}

// send is one request. Passwords of strangers, right or wrong, pass the watch too.
func (p *requests) send(word string, class limit.Class, from netip.Addr) {
	if !from.IsValid() {
		p.others++
		from = netip.AddrFrom4([4]byte{byte(11 + p.others>>16), byte(p.others >> 8), byte(p.others), 7})
	}
	no, ok := p.guard.Admit(p.t.Context(), class, from, p.now)
	if stranger := word == "right" || word == "wrong"; stranger && ok {
		no, ok = p.watch.Admit(p.t.Context(), from, p.now)
	}
	if !ok {
		p.away++
		p.no = no
		return
	}
	p.looked++
	switch word {
	case "right":
		p.watch.Right(fmt.Sprint("account ", p.others), p.now)
	case "wrong":
		p.watch.Failed(p.now)
	}
}

// messages are codes that somebody asks for, with the default limits.
type messages struct {
	t             *testing.T
	store         provider.Store
	now           time.Time
	sent, refused int
	why           string
	until         time.Time
	others        int
}

func newMessages(t *testing.T) player { return &messages{t: t, store: newShop(t).Store, now: began()} }

func (p *messages) became() string { return fmt.Sprintf("sent %d, refused %d", p.sent, p.refused) }

// says is which budget refused the last that was, and until when.
func (p *messages) says() string {
	if p.refused == 0 {
		return "all were sent"
	}
	return fmt.Sprintf("too many %s, again in %s", p.why, words(p.until.Sub(p.now)))
}

// do reads send CHANNEL [xN] [within T] to WHOM [of ACCOUNT] [from ADDRESS]. An account or network that is not named is a new one.
func (p *messages) do(words []string) error {
	switch {
	case words[0] == "messages" && len(words) == 1:
		return nil
	case words[0] == "wait" && len(words) == 2:
		d, err := span(words[1])
		p.now = p.now.Add(d)
		return err
	case words[0] != "send" || len(words) < 2:
		return errUnknown
	}
	channel, known := map[string]provider.Channel{"text": provider.ByText, "call": provider.ByVoice, "email": provider.ByEmail}[words[1]]
	n, over, rest, err := times(words[2:])
	if !known || err != nil {
		return errors.Join(errUnknown, err)
	}
	named := map[string]string{}
	for ; len(rest) > 1 && slices.Contains([]string{"to", "of", "from"}, rest[0]); rest = rest[2:] {
		named[rest[0]] = rest[1]
	}
	if len(rest) > 0 || named["to"] == "" {
		return errUnknown
	}
	p.sent, p.refused = 0, 0
	start := p.now
	for i := range n {
		p.now = start.Add(over / time.Duration(n) * time.Duration(i))
		if err := p.send(channel, named, i); err != nil {
			return err
		}
	}
	p.now = start.Add(over)
	return nil
}

func (p *messages) send(channel provider.Channel, named map[string]string, i int) error {
	p.others++
	to, account, from := named["to"], named["of"], named["from"]
	if to == "each-of-a-block" { // numbers that follow one another
		to = fmt.Sprintf("+161755507%02d", i%100)
	}
	if account == "" {
		account = fmt.Sprint("account ", p.others)
	}
	if from == "" {
		from = netip.AddrFrom4([4]byte{11, byte(p.others >> 8), byte(p.others), 7}).String()
	}
	for _, b := range (notify.Limits{}).SendBudgets("", channel, to, provider.AccountID(account), from) {
		_, until, err := p.store.Spend(p.t.Context(), b, p.now)
		if errors.Is(err, provider.ErrSpent) {
			p.refused++
			p.why, p.until = b.Purpose, until
			return nil
		}
		if err != nil {
			return err
		}
	}
	p.sent++
	return nil
}
