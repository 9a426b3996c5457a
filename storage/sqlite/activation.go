package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// activationColumns are all of an invitation, in the order of scanActivation.
const activationColumns = `id, code_hash, fingerprint, relation, invitation, issued_at, expires_at, revoked_at, revoked_why, used_at, used_by`

// IssueActivations writes invitations one after another: one later in the list replaces an earlier one of the same record.
func (s *Store) IssueActivations(ctx context.Context, all []provider.Issue) error {
	return s.transact(ctx, func(t *tx) error {
		for _, i := range all {
			err := s.issue(t, i)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) issue(t *tx, i provider.Issue) error {
	const replace = `
		UPDATE activations SET revoked_at = ?3, revoked_why = '` + row.WhyReplaced + `'
		WHERE fingerprint = ?1 AND relation = ?2 AND relation <> '` + string(provider.Trusted) + `' AND revoked_at IS NULL AND used_at IS NULL AND expires_at > ?3`
	const add = `
		INSERT INTO activations (` + activationColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`
	detail, err := row.CheckEvent(i.Event)
	if err != nil {
		return err
	}
	a := i.Activation
	fingerprint, sealed, err := row.SealActivation(s.sealer, a)
	if err != nil {
		return err
	}
	_, err = t.exec(replace, fingerprint, a.Relation, micros(a.IssuedAt))
	if err != nil {
		return err
	}
	err = roomFor(t, i, fingerprint)
	if err != nil {
		return err
	}
	err = t.one(provider.ErrTaken, add, a.ID, a.CodeHash, fingerprint, a.Relation, sealed, micros(a.IssuedAt), micros(a.ExpiresAt),
		maybe(a.RevokedAt), a.RevokedWhy, maybe(a.UsedAt), a.UsedBy)
	if err != nil {
		return err
	}
	return s.record(t, i.Event, detail)
}

// roomFor counts the trusted people that there are, in the transaction that adds one: nobody else writes meanwhile.
func roomFor(t *tx, i provider.Issue, fingerprint []byte) error {
	const query = `
		SELECT (SELECT count(*) FROM activations
				WHERE fingerprint = ?1 AND relation = ?2 AND revoked_at IS NULL AND used_at IS NULL AND expires_at > ?3)
			+ (SELECT count(*) FROM record_links WHERE granted_by = ?4 AND granted_by <> '' AND fingerprint = ?1 AND until > ?3)`
	if i.Most == 0 {
		return nil
	}
	n := 0
	err := t.row(query, fingerprint, provider.Trusted, micros(i.IssuedAt), i.By).Scan(&n)
	if err == nil && n >= i.Most {
		return provider.ErrSpent
	}
	return err
}

// ActivationByCode reads the one with this code.
func (s *Store) ActivationByCode(ctx context.Context, codeHash []byte) (provider.Activation, error) {
	const query = `SELECT ` + activationColumns + ` FROM activations WHERE code_hash = ?`
	a, err := s.scanActivation(s.reader.row(ctx, query, codeHash))
	return a, found(err)
}

// Activation reads one.
func (s *Store) Activation(ctx context.Context, id string) (provider.Activation, error) {
	const query = `SELECT ` + activationColumns + ` FROM activations WHERE id = ?`
	a, err := s.scanActivation(s.reader.row(ctx, query, id))
	return a, found(err)
}

// ActivationsOf lists those of a record, newest first.
func (s *Store) ActivationsOf(ctx context.Context, record string) ([]provider.Activation, error) {
	const query = `SELECT ` + activationColumns + ` FROM activations WHERE fingerprint = ? ORDER BY issued_at DESC, id`
	var all []provider.Activation
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		a, err := s.scanActivation(rows)
		all = append(all, a)
		return err
	}, row.RecordFingerprint(s.sealer, record))
	if err != nil {
		return nil, err
	}
	return all, nil
}

// scanner is a row to read.
type scanner interface{ Scan(into ...any) error }

func (s *Store) scanActivation(from scanner) (provider.Activation, error) {
	var a provider.Activation
	var fingerprint, sealed []byte
	err := from.Scan(&a.ID, &a.CodeHash, &fingerprint, &a.Relation, &sealed, instant{&a.IssuedAt}, instant{&a.ExpiresAt},
		instant{&a.RevokedAt}, &a.RevokedWhy, instant{&a.UsedAt}, &a.UsedBy)
	if err != nil {
		return provider.Activation{}, err
	}
	err = row.OpenActivation(s.sealer, &a, fingerprint, sealed)
	return a, err
}

// RevokeActivation ends one that was not used, be it over or not.
func (s *Store) RevokeActivation(ctx context.Context, id, why string, at time.Time, e provider.Event) (bool, error) {
	const statement = `
		UPDATE activations SET revoked_at = ?2, revoked_why = ?3
		WHERE id = ?1 AND revoked_at IS NULL AND used_at IS NULL`
	return s.once(ctx, e, statement, id, micros(at), why)
}

// once is an act that changes a row and is recorded, or finds that there is nothing to change any more and writes nothing.
func (s *Store) once(ctx context.Context, e provider.Event, statement string, args ...any) (bool, error) {
	err := s.act(ctx, e, func(t *tx) error { return t.one(errNothing, statement, args...) })
	if errors.Is(err, errNothing) {
		return false, nil
	}
	return err == nil, err
}

// Activate uses an invitation and makes the account with it.
func (s *Store) Activate(ctx context.Context, id string, at time.Time, a provider.Account, held []provider.Authenticator, e provider.Event) error {
	return s.act(ctx, e, func(t *tx) error {
		used, err := s.use(t, id, at, a.ID)
		if err != nil {
			return err
		}
		err = s.addAccount(t, a, held)
		if err != nil {
			return err
		}
		return s.link(t, linkBy(used))
	})
}

// JoinRecord uses one for an account that there is.
func (s *Store) JoinRecord(ctx context.Context, id string, at time.Time, account provider.AccountID, e provider.Event) error {
	return s.act(ctx, e, func(t *tx) error {
		used, err := s.use(t, id, at, account)
		if err != nil {
			return err
		}
		return unknown(s.link(t, linkBy(used)))
	})
}

// use is the one consume of an invitation. One that a patient gave is good only while their account is active.
func (s *Store) use(t *tx, id string, at time.Time, by provider.AccountID) (provider.Activation, error) {
	const statement = `
		UPDATE activations SET used_at = ?2, used_by = ?3
		WHERE id = ?1 AND revoked_at IS NULL AND used_at IS NULL AND expires_at > ?2
		RETURNING ` + activationColumns
	a, err := s.scanActivation(t.row(statement, id, micros(at), by))
	if errors.Is(err, sql.ErrNoRows) {
		return provider.Activation{}, provider.ErrUsed
	}
	if err != nil || a.By == "" {
		return a, err
	}
	const giver = `SELECT status = ? FROM accounts WHERE id = ?`
	active := false
	err = t.row(giver, provider.Active, a.By).Scan(&active)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !active {
		return provider.Activation{}, provider.ErrUsed
	}
	return a, err
}

// linkBy is the link that a used invitation makes.
func linkBy(a provider.Activation) provider.RecordLink {
	return provider.RecordLink{
		Account: a.UsedBy, Record: a.Record, Relation: a.Relation, Activation: a.ID, LinkedAt: a.UsedAt, GrantedBy: a.By, Until: a.Until,
	}
}

// link adds a link. One that is there already stays as it is, but for one that ends where this ends later, or never.
func (s *Store) link(t *tx, l provider.RecordLink) error {
	const statement = `
		INSERT INTO record_links (` + linkColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, fingerprint) DO UPDATE SET relation = excluded.relation, activation = excluded.activation,
			record = excluded.record, linked_at = excluded.linked_at, granted_by = excluded.granted_by, until = excluded.until
		WHERE record_links.until IS NOT NULL AND (excluded.until IS NULL OR excluded.until > record_links.until)`
	fingerprint, sealed, err := row.SealLink(s.sealer, l)
	if err != nil {
		return err
	}
	_, err = t.exec(statement, l.Account, fingerprint, l.Relation, l.Activation, sealed, micros(l.LinkedAt), l.GrantedBy, maybe(l.Until))
	return err
}
