package web

import (
	"net/http"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/templates"
)

const (
	languageCookie = "language"
	languageYear   = 365 * 24 * time.Hour
	longestBack    = 4096
)

// tongue gathers what speaks for a language, strongest first.
type tongue struct {
	set                                *templates.Set
	cookie, uiLocales, account, header string
}

func (t tongue) match() string { return t.set.Match(t.cookie, t.uiLocales, t.account, t.header) }

// chooseLanguage answers GET /language?to=es&back=/path: it keeps the choice and goes back where the person was.
func (h *house) chooseLanguage(r *Request) (Response, error) {
	to, back := r.query.Get("to"), r.query.Get("back")
	for _, known := range h.languages {
		if known.Tag == to {
			return SeeOther(localPath(back)).With(LanguageCookie(to)), nil
		}
	}
	return Response{}, &provider.Problem{Kind: provider.NotFound}
}

// LanguageCookie keeps a language that the person chose, on a page of the house's own. It must be one that is offered.
func LanguageCookie(tag string) Cookie {
	return Cookie{Name: languageCookie, Value: tag, MaxAge: languageYear}
}

// localPath is the path itself if a browser takes it for one of ours, else the root. Browsers read \ as /, and drop tabs
// and line ends, so // hides in more shapes than one.
func localPath(back string) string {
	path, _, _ := strings.Cut(back, "?")
	foreign := len(back) > longestBack || !strings.HasPrefix(back, "/") || strings.Contains(path, "//") ||
		strings.ContainsFunc(back, func(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f })
	if foreign || strings.HasPrefix(path, "/language") {
		return "/"
	}
	return back
}

// languageHeader reads all Accept-Language lines as one.
func languageHeader(h http.Header) string {
	if lines := h["Accept-Language"]; len(lines) == 1 {
		return lines[0]
	}
	return strings.Join(h["Accept-Language"], ",")
}
