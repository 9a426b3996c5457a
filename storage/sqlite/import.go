package sqlite

import (
	"context"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// ImportAccounts adds accounts in one transaction, which nobody else writes beside: a few hundred at a time keep the others
// waiting for a blink.
func (s *Store) ImportAccounts(ctx context.Context, all []provider.Import) error {
	return s.transact(ctx, func(t *tx) error {
		for _, i := range all {
			err := s.importAccount(t, i)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) importAccount(t *tx, i provider.Import) error {
	detail, err := row.CheckPlainEvent(i.Event)
	if err != nil {
		return err
	}
	err = s.addAccount(t, i.Account, i.Held)
	if err != nil {
		return err
	}
	for _, l := range i.Records {
		if l.Account != i.Account.ID {
			return errStranger("link", l.Activation)
		}
		err = s.link(t, l)
		if err != nil {
			return err
		}
	}
	return s.record(t, i.Event, detail)
}
