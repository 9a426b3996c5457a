package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"gatehouse/provider"
	"gatehouse/provider/factor/password"
	"gatehouse/templates"
)

// Config is every setting of a running Gatehouse. Each is a flag, an environment variable and a line of the file that
// --config names; the first of these that is given counts:
//
//	--private-listen 127.0.0.1:9090
//	GATEHOUSE_PRIVATE_LISTEN=127.0.0.1:9090
//	private-listen: 127.0.0.1:9090
//
// Lists are repeated flags, values with commas between them in a variable, and YAML lists in the file. No setting is a
// secret: secrets stand in files of their own, which settings name.
type Config struct {
	Storage

	// Issuer is the address at which people and applications meet Gatehouse, and its name in every token. Applications pin it,
	// and passkeys will be bound to its host, so it stays the same for good. It has no path.
	Issuer string `name:"issuer" placeholder:"https://HOST" help:"Address of Gatehouse as browsers see it, without a path. Needed."`

	// Listen is where people and applications are answered.
	Listen string `name:"listen" default:":8080" placeholder:"HOST:PORT" help:"Address to listen on for everybody."`

	// PrivateListen answers health, readiness, metrics and profiles. Whoever reaches it can slow the server down and see its
	// insides: keep it to the machine or a network of operators.
	PrivateListen string `name:"private-listen" default:"127.0.0.1:9090" placeholder:"HOST:PORT" help:"Address of health, readiness, metrics and profiles; off for none. Never let the outside reach it."`

	// TLSCert and TLSKey are PEM files. They are read again when they change, so a renewed certificate needs no restart. Without
	// them a proxy must end TLS, and TrustedProxy must say which.
	TLSCert string `name:"tls-cert" placeholder:"FILE" help:"Certificate chain (PEM), where Gatehouse itself ends TLS; read anew when it changes."`
	TLSKey  string `name:"tls-key" placeholder:"FILE" help:"Private key of the certificate (PEM)."`

	// TrustedProxy are the networks whose X-Forwarded-For is believed. Too wide a network lets callers choose the address that
	// is counted and logged.
	TrustedProxy []netip.Prefix `name:"trusted-proxy" placeholder:"CIDR" help:"Network of a proxy that ends TLS and whose X-Forwarded-For is believed; may be repeated."`

	// HSTSPreload asks browser makers to put the domain on their lists; that is hard to take back.
	HSTSPreload bool `name:"hsts-preload" help:"Allow browsers to list the domain as https only, for good."`

	// DrainDelay is how long the server goes on answering after it has begun to say that it is not ready.
	DrainDelay time.Duration `name:"drain-delay" default:"2s" placeholder:"TIME" help:"At the end, how long to answer on while the balancer learns of it."`

	// Sender is shown on the page that helps people to tell false messages from real ones.
	Sender string `name:"sender" placeholder:"ADDRESS" help:"E-mail address that messages to people come from."`

	// Languages are offered to people in this order; the first is what everybody gets whose own is not among them.
	Languages []string `name:"languages" default:"en,es" placeholder:"TAG" help:"Languages of the pages, the default first."`

	Brand    Brand    `embed:"" prefix:"brand-"`
	Sessions Sessions `embed:""`
	Passwords

	// AuditKeepDays is how long the audit trail is kept. HIPAA asks for six years (45 CFR 164.316).
	AuditKeepDays int `name:"audit-keep-days" default:"2192" placeholder:"DAYS" help:"How long audit events are kept; HIPAA asks for six years."`

	// LogLevel is debug, info, warn or error. No level logs secrets or personal data.
	LogLevel slog.Level `name:"log-level" default:"info" placeholder:"LEVEL" help:"What is logged: debug, info, warn or error."`

	// MemoryLimit is the soft limit of Go's collector. The variable GOMEMLIMIT does the same; this one is stronger.
	MemoryLimit size `name:"memory-limit" placeholder:"SIZE" help:"Memory that Go's collector tries to stay within, such as 512MiB; without it GOMEMLIMIT counts."`
}

// Brand is what people see of the organization.
type Brand struct {
	Name          string `name:"name" placeholder:"TEXT" help:"Name of the organization. Needed."`
	Service       string `name:"service" placeholder:"TEXT" help:"Name of the portal, where it has one."`
	Phone         string `name:"phone" placeholder:"NUMBER" help:"Telephone number of support, as printed. Needed."`
	TTY           string `name:"tty" default:"711" placeholder:"NUMBER" help:"Relay number for people who do not hear; off for none."`
	Hours         hours  `name:"hours" placeholder:"[TAG=]TEXT" help:"When support answers the telephone: for all languages, or en=TEXT for one; may be repeated. Needed."`
	Accent        string `name:"accent" default:"#0f5f8c" placeholder:"#RRGGBB" help:"Color of buttons and links, at least 4.5 to 1 on white."`
	Logo          string `name:"logo" placeholder:"FILE" help:"Logo, PNG or SVG."`
	Privacy       string `name:"privacy" default:"/help#privacy" placeholder:"URL" help:"Address of the privacy notice."`
	Accessibility string `name:"accessibility" default:"/help#accessibility" placeholder:"URL" help:"Address of the accessibility statement."`
}

