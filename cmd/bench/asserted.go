package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// keyed is a client that shows who it is with a key of its own (private_key_jwt).
const keyed = "bench-key"

// asserting are the operations of clients with more to show. An older program has none of this.
func asserting() []operation {
	return []operation{
		{name: "client_credentials by private_key_jwt", young: true, prepare: asserted},
		{name: "pushed request, code exchange (ES256)", young: true, prepare: pushing("bench-web")},
	}
}

// registerKeyed adds the client with a key. A program that cannot is an older one, and is measured without.
func (h *house) registerKeyed(ctx context.Context) error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		return err
	}
	file := filepath.Join(h.data, "bench-jwks.json")
	jwk := map[string]string{"kty": "EC", "crv": "P-256", "x": url64(point[1:33]), "y": url64(point[33:])}
	text, err := json.Marshal(map[string]any{"keys": []any{jwk}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	if _, err := h.command(ctx, "client", "set", "--help"); err != nil {
		return nil //nolint:nilerr // it is older
	}
	_, err = h.command(ctx, "client", "add", "--json", "--id", keyed, "--name", "Bench", "--grant", "client_credentials",
		"--scope", "records.read", "--auth", "private_key_jwt", "--jwks", file)
	h.signs = private
	return err
}

func asserted(_ context.Context, s *site) (step, error) {
	return func(ctx context.Context) error {
		assertion, err := s.assertion(time.Now())
		if err != nil {
			return err
		}
		_, err = s.token(ctx, client{ID: keyed}, url.Values{
			"grant_type": {"client_credentials"}, "client_assertion": {assertion},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		})
		return err
	}, nil
}

// assertion is a new one (RFC 7523).
func (s *site) assertion(now time.Time) (string, error) {
	claims, err := json.Marshal(map[string]any{
		"iss": keyed, "sub": keyed, "aud": s.issuer + "/token", "jti": rand.Text(), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	})
	if err != nil {
		return "", err
	}
	input := url64([]byte(`{"alg":"ES256","typ":"JWT"}`)) + "." + url64(claims)
	hash := sha256.Sum256([]byte(input))
	first, second, err := ecdsa.Sign(rand.Reader, s.signs, hash[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	first.FillBytes(signature[:32])
	second.FillBytes(signature[32:])
	return input + "." + url64(signature), nil
}

// pushing is flowing by a request that is pushed (RFC 9126).
func pushing(id string) func(context.Context, *site) (step, error) {
	return func(ctx context.Context, s *site) (step, error) {
		c, p := s.clients[id], s.person()
		if err := p.signIn(ctx, c); err != nil {
			return nil, err
		}
		return func(ctx context.Context) error {
			uri, err := s.push(ctx, c)
			if err != nil {
				return err
			}
			to, _, err := p.visit(ctx, http.MethodGet, "/authorize?"+url.Values{"client_id": {c.ID}, "request_uri": {uri}}.Encode(), nil)
			if err != nil {
				return err
			}
			code, err := codeOf(to)
			if err != nil {
				return err
			}
			_, err = s.exchange(ctx, c, code)
			return err
		}, nil
	}
}

func (s *site) push(ctx context.Context, c client) (string, error) {
	body, err := s.call(ctx, "/par", c, asked(c), http.StatusCreated)
	if err != nil {
		return "", err
	}
	var got struct {
		URI string `json:"request_uri"`
	}
	if json.Unmarshal(body, &got) != nil || got.URI == "" {
		return "", fmt.Errorf("pushed: %s", body)
	}
	return got.URI, nil
}
