// Package metrics counts what the house does, in a Prometheus registry of its own. It is the only package that knows
// Prometheus: rooms get a plain function to call from Counter or Histogram, and web sees a Meter.
//
// Labels are bounded: route patterns, methods and outcomes that the program names, never anything that a caller sent.
package metrics

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is the registry with the counters of HTTP requests in it.
type Metrics struct {
	Registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

// namespace stands before every name.
const namespace = "gatehouse"

// requestSeconds are the bounds of requests: from a cached key set to a queued password hash.
func requestSeconds() []float64 {
	return []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}
}

// New makes a registry with the counters of requests, of the Go runtime and of the process.
func New() *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "requests_total", Help: "Requests by route, method and class of status.",
		}, []string{"route", "method", "class"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "request_duration_seconds", Help: "How long requests took.", Buckets: requestSeconds(),
		}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: namespace, Name: "requests_in_flight", Help: "Requests that are being answered.",
		}),
	}
	m.Registry.MustRegister(m.requests, m.duration, m.inFlight,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Began counts a request in.
func (m *Metrics) Began() { m.inFlight.Inc() }

// Ended counts it out again.
func (m *Metrics) Ended(route, method string, status int, took time.Duration) {
	m.inFlight.Dec()
	m.requests.WithLabelValues(route, method, strconv.Itoa(status/100)+"xx").Inc()
	m.duration.WithLabelValues(route).Observe(took.Seconds())
}

// Handler is /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{})
}

// Counter registers a counter and returns what adds one to it: hashes computed, queue refusals, ceremonies by outcome.
// The values stand for the labels, in their order, and must come from a fixed list. A name twice panics.
func (m *Metrics) Counter(name, help string, labels ...string) func(values ...string) {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	m.Registry.MustRegister(c)
	return func(values ...string) { c.WithLabelValues(values...).Inc() }
}

// Histogram registers a histogram of durations, as Counter does, and returns what observes one. Its name ends in _seconds.
func (m *Metrics) Histogram(name, help string, labels ...string) func(took time.Duration, values ...string) {
	c := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: namespace, Name: name, Help: help, Buckets: requestSeconds(),
	}, labels)
	m.Registry.MustRegister(c)
	return func(took time.Duration, values ...string) { c.WithLabelValues(values...).Observe(took.Seconds()) }
}

// Gauge registers a number that is asked for when somebody looks: places taken in a queue, messages waiting. labels are
// names and their values, in turn, for a number that there are several of.
func (m *Metrics) Gauge(name, help string, now func() float64, labels ...string) {
	fixed := prometheus.Labels{}
	for i := 0; i+1 < len(labels); i += 2 {
		fixed[labels[i]] = labels[i+1]
	}
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help, ConstLabels: fixed}, now))
}
