package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// codesEach is how many codes a caller gets before the clock starts: few enough to be redeemed within their minute.
const codesEach = 250

func operations() []operation {
	return []operation{
		{name: "discovery", prepare: getting("/.well-known/openid-configuration")},
		{name: "JWKS", prepare: getting("/jwks")},
		{name: "client_credentials", prepare: machine},
		{name: "introspection", prepare: introspecting},
		{name: "userinfo", prepare: userinfo},
		{name: "refresh, rotating (ES256)", prepare: refreshing("bench-public")},
		{name: "refresh (RS256 ID token)", alone: true, prepare: refreshing("bench-public-rs256")},
		{name: "code exchange (ES256)", prepare: exchanging("bench-web")},
		{name: "code exchange (RS256 ID token)", alone: true, prepare: exchanging("bench-web-rs256")},
		{name: "code flow, signed in (ES256)", prepare: flowing("bench-web")},
		{name: "code flow, signed in (RS256)", alone: true, prepare: flowing("bench-web-rs256")},
		{name: "whole sign-in, without the hash", prepare: freshSignIn},
	}
}

func getting(path string) func(context.Context, *site) (step, error) {
	return func(_ context.Context, s *site) (step, error) {
		return func(ctx context.Context) error { return s.get(ctx, path) }, nil
	}
}

func machine(_ context.Context, s *site) (step, error) {
	c := s.clients["backend"]
	return func(ctx context.Context) error {
		_, err := s.token(ctx, c, url.Values{"grant_type": {"client_credentials"}})
		return err
	}, nil
}

func introspecting(ctx context.Context, s *site) (step, error) {
	c := s.clients["bench-web"]
	got, err := s.signedIn(ctx, c)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		body, err := s.post(ctx, "/introspect", c, url.Values{"token": {got.Access}})
		if err == nil && !strings.Contains(string(body), `"active":true`) {
			err = fmt.Errorf("introspection: %s", body)
		}
		return err
	}, nil
}

func userinfo(ctx context.Context, s *site) (step, error) {
	got, err := s.signedIn(ctx, s.clients["bench-web"])
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.issuer+"/userinfo", nil)
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer "+got.Access)
		_, err = s.send(request, http.StatusOK)
		return err
	}, nil
}

func refreshing(id string) func(context.Context, *site) (step, error) {
	return func(ctx context.Context, s *site) (step, error) {
		c := s.clients[id]
		now, err := s.signedIn(ctx, c)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) error {
			next, err := s.token(ctx, c, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {now.Refresh}})
			now = next
			return err
		}, nil
	}
}

func exchanging(id string) func(context.Context, *site) (step, error) {
	return func(ctx context.Context, s *site) (step, error) {
		c := s.clients[id]
		p := s.person()
		if err := p.signIn(ctx, c); err != nil {
			return nil, err
		}
		codes := make([]string, 0, codesEach)
		for range codesEach {
			code, err := p.authorize(ctx, c)
			if err != nil {
				return nil, err
			}
			codes = append(codes, code)
		}
		return func(ctx context.Context) error {
			if len(codes) == 0 {
				return errEnough
			}
			code := codes[0]
			codes = codes[1:]
			_, err := s.exchange(ctx, c, code)
			return err
		}, nil
	}
}

func flowing(id string) func(context.Context, *site) (step, error) {
	return func(ctx context.Context, s *site) (step, error) {
		c, p := s.clients[id], s.person()
		if err := p.signIn(ctx, c); err != nil {
			return nil, err
		}
		return func(ctx context.Context) error {
			code, err := p.authorize(ctx, c)
			if err != nil {
				return err
			}
			_, err = s.exchange(ctx, c, code)
			return err
		}, nil
	}
}

// freshSignIn is a whole one: authorize, the page, the password, the code, the tokens. The browser is known from before.
func freshSignIn(_ context.Context, s *site) (step, error) {
	c := s.clients["bench-web"]
	return func(ctx context.Context) error { _, err := s.signedIn(ctx, c); return err }, nil
}

// tokens of a token response.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

func (s *site) signedIn(ctx context.Context, c client) (tokens, error) {
	p := s.person()
	if err := p.signIn(ctx, c); err != nil {
		return tokens{}, err
	}
	return s.exchange(ctx, c, p.code)
}

func (s *site) exchange(ctx context.Context, c client, code string) (tokens, error) {
	return s.token(ctx, c, url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {c.Redirects[0]}, "code_verifier": {verifier},
	})
}

func (s *site) token(ctx context.Context, c client, form url.Values) (tokens, error) {
	var got tokens
	body, err := s.post(ctx, "/token", c, form)
	if err != nil {
		return got, err
	}
	return got, json.Unmarshal(body, &got)
}

// post calls a protocol endpoint as a client.
func (s *site) post(ctx context.Context, path string, c client, form url.Values) ([]byte, error) {
	return s.call(ctx, path, c, form, http.StatusOK)
}

// call is post, with the status that is expected.
func (s *site) call(ctx context.Context, path string, c client, form url.Values, status int) ([]byte, error) {
	if c.Secret == "" {
		form.Set("client_id", c.ID)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.issuer+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if c.Secret != "" {
		request.SetBasicAuth(url.QueryEscape(c.ID), url.QueryEscape(c.Secret))
	}
	return s.send(request, status)
}

func (s *site) get(ctx context.Context, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.issuer+path, nil)
	if err != nil {
		return err
	}
	_, err = s.send(request, http.StatusOK)
	return err
}

func (s *site) send(request *http.Request, status int) ([]byte, error) {
	response, err := s.http.Do(request)
	if err != nil {
		return nil, err
	}
	body, err := readAll(response)
	if err == nil && response.StatusCode != status {
		err = fmt.Errorf("%s %s: %s: %.300s", request.Method, request.URL.Path, response.Status, body)
	}
	return []byte(body), err
}

func readAll(response *http.Response) (string, error) {
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}
