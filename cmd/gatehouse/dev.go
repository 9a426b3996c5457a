package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"text/tabwriter"
	"time"

	"gatehouse/cmd/demoportal/portal"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/notify"
	"gatehouse/provider/server"
	"gatehouse/templates"
)

type devCmd struct {
	Data string `name:"data" default:"data/dev" placeholder:"DIR" help:"Directory of keyset, client secrets and embedded database; made where it is missing, kept when dev ends."`
	Places
	Listen        string        `name:"listen" default:"localhost:8080" placeholder:"HOST:PORT" help:"Loopback address of the provider; port 0 takes a free one."`
	PortalListen  string        `name:"portal-listen" default:"127.0.0.1:8090" placeholder:"HOST:PORT" help:"Loopback address of the demo portal."`
	SupportListen string        `name:"support-listen" placeholder:"HOST:PORT" help:"Loopback address of the staff console; localhost:8081 by default, or a free port where that is taken."`
	PrivateListen string        `name:"private-listen" default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Loopback address of health, metrics and profiles; off for none."`
	LogLevel      slog.Level    `name:"log-level" default:"info" placeholder:"LEVEL" help:"What is logged: debug, info, warn or error."`
	Clock         time.Duration `name:"clock" placeholder:"TIME" help:"Have this house live so much later (72h), to see what waits, expires or is forgotten; its data stay as old as they then are."`
	Idle          time.Duration `name:"session-idle" default:"15m" placeholder:"TIME" help:"How long people may do nothing before they must sign in again."`
	Warning       time.Duration `name:"session-warning" default:"2m" placeholder:"TIME" help:"How long before that they are warned."`
	JSON          bool          `name:"json" help:"Print one line of JSON when ready, for programs."`
	CheapHashing  bool          `name:"insecure-hashing" hidden:"" help:"Hash passwords for next to nothing, to measure all the rest."`
	WideRates     bool          `name:"insecure-rates" hidden:"" help:"Take so many requests that no measurement from one address notices."`
	People        int           `name:"people" hidden:"" help:"So many more invented people to be measured with, told in the line for programs. Sends have no limits then, since all come from one address."`
}

// now is the time in this house.
func (c devCmd) now() time.Time { return time.Now().Add(c.Clock) }

// hashing is what the invented people's passwords cost.
func (c devCmd) hashing() password.Params {
	if c.CheapHashing {
		return password.Params{MemoryKiB: 64, Time: 1, Insecure: true}
	}
	return password.Params{}
}

// limits of sends. A measurement has one address for all its people.
func (c devCmd) limits() notify.Limits {
	if c.People == 0 {
		return notify.Limits{}
	}
	return notify.Limits{
		AddressHour: -1, AddressDay: -1, AccountHour: -1, AccountDay: -1, SourceHour: -1, PrefixHour: -1,
		EmailDay: -1, TextDay: -1, VoiceDay: -1,
	}
}

// Help is the example.
func (devCmd) Help() string {
	return `Everything on this machine: the provider, the demo portal, invented people whose passwords are printed, an inbox for the
messages they would get. Nothing else is needed, and nobody else can reach it.

Example:

  gatehouse dev

  gatehouse dev --database postgres://gatehouse@localhost/gatehouse --redis redis://localhost

  gatehouse dev --listen localhost:0 --portal-listen 127.0.0.1:0 --data /tmp/try --json`
}

// devHouse is dev when it is ready.
type devHouse struct {
	Issuer      string           `json:"issuer"`
	Portal      string           `json:"portal"`
	Inbox       string           `json:"inbox"`
	Gallery     string           `json:"gallery"`
	Private     string           `json:"private"` // "" for off
	Accounts    []accountLine    `json:"accounts"`
	Clients     []clientLine     `json:"clients"`
	Activations []activationLine `json:"activations"`     // open invitations, with their codes
	Crowd       []crowdLine      `json:"crowd,omitempty"` // with --people
	Support     string           `json:"support"`         // the staff console
	Staff       []staffLine      `json:"staff"`           // with a one-time link for the first passkey
}

// places are where dev listens.
type places struct{ provider, portal, support, private local }

func (p places) close() {
	p.provider.close()
	p.portal.close()
	p.support.close()
	p.private.close()
}

