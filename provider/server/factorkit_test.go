package server_test

import (
	"context"
	"encoding/base32"
	"html"
	"regexp"
	"strings"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/pquerna/otp/totp"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/lookup"
	"gatehouse/provider/factor/oob"
	ourtotp "gatehouse/provider/factor/totp"
)

// anasPhone and anasMail are where people of these tests get their codes, unless they say otherwise.
const (
	anasPhone = "+16175550143"
	anasMail  = "ana.codes@example.org"
)

// Gives binds an authenticator to somebody, as if they had done it long ago.
func (h *house) Gives(to provider.Account, kind provider.Kind, data []byte) provider.Authenticator {
	h.t.Helper()
	now := h.now().Truncate(time.Microsecond)
	a := provider.Authenticator{ID: provider.NewID(), Account: to.ID, Kind: kind, Data: data, CreatedAt: now}
	must(h.t, h.Store.SaveAuthenticator(context.Background(), a, audit.AuthenticatorBound(now, a)))
	a.Rev = 1
	return a
}

// Phoned is a person with a phone for codes.
func (h *house) Phoned(username string) provider.Account {
	h.t.Helper()
	a := h.Person(username)
	h.Gives(a, provider.TextCode, oob.Encode(oob.Address{To: anasPhone}))
	return a
}

// Mailed is a person with an e-mail address for codes.
func (h *house) Mailed(username string) provider.Account {
	h.t.Helper()
	a := h.Person(username)
	h.Gives(a, provider.EmailCode, oob.Encode(oob.Address{To: anasMail}))
	return a
}

// seed is a seed that an app has.
type seed []byte

// Apped is a person with an authenticator app.
func (h *house) Apped(username string) (provider.Account, seed) {
	h.t.Helper()
	a := h.Person(username)
	s := seed(ourtotp.SeedFor(h.Keyset, username, "kit"))
	h.Gives(a, provider.TOTP, ourtotp.Encode(ourtotp.Seed(s)))
	return a, s
}

// At is the code that the app shows at a time.
func (s seed) At(at time.Time) string {
	code, err := totp.GenerateCode(base32.StdEncoding.EncodeToString(s), at)
	if err != nil {
		panic(err)
	}
	return code
}

// Papered is a person with a sheet of recovery codes.
func (h *house) Papered(username string) (provider.Account, []string) {
	h.t.Helper()
	a := h.Person(username)
	sheet := lookup.SheetFor(h.Keyset, username, "kit")
	h.Gives(a, provider.RecoveryCode, lookup.Encode(h.Keyset, sheet))
	return a, sheet
}

// Mail takes what waits in the outbox, oldest first, as a worker would.
func (h *house) Mail() []provider.Claim {
	h.t.Helper()
	ctx, now := context.Background(), h.now()
	all, err := h.Store.ClaimMessages(ctx, []provider.Channel{provider.ByText, provider.ByVoice, provider.ByEmail}, now, time.Minute, 1000)
	must(h.t, err)
	for _, m := range all {
		must(h.t, h.Store.SettleMessage(ctx, m, provider.Settled{State: provider.MessageSent, Ref: m.ID, At: now}))
	}
	return all
}

// Told are those of the waiting messages that follow a template.
func (h *house) Told(template string) []provider.Claim {
	h.t.Helper()
	var found []provider.Claim
	for _, m := range h.Mail() {
		if m.Template == template {
			found = append(found, m)
		}
	}
	return found
}

// CodeFor is the code in the newest message that waits; the test ends if there is none. It must go where it is said to.
func (h *house) CodeFor(channel provider.Channel, to string) string {
	h.t.Helper()
	all := h.Mail()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Challenge == "" {
			continue
		}
		if all[i].Channel != channel || all[i].To != to {
			h.t.Fatalf("the code went by %s to %s, want %s to %s", all[i].Channel, all[i].To, channel, to)
		}
		return oob.New(oob.Config{Keys: h.Keyset}).Code(all[i].Challenge)
	}
	h.t.Fatalf("no code was sent; %d messages", len(all))
	return ""
}

