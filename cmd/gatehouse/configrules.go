package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/password"
	"gatehouse/templates"
)

// faults are all that is wrong with the settings, at once.
func (c Config) faults() error {
	_, noDatabase := c.options(nil)
	_, noKeyset := c.keysetFile()
	_, brand := c.brand()
	_, policy := c.policy()
	_, noTerms := c.Terms.terms(c.Languages)
	return errors.Join(noDatabase, noKeyset, checkIssuer(c.Issuer), c.checkTLS(), brand, c.checkLanguages(), c.Sessions.check(),
		policy, c.checkMessages(), c.Rates.check(), c.Lanes.check(), c.Recovery.check(), c.Leaving.check(), atLeast("connections", c.Connections, 1),
		atLeast("connections-per-address", c.AddressConnections, 1), c.hashing().Check(), c.Activations.check(), checkFailures(c.FailuresAfter), atLeast("audit-keep-days", c.AuditKeepDays, 1), c.checkCheckpoints(),
		c.checkDrain(), noTerms, c.Console.check(c.Issuer))
}

func checkIssuer(issuer string) error {
	if issuer == "" {
		return errors.New("--issuer is needed: the address of Gatehouse as browsers see it, such as https://id.example.org")
	}
	u, err := url.Parse(issuer)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil:
		return fmt.Errorf("--issuer %q is not an https address like https://id.example.org", issuer)
	case u.Path != "" || u.RawQuery != "" || strings.ContainsAny(issuer, "?#"):
		return fmt.Errorf("--issuer %q must end after its host (or port): no slash, path or query", issuer)
	}
	return nil
}

func (c Config) checkTLS() error {
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return errors.New("--tls-cert and --tls-key are given together or not at all")
	case c.TLSCert != "":
		_, err := readCertificate(c.TLSCert, c.TLSKey)
		return err
	case len(c.TrustedProxy) == 0:
		return errors.New("nothing ends TLS: give --tls-cert and --tls-key, or --trusted-proxy CIDR for the proxy that does")
	}
	return nil
}

func (c Config) checkDrain() error {
	if c.DrainDelay < 0 || c.DrainDelay > 5*time.Minute {
		return fmt.Errorf("--drain-delay %s is not between 0 and 5m", c.DrainDelay)
	}
	return nil
}

// checkLanguages asks the set of pages, with the brand of dev so that no fault of the brand is told twice.
func (c Config) checkLanguages() error {
	pages, err := templates.New(templates.DefaultBrand(), c.Languages)
	if err != nil {
		return fmt.Errorf("--languages: %w", err)
	}
	return reviewed(pages, c.UnreviewedLanguages)
}

// offered are the languages of whoever does not say which (the default of --languages). No person has reviewed the Spanish words yet, but
// without them more people would be shut out than a wrong word harms.
func offered() []string { return []string{"en", "es"} }

// reviewed refuses languages whose words no person has reviewed, unless they are offered to everybody or asked for in so many words.
func reviewed(pages *templates.Set, unreviewed bool) error {
	var raw []string
	for _, l := range pages.Languages() {
		if l.Reviewed == "" && !slices.Contains(offered(), l.Tag) {
			raw = append(raw, l.Tag)
		}
	}
	if len(raw) == 0 || unreviewed {
		return nil
	}
	return fmt.Errorf("--languages: no person has reviewed the words of %s yet; --unreviewed-languages offers them all the same", strings.Join(raw, ", "))
}

func (s Sessions) check() error {
	var faults []error
	if s.Idle < time.Minute || s.Idle > time.Hour {
		faults = append(faults, fmt.Errorf("--session-idle %s is not between 1m and 1h", s.Idle))
	}
	if s.Absolute < s.Idle || s.Absolute > 24*time.Hour {
		faults = append(faults, fmt.Errorf("--session-absolute %s is shorter than --session-idle, or longer than 24h", s.Absolute))
	}
	if s.Warning < 20*time.Second || s.Warning > s.Idle/2 {
		faults = append(faults, fmt.Errorf("--session-warning %s is not between 20s and half of --session-idle %s", s.Warning, s.Idle))
	}
	if s.Lasts < 5*time.Minute || s.Lasts > 24*time.Hour {
		faults = append(faults, fmt.Errorf("--signin-lasts %s is not between 5m and 24h", s.Lasts))
	}
	return errors.Join(faults...)
}

func (s Sessions) clocks() provider.SessionClocks {
	return provider.SessionClocks{Idle: s.Idle, Absolute: s.Absolute, Warning: s.Warning}
}

// brand reads the logo and lets the pages judge the rest.
func (c Config) brand() (templates.Brand, error) {
	given := c.Brand
	var faults []error
	for flag, value := range map[string]string{"name": given.Name, "phone": given.Phone, "hours": strings.Join(given.Hours.all(), "")} {
		if strings.TrimSpace(value) == "" {
			faults = append(faults, fmt.Errorf("--brand-%s is needed: every page shows it", flag))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	b := templates.Brand{
		Name: given.Name, Service: given.Service, Phone: given.Phone, TTY: given.TTY, Hours: given.Hours, Accent: given.Accent,
		Banner:  templates.Banner{Text: c.Banner, Until: c.BannerUntil},
		Privacy: given.Privacy, Accessibility: given.Accessibility, Contact: given.Contact,
	}
	if b.TTY == "off" {
		b.TTY = ""
	}
	if given.Logo != "" {
		logo, err := os.ReadFile(given.Logo)
		if err != nil {
			faults = append(faults, fmt.Errorf("--brand-logo: %w", err))
		}
		b.Logo = logo
	}
	if len(faults) == 0 {
		faults = append(faults, c.shows(b))
	}
	return b, errors.Join(faults...)
}

// shows lets the pages and messages judge the brand. A text message holds the host too.
func (c Config) shows(b templates.Brand) error {
	pages, err := templates.New(b, c.Languages)
	if err != nil {
		return err
	}
	u, err := url.Parse(c.Issuer)
	if err != nil || u.Host == "" {
		return nil //nolint:nilerr // checkIssuer says so
	}
	return pages.CheckLetters(u.Host)
}

// policy is what a new password must be. Numbers that the policy would quietly mend are refused: an operator should know.
func (p Passwords) policy() (password.Policy, error) {
	faults := []error{atLeast("password-min", p.Min, 8), atLeast("password-max-age-days", p.MaxDays, 0)}
	if p.Max < 64 || p.Max > 256 || p.Max < p.Min {
		faults = append(faults, fmt.Errorf("--password-max %d is not between 64 and 256, or below --password-min", p.Max))
	}
	policy := password.Policy{
		MinAlone: p.Min, Max: p.Max, MaxAge: time.Duration(p.MaxDays) * 24 * time.Hour,
	}
	for _, kind := range p.Require {
		switch kind {
		case "upper":
			policy.Composition.Upper = true
		case "lower":
			policy.Composition.Lower = true
		case "digit":
			policy.Composition.Digit = true
		case "symbol":
			policy.Composition.Symbol = true
		default:
			faults = append(faults, fmt.Errorf("--password-require %q is none of upper, lower, digit, symbol", kind))
		}
	}
	return policy, errors.Join(faults...)
}

func (p Passwords) hashing() password.Params {
	return password.Params{MemoryKiB: p.HashKiB, Time: p.HashTime}
}

func atLeast(flag string, value, least int) error {
	if value < least {
		return fmt.Errorf("--%s %d is less than %d", flag, value, least)
	}
	return nil
}
