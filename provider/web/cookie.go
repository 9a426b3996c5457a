package web

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// cookiePrefix makes browsers refuse the cookie unless it is Secure, has Path=/ and belongs to this very host (RFC 6265bis 4.1.3.2).
const cookiePrefix = "__Host-"

// header is the value of Set-Cookie.
func (c Cookie) header() (string, error) {
	if c.Name == "" || strings.HasPrefix(c.Name, "__") {
		return "", errors.New("web: a cookie has a plain name")
	}
	cookie := http.Cookie{
		Name: cookiePrefix + c.Name, Value: c.Value,
		Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if c.Strict {
		cookie.SameSite = http.SameSiteStrictMode
	}
	switch {
	case c.MaxAge < 0:
		cookie.MaxAge, cookie.Value = -1, ""
	case c.MaxAge > 0:
		cookie.MaxAge = max(1, int(c.MaxAge/time.Second))
	}
	if err := cookie.Valid(); err != nil {
		return "", errors.New("web: cookie " + c.Name + " has characters that no cookie can have") // not the value
	}
	return cookie.String(), nil
}

func cookieHeaders(cookies []Cookie) ([]string, error) {
	if len(cookies) == 0 {
		return nil, nil
	}
	lines := make([]string, 0, len(cookies))
	for _, c := range cookies {
		line, err := c.header()
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}
