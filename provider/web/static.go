package web

import (
	"net/http"
	"strconv"
	"strings"

	"gatehouse/provider"
	"gatehouse/templates"
)

// ownRoutes are those that need nothing but this package.
func (h *house) ownRoutes() []Route {
	return []Route{
		{Kind: Browser, Pattern: "GET /language", Handle: h.chooseLanguage},
		{Kind: Browser, Pattern: "POST /banner", Handle: Form(h.hideBanner)},
		{Kind: file, Pattern: "GET /static/{name}", Handle: serveFiles(h.Templates.Assets())},
		{Kind: file, Pattern: "GET /favicon.ico", Handle: serveIcon(h.Templates.Assets()["favicon"])},
	}
}

// serveFiles serves files whose names carry a hash of their content: for a year, whatever happens.
func serveFiles(assets map[string]templates.Asset) Handler {
	named := map[string]templates.Asset{}
	for name, asset := range assets {
		if name == asset.Name {
			named[name] = asset
		}
	}
	return func(r *Request) (Response, error) {
		asset, ok := named[r.Path("name")]
		if !ok {
			return Response{}, &provider.Problem{Kind: provider.NotFound}
		}
		return fileResponse(r, asset), nil
	}
}

// serveIcon serves the icon under the one name that browsers guess: for a day, since it may change.
func serveIcon(icon templates.Asset) Handler {
	return func(r *Request) (Response, error) {
		if len(icon.Body) == 0 {
			return Response{}, &provider.Problem{Kind: provider.NotFound}
		}
		response := fileResponse(r, icon)
		if response.Header == nil {
			response.Header = http.Header{}
		}
		response.Header["Cache-Control"] = []string{"public, max-age=86400"}
		return response, nil
	}
}

func fileResponse(r *Request, asset templates.Asset) Response {
	if asset.Gzip == nil || !takesGzip(r.HTTP.Header) {
		return Response{Body: asset.Body, Type: asset.ContentType}
	}
	return Response{Body: asset.Gzip, Type: asset.ContentType, Header: http.Header{"Content-Encoding": {"gzip"}}}
}

// takesGzip reads Accept-Encoding (RFC 9110, 12.5.3): gzip counts if it is named with a weight above 0.
func takesGzip(h http.Header) bool {
	for _, line := range h["Accept-Encoding"] {
		for part := range strings.SplitSeq(line, ",") {
			coding, weight, weighed := strings.Cut(part, ";")
			if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
				continue
			}
			_, number, _ := strings.Cut(weight, "=")
			q, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			return !weighed || err == nil && q > 0
		}
	}
	return false
}
