package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/backchannel"
	"gatehouse/provider/egress"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/limit"
	"gatehouse/provider/notify"
	"gatehouse/provider/oidc"
	"gatehouse/provider/recovery"
	"gatehouse/provider/settings"
	"gatehouse/provider/signin"
	"gatehouse/provider/support"
	"gatehouse/provider/web"
	"gatehouse/provider/web/metrics"
	"gatehouse/templates"
)

// Config is what the house is made of. Zero values are safe defaults; the first group has none.
type Config struct {
	Issuer string // https://host[:port], without a slash at its end
	Store  provider.Store
	Keyset *keys.Keyset
	Ring   *keys.Ring
	Log    *slog.Logger

	Brand     templates.Brand // zero: templates.DefaultBrand
	Languages []string        // shipped languages to offer, the default first; none: English and Spanish
	Sender    string          // where our e-mail comes from

	Clocks    provider.SessionClocks // zero: 15 minutes idle with a warning 2 minutes before, 12 hours at most
	Lasts     time.Duration          // of a ceremony; zero: 30 minutes
	Failures  time.Duration          // deadline at which failures are answered; zero: 600 ms
	Passwords password.Policy
	Hashing   password.Params
	Gate      *password.Gate // how many passwords are hashed at once; nil: as many as there are cores
	Phones    notify.Phones  // which numbers may be written to; zero: of the United States and Canada
	Remember  time.Duration  // how long a browser is remembered whose owner asks for it; zero: 30 days, negative: never
	Cloned    bool           // accept a passkey whose counter went back

	Facts          activation.Facts  // what the person of an invitation is asked; zero: the date of birth
	Terms          signin.Terms      // of use, which whoever signs in is asked to accept; zero: nobody is asked
	CloseAfter     time.Duration     // from the wish to close an account until it is closed; zero: 14 days
	Wait           provider.WaitRule // who has lost every second factor; zero: 72 hours, and then a week to come back
	Lanes          limit.Policy      // how fast anybody may guess; zero: limit.Default
	Rates          limit.Rates       // how many requests are taken; zero: the defaults
	TrustedProxies []netip.Prefix    // whose word is taken for who asks
	Forwarded      bool              // they say it in Forwarded (RFC 7239), not in X-Forwarded-For
	Preload        bool              // HSTS preload
	Keep           time.Duration     // how long audit events are kept; zero: six years (45 CFR 164.316)
	Checkpoints    []string          // files that signed checkpoints of the trail are appended to, each of this process alone
	ClosedUntil    time.Time         // planned work: people see a page that says so until then
	Now            func() time.Time  // nil: time.Now
	Dev            bool              // http issuer, gallery, inbox, banner
	Inbox          *notify.Inbox     // dev: where messages land

	Senders map[provider.Channel]notify.Sender // who carries messages; nil in dev: Inbox
	Reports func(notify.Reports) []web.Route   // where carriers report what became of messages; nil: none does
	Limits  notify.Limits                      // how many messages with codes may leave

	SupportOrigin   string             // where staff work, https://host[:port]; "": there is no console
	SupportHours    provider.WorkHours // in which people are at the console; the zero value: nobody said
	SupportSearches int                // that one of them may make in an hour; zero: 30
	SupportSecurity []string           // e-mail addresses of who is told of contacts that are sent to security, and of too many searches

	Outward  egress.Config // how applications are reached that are told something, or whose keys are fetched; zero: on the open internet, by https
	Patience time.Duration // how long the signed-out page waits for them; zero: 1.5 s, negative: not at all
}

// House is the assembled server.
type House struct {
	Public  http.Handler
	Private http.Handler
	Support http.Handler // the staff console; nil where Config.SupportOrigin is empty
	Drain   *web.Drain

	config  Config
	clock   verdict
	worker  *notify.Worker
	teller  *backchannel.Worker
	routes  []web.Route
	notices func(ctx context.Context, now time.Time) (int, error)
	closing func(ctx context.Context, now time.Time) (int, error)
	slow    *slowness
	cutAt   time.Time // when this replica last cut the audit trail
}

