package passkey

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

// changed is one thing wrong with a response that is signed all the same: by a device that lies, or for somebody else.
func changed(name string, value any) func(*said) { return func(s *said) { s.client[name] = value } }

func outer(name string, value any) func(*said) {
	return func(s *said) { s.outer = map[string]any{name: value} }
}

func inner(name string, value any) func(*said) {
	return func(s *said) { s.inner = map[string]any{name: value} }
}

func rebase(d *device, rp string, attested bool) func(*said) {
	return func(s *said) {
		tail := bytes.Clone(s.data[37:])
		if !attested {
			tail = nil
		}
		s.data = d.authData(rp, tail)
	}
}

// lies are what no response may say, whoever signed it.
func lies(d *device, attested bool) map[string]func(*said) {
	return map[string]func(*said){
		"another site":             changed("origin", "https://evil.example"),
		"another port":             changed("origin", origin+":8443"),
		"the standard port":        changed("origin", origin+":443"),
		"in plain":                 changed("origin", "http://id.example"),
		"a path":                   changed("origin", origin+"/x"),
		"capitals":                 changed("origin", "https://ID.EXAMPLE"),
		"a person in the origin":   changed("origin", "https://evil.example@id.example"),
		"a host below":             changed("origin", "https://www.id.example"),
		"no origin":                changed("origin", ""),
		"an app":                   changed("origin", "android:apk-key-hash:abc"),
		"in a frame":               changed("crossOrigin", true),
		"under another page":       changed("topOrigin", "https://evil.example"),
		"under our own page":       changed("topOrigin", origin),
		"no type":                  changed("type", ""),
		"another type":             changed("type", map[bool]string{true: "webauthn.get", false: "webauthn.create"}[attested]),
		"payment":                  changed("type", "payment.get"),
		"no challenge":             changed("challenge", ""),
		"a challenge of its own":   changed("challenge", b64(bytes.Repeat([]byte{7}, 100))),
		"a short challenge":        changed("challenge", "YQ"),
		"padding":                  func(s *said) { s.client["challenge"] = s.client["challenge"].(string) + "=" },
		"a line break in it":       func(s *said) { s.client["challenge"] = s.client["challenge"].(string) + "\n" },
		"a number":                 changed("challenge", 5),
		"token binding of no kind": changed("tokenBinding", map[string]string{"status": "perhaps"}),
		"another RP":               rebase(d, "evil.example", attested),
		"the origin as RP":         rebase(d, origin, attested),
		"nobody present":           func(s *said) { s.data[32] &^= flagPresent },
		"backed, not eligible":     func(s *said) { s.data[32] |= flagBacked },
		"data cut short":           func(s *said) { s.data = s.data[:36] },
		"no data":                  func(s *said) { s.data = nil },
		"data with a tail":         func(s *said) { s.data = append(s.data, 0) },
		"extensions that are not":  func(s *said) { s.data[32] |= 1 << 7 },
		"another credential":       outer("id", b64([]byte("another"))),
		"another raw id":           outer("rawId", b64([]byte("another"))),
		"no id":                    outer("id", ""),
		"no kind":                  outer("type", ""),
		"a password":               outer("type", "password"),
		"no response":              outer("response", nil),
		"a response of text":       outer("response", "x"),
		"results of no kind":       outer("clientExtensionResults", 5),
		"client data of no kind":   inner("clientDataJSON", 5),
		"no client data":           inner("clientDataJSON", ""),
		"client data of garbage":   inner("clientDataJSON", b64([]byte("\xff\xfe{}"))),
		"client data twice":        inner("clientDataJSON", b64([]byte(`{"type":"a","Type":"b"}`))),
		"two origins": func(s *said) {
			text, _ := json.Marshal(s.client)
			s.raw = `{"origin":"https://evil.example",` + string(text[1:])
		},
		"two origins, one in capitals": func(s *said) {
			text, _ := json.Marshal(s.client)
			s.raw = `{"ORIGIN":"https://evil.example",` + string(text[1:])
		},
		"not base64url": inner("clientDataJSON", "+/+/"),
	}
}

