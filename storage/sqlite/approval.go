package sqlite

import (
	"context"
	"database/sql"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// approvalColumns are all of an approval, in the order of scanApproval.
const approvalColumns = `id, contact, staff, account, action, reason, target, level, evidence, asked_at, expires_at, decided_by, decided_at, refused,
	done_at, rev`

// AskApproval adds one in a case that is open.
func (s *Store) AskApproval(ctx context.Context, a provider.Approval, e provider.Event) error {
	const statement = `
		INSERT INTO approvals (` + approvalColumns + `)
		SELECT ?4, id, staff, account, ?5, ?6, ?7, ?8, ?9, ?10, ?11, '', NULL, 0, NULL, 1
		FROM cases WHERE id = ?1 AND staff = ?2 AND account = ?3 AND account <> '' AND ended_at IS NULL`
	target, err := row.SealApproval(s.sealer, a)
	if err != nil {
		return err
	}
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrStale, statement, a.Case, a.Staff, a.Account, a.ID, a.Action, a.Reason, target, a.Level,
			row.ListText(a.Evidence), micros(a.AskedAt), micros(a.ExpiresAt))
	})
}

// Approval reads one.
func (s *Store) Approval(ctx context.Context, id string) (provider.Approval, error) {
	const query = `SELECT ` + approvalColumns + ` FROM approvals WHERE id = ?`
	return s.scanApproval(s.reader.row(ctx, query, id))
}

// PendingApprovals lists those that wait for a second person, oldest first.
func (s *Store) PendingApprovals(ctx context.Context, at time.Time, limit int) ([]provider.Approval, error) {
	const query = `
		SELECT ` + approvalColumns + ` FROM approvals
		WHERE decided_at IS NULL AND expires_at > ? ORDER BY asked_at, id LIMIT ?`
	return s.approvals(ctx, query, micros(at), max(limit, 0))
}

// ApprovalsOf lists those of a case, newest first.
func (s *Store) ApprovalsOf(ctx context.Context, caseID string) ([]provider.Approval, error) {
	const query = `SELECT ` + approvalColumns + ` FROM approvals WHERE contact = ? ORDER BY asked_at DESC, id`
	return s.approvals(ctx, query, caseID)
}

func (s *Store) approvals(ctx context.Context, query string, args ...any) ([]provider.Approval, error) {
	var all []provider.Approval
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		a, err := s.scanApproval(rows)
		all = append(all, a)
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (s *Store) scanApproval(from scanner) (provider.Approval, error) {
	var a provider.Approval
	var target []byte
	err := from.Scan(&a.ID, &a.Case, &a.Staff, &a.Account, &a.Action, &a.Reason, &target, &a.Level, list{&a.Evidence}, instant{&a.AskedAt},
		instant{&a.ExpiresAt}, &a.By, instant{&a.DecidedAt}, &a.Refused, instant{&a.DoneAt}, &a.Rev)
	if err != nil {
		return provider.Approval{}, found(err)
	}
	err = row.OpenApproval(s.sealer, &a, target)
	return a, err
}

// DecideApproval is the word of a supervisor who did not ask and whose account it is not.
func (s *Store) DecideApproval(ctx context.Context, id string, by provider.StaffID, refused bool, at time.Time, e provider.Event) error {
	const statement = `
		UPDATE approvals SET decided_by = ?2, decided_at = ?3, refused = ?4, rev = rev + 1
		WHERE id = ?1 AND decided_at IS NULL AND expires_at > ?3 AND staff <> ?2 AND EXISTS (
			SELECT 1 FROM staff s WHERE s.id = ?2 AND s.disabled_at IS NULL AND s.role = '` + string(provider.Supervisor) + `' AND s.account <> approvals.account)`
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrUsed, statement, id, by, micros(at), refused)
	})
}

// SpendApproval marks it as used.
func (s *Store) SpendApproval(ctx context.Context, id string, at time.Time, e provider.Event) error {
	const statement = `
		UPDATE approvals SET done_at = ?2, rev = rev + 1
		WHERE id = ?1 AND done_at IS NULL AND decided_at IS NOT NULL AND refused = 0 AND expires_at > ?2`
	return s.act(ctx, e, func(t *tx) error { return t.one(provider.ErrUsed, statement, id, micros(at)) })
}
