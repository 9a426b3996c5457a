package limit_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/limit"
)

var rewrite = flag.Bool("rewrite", false, "write what the rules say now into testdata")

// began is when every script and test begins.
func began() time.Time { return time.Date(2031, time.March, 9, 8, 7, 6, 0, time.UTC) }

// TestScripts plays testdata/*.txt; README.txt there explains them. With -rewrite the expectations are written anew: read the
// difference before you commit it.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/[0-9]*.txt")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Errorf("only %d scripts found", len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := play(t, string(text))
			if *rewrite && err == nil {
				err = os.WriteFile(file, []byte(got), 0o600)
			} else if err == nil {
				err = firstDifference(string(text), got)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestScriptsNotice: the player sees what is wrong.
func TestScriptsNotice(t *testing.T) {
	for _, script := range []string{"lane strangers\nfail x9\n-> paused for 30m\n", "lane strangers\nfail\nlooked at 2, turned away 0\n",
		"requests\nguess x61 from 203.0.113.7\nlooked at 61, turned away 0\n", "requests\nwrong x119\n-> a storm\n",
		"messages\nsend text x11 to +16175550143\nsent 11, refused 0\n",
	} {
		got, err := play(t, script)
		if err != nil || firstDifference(script, got) == nil {
			t.Errorf("%q was right: %v", script, err)
		}
	}
	for _, script := range []string{"fail", "lane nobodys", "lane device\nfial", "lane device\nfail x", "lane device\nwait soon",
		"requests\nguess x2 from nowhere", "requests\nguesses x2", "requests\nlink", "messages\nsend pigeon to 1", "messages\nguess",
	} {
		if _, err := play(t, script); err == nil {
			t.Errorf("%q was played", script)
		}
	}
}

func firstDifference(want, got string) error {
	old, now := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i, line := range old {
		if line != now[i] {
			return fmt.Errorf("line %d: the script says %q, the rules say %q", i+1, line, now[i])
		}
	}
	return nil
}

// player plays the lines of a script.
type player interface {
	do(words []string) error
	says() string   // how things stand
	became() string // what became of the tries of the line before
}

// players are the sorts of scripts, by the first word of their first line.
func players(t *testing.T) map[string]func() player {
	return map[string]func() player{
		"lane":     func() player { return &lanePlayer{now: began()} },
		"requests": func() player { return newRequests(t) },
		"messages": func() player { return newMessages(t) },
	}
}

func play(t *testing.T, script string) (string, error) {
	var p player
	lines := strings.Split(script, "\n")
	for i, line := range lines {
		switch words := strings.Fields(line); {
		case line == "" || line[0] == '#':
		case p == nil && players(t)[words[0]] == nil:
			return "", fmt.Errorf("line %d: %q: say first what it is about", i+1, line)
		case p == nil:
			p = players(t)[words[0]]()
			if err := p.do(words); err != nil {
				return "", fmt.Errorf("line %d: %q: %w", i+1, line, err)
			}
		case strings.HasPrefix(line, "-> "):
			lines[i] = "-> " + p.says()
		case strings.HasPrefix(line, "looked at ") || strings.HasPrefix(line, "sent "):
			lines[i] = p.became()
		default:
			if err := p.do(words); err != nil {
				return "", fmt.Errorf("line %d: %q: %w", i+1, line, err)
			}
		}
	}
	return strings.Join(lines, "\n"), nil
}

// lanePlayer is one lane on its way through time.
type lanePlayer struct {
	rule         provider.LaneRule
	state        provider.LaneState
	now          time.Time
	looked, away int
}

func (p *lanePlayer) became() string { return lookedAt(p.looked, p.away) }

func lookedAt(looked, away int) string {
	return fmt.Sprintf("looked at %d, turned away %d", looked, away)
}

var errUnknown = errors.New("nobody knows what this means")

func (p *lanePlayer) do(words []string) error {
	switch {
	case words[0] == "lane" && len(words) == 2:
		kind := provider.LaneKind(words[1])
		p.rule = limit.Default().Rule(kind)
		if !slices.Contains([]provider.LaneKind{provider.LaneStrangers, provider.LaneDevice, provider.LaneActivation}, kind) {
			return errUnknown
		}
	case p.rule.Tries == 0:
		return errors.New("say first which lane it is")
	case words[0] == "fail":
		return p.fail(words[1:])
	case words[0] == "wait" && len(words) == 2:
		d, err := span(words[1])
		p.now = p.now.Add(d)
		return err
	case len(words) != 1:
		return errUnknown
	default:
		return p.succeed(words[0])
	}
	return nil
}

func (p *lanePlayer) succeed(word string) error {
	switch word {
	case "right", "signin":
		after, ok := limit.TryLane(p.state, p.rule, p.now)
		if !ok {
			return errors.New("nobody may try now")
		}
		p.state = limit.ReturnTry(after, p.rule, p.now)
		if word == "signin" {
			p.state = limit.Succeed(p.state, p.rule)
		}
	case "link":
		p.state = limit.PassLane(p.state)
	case "unlock":
		p.state = limit.UnlockLane(p.state, p.now)
	default:
		return errUnknown
	}
	return nil
}

// times reads [xN] [within T] and answers what follows.
func times(words []string) (n int, over time.Duration, rest []string, err error) {
	n = 1
	if len(words) > 0 && strings.HasPrefix(words[0], "x") {
		n, err = strconv.Atoi(words[0][1:])
		words = words[1:]
	}
	if len(words) > 1 && words[0] == "within" && err == nil {
		over, err = span(words[1])
		words = words[2:]
	}
	return n, over, words, err
}

func (p *lanePlayer) fail(words []string) error {
	n, over, rest, err := times(words)
	if err != nil || len(rest) > 0 {
		return errors.Join(errUnknown, err)
	}
	p.looked, p.away = 0, 0
	for i := range n {
		after, ok := limit.TryLane(p.state, p.rule, p.now.Add(over/time.Duration(n)*time.Duration(i)))
		if p.state = after; ok {
			p.looked++
		} else {
			p.away++
		}
	}
	p.now = p.now.Add(over)
	return nil
}

// says is how the lane stands.
func (p *lanePlayer) says() string {
	closed, until := limit.Closed(p.state, p.rule, p.now)
	switch {
	case closed && until.IsZero():
		return "stopped"
	case closed:
		return "paused for " + words(until.Sub(p.now))
	}
	s, left := p.state, 0
	for ok := true; ok; left++ {
		s, ok = limit.TryLane(s, p.rule, p.now)
	}
	return fmt.Sprintf("open, %d left", left-1)
}

// span reads a duration that may have days.
func span(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(text)
}

// words is a duration in whole parts, without those that are nothing.
func words(d time.Duration) string {
	d = d.Round(time.Second)
	if d >= 24*time.Hour && d%(24*time.Hour) == 0 {
		return strconv.Itoa(int(d/(24*time.Hour))) + "d"
	}
	text := d.String()
	for _, nothing := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, nothing) {
			text = text[:len(text)-2]
		}
	}
	return text
}
