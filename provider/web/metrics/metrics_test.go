package metrics

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestWhatWasCountedCanBeRead(t *testing.T) {
	m := New()
	refusals := m.Counter("queue_refusals_total", "Sign-ins that found the queue full.", "queue")
	hashes := m.Histogram("hash_duration_seconds", "How long a hash took.")
	m.Gauge("outbox_waiting", "Messages that wait.", func() float64 { return 7 })
	refusals("password")
	refusals("password")
	hashes(20 * time.Millisecond)
	m.Began()
	m.Began()
	m.Ended("/signin/{id}", "GET", 200, time.Millisecond)

	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{
		`gatehouse_queue_refusals_total{queue="password"} 2`,
		`gatehouse_hash_duration_seconds_count 1`,
		`gatehouse_outbox_waiting 7`,
		`gatehouse_requests_in_flight 1`,
		`gatehouse_requests_total{class="2xx",method="GET",route="/signin/{id}"} 1`,
		`gatehouse_request_duration_seconds_bucket{route="/signin/{id}",le="0.001"} 1`,
	} {
		if !strings.Contains(w.Body.String(), line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
}
