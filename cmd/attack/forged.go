package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strings"
)

// forger makes tokens out of a true one.
type forger struct {
	header  map[string]any // of the true token
	payload []byte
	parts   []string
	jwks    string
	public  map[string]any // the house's key that signed it
	own     *ecdsa.PrivateKey
	ownRSA  *rsa.PrivateKey
}

func (s *site) forger(ctx context.Context, token string) (*forger, error) {
	got, err := s.send(ctx, s.proxy, request{method: http.MethodGet, path: "/jwks"})
	if err != nil {
		return nil, err
	}
	f := &forger{parts: strings.Split(token, "."), jwks: got.body}
	header, badHeader := base64.RawURLEncoding.DecodeString(f.parts[0])
	payload, badPayload := base64.RawURLEncoding.DecodeString(f.parts[1])
	var set struct{ Keys []map[string]any }
	err = errors.Join(badHeader, badPayload, json.Unmarshal(header, &f.header), json.Unmarshal([]byte(got.body), &set))
	f.payload = payload
	for _, k := range set.Keys {
		if k["kid"] == f.header["kid"] {
			f.public = k
		}
	}
	var badKey, badRSA error
	f.own, badKey = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	f.ownRSA, badRSA = rsa.GenerateKey(rand.Reader, 2048)
	if f.public == nil {
		err = errors.Join(err, errors.New("the key of the token is not published"))
	}
	return f, errors.Join(err, badKey, badRSA)
}

// with is a token with another header, signed by sign.
func (f *forger) with(sign func(input []byte) []byte, pairs ...any) string {
	header := map[string]any{"alg": f.header["alg"], "kid": f.header["kid"], "typ": f.header["typ"]}
	for i := 0; i+1 < len(pairs); i += 2 {
		if header[pairs[i].(string)] = pairs[i+1]; pairs[i+1] == nil {
			delete(header, pairs[i].(string))
		}
	}
	text, _ := json.Marshal(header) //nolint:errchkjson // of texts and maps of texts
	input := url64(text) + "." + url64(f.payload)
	return input + "." + url64(sign([]byte(input)))
}

func nothing([]byte) []byte { return nil }

// secret signs with HS256 and a secret.
func secret(key []byte) func([]byte) []byte {
	return func(input []byte) []byte {
		m := hmac.New(sha256.New, key)
		m.Write(input)
		return m.Sum(nil)
	}
}

func (f *forger) es256(input []byte) []byte {
	hash := sha256.Sum256(input)
	r, s, err := ecdsa.Sign(rand.Reader, f.own, hash[:])
	if err != nil {
		return nil
	}
	if half := new(big.Int).Rsh(f.own.Params().N, 1); s.Cmp(half) > 0 {
		s.Sub(f.own.Params().N, s)
	}
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}

func (f *forger) rs256(input []byte) []byte {
	hash := sha256.Sum256(input)
	signature, err := rsa.SignPKCS1v15(rand.Reader, f.ownRSA, crypto.SHA256, hash[:])
	if err != nil {
		return nil
	}
	return signature
}

// ownJWK is the public half of our own key, as it stands in a header.
func (f *forger) ownJWK() map[string]any {
	raw, err := f.own.PublicKey.Bytes()
	if err != nil {
		return nil
	}
	return map[string]any{"kty": "EC", "crv": "P-256", "x": url64(raw[1:33]), "y": url64(raw[33:])}
}

// secrets are all that somebody may take for the secret of HS256 who mixes up keys.
func (f *forger) secrets() [][]byte {
	one, _ := json.Marshal(f.public) //nolint:errchkjson // it was JSON
	all := [][]byte{{}, one, []byte(f.jwks), []byte(f.header["kid"].(string))}
	for _, name := range []string{"x", "y", "n"} {
		text, _ := f.public[name].(string)
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err == nil && text != "" {
			all = append(all, []byte(text), raw)
		}
	}
	return all
}

