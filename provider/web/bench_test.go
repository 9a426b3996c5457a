package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// quiet is a response writer that costs nothing, so that a benchmark measures ours.
type quiet struct{ header http.Header }

func (q quiet) Header() http.Header         { return q.header }
func (q quiet) Write(b []byte) (int, error) { return len(b), nil }
func (q quiet) WriteHeader(int)             {}

func bench(b *testing.B, request *http.Request, routes ...Route) {
	set, err := words()
	if err != nil {
		b.Fatal(err)
	}
	h, err := New(Config{Issuer: issuer, Templates: set, Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Metrics: &nothing{}}, routes...) //nolint:sloglint // the line is made, as it would be
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(quiet{make(http.Header, 12)}, request)
	}
}

type nothing struct{}

func (nothing) Began()                                   {}
func (nothing) Ended(string, string, int, time.Duration) {}

func BenchmarkDiscovery(b *testing.B) {
	body := make([]byte, 3<<10)
	bench(b, httptest.NewRequest("GET", "/.well-known/openid-configuration", nil), Route{
		Kind: Protocol, Pattern: "GET /.well-known/openid-configuration", CORS: true, Cache: time.Hour,
		Handle: func(*Request) (Response, error) { return Response{Body: body, Type: "application/json"}, nil },
	})
}

func BenchmarkPage(b *testing.B) {
	r := httptest.NewRequest("GET", "/help", nil)
	r.Header.Set("Accept-Language", "es-MX,es;q=0.9,en;q=0.8")
	bench(b, r, Route{Pattern: "GET /help", Handle: plainPage})
}
