package keys

import (
	"crypto"
	"crypto/elliptic"
	"crypto/hmac"
	cryptorand "crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func sign(t testing.TB, ring *Ring, alg Alg, typ string) string {
	t.Helper()
	token, err := ring.Sign(alg, typ, []byte(`{"sub":"ada"}`), noon())
	if errors.Is(err, ErrNoKey) {
		ensure(t, ring, alg)
		token, err = ring.Sign(alg, typ, []byte(`{"sub":"ada"}`), noon())
	}
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func ensure(t testing.TB, ring *Ring, alg Alg) {
	t.Helper()
	if err := ring.Ensure(t.Context(), noon(), alg); err != nil {
		t.Fatal(err)
	}
}

// TestAKeyThatIsMadeWhenItIsNeeded: there is none before; one is made, whoever asks, is rotated from then on, and signs nothing else.
func TestAKeyThatIsMadeWhenItIsNeeded(t *testing.T) {
	store, keyset := &memoryStore{}, newKeyset(t)
	ring, other := openRing(t, store, keyset, noon()), openRing(t, store, keyset, noon())
	if _, err := ring.Sign(PS256, "", []byte("{}"), noon()); !errors.Is(err, ErrNoKey) {
		t.Fatal(err)
	}
	if got := ring.Ensure(t.Context(), noon(), "none"); got == nil {
		t.Error("a key of no algorithm")
	}
	for _, r := range []*Ring{ring, other, ring} {
		ensure(t, r, PS256)
	}
	if got := len(ring.List(noon())); got != len(kept())+1 {
		t.Fatalf("%d keys", got)
	}
	token := sign(t, other, PS256, "JWT")
	if _, _, err := ring.Verify(token, "JWT", noon(), PS256); err != nil {
		t.Error(err)
	}
	if _, _, err := ring.Verify(token, "JWT", noon(), RS256); err == nil {
		t.Error("taken for RS256")
	}
	key := ring.current.Load().signing(PS256, noon())
	rsaPSS := func(salt int) string {
		header := Header{Alg: PS256, KeyID: key.ID}.encode()
		input := b64(string(header)) + "." + b64("{}")
		hash := sha256.Sum256([]byte(input))
		signature, err := key.private.Sign(cryptorand.Reader, hash[:], &rsa.PSSOptions{SaltLength: salt, Hash: crypto.SHA256})
		if err != nil {
			t.Fatal(err)
		}
		return input + "." + b64(string(signature))
	}
	for salt, right := range map[int]bool{32: true, 20: false, 64: false} {
		if _, _, err := ring.Verify(rsaPSS(salt), "", noon(), PS256); (err == nil) != right {
			t.Errorf("a salt of %d bytes: %v", salt, err)
		}
	}
	if len(Plan(nil, noon(), Policy{}).Make) != len(kept()) || len(Plan([]KeyMeta{meta("p", PS256, 0, 0)}, at(89.5), Policy{}).Make) != len(kept())+1 {
		t.Error("made without need, or not rotated")
	}
}

// forge signs any header whatever with a key of the ring, as one who has the key could.
func forge(t testing.TB, key *ringKey, header string) string {
	t.Helper()
	input := b64(header) + "." + b64("{}")
	signature, err := key.scheme.sign(key.private, []byte(input))
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + b64(string(signature))
}

func TestVerifyReturnsWhatWasSigned(t *testing.T) {
	ring := openRing(t, &memoryStore{}, newKeyset(t), noon())
	for _, alg := range algs() {
		for _, typ := range []string{"", "JWT", "at+jwt", "logout+jwt"} {
			token := sign(t, ring, alg, typ)
			payload, header, err := ring.Verify(token, typ, noon(), alg)
			want := Header{Alg: alg, KeyID: active(ring, alg, noon()), Type: typ}
			if err != nil || string(payload) != `{"sub":"ada"}` || header != want {
				t.Errorf("%s %q: %s, %v, %v", alg, typ, payload, header, err)
			}
		}
	}
}

func TestVerifyAllowsOnlyTheNamedAlgorithmsAndType(t *testing.T) {
	ring := openRing(t, &memoryStore{}, newKeyset(t), noon())
	token := sign(t, ring, ES256, "at+jwt")
	for _, test := range []struct {
		typ  string
		algs []Alg
		ok   bool
	}{
		{"at+jwt", []Alg{ES256}, true}, {"", []Alg{RS256, ES256}, true},
		{"at+jwt", nil, false}, {"at+jwt", []Alg{RS256}, false}, {"at+jwt", []Alg{"none", "HS256"}, false},
		{"JWT", []Alg{ES256}, false}, {"AT+JWT", []Alg{ES256}, false}, {"application/at+jwt", []Alg{ES256}, false},
	} {
		if _, _, err := ring.Verify(token, test.typ, noon(), test.algs...); (err == nil) != test.ok || (err != nil && err != ErrToken) {
			t.Errorf("%q %v: %v", test.typ, test.algs, err)
		}
	}
	if _, _, err := ring.Verify(sign(t, ring, ES256, ""), "at+jwt", noon(), ES256); err != ErrToken {
		t.Errorf("a token without typ passes as at+jwt: %v", err)
	}
}

// RFC 8725 section 3.1: algorithm confusion; RFC 7515 section 4.1: headers that name keys or demand to be understood.
func TestVerifyRefusesEveryOtherHeader(t *testing.T) {
	ring := openRing(t, &memoryStore{}, newKeyset(t), noon())
	now := ring.current.Load()
	ec, rs := now.signing(ES256, noon()), now.signing(RS256, noon())
	everything := []Alg{ES256, RS256, "none", "HS256", "PS256", "ES384", "EdDSA", ""}
	plain := `{"alg":"ES256","kid":"` + ec.ID + `"}`
	if _, _, err := ring.Verify(forge(t, ec, plain), "", noon(), everything...); err != nil {
		t.Fatalf("forge does not make a valid token, so this test proves nothing: %v", err)
	}
	inside := func(members string) string { return plain[:len(plain)-1] + "," + members + "}" }
	for name, token := range map[string]string{
		"none":                 b64(`{"alg":"none","kid":"`+ec.ID+`"}`) + "." + b64("{}") + ".",
		"none with signature":  forge(t, ec, `{"alg":"none","kid":"`+ec.ID+`"}`),
		"no alg":               forge(t, ec, `{"kid":"`+ec.ID+`"}`),
		"no kid":               forge(t, ec, `{"alg":"ES256"}`),
		"unknown kid":          forge(t, ec, `{"alg":"ES256","kid":"aaaaaaaaaaaaaaaa"}`),
		"RSA kid, ES256":       forge(t, ec, `{"alg":"ES256","kid":"`+rs.ID+`"}`),
		"RSA key under ES256":  forge(t, rs, `{"alg":"ES256","kid":"`+rs.ID+`"}`),
		"EC kid, RS256":        forge(t, rs, `{"alg":"RS256","kid":"`+ec.ID+`"}`),
		"EC key under RS256":   forge(t, ec, `{"alg":"RS256","kid":"`+ec.ID+`"}`),
		"PS256":                forge(t, rs, `{"alg":"PS256","kid":"`+rs.ID+`"}`),
		"lower case alg":       forge(t, ec, `{"alg":"es256","kid":"`+ec.ID+`"}`),
		"crit":                 forge(t, ec, inside(`"crit":["exp"]`)),
		"empty crit":           forge(t, ec, inside(`"crit":[]`)),
		"jwk":                  forge(t, ec, inside(`"jwk":{"kty":"EC"}`)),
		"jku":                  forge(t, ec, inside(`"jku":"https://evil.example/jwks"`)),
		"x5u":                  forge(t, ec, inside(`"x5u":"https://evil.example/c"`)),
		"x5c":                  forge(t, ec, inside(`"x5c":[]`)),
		"b64":                  forge(t, ec, inside(`"b64":false`)),
		"cty":                  forge(t, ec, inside(`"cty":"JWT"`)),
		"repeated alg":         forge(t, ec, inside(`"alg":"ES256"`)),
		"other case of alg":    forge(t, ec, inside(`"ALG":"ES256"`)),
		"null typ":             forge(t, ec, inside(`"typ":null`)),
		"empty typ":            forge(t, ec, inside(`"typ":""`)),
		"escaped typ":          forge(t, ec, inside(`"typ":"\u0041"`)),
		"quote in typ":         forge(t, ec, inside(`"typ":"a\"b"`)),
		"injected member":      forge(t, ec, inside(`"typ":"a\",\"jku\":\"b"`)),
		"space":                forge(t, ec, strings.Replace(plain, ",", ", ", 1)),
		"something behind":     forge(t, ec, plain+" "),
		"array":                forge(t, ec, "["+plain+"]"),
		"HS256, PEM of EC":     hs256(t, ec, true),
		"HS256, DER of EC":     hs256(t, ec, false),
		"HS256, PEM of RSA":    hs256(t, rs, true),
		"HS256, DER of RSA":    hs256(t, rs, false),
		"key in its own token": selfMade(t),
	} {
		payload, header, err := ring.Verify(token, "", noon(), everything...)
		if !errors.Is(err, ErrToken) || payload != nil || header != (Header{}) {
			t.Errorf("%s: %s %v %v", name, payload, header, err)
		}
	}
}

// hs256 is the classic confusion: the public key, which everyone has, as an HMAC secret.
func hs256(t *testing.T, key *ringKey, asPEM bool) string {
	t.Helper()
	public, err := x509.MarshalPKIXPublicKey(key.public)
	if err != nil {
		t.Fatal(err)
	}
	if asPEM {
		public = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	}
	input := b64(`{"alg":"HS256","kid":"`+key.ID+`"}`) + "." + b64("{}")
	mac := hmac.New(sha256.New, public)
	mac.Write([]byte(input))
	return input + "." + b64(string(mac.Sum(nil)))
}

// selfMade is a token by a stranger that brings its own key along.
func selfMade(t *testing.T) string {
	t.Helper()
	private, err := es256{}.generate()
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: private}, &jose.SignerOptions{EmbedJWK: true})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestATokenHasOneSpelling(t *testing.T) {
	ring := openRing(t, &memoryStore{}, newKeyset(t), noon())
	for _, alg := range algs() {
		token := sign(t, ring, alg, "at+jwt")
		parts := strings.Split(token, ".")
		for name, changed := range map[string]string{
			"padding":         token + "==",
			"spare bits":      otherSpelling(token),
			"line break":      token + "\n",
			"break within":    parts[0] + "\r\n." + parts[1] + "." + parts[2],
			"space":           " " + token,
			"fourth part":     token + ".",
			"two parts":       parts[0] + "." + parts[1],
			"no signature":    parts[0] + "." + parts[1] + ".",
			"other payload":   parts[0] + "." + b64(`{"sub":"bob"}`) + "." + parts[2],
			"short signature": token[:len(token)-4],
			"nothing":         "", "dots": strings.Repeat(".", 1<<14), "more dots": strings.Repeat(".", 1<<20),
			"too long": token + strings.Repeat("A", maxToken),
		} {
			if _, _, err := ring.Verify(changed, "", noon(), alg); err != ErrToken {
				t.Errorf("%s %s: %v", alg, name, err)
			}
		}
	}
}