// all are the forgeries, by what is tried.
func (f *forger) all() map[string]string {
	made := map[string]string{
		"no signature":        f.parts[0] + "." + f.parts[1] + ".",
		"two parts":           f.parts[0] + "." + f.parts[1],
		"zeros":               f.with(func([]byte) []byte { return make([]byte, 64) }),
		"own key":             f.with(f.es256),
		"own RSA key":         f.with(f.rs256, "alg", "RS256"),
		"own key, jwk":        f.with(f.es256, "jwk", f.ownJWK()),
		"own key, jwk alone":  f.with(f.es256, "jwk", f.ownJWK(), "kid", nil),
		"own key, jku":        f.with(f.es256, "jku", "https://evil.example/jwks"),
		"own key, x5u":        f.with(f.es256, "x5u", "https://evil.example/cert"),
		"own key, no kid":     f.with(f.es256, "kid", nil),
		"own key, path":       f.with(f.es256, "kid", "../../../../dev/null"),
		"own key, SQL":        f.with(f.es256, "kid", "' UNION SELECT 'x'--"),
		"own key, crit":       f.with(f.es256, "crit", []string{"b64"}, "b64", false),
		"own key, empty kid":  f.with(f.es256, "kid", ""),
		"null secret, by kid": f.with(secret(nil), "alg", "HS256", "kid", "/dev/null"),
		"true, padded":        f.parts[0] + "." + f.parts[1] + "." + f.parts[2] + "=",
		"true, four parts":    strings.Join(f.parts, ".") + ".x",
		"true, other header":  f.with(func([]byte) []byte { raw, _ := base64.RawURLEncoding.DecodeString(f.parts[2]); return raw }, "typ", "JWT"),
		"true, of more":       f.parts[0] + "." + url64([]byte(strings.Replace(string(f.payload), `"exp":`, `"exp":9`, 1))) + "." + f.parts[2],
	}
	for _, alg := range []string{"none", "None", "NONE", "nOnE", ""} {
		made["alg "+alg] = f.with(nothing, "alg", alg)
		made["alg "+alg+", no kid"] = f.with(nothing, "alg", alg, "kid", nil)
	}
	for i, key := range f.secrets() {
		for _, alg := range []string{"HS256", "ES256", "hs256"} {
			made[fmt.Sprintf("%s with the public key as a secret, form %d", alg, i)] = f.with(secret(key), "alg", alg)
		}
	}
	return made
}

func forged(ctx context.Context, s *site) error {
	a := s.apps.records
	_, t, err := s.signedIn(ctx, a)
	if err != nil {
		return err
	}
	f, err := s.forger(ctx, t.Access)
	if err != nil {
		return err
	}
	forgeries := f.all()
	forgeries["the ID token"] = t.ID
	forgeries["the refresh token"] = t.Refresh
	for what, token := range forgeries {
		got, err := s.claims(ctx, token)
		if err != nil {
			return err
		}
		if got.status != http.StatusUnauthorized && got.status != http.StatusBadRequest {
			return broken("userinfo answers %d to a forgery: %s", got.status, what)
		}
		if token == t.Refresh {
			continue // introspection is for it, too
		}
		if live, err := s.active(ctx, a, token); live || err != nil {
			return orBroken(err, "introspection believes a forgery: %s", what)
		}
	}
	return nil
}

// signedIn is somebody in a browser, with tokens for an application.
func (s *site) signedIn(ctx context.Context, a app) (*browser, tokens, error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, tokens{}, err
	}
	b := s.browser()
	code, err := b.signIn(ctx, p, a)
	if err != nil {
		return nil, tokens{}, err
	}
	t, ok, err := s.redeem(ctx, a, code)
	if !ok {
		err = errors.Join(errors.New("the code is not redeemed"), err)
	}
	return b, t, err
}

func forgedHint(ctx context.Context, s *site) error {
	a := s.apps.records
	b, t, err := s.signedIn(ctx, a)
	if err != nil {
		return err
	}
	f, err := s.forger(ctx, t.ID)
	if err != nil {
		return err
	}
	for what, token := range f.all() {
		if strings.HasPrefix(what, "true") {
			continue
		}
		if _, err := b.once(ctx, http.MethodGet, "/logout?"+url.Values{"id_token_hint": {token}}.Encode(), nil, nil); err != nil {
			return err
		}
		silent, err := b.get(ctx, a.address("prompt", "none"))
		if err != nil {
			return err
		}
		if silent.code() == "" {
			return broken("a forgery signed somebody out: %s", what)
		}
	}
	return nil
}
