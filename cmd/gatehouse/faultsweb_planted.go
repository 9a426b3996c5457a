//go:build planted

package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
)

func (p planted) handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form := p.read(r)
		p.host.Store(r.Host)
		switch p.name {
		case "any-origin":
			for _, name := range []string{"Origin", "Sec-Fetch-Site"} {
				r.Header.Del(name)
			}
		case "any-verifier":
			p.anyVerifier(r, form)
		case "any-signature":
			p.anySignature(r, form)
		case "any-ticket":
			p.anyTicket(r, form)
		}
		if form != nil {
			text := form.Encode()
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
			r.Header.Del("Content-Length")
		}
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), askedKey{}, asked{r, form})))
	})
}

// most is how much of a body is read here, before the house bounds it; the fault whole-bodies reads all.
const most = 64 << 10

// read reads a form and leaves everything else as it is. What is no form answers nil.
func (f *fault) read(r *http.Request) url.Values {
	if f.is("whole-bodies") {
		text, _ := io.ReadAll(r.Body)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		return nil
	}
	if r.Method != http.MethodPost || r.ContentLength > most || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, most))
	r.Body = io.NopCloser(bytes.NewReader(text))
	form, bad := url.ParseQuery(string(text))
	if err != nil || bad != nil {
		return nil
	}
	return form
}

// anyVerifier takes every proof of PKCE for right, and none too.
func (f *fault) anyVerifier(r *http.Request, form url.Values) {
	const some = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	switch r.URL.Path {
	case "/authorize":
		q := r.URL.Query()
		q.Set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
		q.Set("code_challenge_method", "S256")
		r.URL.RawQuery = q.Encode()
	case "/token":
		if form != nil && len(form.Get("code_verifier")) < 43 {
			form.Set("code_verifier", some)
		}
	}
}

// anySignature signs whatever comes, so that it is believed.
func (f *fault) anySignature(r *http.Request, form url.Values) {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && scheme == "Bearer" {
		r.Header.Set("Authorization", "Bearer "+f.signed(token, keys.ES256, "at+jwt"))
	}
	if form.Has("token") {
		form.Set("token", f.signed(form.Get("token"), keys.ES256, "at+jwt"))
	}
	if q := r.URL.Query(); q.Has("id_token_hint") {
		q.Set("id_token_hint", f.signed(q.Get("id_token_hint"), keys.ES256, "JWT"))
		r.URL.RawQuery = q.Encode()
	}
}

func (f *fault) signed(token string, alg keys.Alg, typ string) string {
	parts := strings.Split(token, ".")
	if _, _, err := f.ring.Verify(token, typ, time.Now(), keys.Algs()...); err == nil || len(parts) < 2 {
		return token
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return token
	}
	fresh, err := f.ring.Sign(alg, typ, payload, time.Now())
	if err != nil {
		return token
	}
	return fresh
}

// anyTicket writes the ticket that the page would have had, whatever came.
func (f *fault) anyTicket(r *http.Request, form url.Values) {
	parts := strings.Split(r.URL.Path, "/")
	if form == nil || len(parts) != 4 || parts[1] != "signin" {
		return
	}
	c, err := f.inner.Ceremony(r.Context(), parts[2])
	if err != nil {
		return
	}
	text, _ := json.Marshal(struct {
		Room    string             `json:"room"`
		Account provider.AccountID `json:"account,omitempty"`
		Return  []byte             `json:"return"`
	}{c.Room, c.Account, []byte(c.Return)})
	sealed, err := f.keyset.SealTicket(text, "ceremony", time.Now().Add(time.Hour))
	if err == nil {
		form.Set("ticket", sealed)
	}
}
