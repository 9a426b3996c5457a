package server_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/url"
	"strings"
	"sync"
	"time"

	"gatehouse/provider"
)

// pair is a key of an application. All that it makes is made with the standard library alone.
type pair struct {
	alg, kid string
	private  crypto.Signer
}

// rsaKey is one for all tests: they take long to make.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey { return made(rsa.GenerateKey(rand.Reader, 2048)) })

func made[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newPair(alg string) pair {
	p := pair{alg: alg, kid: "key-" + provider.NewID()}
	switch alg {
	case "ES256":
		p.private = made(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	case "ES384":
		p.private = made(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	case "EdDSA":
		_, private, err := ed25519.GenerateKey(rand.Reader)
		p.private = made(private, err)
	default:
		p.private = rsaKey()
	}
	return p
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func asJSON(v any) string { return string(made(json.Marshal(v))) }

// jwk is the public key (RFC 7518, 6; RFC 8037, 2), changed by pairs of member and value.
func (p pair) jwk(members ...any) map[string]any {
	m := map[string]any{"kid": p.kid, "use": "sig", "alg": p.alg}
	switch public := p.private.Public().(type) {
	case *rsa.PublicKey:
		m["kty"], m["n"], m["e"] = "RSA", b64(public.N.Bytes()), b64(big.NewInt(int64(public.E)).Bytes())
	case *ecdsa.PublicKey:
		point := made(public.Bytes())[1:]
		m["kty"], m["crv"], m["x"], m["y"] = "EC", public.Curve.Params().Name, b64(point[:len(point)/2]), b64(point[len(point)/2:])
	case ed25519.PublicKey:
		m["kty"], m["crv"], m["x"] = "OKP", "Ed25519", b64(public)
	}
	for i := 0; i+1 < len(members); i += 2 {
		if m[members[i].(string)] = members[i+1]; members[i+1] == nil {
			delete(m, members[i].(string))
		}
	}
	return m
}

func jwks(all ...pair) string {
	var list []any
	for _, p := range all {
		list = append(list, p.jwk())
	}
	return asJSON(map[string]any{"keys": list})
}

func keyed(p pair) func(*provider.Client) {
	return func(c *provider.Client) { c.AuthMethod, c.JWKS = provider.AuthKey, jwks(p) }
}

// signs makes a compact JWS of a header and a payload as they stand.
func (p pair) signs(header, payload string) string {
	input := b64([]byte(header)) + "." + b64([]byte(payload))
	return input + "." + b64(p.signature(input))
}

func (p pair) signature(input string) []byte {
	short, long := sha256.Sum256([]byte(input)), sha512.Sum384([]byte(input))
	switch p.alg {
	case "ES256":
		return fixed(p.private, short[:])
	case "ES384":
		return fixed(p.private, long[:])
	case "EdDSA":
		return made(p.private.Sign(rand.Reader, []byte(input), crypto.Hash(0)))
	case "RS384":
		return made(p.private.Sign(rand.Reader, long[:], crypto.SHA384))
	case "PS256":
		return pss(p.private, short[:], rsa.PSSSaltLengthEqualsHash)
	}
	return made(p.private.Sign(rand.Reader, short[:], crypto.SHA256))
}

func pss(key crypto.Signer, hash []byte, salt int) []byte {
	return made(key.Sign(rand.Reader, hash, &rsa.PSSOptions{SaltLength: salt, Hash: crypto.SHA256}))
}

// fixed is a signature of ECDSA as JWS has it (RFC 7518, 3.4).
func fixed(key crypto.Signer, hash []byte) []byte {
	size := key.(*ecdsa.PrivateKey).Params().BitSize / 8
	r, s, err := ecdsa.Sign(rand.Reader, key.(*ecdsa.PrivateKey), hash)
	if err != nil {
		panic(err)
	}
	return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
}

// Header is that of an ordinary assertion, changed by pairs; nil takes a member away.
func (a *app) Header(pairs ...any) string {
	return asJSON(changed(map[string]any{"alg": a.Key.alg, "kid": a.Key.kid, "typ": "JWT"}, pairs))
}

// Claims are those of an ordinary assertion, changed by pairs.
func (a *app) Claims(pairs ...any) string {
	now := a.h.now()
	return asJSON(changed(map[string]any{
		"iss": a.Client.ID, "sub": a.Client.ID, "aud": a.h.URL + "/token", "jti": provider.NewID(),
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	}, pairs))
}

func changed(m map[string]any, pairs []any) map[string]any {
	for i := 0; i+1 < len(pairs); i += 2 {
		if m[pairs[i].(string)] = pairs[i+1]; pairs[i+1] == nil {
			delete(m, pairs[i].(string))
		}
	}
	return m
}

// Assertion is a fresh one, with claims changed by pairs.
func (a *app) Assertion(pairs ...any) string { return a.Key.signs(a.Header(), a.Claims(pairs...)) }

// Asserted is what a form says that shows an assertion.
func (a *app) Asserted(assertion string) url.Values {
	return url.Values{"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {assertion}}
}

// Shows asks the token endpoint, as a machine, with an assertion.
func (a *app) Shows(assertion string, pairs ...string) *answer {
	a.t.Helper()
	form := with(a.Asserted(assertion), append([]string{"grant_type", "client_credentials"}, pairs...)...)
	return a.h.Send("POST", "/token", map[string]string{"Content-Type": formType}, form.Encode())
}

// tampered are tokens of every bad kind, by name, made from a good header and payload that a key would sign.
func tampered(p pair, header, payload string) map[string]string {
	good := p.signs(header, payload)
	parts := strings.Split(good, ".")
	member := func(text string) string { return p.signs(strings.TrimSuffix(header, "}")+","+text+"}", payload) }
	public := made(json.Marshal(p.jwk()))
	mac := func(alg string) string {
		input := b64([]byte(strings.Replace(header, `"`+p.alg+`"`, `"`+alg+`"`, 1))) + "." + parts[1]
		return input + "." + b64(hmacOf(public, input))
	}
	all := map[string]string{
		"empty": "", "a dot": ".", "only dots": strings.Repeat(".", 5000), "no signature": parts[0] + "." + parts[1] + ".",
		"two parts": parts[0] + "." + parts[1], "four parts": good + ".x", "five parts, as encrypted": good + "..",
		"alg none":           b64([]byte(strings.Replace(header, p.alg, "none", 1))) + "." + parts[1] + ".",
		"alg None":           b64([]byte(strings.Replace(header, p.alg, "NoNe", 1))) + "." + parts[1] + ".",
		"HS256 by the key":   mac("HS256"),
		"another alg":        p.signs(strings.Replace(header, p.alg, "ES512", 1), payload),
		"alg that is no key": p.signs(strings.Replace(header, p.alg, "EdDSA", 1), payload),
		"alg a number":       p.signs(strings.Replace(header, `"`+p.alg+`"`, "5", 1), payload),
		"another's key":      pair{alg: p.alg, kid: p.kid, private: newPair(p.alg).private}.signs(header, payload),
		"payload changed":    parts[0] + "." + b64([]byte(strings.Replace(payload, "{", "{ ", 1))) + "." + parts[2],
		"padding":            good + "=", "padded header": parts[0] + "==." + parts[1] + "." + parts[2],
		"white space": " " + good, "a line break": parts[0] + ".\n" + parts[1] + "." + parts[2], "trailing line break": good + "\n",
		"other alphabet": strings.NewReplacer("-", "+", "_", "/").Replace(good) + "+",
		"loose bits":     parts[0] + "." + parts[1] + "." + loose(parts[2]),
		"crit":           member(`"crit":["exp"]`), "crit, empty": member(`"crit":[]`), "b64 false": member(`"b64":false,"crit":["b64"]`),
		"zip": member(`"zip":"DEF"`), "nested": member(`"cty":"JWT"`), "own key": member(`"jwk":` + string(public)),
		"x5u": member(`"x5u":"https://evil.example/x"`), "jku": member(`"jku":"https://evil.example/jwks"`),
		"repeated member": member(`"alg":"` + p.alg + `"`), "repeated kid": member(`"kid":"other"`),
		"repeated claim":   p.signs(header, strings.TrimSuffix(payload, "}")+`,"iss":"x"}`),
		"wrong typ":        p.signs(strings.NewReplacer(`"JWT"`, `"dpop+jwt"`, `"at+jwt"`, `"JWT"`).Replace(header), payload),
		"unknown kid":      p.signs(strings.Replace(header, p.kid, "nobody", 1), payload),
		"kid of a path":    p.signs(strings.Replace(header, p.kid, "../../etc/passwd", 1), payload),
		"kid of SQL":       p.signs(strings.Replace(header, p.kid, "' OR 1=1 --", 1), payload),
		"kid with a zero":  p.signs(strings.Replace(header, p.kid, `\u0000`, 1), payload),
		"kid a list":       p.signs(strings.Replace(header, `"`+p.kid+`"`, `["`+p.kid+`"]`, 1), payload),
		"payload a list":   p.signs(header, "["+payload+"]"),
		"payload null":     p.signs(header, "null"),
		"payload no JSON":  p.signs(header, "\xff\xfe"),
		"header no JSON":   p.signs("\xff", payload),
		"header a list":    p.signs("["+header+"]", payload),
		"deep":             p.signs(header, `{"iss":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+"}"),
		"encrypted, PBES2": b64([]byte(`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483647,"p2s":"AAAA"}`)) + ".AAAA.AAAA.AAAA.AAAA",
		"JSON form":        `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
		"long":             p.signs(header, strings.TrimSuffix(payload, "}")+`,"x":"`+strings.Repeat("x", 20000)+`"}`),
	}
	return all
}

// loose changes bits at the end of a part that no decoded byte holds, if there are some.
func loose(part string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	if len(part)%4 == 0 {
		return part + "A"
	}
	at := strings.IndexByte(alphabet, part[len(part)-1])
	return part[:len(part)-1] + alphabet[at+1:at+2]
}
