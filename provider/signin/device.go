package signin

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/limit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
)

// deviceLasts is how long a browser is known again: as long as browsers keep any cookie (RFC 6265bis, 5.5).
const deviceLasts = 400 * 24 * time.Hour

// remembers reports whether the box "remember this browser" is worth showing: whether a remembered browser would count for
// what is asked now.
func (s *SignIn) remembers(c provider.Ceremony) bool {
	return s.Remember > 0 && c.Account != "" && c.Demand.Level <= provider.TwoStep && c.Demand.Bind == "" && !resets(c)
}

// recall adds the proof of a remembered browser to a ceremony, where the password was shown and that is all it lacks.
func (s *SignIn) recall(r *web.Request, c provider.Ceremony, held []provider.Authenticator) (provider.Ceremony, error) {
	secret := r.Cookie(deviceCookie)
	if secret == "" || s.Remember <= 0 || provider.Next(c, held, r.Now).Kind != provider.StepVerify {
		return c, nil
	}
	proof := provider.Proof{Account: c.Account, Kind: provider.Remembered, At: c.Proofs[len(c.Proofs)-1].At}
	wished, err := provider.Apply(c, proof)
	if err != nil {
		return c, err
	}
	if !wished.Demand.MetBy(provider.Strike(wished, held).Assurance()) {
		return c, nil
	}
	device, err := s.Store.Device(r.Context(), provider.HashSecret(secret), c.Account)
	if errors.Is(err, provider.ErrNotFound) || err == nil && !device.Remembers(r.Now) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	state, err := s.Store.Lane(r.Context(), provider.DeviceLane(device))
	if err != nil || limit.Stopped(state, s.Lanes.Device, r.Now) { // somebody guesses in it: it is known no more
		return c, err
	}
	r.Note("remembered", true)
	proof.Authenticator = device.ID
	return provider.Apply(c, proof)
}

// arrival is the browser that a ceremony is completed in.
type arrival struct {
	device provider.Device
	cookie web.Cookie
	lane   provider.Lane      // that the person came by
	tell   []provider.Message // M-14, where it is a new one to an account that has others
}

// arrive says what there is to say of the browser of a completed ceremony.
func (s *SignIn) arrive(r *web.Request, c provider.Ceremony, k known) (arrival, error) {
	d, cookie, seen, err := s.admitted(r, c.Account)
	if err != nil {
		return arrival{}, err
	}
	fresh := !seen || d.SeenAt.Before(d.CreatedAt)
	d.Words, d.SeenAt = deviceWords(r.HTTP.UserAgent()), r.Now
	if d.RememberedUntil = (time.Time{}); c.Remember && provider.Assess(c.Proofs).Level >= provider.TwoStep {
		d.RememberedUntil = r.Now.Add(s.Remember)
	}
	a := arrival{device: d, cookie: cookie, lane: cameBy(c, d, seen)}
	if fresh {
		a.tell, err = s.tellNew(r, c, k)
	}
	return a, err
}

// admitted is the browser of the request as an account will know it, its cookie, and whether it is known already. A browser that
// a family shares keeps its secret; one that failed too often gets another, since somebody else may have the old one.
// One in which nobody has signed in yet was seen just before it was made.
func (s *SignIn) admitted(r *web.Request, account provider.AccountID) (d provider.Device, cookie web.Cookie, seen bool, err error) {
	if d, err = s.browserOf(r.Context(), r, account); err != nil {
		return d, cookie, false, err
	}
	secret := r.Cookie(deviceCookie)
	if seen = d.ID != ""; seen {
		state, err := s.Store.Lane(r.Context(), provider.DeviceLane(d))
		if err != nil {
			return d, cookie, false, err
		}
		if limit.Stopped(state, s.Lanes.Device, r.Now) {
			seen, secret = false, ""
		}
	}
	if !seen {
		d = provider.Device{ID: provider.NewID(), Account: account, CreatedAt: r.Now, SeenAt: r.Now.Add(-time.Microsecond)}
	}
	if secret == "" {
		secret = s.newDevice()
	}
	d.SecretHash = provider.HashSecret(secret)
	return d, web.Cookie{Name: deviceCookie, Value: secret, MaxAge: deviceLasts}, seen, nil
}

// The secret of a browser vouches for itself: behind it stands that it is one of ours. So a request of somebody who has signed in
// here is told from a flood before anything is looked up. Whose browser it is, and whether it is known still, that does not say.
const vouchedAs = "device cookie"

// vouchLength is that of the part that vouches, in bytes: nobody guesses one of 2^128.
const vouchLength = 16

func (s *SignIn) newDevice() string {
	secret := provider.NewSecret()
	key, mac := s.Keys.MAC(keys.PurposeCode, []byte(vouchedAs), []byte(secret))
	return secret + "." + key + "." + base64.RawURLEncoding.EncodeToString(mac[:vouchLength])
}

// Vouched reports whether a request comes from a browser in which somebody has signed in. It looks at nothing but the request.
func (s *SignIn) Vouched(r *web.Request) bool {
	part := strings.Split(r.Cookie(deviceCookie), ".")
	if len(part) != 3 {
		return false
	}
	shown, err := base64.RawURLEncoding.DecodeString(part[2])
	mac, ok := s.Keys.MACWith(keys.PurposeCode, part[1], []byte(vouchedAs), []byte(part[0]))
	return err == nil && ok && subtle.ConstantTimeCompare(mac[:vouchLength], shown) == 1
}

// tellNew tells of a browser that somebody signed in with for the first time. The first of all is no news.
func (s *SignIn) tellNew(r *web.Request, c provider.Ceremony, k known) ([]provider.Message, error) {
	others, err := s.Store.Devices(r.Context(), c.Account)
	if err != nil || len(others) == 0 {
		return nil, err
	}
	if k.of != c.Account {
		if k.held, err = s.held(r.Context(), c.Account, r.Now); err != nil {
			return nil, err
		}
	}
	if k.of != c.Account || k.account.ID == "" {
		if k.account, err = s.Store.Account(r.Context(), c.Account); err != nil {
			return nil, err
		}
	}
	return s.Tell(r, k.account, k.held, notify.NewDevice, nil), nil
}

// browsers are told apart by the first of these that their own text names; those that pretend to be others come first.
func browsers() [][2]string {
	return [][2]string{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
}

func systems() [][2]string {
	return [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Macintosh", "Mac"}, {"Linux", "Linux"},
	}
}

// deviceWords is what a browser says of itself, in words for people: "Firefox on Windows". Only words of ours come out, since
// the text can be anything; "" where it says nothing that we know.
func deviceWords(agent string) string {
	browser, system := named(agent, browsers()), named(agent, systems())
	if browser == "" || system == "" {
		return browser + system
	}
	return browser + " on " + system
}

func named(agent string, words [][2]string) string {
	for _, w := range words {
		if strings.Contains(agent, w[0]) {
			return w[1]
		}
	}
	return ""
}