// Run runs dev until ctx ends.
func (c devCmd) Run(ctx context.Context, d desk) error {
	log := slog.New(slog.NewTextHandler(d.err, &slog.HandlerOptions{Level: c.LogLevel}))
	at, err := c.listen()
	if err != nil {
		return err
	}
	defer at.close()
	storage := Storage{Data: c.Data, Places: c.Places}
	if c.Clock < 0 {
		return errors.New("--clock: a house does not live earlier than its data")
	}
	if err := storage.prepare(ctx, log); err != nil {
		return err
	}
	store, err := storage.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	r, ready, err := c.assemble(ctx, store, at, log)
	if err != nil {
		return err
	}
	todo := chores{house: r.house, log: log, now: c.now}
	todo.once(ctx, "clock", todo.compare)
	r.open()
	until, stop := context.WithCancel(ctx)
	defer todo.keep(until)()
	defer stop()
	if err := ready.tell(d.out, c.JSON); err != nil {
		return err
	}
	return r.until(ctx)
}

// listen opens all addresses, so that every one that is taken is told at once.
func (c devCmd) listen() (at places, err error) {
	var faults [4]error
	at.provider, faults[0] = listenLocal(c.Listen, "listen")
	at.portal, faults[1] = listenLocal(c.PortalListen, "portal-listen")
	at.support, faults[3] = c.listenSupport()
	if c.PrivateListen != "off" {
		at.private, faults[2] = listenLocal(c.PrivateListen, "private-listen")
	}
	if err := errors.Join(faults[:]...); err != nil {
		at.close()
		return places{}, err
	}
	return at, nil
}

// listenSupport opens the console's address: nobody who asked for none is to be held up by whoever has its port.
func (c devCmd) listenSupport() (local, error) {
	if c.SupportListen != "" {
		return listenLocal(c.SupportListen, "support-listen")
	}
	if at, err := listenLocal("localhost:8081", "support-listen"); err == nil {
		return at, nil
	}
	return listenLocal("localhost:0", "support-listen")
}

// assemble seeds the database and builds provider and portal.
func (c devCmd) assemble(ctx context.Context, store *opened, at places, log *slog.Logger) (*running, devHouse, error) {
	begun := c.now().UTC().Truncate(time.Microsecond)
	ring, err := server.OpenRing(ctx, store, store.keyset, begun, audit.House, server.AsPlanned)
	if err != nil {
		return nil, devHouse{}, err
	}
	// Passkeys need a name, so the issuer is localhost whatever loopback address is listened on.
	issuer := "http://" + net.JoinHostPort("localhost", strconv.Itoa(at.provider.port))
	console := "http://" + net.JoinHostPort("localhost", strconv.Itoa(at.support.port)) // for the same reason
	languages, err := everyLanguage()
	if err != nil {
		return nil, devHouse{}, err
	}
	house, err := server.New(server.Config{
		Issuer: issuer, Store: store, Keyset: store.keyset, Ring: ring, Log: log, Sender: "no-reply@example.com", Languages: languages,
		Dev: true, Now: c.now, Inbox: new(notify.Inbox), Hashing: c.hashing(), Limits: c.limits(), Rates: c.rates(),
		Clocks: provider.SessionClocks{Idle: c.Idle, Warning: c.Warning}, SupportOrigin: console,
	})
	if err != nil {
		return nil, devHouse{}, err
	}
	people := enroller{
		store: store, hasher: password.NewHasher(c.hashing(), store.keyset, nil), brand: []string{templates.DefaultBrand().Name},
		seeds: seedKeysOf{store.keyset},
	}
	accounts, err := seedPeople(ctx, people, begun)
	if err != nil {
		return nil, devHouse{}, err
	}
	crowd, err := seedCrowd(ctx, people, c.People, begun)
	if err != nil {
		return nil, devHouse{}, err
	}
	activations, err := seedActivations(ctx, store, c.Data, issuer, begun)
	if err != nil {
		return nil, devHouse{}, err
	}
	clients, err := seedClients(ctx, store, store.keyset, c.Data, at.portal.url(), begun)
	if err != nil {
		return nil, devHouse{}, err
	}
	staff, err := seedStaff(ctx, store, console, begun)
	if err != nil {
		return nil, devHouse{}, err
	}
	site, err := c.demoPortal(issuer, at.portal.url(), clients, log)
	if err != nil {
		return nil, devHouse{}, err
	}
	r := &running{log: log, house: house, doors: []door{
		{name: "portal", handler: site, listeners: at.portal.listeners, slow: time.Minute},
		{name: "public", handler: house.Public, listeners: at.provider.listeners},
		{name: "support", handler: house.Support, listeners: at.support.listeners},
		{name: "private", handler: house.Private, listeners: at.private.listeners, slow: 2 * time.Minute},
	}}
	ready := devHouse{
		Issuer: issuer, Portal: at.portal.url(), Inbox: issuer + "/dev/inbox", Gallery: issuer + "/dev/gallery",
		Accounts: accounts, Activations: activations, Crowd: crowd, Support: console, Staff: staff,
	}
	if len(at.private.listeners) > 0 {
		ready.Private = at.private.url()
	}
	for _, client := range clients {
		ready.Clients = append(ready.Clients, client.line())
	}
	return r, ready, nil
}

