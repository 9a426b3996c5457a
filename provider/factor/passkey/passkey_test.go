package passkey

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"gatehouse/keys"
	"gatehouse/provider"
)

// An authenticator that somebody else wrote: what it makes, and how it answers, must do.
func TestAnIndependentAuthenticatorRegistersAndSignsIn(t *testing.T) {
	for name, kind := range map[string]virtualwebauthn.KeyType{"ES256": virtualwebauthn.KeyTypeEC2, "RS256": virtualwebauthn.KeyTypeRSA} {
		t.Run(name, func(t *testing.T) {
			p, rp := newRP(t), virtualwebauthn.RelyingParty{ID: rpID, Name: "Example Clinic", Origin: origin}
			authenticator := virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(alice)})
			credential := virtualwebauthn.NewCredential(kind)
			for kind == virtualwebauthn.KeyTypeEC2 && len(credential.Key.AttestationData()) != 77 {
				credential = virtualwebauthn.NewCredential(kind) // it drops leading zeros of a coordinate, which COSE keeps
			}

			text, err := p.Creation(ceremony, alice, "alice", nil, noon())
			must(t, err)
			creation, err := virtualwebauthn.ParseAttestationOptions(text)
			must(t, err)
			if creation.UserID != string(alice) || creation.RelyingPartyID != rpID {
				t.Errorf("options are of user %q at %q", creation.UserID, creation.RelyingPartyID)
			}
			made, err := p.Register(context.Background(), ceremony, alice, virtualwebauthn.CreateAttestationResponse(rp, authenticator, credential, *creation), noon())
			must(t, err)
			if !bytes.Equal(made.Credential, credential.ID) || !made.UserVerified || made.Synced {
				t.Errorf("made %x, verified %v, synced %v", made.Credential, made.UserVerified, made.Synced)
			}
			held := provider.Authenticator{ID: "pk", Account: alice, Kind: provider.Passkey, Data: made.Data}

			for use, of := range map[string][]provider.Authenticator{"discoverable": nil, "of a known account": {held}} {
				credential.Counter++
				asked, err := virtualwebauthn.ParseAssertionOptions(request(t, p, true, of...))
				must(t, err)
				v, err := verify(p, virtualwebauthn.CreateAssertionResponse(rp, authenticator, credential, *asked), holds(held))
				must(t, err)
				if v.Authenticator.ID != "pk" || !v.UserVerified || v.Cloned || v.Backed || v.Synced {
					t.Errorf("%s: %+v", use, v)
				}
				if v.Fresh == nil {
					t.Errorf("%s: the counter went on and nothing is to be saved", use)
				}
				held.Data = v.Fresh
			}
		})
	}
}

func TestEdDSAKeysWork(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	p, d := newRP(t), newDevice(t)
	d.key = key
	held := bind(t, p, d, alice)
	_, err = verify(p, d.answer(t, request(t, p, true, held)), holds(held))
	must(t, err)
}

func TestUserVerificationIsRequiredOfAPasskeyAlone(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	d.flags = flagPresent
	if _, err := verify(p, d.answer(t, request(t, p, true, held)), holds(held)); !errors.Is(err, ErrResponse) {
		t.Errorf("alone without user verification: %v", err)
	}
	v, err := verify(p, d.answer(t, request(t, p, false, held)), holds(held))
	must(t, err)
	if v.UserVerified {
		t.Error("user verification that did not happen was reported")
	}
	d.flags |= flagVerified
	v, err = verify(p, d.answer(t, request(t, p, false, held)), holds(held))
	must(t, err)
	if !v.UserVerified {
		t.Error("user verification that happened was not reported")
	}
}

// What stands in the record of the passkey says nothing about this sign-in.
func TestUserVerificationIsThatOfThisResponse(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	d.flags = flagPresent
	options, err := p.Creation(ceremony, alice, "alice", nil, noon())
	must(t, err)
	made, err := p.Register(context.Background(), ceremony, alice, d.create(t, options), noon())
	must(t, err)
	if made.UserVerified {
		t.Error("a passkey made without user verification says that it was")
	}
	held := provider.Authenticator{Account: alice, Kind: provider.Passkey, Data: made.Data}
	d.flags |= flagVerified
	v, err := verify(p, d.answer(t, request(t, p, true, held)), holds(held))
	must(t, err)
	if !v.UserVerified {
		t.Error("user verification that happened was not reported")
	}
}

