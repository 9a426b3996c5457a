package web

import (
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
)

// A standing header is the same in every response: its value is shared, not copied.
type standing struct {
	name  string
	value []string
}

const (
	policyBefore = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
	policyAfter  = "; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)

// pageHeaders are on every answer to a browser. Referrer-Policy is same-origin because no-referrer makes a form of ours
// send Origin: null; there is no Cross-Origin-Opener-Policy because it would cut off applications that sign in in a
// popup, except on account pages.
var pageHeaders = [...]standing{
	{"Content-Security-Policy", []string{policyBefore + policyAfter}},
	{"Cache-Control", []string{"no-store"}},
	{"Referrer-Policy", []string{"same-origin"}},
	{"X-Content-Type-Options", []string{"nosniff"}},
	{"X-Frame-Options", []string{"DENY"}},
	{"X-Robots-Tag", []string{"noindex"}},
	{"Vary", []string{"Accept-Language, Cookie"}},
	{"Permissions-Policy", []string{"publickey-credentials-get=(self), publickey-credentials-create=(self), " +
		"otp-credentials=(self), camera=(), microphone=(), geolocation=(), payment=(), usb=()"}},
	{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
}

// protocolHeaders are on every answer to an application (RFC 6749, 5.1 has the first two).
var protocolHeaders = [...]standing{
	{"Cache-Control", []string{"no-store"}},
	{"Pragma", []string{"no-cache"}},
	{"X-Content-Type-Options", []string{"nosniff"}},
}

var fileHeaders = [...]standing{
	{"Cache-Control", []string{"public, max-age=31536000, immutable"}},
	{"X-Content-Type-Options", []string{"nosniff"}},
	{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
	{"Vary", []string{"Accept-Encoding"}},
}

var corsHeaders = [...]standing{
	{"Access-Control-Allow-Origin", []string{"*"}},
	{"Access-Control-Expose-Headers", []string{"WWW-Authenticate, DPoP-Nonce, Retry-After"}},
}

var (
	openerPolicy = []string{"same-origin"}
	emptyLength  = []string{"0"}
)

func put(h http.Header, all []standing) {
	for _, s := range all {
		h[s.name] = s.value
	}
}

// standard sets the headers that the kind of the route and of the answer ask for.
func (x *exchange) standard(h http.Header, ready prepared) {
	switch {
	case x.kind == Protocol:
		put(h, protocolHeaders[:])
		if x.place.cors {
			put(h, corsHeaders[:])
		}
	case x.kind == file:
		put(h, fileHeaders[:])
	default:
		put(h, pageHeaders[:])
		if x.place.secret {
			h["Cross-Origin-Opener-Policy"] = openerPolicy
		}
	}
	if ready.page {
		h["Content-Language"] = []string{x.request.Lang}
	}
	if ready.posts != "" {
		h["Content-Security-Policy"] = []string{policyBefore + " " + ready.posts + policyAfter}
	}
	if x.house.hsts != nil {
		h["Strict-Transport-Security"] = x.house.hsts
	}
	if ready.location != "" {
		h["Location"] = []string{ready.location}
	}
	if len(ready.cookies) > 0 {
		h["Set-Cookie"] = ready.cookies
	}
}

// send writes a prepared response.
func (x *exchange) send(ready prepared) {
	h := x.Header()
	x.standard(h, ready)
	for name, values := range ready.response.Header {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if name == "Vary" {
			values = append(slices.Clone(h[name]), values...)
		}
		h[name] = values
	}
	x.status = ready.status
	if ready.status == http.StatusNoContent || ready.status == http.StatusNotModified {
		x.WriteHeader(ready.status)
		return
	}
	h["Content-Length"] = emptyLength
	if len(ready.body) > 0 {
		h["Content-Length"] = []string{strconv.Itoa(len(ready.body))}
		h["Content-Type"] = []string{ready.kind}
	}
	x.WriteHeader(ready.status)
	if x.request.HTTP.Method != http.MethodHead {
		x.bytes, _ = x.Write(ready.body) // the caller may be gone; then there is nobody to tell
	}
}