// New assembles the house.
func New(c Config) (*House, error) {
	c = c.complete()
	pages, err := templates.New(c.Brand, c.Languages)
	if err != nil {
		return nil, err
	}
	meter := metrics.New()
	hasher := password.NewHasher(c.Hashing, c.Keyset, c.Gate)
	observe(meter, hasher, c.Gate)

	passkeys, err := passkeysOf(c)
	if err != nil {
		return nil, err
	}
	codes := oob.New(oob.Config{
		Store: budgetWatch{Store: c.Store, log: c.Log, count: countBudgets(meter)}, Keys: c.Keyset, Budgets: c.Limits.SendBudgets,
	})
	worker := c.worker(pages, codes, meter)
	guard, watch := c.guard(meter)
	slow := &slowness{store: c.Store}
	ceremonies := signin.New(signin.Config{
		Store: c.Store, Tickets: c.Keyset, Keys: c.Keyset, Hasher: hasher, Policy: c.Passwords,
		Codes: codes, Phones: c.Phones, Passkeys: passkeys, Slow: func(channel provider.Channel) bool { return worker.Slow(channel) || slow.says(channel) },
		Clocks: c.Clocks, Lasts: c.Lasts, Failures: c.Failures, Remember: c.Remember, Cloned: c.Cloned,
		Name: c.Brand.Name, Host: hostOf(c.Issuer), Issuer: c.Issuer, Brand: []string{c.Brand.Name}, Watch: watch, Lanes: c.Lanes, Wait: c.Wait,
		Terms: c.Terms,
	})
	protocol, err := oidc.New(oidc.Config{
		Issuer: c.Issuer, Store: c.Store, Ring: c.Ring, Secrets: c.Keyset, Tickets: c.Keyset, SignIn: ceremonies, Locales: c.Languages, Patience: c.Patience,
		Out: c.outward(),
	})
	if err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	own := settings.New(settings.Config{
		Issuer: c.Issuer, Sender: c.Sender, Store: c.Store, SignIn: ceremonies, Passkeys: passkeys, Words: pages.Text, Languages: c.Languages,
		CloseAfter: c.CloseAfter, Trust: c.trust(),
	})
	forgot := recovery.New(recovery.Config{SignIn: ceremonies})
	ceremonies.Admit(forgot)
	first := activation.New(activation.Config{
		Store: c.Store, Tickets: c.Keyset, Keys: c.Keyset, SignIn: ceremonies, Codes: codes, Phones: c.Phones, Hasher: hasher,
		Policy: c.Passwords, Facts: c.Facts, Lanes: c.Lanes, Host: hostOf(c.Issuer), Brand: []string{c.Brand.Name}, Passkeys: passkeys != nil,
	})
	ceremonies.Admit(protocol, own, first)

	routes := append(protocol.Routes(), ceremonies.Routes()...)
	routes = append(routes, own.Routes()...)
	routes = append(routes, forgot.Routes()...)
	routes = append(routes, first.Routes()...)
	if c.Reports != nil {
		routes = append(routes, c.Reports(c.Store)...)
	}
	if c.Dev {
		routes = append(routes, devRoutes(pages, c)...)
	}
	public, err := web.New(web.Config{
		Issuer: c.Issuer, Templates: pages, Log: c.Log, TrustedProxies: c.TrustedProxies, Forwarded: c.Forwarded, Limiter: guard, Known: ceremonies.Vouched, References: c.Store,
		Metrics: meter, Preload: c.Preload, Now: c.Now, ClosedUntil: c.ClosedUntil, Dev: c.Dev,
	}, routes...)
	if err != nil {
		return nil, err
	}
	console, err := c.console(parts{pages: pages, ceremonies: ceremonies, codes: codes, guard: guard, meter: meter, slow: slow, machine: protocol.Machine})
	if err != nil {
		return nil, err
	}
	house := &House{Public: public, Support: console, slow: slow, Drain: new(web.Drain), config: c, worker: worker, teller: c.teller(protocol, meter), routes: routes, notices: ceremonies.GiveNotices, closing: own.CloseDue}
	house.Private = web.NewPrivate(web.Private{
		Log: c.Log, Drain: house.Drain, Metrics: meter.Handler(),
		Checks: map[string]func(context.Context) error{"clock": house.clock.check, "store": c.Store.Ready},
	})
	return house, nil
}

