package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// approvalColumns are all of an approval, in the order of scanApproval.
const approvalColumns = `id, contact, staff, account, action, reason, target, level, evidence, asked_at, expires_at, decided_by, decided_at, refused,
	done_at, rev`

// AskApproval adds one in a case that is open.
func (s *Store) AskApproval(ctx context.Context, a provider.Approval, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO approvals (` + approvalColumns + `)
			SELECT $12, c.id, c.staff, c.account, $13, $14, $15, $16, $17, $18, $19, '', NULL, false, NULL, 1
			FROM (SELECT id, staff, account FROM cases WHERE id = $9 AND staff = $10 AND account = $11 AND account <> '' AND ended_at IS NULL FOR SHARE) AS c
			RETURNING 1)` + counted
	target, err := row.SealApproval(s.sealer, a)
	if err != nil {
		return err
	}
	return s.act(ctx, e, statement, a.Case, string(a.Staff), string(a.Account), a.ID, string(a.Action), string(a.Reason), target, int(a.Level),
		row.ListText(a.Evidence), micros(a.AskedAt), micros(a.ExpiresAt)).one(provider.ErrStale)
}

// Approval reads one.
func (s *Store) Approval(ctx context.Context, id string) (provider.Approval, error) {
	const query = `SELECT ` + approvalColumns + ` FROM approvals WHERE id = $1`
	return s.scanApproval(s.ask(ctx, query, id))
}

// PendingApprovals lists those that wait for a second person, oldest first.
func (s *Store) PendingApprovals(ctx context.Context, at time.Time, limit int) ([]provider.Approval, error) {
	const query = `
		SELECT ` + approvalColumns + ` FROM approvals
		WHERE decided_at IS NULL AND expires_at > $1 ORDER BY asked_at, id COLLATE "C" LIMIT $2`
	return s.approvals(ctx, query, micros(at), max(limit, 0))
}

// ApprovalsOf lists those of a case, newest first.
func (s *Store) ApprovalsOf(ctx context.Context, caseID string) ([]provider.Approval, error) {
	const query = `SELECT ` + approvalColumns + ` FROM approvals WHERE contact = $1 ORDER BY asked_at DESC, id COLLATE "C"`
	return s.approvals(ctx, query, caseID)
}

func (s *Store) approvals(ctx context.Context, query string, args ...any) ([]provider.Approval, error) {
	var all []provider.Approval
	err := s.each(ctx, query, func(rows pgx.Rows) error {
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
	err := from.Scan(&a.ID, &a.Case, (*string)(&a.Staff), (*string)(&a.Account), (*string)(&a.Action), (*string)(&a.Reason), &target,
		(*int)(&a.Level), list{&a.Evidence}, instant{&a.AskedAt}, instant{&a.ExpiresAt}, (*string)(&a.By), instant{&a.DecidedAt}, &a.Refused,
		instant{&a.DoneAt}, &a.Rev)
	if err != nil {
		return provider.Approval{}, found(err)
	}
	err = row.OpenApproval(s.sealer, &a, target)
	return a, err
}

// DecideApproval is the word of a supervisor who did not ask and whose account it is not. Of several at once, the first holds the row; the
// others wait, look at it again, and find it decided. The supervisor's own row is taken before, in a part of its own: who disables them at
// this moment comes wholly before or wholly after.
func (s *Store) DecideApproval(ctx context.Context, id string, by provider.StaffID, refused bool, at time.Time, e provider.Event) error {
	const statement = `
		WITH second AS MATERIALIZED (
			SELECT id, account FROM staff
			WHERE id = $10 AND disabled_at IS NULL AND role = '` + string(provider.Supervisor) + `' FOR SHARE),
		done AS (
			UPDATE approvals a SET decided_by = second.id, decided_at = $11, refused = $12, rev = rev + 1
			FROM second
			WHERE a.id = $9 AND a.decided_at IS NULL AND a.expires_at > $11 AND a.staff <> second.id AND a.account <> second.account
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, id, string(by), micros(at), refused).one(provider.ErrUsed)
}

// SpendApproval marks it as used.
func (s *Store) SpendApproval(ctx context.Context, id string, at time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE approvals SET done_at = $10, rev = rev + 1
			WHERE id = $9 AND done_at IS NULL AND decided_at IS NOT NULL AND NOT refused AND expires_at > $10
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, id, micros(at)).one(provider.ErrUsed)
}
