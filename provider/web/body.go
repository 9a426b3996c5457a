package web

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"gatehouse/provider"
)

// maxBody bounds every request body.
const maxBody = 64 << 10

const formType = "application/x-www-form-urlencoded"

// refuse is a Problem for malformed input. It names what is wrong and never repeats what was sent: that may be a secret.
func refuse(why string) error {
	return &provider.Problem{Kind: provider.BadRequest, Cause: errors.New(why)}
}

// parse decodes a query or a form.
func parse(raw string) (url.Values, error) {
	if raw == "" {
		return url.Values{}, nil
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, refuse("bad form encoding")
	}
	for name, all := range values {
		if err := checkText(name); err != nil {
			return nil, err
		}
		for _, text := range all {
			if err := checkText(text); err != nil {
				return nil, err
			}
		}
	}
	return values, nil
}

// checkText refuses what no database and no page could hold.
func checkText(text string) error {
	if !utf8.ValidString(text) {
		return refuse("not UTF-8")
	}
	if strings.IndexByte(text, 0) >= 0 {
		return refuse("NUL in text")
	}
	return nil
}

// readBody reads the body whole, and decodes it if it is a form. GET and HEAD have none that counts.
func (x *exchange) readBody() error {
	r := x.request.HTTP
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Body == nil {
		r.Body = http.NoBody
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(x.ResponseWriter, r.Body, maxBody))
	if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
		return &provider.Problem{Kind: provider.TooBig}
	}
	if err != nil {
		return refuse("body broke off or came too slowly")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if !isForm(r.Header) {
		return nil
	}
	form, err := parse(string(body))
	if err != nil {
		return err
	}
	x.request.form, r.PostForm = form, form
	return nil
}

// isForm reports whether the body says that it is a form, in UTF-8 if it says which.
func isForm(h http.Header) bool {
	types := h["Content-Type"]
	if len(types) != 1 {
		return false
	}
	if types[0] == formType {
		return true
	}
	kind, parameters, err := mime.ParseMediaType(types[0])
	charset, named := parameters["charset"]
	return err == nil && kind == formType && (!named || strings.EqualFold(charset, "utf-8"))
}