// complete fills in the defaults.
func (c Config) complete() Config {
	if c.Brand.Name == "" {
		c.Brand = templates.DefaultBrand()
		c.Brand.Test = c.Dev
	}
	if len(c.Languages) == 0 {
		c.Languages = []string{"en", "es"}
	}
	if c.Clocks.Idle == 0 {
		c.Clocks.Idle = 15 * time.Minute
	}
	if c.Clocks.Absolute == 0 {
		c.Clocks.Absolute = 12 * time.Hour
	}
	if c.Clocks.Warning == 0 {
		c.Clocks.Warning = min(2*time.Minute, c.Clocks.Idle/2)
	}
	if c.Lasts == 0 {
		c.Lasts = 30 * time.Minute
	}
	if c.Gate == nil {
		c.Gate = password.NewGate(password.GateConfig{})
	}
	if c.Failures == 0 {
		c.Failures = 600 * time.Millisecond
	}
	if c.Remember == 0 {
		c.Remember = 30 * 24 * time.Hour
	}
	if c.Keep == 0 {
		c.Keep = 2192 * 24 * time.Hour
	}
	if c.CloseAfter == 0 {
		c.CloseAfter = 14 * 24 * time.Hour
	}
	if c.Wait.Lasts == 0 {
		c.Wait.Lasts = 72 * time.Hour
	}
	if c.Wait.Open == 0 {
		c.Wait.Open = 7 * 24 * time.Hour
	}
	c.Lanes = c.Lanes.OrDefault()
	c.Now = web.Clock(c.Now)
	return c.withInbox()
}

// hostOf is the name of the house without its port; "" for an issuer that is no address, which is refused elsewhere.
func hostOf(issuer string) string {
	at, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	return at.Hostname()
}

// passkeysOf is the relying party of the issuer; nil where its host is a bare address, of which no browser makes a passkey.
func passkeysOf(c Config) (*passkey.RP, error) {
	host := hostOf(c.Issuer)
	if _, err := netip.ParseAddr(host); err == nil || host == "" {
		return nil, nil
	}
	rp, err := passkey.New(passkey.Config{ID: host, Name: c.Brand.Name, Origins: []string{c.Issuer}, Keys: c.Keyset})
	if err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	return rp, nil
}

// observe lets the operator see the work of the password hasher.
func observe(m *metrics.Metrics, h *password.Hasher, g *password.Gate) {
	m.Gauge("password_hashes", "Password hashes computed since the start.", func() float64 { return float64(h.Count()) })
	m.Gauge("password_waiting", "Sign-ins that wait for a hash.", func() float64 {
		_, waiting := g.Load()
		return float64(waiting)
	})
}

// sweepBatch is how many records of each sort one round of the janitor deletes at most.
const sweepBatch = 500

// RefreshKeys reads the keyring again, so that a key that another replica or an operator changed holds here, and rotates
// what is due. On an error the keys that were read before stay.
func (h *House) RefreshKeys(ctx context.Context, now time.Time) error {
	if err := h.config.Ring.Refresh(ctx, now); err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	return nil
}

// Housekeep is one round of what must be done every minute: RefreshKeys, and the janitor, of whom the store lets one work
// at a time. A chore that fails keeps none of the others from being done.
func (h *House) Housekeep(ctx context.Context, now time.Time) error {
	var faults []error
	chore := func(what string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", what, err))
		}
	}
	if err := h.RefreshKeys(ctx, now); err != nil {
		faults = append(faults, err)
	}
	chore("sessions of people who are away", h.endIdle(ctx, now))
	chore("sessions whose time is up", h.endExpired(ctx, now))
	_, err := h.notices(ctx, now)
	chore("notices", err)
	_, err = h.closing(ctx, now)
	chore("closing accounts", err)
	chore("late reviews", support.SayLate(ctx, h.config.Store, h.config.Languages[0], now))
	chore("slow channels", h.slow.refresh(ctx, now))
	chore("checkpoint of the audit trail", h.checkpoint(ctx, now))
	chore("checkpoints that leave the machine", h.writeOut(ctx))
	keep, err := h.cut(ctx, now)
	chore("the cut of the audit trail", err)
	chore("janitor", h.sweep(ctx, now, keep))
	return errors.Join(faults...)
}

func (h *House) sweep(ctx context.Context, now time.Time, keep time.Duration) error {
	for {
		gone, err := h.config.Store.Sweep(ctx, now, sweepBatch, keep)
		if err != nil || gone < sweepBatch {
			return err
		}
	}
}