// For every ECDSA signature (r, s) there is a second one, (r, n-s).
func TestTheTwinOfASignatureIsRefused(t *testing.T) {
	ring := openRing(t, &memoryStore{}, newKeyset(t), noon())
	for range 20 {
		token := sign(t, ring, ES256, "")
		dot := strings.LastIndexByte(token, '.')
		signature, err := decodeStrict(token[dot+1:])
		if err != nil {
			t.Fatal(err)
		}
		s := new(big.Int).SetBytes(signature[32:])
		s.Sub(elliptic.P256().Params().N, s).FillBytes(signature[32:])
		if _, _, err := ring.Verify(token[:dot+1]+b64(string(signature)), "", noon(), ES256); err != ErrToken {
			t.Errorf("the twin: %v", err)
		}
	}
}

func TestMutatedTokensNeverVerify(t *testing.T) {
	ring := openRing(t, &memoryStore{}, newKeyset(t), noon())
	random := rand.New(rand.NewPCG(1, 2))
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.="
	for _, alg := range algs() {
		token := sign(t, ring, alg, "at+jwt")
		for range 200 {
			changed := []byte(token)
			for range 1 + random.IntN(3) {
				changed[random.IntN(len(changed))] = letters[random.IntN(len(letters))]
			}
			if random.IntN(4) == 0 {
				cut := random.IntN(len(changed))
				changed = append(changed[:cut], changed[cut+1:]...)
			}
			if _, _, err := ring.Verify(string(changed), "", noon(), alg); string(changed) != token && !errors.Is(err, ErrToken) {
				t.Errorf("verified: %s", changed)
			}
		}
	}
}

