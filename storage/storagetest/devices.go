package storagetest

import (
	"time"

	"gatehouse/provider"
)

// seen completes a ceremony of an account in a browser.
func (h house) seen(account provider.AccountID, d provider.Device, at time.Time) {
	h.Helper()
	c := completion(newSession(account))
	c.Device, c.At = d, at
	h.ok(h.CompleteCeremony(h.ctx(), c, event("session.began")))
}

func newDevice(account provider.AccountID) provider.Device {
	return provider.Device{
		ID: provider.NewID(), SecretHash: provider.HashSecret(provider.NewSecret()), Account: account, Words: "Firefox on Windows",
		CreatedAt: began(), SeenAt: began(),
	}
}

func (h house) device(d provider.Device) provider.Device {
	h.Helper()
	got, err := h.Device(h.ctx(), d.SecretHash, d.Account)
	h.ok(err)
	return got
}

var devicePromises = []promise{
	{"a browser is noted with the completion of a ceremony, as it was given", func(h house) {
		a := h.account("ada")
		d := newDevice(a.ID)
		d.RememberedUntil = began().Add(30 * day)
		h.seen(a.ID, d, began())
		h.same(h.device(d), d)
		all, err := h.Devices(h.ctx(), a.ID)
		h.ok(err)
		h.same(all, []provider.Device{d})
	}},
	{"a completion without a browser notes none", func(h house) {
		a := h.account("ada")
		h.seen(a.ID, provider.Device{}, began())
		all, err := h.Devices(h.ctx(), a.ID)
		h.ok(err)
		h.same(len(all), 0)
	}},
	{"an unknown browser is ErrNotFound, and so is one of somebody else", func(h house) {
		a, b := h.account("ada"), h.account("bob")
		d := newDevice(a.ID)
		h.seen(a.ID, d, began())
		for _, c := range []struct {
			secret  []byte
			account provider.AccountID
		}{{d.SecretHash, b.ID}, {d.SecretHash, ""}, {provider.HashSecret("another"), a.ID}, {nil, a.ID}} {
			_, err := h.Device(h.ctx(), c.secret, c.account)
			h.refused(err, provider.ErrNotFound)
		}
	}},
	{"a browser that is there is seen again, and stays what it was", func(h house) {
		a := h.account("ada")
		first := newDevice(a.ID)
		first.RememberedUntil = began().Add(30 * day)
		h.seen(a.ID, first, began())
		again := newDevice(a.ID)
		again.SecretHash, again.Words, again.SeenAt = first.SecretHash, "Firefox on Linux", began().Add(time.Hour)
		again.CreatedAt = again.SeenAt
		h.seen(a.ID, again, again.SeenAt)
		first.SeenAt, first.Words = again.SeenAt, again.Words
		h.same(h.device(first), first)
		again.RememberedUntil = began().Add(60 * day)
		h.seen(a.ID, again, again.SeenAt)
		first.RememberedUntil = again.RememberedUntil
		h.same(h.device(first), first)
		late := first
		late.SeenAt, late.Words = began(), ""
		h.seen(a.ID, late, began())
		h.same(h.device(first), first)
	}},
	{"a browser's times and account are those of the completion where it has none", func(h house) {
		a := h.account("ada")
		d := provider.Device{ID: "d", SecretHash: []byte("secret")}
		h.seen(a.ID, d, began().Add(time.Hour))
		d.Account, d.CreatedAt, d.SeenAt = a.ID, began().Add(time.Hour), began().Add(time.Hour)
		h.same(h.device(d), d)
	}},
	{"a browser of another account is a fault, and nothing is completed", func(h house) {
		a, b := h.account("ada"), h.account("bob")
		c := completion(newSession(a.ID))
		c.Device = newDevice(b.ID)
		h.inTrouble(h.CompleteCeremony(h.ctx(), c, event("session.began")))
		_, err := h.Session(h.ctx(), c.Session.ID)
		h.refused(err, provider.ErrNotFound)
	}},
	{"a completion that is refused notes no browser", func(h house) {
		a := h.account("ada")
		c := completion(newSession(a.ID))
		h.ok(h.CompleteCeremony(h.ctx(), c, event("session.began")))
		c.Session, c.Device = newSession(a.ID), newDevice(a.ID)
		h.refused(h.CompleteCeremony(h.ctx(), c, event("session.began")), provider.ErrUsed)
		stale := completion(newSession(a.ID))
		stale.Session.Rev, stale.Device = 7, c.Device
		h.refused(h.CompleteCeremony(h.ctx(), stale, event("session.renewed")), provider.ErrStale)
		_, err := h.Device(h.ctx(), c.Device.SecretHash, a.ID)
		h.refused(err, provider.ErrNotFound)
	}},
	{"a renewed session notes its browser too", func(h house) {
		a := h.account("ada")
		c := completion(h.begin(newSession(a.ID)))
		c.Device = newDevice(a.ID)
		h.ok(h.CompleteCeremony(h.ctx(), c, event("session.renewed")))
		h.same(h.device(c.Device), c.Device)
	}},
	{"a family's browser is one for each of them", func(h house) {
		a, b := h.account("ada"), h.account("bob")
		hers := newDevice(a.ID)
		his := newDevice(b.ID)
		his.SecretHash = hers.SecretHash
		his.RememberedUntil = began().Add(30 * day)
		h.seen(a.ID, hers, began())
		h.seen(b.ID, his, began())
		h.same(h.device(hers), hers)
		h.same(h.device(his), his)
	}},
	{"browsers are listed last seen first", func(h house) {
		a := h.account("ada")
		h.seen(h.account("bob").ID, newDevice(""), began())
		var want []provider.Device
		for _, hours := range []int{2, 0, 1} {
			d := newDevice(a.ID)
			d.SeenAt = began().Add(time.Duration(hours) * time.Hour)
			h.seen(a.ID, d, began())
			want = append(want, d)
		}
		all, err := h.Devices(h.ctx(), a.ID)
		h.ok(err)
		h.same(all, []provider.Device{want[0], want[2], want[1]})
	}},
	{"forgotten browsers stay known, and nobody else's are forgotten", func(h house) {
		hers, his := h.remembered("ada"), h.remembered("bob")
		h.ok(h.ForgetDevices(h.ctx(), hers.Account, event("devices.forgotten")))
		hers.RememberedUntil = time.Time{}
		h.same(h.device(hers), hers)
		h.same(h.device(his), his)
		h.same(h.events("devices.forgotten"), 1)
		h.seen(hers.Account, hers, began())
		h.same(h.device(hers), hers)
	}},
	{"dropped browsers are not known any more, and nobody else's are dropped", func(h house) {
		hers, his := h.remembered("ada"), h.remembered("bob")
		another := newDevice(hers.Account)
		h.seen(hers.Account, another, began())
		for range 2 { // the second finds none
			h.ok(h.DropDevices(h.ctx(), hers.Account, event("devices.dropped")))
		}
		all, err := h.Devices(h.ctx(), hers.Account)
		h.ok(err)
		h.same(len(all), 0)
		for _, d := range []provider.Device{hers, another} {
			_, err = h.Device(h.ctx(), d.SecretHash, d.Account)
			h.refused(err, provider.ErrNotFound)
		}
		h.same(h.device(his), his)
		h.same(h.events("devices.dropped"), 2)
		hers.RememberedUntil = time.Time{}
		h.seen(hers.Account, hers, began())
		h.same(h.device(hers), hers)
	}},
	{"ending all other sessions forgets the account's browsers, and nobody else's", func(h house) {
		hers, his := h.remembered("ada"), h.remembered("bob")
		h.ok(h.EndOthers(h.ctx(), hers.Account, "", "leaked", began(), event("others.ended")))
		hers.RememberedUntil = time.Time{}
		h.same(h.device(hers), hers)
		h.same(h.device(his), his)
	}},
}

// remembered is a browser that is.
func (h house) remembered(username string) provider.Device {
	h.Helper()
	d := newDevice(h.account(username).ID)
	d.RememberedUntil = began().Add(30 * day)
	h.seen(d.Account, d, began())
	return d
}

var deviceRaces = []promise{
	{"fifty completions in one browser at once leave one browser", func(h house) {
		a := h.account("ada")
		secret := provider.HashSecret("one browser")
		for _, err := range race(func(i int) error {
			c := completion(newSession(a.ID))
			c.Device = newDevice(a.ID)
			c.Device.SecretHash, c.Device.SeenAt = secret, began().Add(time.Duration(i)*time.Second)
			return h.CompleteCeremony(h.ctx(), c, event("session.began"))
		}) {
			h.ok(err)
		}
		all, err := h.Devices(h.ctx(), a.ID)
		h.ok(err)
		if len(all) != 1 || !all[0].SeenAt.Equal(began().Add((runners-1)*time.Second)) {
			h.Fatalf("%+v", all)
		}
	}},
}