// everyLanguage lists all languages that have words for everything, reviewed or not: whoever runs dev is no patient, and the
// gallery's index says which nobody has reviewed.
func everyLanguage() ([]string, error) {
	pages, err := templates.New(templates.DefaultBrand(), nil)
	if err != nil {
		return nil, err
	}
	var tags []string
	for _, l := range pages.Languages() {
		tags = append(tags, l.Tag)
	}
	return tags, nil
}

// demoPortal is the portal with the apps that are registered.
func (c devCmd) demoPortal(issuer, base string, clients []seededClient, log *slog.Logger) (*portal.Portal, error) {
	apps := portal.DemoApps()
	for i := range apps {
		for _, client := range clients {
			if client.ID == apps[i].Path {
				apps[i].ClientID, apps[i].ClientSecret = client.ID, client.secret
			}
		}
	}
	return portal.New(portal.Config{Issuer: issuer, Base: base, Apps: apps, Log: log, Now: c.now})
}

// tell says that dev is ready, and all that is needed to use it.
func (h devHouse) tell(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(h)
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(t, format+"\n", args...) }
	line("\nGatehouse is ready. Stop it with Ctrl-C.\n")
	line("demo portal\t%s", h.Portal)
	line("provider\t%s", h.Issuer)
	line("inbox\t%s", h.Inbox)
	line("gallery\t%s", h.Gallery)
	line("staff console\t%s", h.Support)
	line("private\t%s\n", orDash(h.Private))
	line("username\tpassword\te-mail\tphone\tstatus\tnote")
	for _, a := range h.Accounts {
		line("%s\t%s\t%s\t%s\t%s\t%s", a.Username, orWord(a.Password, "(changed)"), orDash(a.Email), orDash(a.Phone), a.Status, a.Note)
	}
	for _, a := range h.Accounts {
		if a.TOTPSecret != "" {
			line("\n%s's authenticator app: add this key to yours\t%s", a.Username, a.TOTPSecret)
		}
		if len(a.Recovery) > 0 {
			line("\n%s's recovery codes\t%s", a.Username, spaced(a.Recovery))
		}
	}
	line("\ninvitation\tborn\tname\te-mail\tphone\tletter to print")
	for _, a := range h.Activations {
		line("%s\t%s\t%s\t%s\t%s\t%s", a.Code, a.BirthDate, a.Name, a.Email, a.Phone, a.Letter)
	}
	line("\nstaff\trole\tone-time link for the first passkey")
	for _, one := range h.Staff {
		line("%s\t%s\t%s", one.Name, one.Role, orWord(one.Enroll, "(has one)"))
	}
	line("\nclient\tsecret\tgrants\tredirect URI")
	for _, c := range h.Clients {
		uri := "-"
		if len(c.RedirectURIs) > 0 {
			uri = c.RedirectURIs[0]
		}
		line("%s\t%s\t%s\t%s", c.ClientID, orWord(c.ClientSecret, "(public)"), spaced(c.Grants), uri)
	}
	line("")
	return t.Flush()
}
