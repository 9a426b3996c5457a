package sqlite

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
)

var errUnbuilt = errors.New("sqlite: not built yet")

func (s *Store) IssueActivations(context.Context, []provider.Issue) error {
	return errUnbuilt
}

func (s *Store) ActivationByCode(context.Context, []byte) (provider.Activation, error) {
	return provider.Activation{}, errUnbuilt
}

func (s *Store) Activation(context.Context, string) (provider.Activation, error) {
	return provider.Activation{}, errUnbuilt
}

func (s *Store) ActivationsOf(context.Context, string) ([]provider.Activation, error) {
	return nil, errUnbuilt
}

func (s *Store) RevokeActivation(context.Context, string, string, time.Time, provider.Event) (bool, error) {
	return false, errUnbuilt
}

func (s *Store) Activate(context.Context, string, time.Time, provider.Account, []provider.Authenticator, provider.Event) error {
	return errUnbuilt
}

func (s *Store) JoinRecord(context.Context, string, time.Time, provider.AccountID, provider.Event) error {
	return errUnbuilt
}

func (s *Store) RecordsOf(context.Context, provider.AccountID) ([]provider.RecordLink, error) {
	return nil, errUnbuilt
}

func (s *Store) ImportAccounts(context.Context, []provider.Import) error {
	return errUnbuilt
}

func (s *Store) StartRecovery(context.Context, provider.Recovery, provider.Event) error {
	return errUnbuilt
}

func (s *Store) Recovery(context.Context, string) (provider.Recovery, error) {
	return provider.Recovery{}, errUnbuilt
}

func (s *Store) PendingRecovery(context.Context, provider.AccountID, time.Time) (provider.Recovery, error) {
	return provider.Recovery{}, provider.ErrNotFound
}

func (s *Store) StopRecovery(context.Context, string, string, time.Time, provider.Event) (bool, error) {
	return false, errUnbuilt
}

func (s *Store) DueRecoveries(context.Context, time.Time, int) ([]provider.Recovery, error) {
	return nil, nil
}

func (s *Store) NoticeRecovery(context.Context, provider.Recovery, time.Time, provider.Event) error {
	return errUnbuilt
}

func (s *Store) FinishRecovery(context.Context, string, []string, time.Time, provider.Event) error {
	return errUnbuilt
}
