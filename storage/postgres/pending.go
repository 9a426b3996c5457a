package postgres

import (
	"context"

	"gatehouse/provider"
)

type pending struct{ unbuilt }

type unbuilt interface {
	provider.Challenges
	provider.Budgets
	provider.Devices
	provider.Outbox
}

func (pending) RemoveAuthenticator(context.Context, provider.Authenticator, provider.Event) error {
	panic("not built")
}

func (pending) SpendStep(context.Context, string, int64) error { panic("not built") }