// Sessions are the clocks of a sign-in.
type Sessions struct {
	Idle     time.Duration `name:"session-idle" default:"15m" placeholder:"TIME" help:"How long a browser may stay away from Gatehouse before it must sign in again."`
	Absolute time.Duration `name:"session-absolute" default:"12h" placeholder:"TIME" help:"How long a sign-in lasts at most."`
	Lasts    time.Duration `name:"signin-lasts" default:"30m" placeholder:"TIME" help:"How long a person may take to sign in."`
}

// Passwords are the rules of new passwords and the cost of their hashes. The defaults are those of NIST SP 800-63B-4.
type Passwords struct {
	Min       int      `name:"password-min" default:"15" placeholder:"N" help:"Fewest characters of a password that stands alone or with e-mail codes; at least 8."`
	MinBeside int      `name:"password-min-beside" default:"8" placeholder:"N" help:"Fewest characters beside a real second factor; at least 8."`
	Max       int      `name:"password-max" default:"256" placeholder:"N" help:"Most characters; 64 to 256."`
	Require   []string `name:"password-require" placeholder:"KIND" help:"Kinds of characters that must be there: upper, lower, digit, symbol. NIST advises against it."`
	MaxDays   int      `name:"password-max-age-days" default:"0" placeholder:"DAYS" help:"Days until a new password is asked for; 0 for never, as NIST advises."`
	HashKiB   uint32   `name:"password-hash-kib" default:"19456" placeholder:"KIB" help:"Memory of one password hash (Argon2id)."`
	HashTime  uint32   `name:"password-hash-passes" default:"2" placeholder:"N" help:"Passes over that memory."`
}

// faults are all that is wrong with the settings, at once.
func (c Config) faults() error {
	_, noDatabase := c.database()
	_, noKeyset := c.keysetFile()
	_, brand := c.brand()
	_, policy := c.policy()
	return errors.Join(noDatabase, noKeyset, checkIssuer(c.Issuer), c.checkTLS(), brand, c.checkLanguages(), c.Sessions.check(),
		policy, c.hashing().Check(), atLeast("audit-keep-days", c.AuditKeepDays, 1), c.checkDrain())
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
	if _, err := templates.New(templates.DefaultBrand(), c.Languages); err != nil {
		return fmt.Errorf("--languages: %w", err)
	}
	return nil
}

func (s Sessions) check() error {
	if s.Idle < time.Minute || s.Absolute < s.Idle {
		return fmt.Errorf("--session-idle %s and --session-absolute %s: the first is a minute at least, and no longer than the second", s.Idle, s.Absolute)
	}
	if s.Lasts < 5*time.Minute || s.Lasts > 24*time.Hour {
		return fmt.Errorf("--signin-lasts %s is not between 5m and 24h", s.Lasts)
	}
	return nil
}

func (s Sessions) clocks() provider.SessionClocks {
	return provider.SessionClocks{Idle: s.Idle, Absolute: s.Absolute}
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
		Privacy: given.Privacy, Accessibility: given.Accessibility,
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
		_, err := templates.New(b, c.Languages)
		faults = append(faults, err)
	}
	return b, errors.Join(faults...)
}

// policy is what a new password must be. Numbers that the policy would quietly mend are refused: an operator should know.
func (p Passwords) policy() (password.Policy, error) {
	faults := []error{atLeast("password-min", p.Min, 8), atLeast("password-min-beside", p.MinBeside, 8), atLeast("password-max-age-days", p.MaxDays, 0)}
	if p.Max < 64 || p.Max > 256 || p.Max < p.Min || p.Max < p.MinBeside {
		faults = append(faults, fmt.Errorf("--password-max %d is not between 64 and 256, or below a least length", p.Max))
	}
	policy := password.Policy{
		MinAlone: p.Min, MinBeside: p.MinBeside, Max: p.Max, MaxAge: time.Duration(p.MaxDays) * 24 * time.Hour,
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

// hours are when support answers, by language; the key "" serves every other one.
type hours map[string]string

func (h hours) all() []string {
	var texts []string
	for _, text := range h {
		texts = append(texts, text)
	}
	return texts
}

var tagged = regexp.MustCompile(`^([a-z]{2,3}(?:-[A-Za-z0-9]+)*)=(.*)$`)

// Decode implements kong.MapperValue: "Mon to Fri", "en=Mon to Fri", several with a semicolon between them, or a YAML map.
func (h *hours) Decode(ctx *kong.DecodeContext) error {
	token := ctx.Scan.Pop()
	if *h == nil {
		*h = hours{}
	}
	switch v := token.Value.(type) {
	case map[string]any:
		for tag, text := range v {
			(*h)[tag] = fmt.Sprint(text)
		}
	case string:
		for text := range strings.SplitSeq(v, ";") {
			tag := ""
			if parts := tagged.FindStringSubmatch(strings.TrimSpace(text)); parts != nil {
				tag, text = parts[1], parts[2]
			}
			(*h)[tag] = strings.TrimSpace(text)
		}
	default:
		return errors.New("expected a text, or a map from languages to texts")
	}
	return nil
}

// size is a number of bytes, written as 512MiB.
type size int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *size) UnmarshalText(text []byte) error {
	units := []struct {
		name  string
		bytes int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {"", 1}}
	for _, unit := range units {
		digits, ok := strings.CutSuffix(string(text), unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n <= 0 || n > 1<<50/unit.bytes {
			break
		}
		*s = size(n * unit.bytes)
		return nil
	}
	return fmt.Errorf("%q is not a size like 512MiB or 2GiB", text)
}
