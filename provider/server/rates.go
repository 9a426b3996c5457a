package server

import (
	"gatehouse/provider/limit"
	"gatehouse/provider/web/metrics"
)

// guard is who turns away requests, and lets the operator see it.
func (c Config) guard(m *metrics.Metrics) *limit.Guard {
	refused := m.Counter("limited_total", "Requests that were turned away, by what they cost and whose rate was spent.", "class", "scope")
	guard := limit.NewGuard(limit.GuardConfig{
		Rates: c.Rates, Store: c.Store, Keys: c.Keyset, Log: c.Log,
		Refused: func(class, scope string) { refused(class, scope) },
	})
	m.Gauge("limits_alone", "1 while no store can be asked for request limits, and this process keeps its part of them by itself.", func() float64 {
		return map[bool]float64{true: 1}[guard.Alone()]
	})
	return guard
}
