package main

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// Console is where the people of the house work: staff who help patients back in, and those who look after them. It has an address and an
// origin of its own, so that nothing of a patient's browser ever reaches it; keep both to the networks that staff sit in. Without them
// there is no console.
type Console struct {
	Desk
	Listen string `name:"support-listen" placeholder:"HOST:PORT" help:"Address to listen on for staff; needs --support-origin. Without it there is no staff console."`
}

// Desk is the address of the console as the browsers of staff see it. Their passkeys are bound to its host, so it stays the same for good.
type Desk struct {
	Origin string `name:"support-origin" placeholder:"https://HOST" help:"Address of the staff console as browsers see it, without a path; another host than the issuer's."`
}

// check says all that is wrong beside the issuer.
func (c Console) check(issuer string) error {
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
