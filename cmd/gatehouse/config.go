package main

import (
	"log/slog"
	"net/netip"
	"time"
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

	Console Console `embed:""`

	// TLSCert and TLSKey are PEM files. They are read again when they change, so a renewed certificate needs no restart. Without
	// them a proxy must end TLS, and TrustedProxy must say which.
	TLSCert string `name:"tls-cert" placeholder:"FILE" help:"Certificate chain (PEM), where Gatehouse itself ends TLS; read anew when it changes."`
	TLSKey  string `name:"tls-key" placeholder:"FILE" help:"Private key of the certificate (PEM)."`

	// TrustedProxy are the networks whose X-Forwarded-For is believed. Too wide a network lets callers choose the address that
	// is counted and logged.
	TrustedProxy []netip.Prefix `name:"trusted-proxy" placeholder:"CIDR" help:"Network of a proxy that ends TLS and whose X-Forwarded-For is believed; may be repeated."`

	// Forwarded says which header those proxies write. The other one is not read: a proxy passes it on as a caller wrote it.
	Forwarded bool `name:"forwarded" help:"The trusted proxies send Forwarded (RFC 7239), not X-Forwarded-For."`

	// Reach are networks of your own in which applications are told that a session is over (backchannel_logout_uri), and in plain
	// http too where the address is a number. Without it only the open internet is met: whoever registers an address could make
	// Gatehouse knock at anything that it can reach.
	Reach []netip.Prefix `name:"reach" placeholder:"CIDR" help:"Network of your own in which applications may be told of logouts; may be repeated. Others are met on the open internet only."`

	Rates Rates `embed:"" prefix:"rate-"`

	Lanes Lanes `embed:"" prefix:"lane-"`

	Recovery Recovery `embed:"" prefix:"recovery-"`
	Leaving  Leaving  `embed:""`
	Terms    Terms    `embed:"" prefix:"terms-"`

	// Connections and AddressConnections bound what may be open at once: to hold a connection open costs a caller nothing, and a
	// server memory. A browser has one to six. Trusted proxies, where all callers come from one address, have the first bound only.
	Connections        int `name:"connections" default:"10000" placeholder:"N" help:"Most connections open at once, of everybody."`
	AddressConnections int `name:"connections-per-address" default:"512" placeholder:"N" help:"Most connections open at once from one address that is no trusted proxy."`

	// WideRates is for measurements that come from one address on purpose.
	WideRates bool `name:"insecure-rates" hidden:"" help:"Take so many requests that no measurement from one address notices."`

	// HSTSPreload asks browser makers to put the domain on their lists; that is hard to take back.
	HSTSPreload bool `name:"hsts-preload" help:"Allow browsers to list the domain as https only, for good."`

	// DrainDelay is how long the server goes on answering after it has begun to say that it is not ready.
	DrainDelay time.Duration `name:"drain-delay" default:"2s" placeholder:"TIME" help:"At the end, how long to answer on while the balancer learns of it."`

	// ClosedUntil closes the pages for planned work; applications keep getting and refreshing their tokens.
	ClosedUntil time.Time `name:"closed-until" placeholder:"TIME" help:"Planned work: until then, such as 2026-05-04T22:00:00Z, people see a page that says so."`

	// Sender is the address that e-mail comes from, under the name of the brand. It is shown on the page that helps people to tell
	// false messages from real ones. Its domain should have SPF, DKIM and DMARC records.
	Sender string `name:"sender" placeholder:"ADDRESS" help:"E-mail address that messages to people come from. Needed with --smtp."`

	// Banner is news that stands on every page until somebody puts it away, such as work that is planned.
	Banner      hours     `name:"banner" placeholder:"[TAG=]TEXT" help:"News on every page: for all languages, or en=TEXT for one; may be repeated."`
	BannerUntil time.Time `name:"banner-until" placeholder:"TIME" help:"When it goes away by itself, such as 2026-05-04T22:00:00Z."`

	// Languages are offered to people in this order; the first is what everybody gets whose own is not among them. Those that no
	// person has reviewed are refused until UnreviewedLanguages says that they may be shown: a wrong word in a message about a
	// password or a clinic does harm, and so does a page that somebody cannot read. Which weighs more is the operator's to say.
	// Spanish, which no person has reviewed either, is offered unless the operator leaves it out.
	Languages           []string `name:"languages" default:"en,es" placeholder:"TAG" help:"Languages of the pages, the default first: en, es, pt, zh-Hans, ht, vi, ar."`
	UnreviewedLanguages bool     `name:"unreviewed-languages" help:"Offer languages of --languages whose words no person has reviewed yet."`

	Messages

	Brand    Brand    `embed:"" prefix:"brand-"`
	Sessions Sessions `embed:""`
	Passwords

	// FailuresAfter is when every failed sign-in is answered, whatever it was that failed: later than the slowest hash is checked, so
	// that no clock tells who has an account. Hashes of other systems may take longer (gatehouse account import says how long).
	FailuresAfter time.Duration `name:"failures-after" default:"600ms" placeholder:"TIME" help:"When failed sign-ins are answered, later than the slowest password hash is checked."`

	Activations Activations `embed:"" prefix:"activation-"`

	// AuditKeepDays is how long the audit trail is kept. HIPAA asks for six years (45 CFR 164.316).
	AuditKeepDays int `name:"audit-keep-days" default:"2192" placeholder:"DAYS" help:"How long audit events are kept; HIPAA asks for six years."`

	// AuditCheckpoints are files, each written by this replica alone, on a disk or share that those who can write the database cannot
	// write: gatehouse audit verify --checkpoints holds the trail against them.
	AuditCheckpoints []string `name:"audit-checkpoints" placeholder:"file:PATH" help:"File that signed checkpoints of the audit trail are appended to; may be repeated. Give each replica its own."`

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
	Privacy       string `name:"privacy" default:"/help/privacy" placeholder:"URL" help:"Address of the privacy notice."`
	Accessibility string `name:"accessibility" default:"/help/accessibility" placeholder:"URL" help:"Address of the accessibility statement."`
	Contact       string `name:"contact" placeholder:"ADDRESS" help:"E-mail address for what does not work and for questions about data, named on both pages."`
}

