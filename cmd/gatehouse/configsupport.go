package main

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
)

// Console is where the people of the house work: staff who help patients back in, and those who look after them. It has an address and an
// origin of its own, so that nothing of a patient's browser ever reaches it; keep both to the networks that staff sit in. Without them
// there is no console.
type Console struct {
	Desk
	Listen string `name:"support-listen" placeholder:"HOST:PORT" help:"Address to listen on for staff; needs --support-origin. Without it there is no staff console."`
	Hours  string `name:"support-hours" placeholder:"[daily ]FROM-TO ZONE" help:"Hours of work at the console, Monday to Friday, such as 7-19 America/New_York; with daily before it, on weekends too. What staff do outside of them is marked for supervisors, and reviews are due by the days of that zone."`

	SecurityContact []string `name:"security-contact" placeholder:"EMAIL" help:"E-mail address of who looks after security; may be repeated. They are told when staff stop a caller, and when somebody searches too often. No message names a patient."`
}

// Desk is the address of the console as the browsers of staff see it. Their passkeys are bound to its host, so it stays the same for good.
type Desk struct {
	Origin string `name:"support-origin" placeholder:"https://HOST" help:"Address of the staff console as browsers see it, without a path; another host than the issuer's."`
}

// check says all that is wrong beside the issuer.
func (c Console) check(issuer string) error {
	if _, err := c.hours(); err != nil {
		return err
	}
	for _, to := range c.SecurityContact {
		if at, err := mail.ParseAddress(to); err != nil || at.Address != to {
			return fmt.Errorf("--security-contact %q is no e-mail address like security@example.org", to)
		}
	}
	if c.Listen == "" && c.Origin == "" {
		return nil
	}
	if c.Listen == "" || c.Origin == "" {
		return errors.New("--support-listen and --support-origin are given together or not at all")
	}
	if err := c.Desk.check(); err != nil {
		return err
	}
	ours, _ := url.Parse(c.Origin)
	theirs, err := url.Parse(issuer)
	if err == nil && strings.EqualFold(ours.Hostname(), theirs.Hostname()) {
		return fmt.Errorf("--support-origin %q has the host of --issuer: cookies and passkeys would be those of patients", c.Origin)
	}
	return nil
}

// hours are those of work; none were given: nobody said.
func (c Console) hours() (provider.WorkHours, error) {
	if c.Hours == "" {
		return provider.WorkHours{}, nil
	}
	wrong := fmt.Errorf("--support-hours %q is not like 7-19 America/New_York, or daily 0-24 America/New_York", c.Hours)
	text, daily := strings.CutPrefix(c.Hours, "daily ")
	words, h := strings.Fields(text), provider.WorkHours{Weekends: daily}
	if len(words) != 2 || words[1] == "Local" {
		return h, wrong
	}
	from, to, _ := strings.Cut(words[0], "-")
	var faults [3]error
	h.From, faults[0] = strconv.Atoi(from)
	h.To, faults[1] = strconv.Atoi(to)
	h.Zone, faults[2] = time.LoadLocation(words[1])
	if errors.Join(faults[:]...) != nil || h.From < 0 || h.From > 23 || h.To < 0 || h.To > 24 {
		return provider.WorkHours{}, wrong
	}
	return h, nil
}

// watched is the finding about who is told when something is wrong with a caller; none where there is no console.
func (c Console) watched() []finding {
	const what = "security"
	switch {
	case c.Origin == "":
		return nil
	case len(c.SecurityContact) == 0:
		return []finding{{
			Verdict: warn, What: what, Found: "nobody is told when staff stop a caller and send it to security; it is on record alone",
			Mend: "give --security-contact",
		}}
	}
	return []finding{well(what, fmt.Sprintf("%d told when staff stop a caller", len(c.SecurityContact)))}
}

// check wants an https origin with a name: passkeys are bound to one.
func (d Desk) check() error {
	u, err := url.Parse(d.Origin)
	switch {
	case d.Origin == "":
		return errors.New("--support-origin is needed: the address of the staff console as browsers see it, such as https://support.example.org")
	case err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil:
		return fmt.Errorf("--support-origin %q is not an https address like https://support.example.org", d.Origin)
	case u.Path != "" || u.RawQuery != "" || strings.ContainsAny(d.Origin, "?#"):
		return fmt.Errorf("--support-origin %q must end after its host (or port): no slash, path or query", d.Origin)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return fmt.Errorf("--support-origin %q is a number: passkeys need a name", d.Origin)
	}
	return nil
}