// Fill fills in the form that posts to suffix and sends it.
func (b *browser) Fill(suffix string, pairs ...string) *page {
	b.t.Helper()
	action, form := b.last.Form(b.t, suffix)
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.Post(action, form)
}

// Onward presses Continue on a page that leads away once it was read.
func (b *browser) Onward() *page {
	b.t.Helper()
	m := regexp.MustCompile(`<a class="button" href="([^"]+)"`).FindStringSubmatch(b.last.Body)
	if m == nil {
		b.t.Fatalf("no way on from %s (%s)", b.last.URL, title(b.last))
	}
	b.last.To = mustURL(b.t, html.UnescapeString(m[1]))
	return b.last
}

// other is six digits that are not the code.
func other(code string) string {
	if code == "123456" {
		return "654321"
	}
	return "123456"
}

// radios are the values of the ways that a page offers.
func (p *page) radios() []string {
	var all []string
	for _, m := range regexp.MustCompile(`name="way"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="way"`).FindAllStringSubmatch(p.Body, -1) {
		all = append(all, m[1]+m[2])
	}
	return all
}

// options are the WebAuthn options of the page.
func (p *page) options() string {
	_, after, found := strings.Cut(p.Body, `data-options="`)
	if !found {
		return ""
	}
	text, _, _ := strings.Cut(after, `"`)
	return html.UnescapeString(text)
}

// key is a passkey of somebody, on a device of these tests.
type key struct {
	h      *house
	device virtualwebauthn.Authenticator
	made   virtualwebauthn.Credential
	rp     virtualwebauthn.RelyingParty
}

// Device has no passkey yet.
func (h *house) Device() *key {
	return &key{
		h: h, device: virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{}),
		made: wholeCredential(),
		rp:   virtualwebauthn.RelyingParty{Name: "Gatehouse", ID: "localhost", Origin: h.URL},
	}
}

// wholeCredential is one whose public key has both coordinates in full: the library leaves out zeros at their beginning, which one
// key in 128 has and no authenticator does (RFC 9053, 7.1.1), and the house refuses them.
func wholeCredential() virtualwebauthn.Credential {
	const whole = 77 // bytes of a COSE key of P-256
	for {
		if made := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(made.Key.AttestationData()) == whole {
			return made
		}
	}
}

// Makes answers the creation options of a page.
func (k *key) Makes(p *page) string {
	k.h.t.Helper()
	options, err := virtualwebauthn.ParseAttestationOptions(`{"publicKey":` + p.options() + `}`)
	must(k.h.t, err)
	k.device.Options.UserHandle = []byte(options.UserID)
	response := virtualwebauthn.CreateAttestationResponse(k.rp, k.device, k.made, *options)
	k.device.AddCredential(k.made)
	return response
}

// Signs answers the request options of a page.
func (k *key) Signs(p *page) string {
	k.h.t.Helper()
	options, err := virtualwebauthn.ParseAssertionOptions(`{"publicKey":` + p.options() + `}`)
	must(k.h.t, err)
	return virtualwebauthn.CreateAssertionResponse(k.rp, k.device, k.made, *options)
}

func address(to string) []byte { return oob.Encode(oob.Address{To: to}) }

func unbase32(s string) []byte {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(s)
	if err != nil {
		panic(err)
	}
	return raw
}

func containsAll(text string, pieces ...string) bool {
	for _, piece := range pieces {
		if !strings.Contains(text, piece) {
			return false
		}
	}
	return true
}

// left is how many recovery codes somebody has.
func (h *house) left(id provider.AccountID) int {
	h.t.Helper()
	all, err := h.Store.Authenticators(context.Background(), id)
	must(h.t, err)
	sheet, _ := provider.Held(all, provider.RecoveryCode)
	return lookup.Left(sheet.Data)
}

// endless are the parts of a page for a code that tell its time.
var endless = regexp.MustCompile(`<time[^>]*>[^<]*</time>|data-(ends|now|left|seconds)="[^"]*"`)
