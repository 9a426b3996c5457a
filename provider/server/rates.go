package server

import (
	"gatehouse/provider/limit"
	"gatehouse/provider/web/metrics"
)

// guard is who turns away requests, and the watch for lists of passwords; the operator sees both.
func (c Config) guard(m *metrics.Metrics) (*limit.Guard, *limit.Watch) {
	refused := m.Counter("limited_total", "Requests that were turned away, by what they cost and whose rate was spent.", "class", "scope")
	guard := limit.NewGuard(limit.GuardConfig{
		Rates: c.Rates, Store: c.Store, Keys: c.Keyset, Log: c.Log,
		Refused: func(class, scope string) { refused(class, scope) },
	})
	m.Gauge("limits_alone", "1 while no store can be asked for request limits, and this process keeps its part of them by itself.", func() float64 {
		return map[bool]float64{true: 1}[guard.Alone()]
	})
	watch := limit.NewWatch(guard, c.Log)
	m.Gauge("storm", "1 while far more passwords of strangers are wrong than right, and strangers are slowed.", func() float64 {
		return map[bool]float64{true: 1}[watch.Storming(c.Now())]
	})
	return guard, watch
}