// Sessions are the clocks of a sign-in.
type Sessions struct {
	// Idle counts what people do at Gatehouse, and in applications that report it (gatehouse client add --reports-activity), which
	// lose what they have of who was away. NIST SP 800-63B-4, 2.2.3 advises an hour at most, and a day for Absolute.
	Idle     time.Duration `name:"session-idle" default:"15m" placeholder:"TIME" help:"How long people may do nothing, here or in applications that report it, before they must sign in again; 1m to 1h."`
	Absolute time.Duration `name:"session-absolute" default:"12h" placeholder:"TIME" help:"How long a sign-in lasts at most, whatever people do; up to 24h."`

	// Warning is how long people have to answer (WCAG 2.2.1 asks for 20 seconds at least).
	Warning time.Duration `name:"session-warning" default:"2m" placeholder:"TIME" help:"How long before that people are warned, and can stay; at least 20s, and at most half of --session-idle."`
	Lasts   time.Duration `name:"signin-lasts" default:"30m" placeholder:"TIME" help:"How long a person may take to sign in."`
}

// Passwords are the rules of new passwords and the cost of their hashes. The defaults are those of NIST SP 800-63B-4.
type Passwords struct {
	Min      int      `name:"password-min" default:"15" placeholder:"N" help:"Fewest characters of a password that stands alone or with e-mail codes; at least 8."`
	Max      int      `name:"password-max" default:"256" placeholder:"N" help:"Most characters; 64 to 256."`
	Require  []string `name:"password-require" placeholder:"KIND" help:"Kinds of characters that must be there: upper, lower, digit, symbol. NIST advises against it."`
	MaxDays  int      `name:"password-max-age-days" default:"0" placeholder:"DAYS" help:"Days until a new password is asked for; 0 for never, as NIST advises."`
	HashKiB  uint32   `name:"password-hash-kib" default:"19456" placeholder:"KIB" help:"Memory of one password hash (Argon2id)."`
	HashTime uint32   `name:"password-hash-passes" default:"2" placeholder:"N" help:"Passes over that memory."`
}
