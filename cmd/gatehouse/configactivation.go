package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider/activation"
)

// Activations are the rules of invitations: what their people are asked, and how long they are good.
type Activations struct {
	// Facts are asked besides the date of birth. Numbers of four digits are guessed too easily to stand alone, so that is always
	// asked. Whoever issues an invitation must know what is asked.
	Facts []string `name:"facts" placeholder:"FACT" help:"What the person of an invitation is asked besides the date of birth: last_name, zip, id_last4; may be repeated."`

	// Lasts is how long a code is good that was issued without saying so.
	Lasts lasting `name:"lasts" default:"30d" placeholder:"TIME" help:"How long an invitation is good, such as 30d or 48h."`
}

// issuer makes invitations by these rules, or answers all that is wrong with them.
func (a Activations) issuer(keys activation.Keys, lang string) (activation.Issuer, error) {
	facts, err := activation.ReadFacts(a.Facts)
	if err != nil {
		err = fmt.Errorf("--activation-facts: %s", inviteWords(err))
	}
	return activation.Issuer{Keys: keys, Facts: facts, Lasts: time.Duration(a.Lasts), Lang: lang}, errors.Join(err, a.Lasts.check("activation-lasts"))
}

// check says what is wrong with the rules.
func (a Activations) check() error {
	_, err := a.issuer(nil, "")
	return err
}

// inviteWords is what package activation says, to an operator.
func inviteWords(err error) string { return strings.TrimPrefix(err.Error(), "activation: ") }

// lasting is how long an invitation is good, written as 30d or 48h.
type lasting time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *lasting) UnmarshalText(text []byte) error {
	if days, ok := strings.CutSuffix(string(text), "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err == nil {
			*l = lasting(time.Duration(n) * 24 * time.Hour)
			return nil
		}
	}
	d, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a time like 30d or 48h", text)
	}
	*l = lasting(d)
	return nil
}

func (l lasting) check(flag string) error {
	if d := time.Duration(l); d < activation.ShortestLasts || d > activation.LongestLasts {
		return fmt.Errorf("--%s is not between %dh and %dd", flag, int(activation.ShortestLasts.Hours()), int(activation.LongestLasts.Hours())/24)
	}
	return nil
}