func TestTheMarkNamesTheChallengeAndOutlivesIt(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	options := request(t, p, true)
	first, err := verify(p, d.answer(t, options), holds(held))
	must(t, err)
	again, err := verify(p, d.answer(t, options), holds(held))
	must(t, err)
	other, err := verify(p, d.answer(t, request(t, p, true)), holds(held))
	must(t, err)
	if first.Challenge == "" || first.Challenge != again.Challenge || first.Challenge == other.Challenge {
		t.Errorf("marks %q, %q for one challenge, %q for another", first.Challenge, again.Challenge, other.Challenge)
	}
	if want := noon().Add(10 * time.Minute); !first.Until.Equal(want) {
		t.Errorf("the mark is kept until %v, the challenge lasts until %v", first.Until, want)
	}
	if _, err := p.Verify(context.Background(), ceremony, d.answer(t, options), holds(held), first.Until.Add(-time.Nanosecond)); err != nil {
		t.Errorf("just before it is over: %v", err)
	}
	if _, err := p.Verify(context.Background(), ceremony, d.answer(t, options), holds(held), first.Until); !errors.Is(err, ErrResponse) {
		t.Errorf("answered when its mark is gone: %v", err)
	}
}

func TestAChallengeOutlivesItsKey(t *testing.T) {
	keyset, err := keys.NewKeyset(noon())
	must(t, err)
	p, d := withKeys(t, keyset), newDevice(t)
	held := bind(t, p, d, alice)
	options := request(t, p, true)
	rotated, err := keyset.Rotate(keys.PurposeCode, noon())
	must(t, err)
	if _, err := verify(withKeys(t, rotated), d.answer(t, options), holds(held)); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
	if _, err := verify(newRP(t), d.answer(t, options), holds(held)); !errors.Is(err, ErrResponse) {
		t.Errorf("under keys of another house: %v", err)
	}
}

func TestACounterThatGoesBackIsReported(t *testing.T) {
	for _, test := range []struct {
		stored, shown uint32
		cloned        bool
		saved         uint32
	}{
		{0, 0, false, 0}, {0, 1, false, 1}, {7, 8, false, 8}, {7, 7, true, 7}, {7, 3, true, 7}, {7, 0, true, 7}, {1<<32 - 1, 0, true, 1<<32 - 1},
	} {
		p, d := newRP(t), newDevice(t)
		d.count = test.stored
		held := bind(t, p, d, alice)
		d.count = test.shown
		v, err := verify(p, d.answer(t, request(t, p, true, held)), holds(held))
		must(t, err)
		if v.Cloned != test.cloned {
			t.Errorf("%d after %d: cloned %v", test.shown, test.stored, v.Cloned)
		}
		if saved := countOf(t, held, v); saved != test.saved {
			t.Errorf("%d after %d: %d is kept, want %d", test.shown, test.stored, saved, test.saved)
		}
		if changed := test.saved != test.stored; (v.Fresh != nil) != changed {
			t.Errorf("%d after %d: data to save %q", test.shown, test.stored, v.Fresh)
		}
	}
}

func countOf(t *testing.T, held provider.Authenticator, v Verified) uint32 {
	t.Helper()
	data := v.Fresh
	if data == nil {
		data = held.Data
	}
	r, err := read(data)
	must(t, err)
	return r.Count
}

// iCloud Keychain is known to make a key eligible for backup after it was made.
func TestBackupThatBeginsIsRecordedAndEligibilityNeverEnds(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	use := func(flags byte) (Verified, error) {
		d.flags = flagPresent | flagVerified | flags
		v, err := verify(p, d.answer(t, request(t, p, true, held)), holds(held))
		if v.Fresh != nil {
			held.Data = v.Fresh
		}
		return v, err
	}
	for _, step := range []struct {
		name                   string
		flags                  byte
		synced, backed, inCard bool
	}{
		{"as it was made", 0, false, false, false},
		{"eligible", flagEligible, true, true, false},
		{"still", flagEligible, true, false, false},
		{"backed up", flagEligible | flagBacked, true, true, true},
		{"still", flagEligible | flagBacked, true, false, true},
		{"no more", flagEligible, true, true, false},
	} {
		v, err := use(step.flags)
		must(t, err)
		card, err := Describe(held.Data)
		must(t, err)
		if v.Synced != step.synced || v.Backed != step.backed || card.Synced != step.inCard {
			t.Errorf("%s: synced %v, changed %v, card %v", step.name, v.Synced, v.Backed, card.Synced)
		}
	}
	if _, err := use(0); !errors.Is(err, ErrResponse) {
		t.Errorf("eligible no more: %v", err)
	}
	if _, err := use(flagBacked); !errors.Is(err, ErrResponse) {
		t.Errorf("backed up, and not eligible: %v", err)
	}
}

