package server

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"gatehouse/provider/backchannel"
	"gatehouse/provider/egress"
	"gatehouse/provider/oidc"
	"gatehouse/provider/web/metrics"
)

// outward is how applications are reached. In dev they are on this machine.
func (c Config) outward() *egress.Transport {
	out := c.Outward
	if c.Dev {
		out.Allow = append(slices.Clone(out.Allow), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
	}
	return egress.New(out)
}

// teller tells applications what happened, and lets the operator see it.
func (c Config) teller(protocol *oidc.OIDC, m *metrics.Metrics) *backchannel.Worker {
	tried := m.Counter("applications_told_total", "Tries to tell an application that a session is over, by what came of them.", "outcome", "fault")
	return backchannel.New(backchannel.Config{
		Store: c.Store, Write: protocol.LogoutToken, Out: c.outward(), Now: c.Now, Log: c.Log,
		Tried: func(outcome, fault string) { tried(outcome, fault) },
	})
}

// TellDue tells applications what is due now and answers how many tries that took. It is for tests, and not beside Deliver.
func (h *House) TellDue(ctx context.Context) (int, error) { return h.teller.Once(ctx) }

// endExpired ends sessions whose time is up, so that their applications are told.
func (h *House) endExpired(ctx context.Context, now time.Time) error {
	for {
		n, err := h.config.Store.EndExpired(ctx, now, sweepBatch)
		if err != nil || n < sweepBatch {
			return err
		}
	}
}