func TestNoLieOfASignedAssertionIsBelieved(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	all := lies(d, false)
	all["attested data"] = func(s *said) { s.data[32] |= flagAttested }
	all["no signature"] = inner("signature", "")
	all["a signature of text"] = inner("signature", b64([]byte("signature")))
	all["no authenticator data"] = inner("authenticatorData", nil)
	all["a handle of no kind"] = inner("userHandle", 5)
	all["somebody else's handle"] = inner("userHandle", b64([]byte(bob)))
	for name, lie := range all {
		for _, options := range []string{request(t, p, true), request(t, p, false, held)} {
			_, err := verify(p, d.answer(t, options, lie), holds(held))
			if !errors.Is(err, ErrResponse) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestNoLieOfACreationIsBelieved(t *testing.T) {
	for _, format := range []string{"none", "packed"} {
		p, d := newRP(t), newDevice(t)
		d.format = format
		options, err := p.Creation(ceremony, alice, "alice", nil, noon())
		must(t, err)
		all := lies(d, true)
		all["no attested data"] = func(s *said) { s.data = s.data[:37]; s.data[32] &^= flagAttested }
		all["no attestation"] = inner("attestationObject", "")
		all["an attestation of garbage"] = inner("attestationObject", b64([]byte("attestation")))
		all["a map without end"] = inner("attestationObject", b64([]byte{0xbf, 0x61, 'a'}))
		all["a map of all there is"] = inner("attestationObject", b64([]byte{0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}))
		all["deep arrays"] = inner("attestationObject", b64(bytes.Repeat([]byte{0x81}, 5000)))
		all["an attestation nobody knows"] = inner("attestationObject", b64(encode(t, map[string]any{"fmt": "trust-me", "attStmt": map[string]any{}, "authData": []byte{}})))
		all["a statement where there is none"] = func(s *said) {
			s.inner = map[string]any{"attestationObject": b64(encode(t, map[string]any{"fmt": "none", "attStmt": map[string]any{"x": 1}, "authData": s.data}))}
		}
		if _, err := p.Register(context.Background(), ceremony, alice, d.create(t, options), noon()); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		for name, lie := range all {
			_, err := p.Register(context.Background(), ceremony, alice, d.create(t, options, lie), noon())
			if !errors.Is(err, ErrResponse) {
				t.Errorf("%s, %s: %v", format, name, err)
			}
		}
	}
}

// Each challenge is good for one ceremony, one use and one account, and for nothing else.
func TestAChallengeIsGoodForNothingElse(t *testing.T) {
	ctx := context.Background()
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	creation, err := p.Creation(ceremony, alice, "alice", nil, noon())
	must(t, err)
	later := noon().Add(time.Minute)
	for _, test := range []struct {
		name string
		call func() error
	}{
		{"a sign-in in another ceremony", func() error {
			_, err := p.Verify(ctx, "ceremony-2", d.answer(t, request(t, p, true)), holds(held), later)
			return err
		}},
		{"a creation in another ceremony", func() error {
			_, err := p.Register(ctx, "ceremony-2", alice, d.create(t, creation), later)
			return err
		}},
		{"a creation for another account", func() error {
			_, err := p.Register(ctx, ceremony, bob, d.create(t, creation), later)
			return err
		}},
		{"a sign-in for a creation", func() error {
			_, err := p.Register(ctx, ceremony, alice, d.create(t, request(t, p, true, held)), later)
			return err
		}},
		{"a sign-in of nobody for a creation", func() error {
			_, err := p.Register(ctx, ceremony, "", d.create(t, request(t, p, true)), later)
			return err
		}},
		{"a creation for a sign-in", func() error {
			_, err := p.Verify(ctx, ceremony, d.answer(t, creation), holds(held), later)
			return err
		}},
		{"a creation when it is over", func() error {
			_, err := p.Register(ctx, ceremony, alice, d.create(t, creation), noon().Add(10*time.Minute))
			return err
		}},
		{"a second factor of another account", func() error {
			theirs := held
			theirs.Account = bob
			_, err := p.Verify(ctx, ceremony, d.answer(t, request(t, p, false, theirs)), holds(held), later)
			return err
		}},
	} {
		if err := test.call(); !errors.Is(err, ErrResponse) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if _, err := p.Register(ctx, ceremony, alice, d.create(t, creation), later); err != nil {
		t.Errorf("for what it was made: %v", err)
	}
}

// Every byte of a challenge is under its MAC.
func TestNoByteOfAChallengeCanBeChanged(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	options := request(t, p, false, held)
	d.handle = nil // the challenge alone says who was asked
	never := func(context.Context, provider.AccountID) ([]provider.Authenticator, error) {
		t.Error("believed before it was checked")
		return nil, nil
	}
	whole, err := base64.RawURLEncoding.DecodeString(clientData("", options)["challenge"].(string))
	must(t, err)
	for i := range whole {
		for _, bit := range []byte{1, 0x80} {
			changed := bytes.Clone(whole)
			changed[i] ^= bit
			if _, err := verify(p, d.answer(t, options, func(s *said) { s.client["challenge"] = b64(changed) }), never); !errors.Is(err, ErrResponse) {
				t.Errorf("byte %d: %v", i, err)
			}
		}
	}
	for n := range whole {
		if _, err := verify(p, d.answer(t, options, func(s *said) { s.client["challenge"] = b64(whole[:n]) }), never); !errors.Is(err, ErrResponse) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// Whatever is changed on the way, or cut off, is refused: no byte is outside of what is signed or compared.
func TestNoByteOfAResponseCanBeChanged(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	d.format = "packed" // signs all of it; with none, a new key has nothing yet to be held to
	held := bind(t, p, d, alice)
	creation, err := p.Creation(ceremony, alice, "alice", nil, noon())
	must(t, err)
	register := func(response string) error {
		_, err := p.Register(context.Background(), ceremony, alice, response, noon())
		return err
	}
	use := func(response string) error {
		_, err := verify(p, response, holds(held))
		return err
	}
	changes(t, d.answer(t, request(t, p, true)), []string{"clientDataJSON", "authenticatorData", "signature", "userHandle"}, use)
	changes(t, d.create(t, creation), []string{"clientDataJSON", "attestationObject"}, register)
}

func changes(t *testing.T, response string, members []string, send func(string) error) {
	t.Helper()
	must(t, send(response))
	var whole map[string]any
	must(t, json.Unmarshal([]byte(response), &whole))
	parts := whole["response"].(map[string]any)
	for _, member := range members {
		kept := parts[member].(string)
		raw, err := base64.RawURLEncoding.DecodeString(kept)
		must(t, err)
		try := func(what string, b []byte) {
			parts[member] = b64(b)
			text, err := json.Marshal(whole)
			must(t, err)
			if err := send(string(text)); !errors.Is(err, ErrResponse) {
				t.Errorf("%s, %s: %v", member, what, err)
			}
		}
		for i := range raw {
			b := bytes.Clone(raw)
			b[i] ^= 1 << (i % 5) // not the bit of capitals: the names in an attestation object are read in either case
			try(fmt.Sprintf("byte %d", i), b)
			if member != "userHandle" || i > 0 { // without a handle a second factor is fine, a first one is tested elsewhere
				try(fmt.Sprintf("cut at %d", i), raw[:i])
			}
		}
		parts[member] = kept
	}
}

func TestAResponseIsOneStrictObjectOfBoundedSize(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	good := d.answer(t, request(t, p, true))
	inside := strings.TrimSuffix(strings.TrimPrefix(good, "{"), "}")
	deep := strings.Repeat("[", 50) + strings.Repeat("]", 50)
	for name, response := range map[string]string{
		"nothing":           "",
		"null":              "null",
		"an array":          "[" + good + "]",
		"text":              `"x"`,
		"two":               good + good,
		"a tail":            good + "x",
		"cut":               good[:len(good)-1],
		"a name twice":      "{" + inside + `,"type":"public-key"}`,
		"twice in capitals": "{" + inside + `,"TYPE":"public-key"}`,
		"in a long s":       "{" + inside + `,"reſponse":{}}`,
		"a Kelvin sign":     "{" + inside + `,"k":1,"K":2}`,
		"not UTF-8":         "{" + inside + ",\"x\":\"\xff\"}",
		"deep":              "{" + inside + `,"x":` + deep + "}",
		"long":              "{" + inside + `,"x":"` + strings.Repeat("x", MaxResponse) + `"}`,
		"HTML":              "<script>alert(1)</script>",
	} {
		if _, err := verify(p, response, holds(held)); !errors.Is(err, ErrResponse) {
			t.Errorf("%s: Verify %v", name, err)
		}
		if _, err := p.Register(context.Background(), ceremony, alice, response, noon()); !errors.Is(err, ErrResponse) {
			t.Errorf("%s: Register %v", name, err)
		}
	}
	for name, response := range map[string]string{
		"a member of tomorrow": "{" + inside + `,"new":{"a":[1,2,{"b":null}]}}`,
		"space around":         " \n" + good + "\n ",
	} {
		if _, err := verify(p, response, holds(held)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	tomorrow := d.answer(t, request(t, p, true), changed("other_keys_can_be_added_here", "do not compare clientDataJSON against a template"))
	if _, err := verify(p, tomorrow, holds(held)); err != nil {
		t.Errorf("client data of tomorrow: %v", err)
	}
	unasked := d.answer(t, request(t, p, true), outer("clientExtensionResults", map[string]any{"credProps": map[string]any{"rk": true}, "x": 1}))
	if _, err := verify(p, unasked, holds(held)); err != nil {
		t.Errorf("extensions that nobody asked for: %v", err)
	}
}

// Errors go to the log: nothing that was sent may stand in them.
func TestRefusalsRepeatNothing(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	const canary = "c4n4ry"
	for name, response := range map[string]string{
		"origin":    d.answer(t, request(t, p, true), changed("origin", "https://"+canary+".example")),
		"type":      d.answer(t, request(t, p, true), changed("type", canary)),
		"challenge": d.answer(t, request(t, p, true), changed("challenge", canary)),
		"id":        d.answer(t, request(t, p, true), outer("id", canary)),
		"no JSON":   canary,
		"no bytes":  d.answer(t, request(t, p, true), inner("signature", canary+"!")),
		"binding":   d.answer(t, request(t, p, true), changed("tokenBinding", map[string]string{"status": canary})),
		"handle":    d.answer(t, request(t, p, true), inner("userHandle", b64([]byte(canary)))),
	} {
		_, err := verify(p, response, holds(held))
		if !errors.Is(err, ErrResponse) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