func TestAnAuthenticatorThatWasToldWhomNeedNotSay(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	d.handle = nil
	v, err := verify(p, d.answer(t, request(t, p, false, held)), holds(held))
	must(t, err)
	if v.Authenticator.Account != alice {
		t.Errorf("verified for %q", v.Authenticator.Account)
	}
	if _, err := verify(p, d.answer(t, request(t, p, true)), holds(held)); !errors.Is(err, ErrResponse) {
		t.Errorf("nobody was named: %v", err)
	}
}

// A database would answer some of these with an error of its own.
func TestAHandleThatIsNoAccountIsAskedOfNobody(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	never := func(context.Context, provider.AccountID) ([]provider.Authenticator, error) {
		t.Error("asked")
		return []provider.Authenticator{held}, nil
	}
	for _, handle := range []string{"\x00", "a\xffb", "a b", "é", "a\n", string(bytes.Repeat([]byte("a"), 65))} {
		d.handle = []byte(handle)
		if _, err := verify(p, d.answer(t, request(t, p, true)), never); !errors.Is(err, ErrResponse) {
			t.Errorf("%q: %v", handle, err)
		}
	}
}

func TestAPasskeyThatIsNotHeldIsUnknown(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	nobody := func(context.Context, provider.AccountID) ([]provider.Authenticator, error) {
		return nil, provider.ErrNotFound
	}
	stray := held // a row of another account that a broken store would answer
	stray.Account = bob
	kind := held
	kind.Kind = provider.TOTP
	for name, find := range map[string]Find{
		"removed": holds(), "no such account": nobody,
		"a row of another account": func(context.Context, provider.AccountID) ([]provider.Authenticator, error) {
			return []provider.Authenticator{stray}, nil
		},
		"another kind": holds(kind),
	} {
		_, err := verify(p, d.answer(t, request(t, p, true)), find)
		if !errors.Is(err, ErrUnknown) || !errors.Is(err, ErrResponse) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := verify(p, d.answer(t, request(t, p, true), func(s *said) { s.data[0] ^= 1 }), holds(held)); errors.Is(err, ErrUnknown) || !errors.Is(err, ErrResponse) {
		t.Errorf("a known passkey that does not verify: %v", err)
	}
}

func TestTroubleOfTheStoreIsNoVerdict(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	away := errors.New("the store is away")
	_, err := verify(p, d.answer(t, request(t, p, true)), func(context.Context, provider.AccountID) ([]provider.Authenticator, error) { return nil, away })
	if !errors.Is(err, away) || errors.Is(err, ErrResponse) {
		t.Errorf("store away: %v", err)
	}
	held.Data = []byte("{")
	if _, err := verify(p, d.answer(t, request(t, p, true)), holds(held)); err == nil || errors.Is(err, ErrResponse) {
		t.Errorf("a record that cannot be read: %v", err)
	}
}

func TestKeysThatCouldNeverBeUsedOrAreWeakAreRefused(t *testing.T) {
	p := newRP(t)
	creation := func() string {
		options, err := p.Creation(ceremony, alice, "alice", nil, noon())
		must(t, err)
		return options
	}
	refuse := func(name string, d *device, change ...func(*said)) {
		t.Helper()
		if _, err := p.Register(context.Background(), ceremony, alice, d.create(t, creation(), change...), noon()); !errors.Is(err, ErrResponse) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d := newDevice(t)
	whole := len(d.cose(t))
	replace := func(key map[int]any) func(*said) {
		return func(s *said) { s.data = append(bytes.Clone(s.data[:len(s.data)-whole]), encode(t, key)...) }
	}
	point := bytes.Repeat([]byte{1}, 32)
	modulus := bytes.Repeat([]byte{0xff}, 128)
	for name, key := range map[string]map[int]any{
		"not on the curve":       {1: 2, 3: -7, -1: 1, -2: point, -3: point},
		"no point":               {1: 2, 3: -7},
		"another curve":          {1: 2, 3: -7, -1: 2, -2: point, -3: point},
		"ES384":                  {1: 2, 3: -35, -1: 2, -2: bytes.Repeat(point, 2)[:48], -3: bytes.Repeat(point, 2)[:48]},
		"RSA of 1024 bits":       {1: 3, 3: -257, -1: modulus, -2: []byte{1, 0, 1}},
		"RSA padded to 2048":     {1: 3, 3: -257, -1: append(make([]byte, 128), modulus...), -2: []byte{1, 0, 1}},
		"RSA of 8192 bits":       {1: 3, 3: -257, -1: bytes.Repeat(modulus, 8), -2: []byte{1, 0, 1}},
		"RSA without exponent":   {1: 3, 3: -257, -1: bytes.Repeat(modulus, 2)},
		"RS1":                    {1: 3, 3: -65535, -1: bytes.Repeat(modulus, 2), -2: []byte{1, 0, 1}},
		"kind and algorithm":     {1: 3, 3: -7, -1: bytes.Repeat(modulus, 2), -2: []byte{1, 0, 1}},
		"Ed25519 of two bytes":   {1: 1, 3: -8, -1: 6, -2: []byte{1, 2}},
		"no key":                 {},
		"an algorithm of no use": {1: 2, 3: 0, -1: 1, -2: point, -3: point},
	} {
		refuse(name, d, replace(key))
	}
	weak := newDevice(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	weak.key = key
	if _, err := p.Register(context.Background(), ceremony, alice, weak.create(t, creation()), noon()); err != nil {
		t.Errorf("RSA of 2048 bits: %v", err)
	}
}

func TestAProviderIsNamedByItsAAGUID(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	named, err := hex.DecodeString("bada5566a7aa401fbd9645619a55120d")
	must(t, err)
	for name, aaguid := range map[string][]byte{"1Password": named, "": make([]byte, 16)} {
		copy(d.aaguid[:], aaguid)
		options, err := p.Creation(ceremony, alice, "alice", nil, noon())
		must(t, err)
		made, err := p.Register(context.Background(), ceremony, alice, d.create(t, options), noon())
		must(t, err)
		card, err := Describe(made.Data)
		must(t, err)
		if made.Name != name || card.Provider != name || card.Credential != b64(d.id) {
			t.Errorf("%x is %q, its card %+v", aaguid, made.Name, card)
		}
	}
	if _, err := Describe([]byte("{}")); err == nil {
		t.Error("nothing was described")
	}
}

func TestNewRefusesWhatNoBrowserWouldSend(t *testing.T) {
	keyset, err := keys.NewKeyset(noon())
	must(t, err)
	good := func() Config {
		return Config{ID: rpID, Name: "Example Clinic", Origins: []string{origin}, Keys: keyset}
	}
	for name, c := range map[string]func(*Config){
		"as it is":        func(*Config) {},
		"another port":    func(c *Config) { c.Origins = []string{"https://id.example:8443"} },
		"a host below it": func(c *Config) { c.Origins = []string{origin, "https://www.id.example"} },
		"localhost":       func(c *Config) { c.ID, c.Origins = "localhost", []string{"http://localhost:8080"} },
	} {
		config := good()
		c(&config)
		if _, err := New(config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]func(*Config){
		"no keys":         func(c *Config) { c.Keys = nil },
		"no name":         func(c *Config) { c.Name = "" },
		"no id":           func(c *Config) { c.ID = "" },
		"an address":      func(c *Config) { c.ID, c.Origins = "192.0.2.1", []string{"https://192.0.2.1"} },
		"no origin":       func(c *Config) { c.Origins = nil },
		"a path":          func(c *Config) { c.Origins = []string{origin + "/"} },
		"capitals":        func(c *Config) { c.Origins = []string{"https://ID.example"} },
		"standard port":   func(c *Config) { c.Origins = []string{origin + ":443"} },
		"in plain":        func(c *Config) { c.Origins = []string{"http://id.example"} },
		"another host":    func(c *Config) { c.Origins = []string{"https://evil.example"} },
		"only an ending":  func(c *Config) { c.Origins = []string{"https://evilid.example"} },
		"a person in it":  func(c *Config) { c.Origins = []string{"https://me@id.example"} },
		"no scheme":       func(c *Config) { c.Origins = []string{"id.example"} },
		"a negative time": func(c *Config) { c.Lasts = -time.Second },
	} {
		config := good()
		c(&config)
		if _, err := New(config); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