func TestSignRefuses(t *testing.T) {
	ring := openRing(t, &memoryStore{}, newKeyset(t), noon())
	for name, test := range map[string]struct {
		alg     Alg
		typ     string
		payload int
	}{
		"unknown alg": {"HS256", "", 2}, "no alg": {"", "", 2}, "none": {"none", "", 2},
		"odd typ": {ES256, `a","jku":"b`, 2}, "too long": {ES256, "", maxToken},
	} {
		if token, err := ring.Sign(test.alg, test.typ, make([]byte, test.payload), noon()); err == nil || token != "" {
			t.Errorf("%s: %q, %v", name, token, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	ring := openRing(f, &memoryStore{}, newKeyset(f), noon())
	tokens := map[string]bool{}
	for _, alg := range algs() {
		token := sign(f, ring, alg, "at+jwt")
		tokens[token] = true
		f.Add(token)
	}
	f.Add(forge(f, ring.current.Load().signing(ES256, noon()), `{"alg":"ES256","kid":"x","crit":[]}`))
	f.Fuzz(func(t *testing.T, token string) {
		_, _, err := ring.Verify(token, "", noon(), ES256, RS256)
		if !tokens[token] && !errors.Is(err, ErrToken) {
			t.Errorf("verified: %s", token)
		}
	})
}

func BenchmarkSign(b *testing.B) {
	ring := openRing(b, &memoryStore{}, newKeyset(b), noon())
	payload := []byte(`{"sub":"` + strings.Repeat("x", 490) + `"}`)
	for _, alg := range kept() {
		b.Run(string(alg), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ring.Sign(alg, "at+jwt", payload, noon()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(string(alg)+"/go-jose", func(b *testing.B) {
			key := ring.current.Load().signing(alg, noon())
			options := (&jose.SignerOptions{}).WithType("at+jwt").WithHeader("kid", key.ID)
			signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: key.private}, options)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				signed, err := signer.Sign(payload)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := signed.CompactSerialize(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(string(alg)+"/signature", func(b *testing.B) {
			key := ring.current.Load().signing(alg, noon())
			digest := sha256.Sum256(payload)
			for b.Loop() {
				if _, err := key.private.Sign(cryptorand.Reader, digest[:], crypto.SHA256); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	ring := openRing(b, &memoryStore{}, newKeyset(b), noon())
	for _, alg := range algs() {
		token := sign(b, ring, alg, "at+jwt")
		b.Run(string(alg), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := ring.Verify(token, "at+jwt", noon(), alg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRefresh(b *testing.B) {
	ring := openRing(b, &memoryStore{}, newKeyset(b), noon())
	for b.Loop() {
		refresh(b, ring, noon())
	}
}
