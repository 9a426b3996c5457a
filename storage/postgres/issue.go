package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// IssueActivations writes invitations one after another, in one transaction and few round trips: one later in the list replaces
// an earlier one of the same record. Two batches with the same record wait for each other, so that one is open in the end, and that
// each counts the trusted people of the other.
func (s *Store) IssueActivations(ctx context.Context, all []provider.Issue) error {
	var asked []answer
	told := false
	turns := make([]int32, 0, len(all))
	for _, i := range all {
		a := s.issue(ctx, i)
		if a.err != nil {
			return a.err
		}
		told = told || a.tells
		turns = append(turns, int32(row.RecordFingerprint(s.sealer, i.Record)[0]))
		asked = append(asked, a)
	}
	err := s.together(ctx, func(tx pgx.Tx) error {
		err := takeTurns(ctx, tx, turns)
		if err != nil {
			return err
		}
		var batch pgx.Batch // a new one for each try: it is sent once
		for _, a := range asked {
			batch.Queue(a.query, a.args...).QueryRow(func(r pgx.Row) error {
				return one(r, provider.ErrSpent) // an id or a code that is there already is a fault of its own: see taken
			})
		}
		return tx.SendBatch(ctx, &batch).Close()
	})
	if err == nil && told {
		s.signal()
	}
	return taken(err)
}

func (s *Store) issue(ctx context.Context, i provider.Issue) answer {
	const statement = `
		WITH replaced AS (
			UPDATE activations SET revoked_at = $14, revoked_why = '` + row.WhyReplaced + `'
			WHERE fingerprint = $11 AND relation = $12 AND relation <> '` + string(provider.Trusted) + `' AND revoked_at IS NULL AND used_at IS NULL AND expires_at > $14),
		done AS (
			INSERT INTO activations (id, code_hash, fingerprint, relation, invitation, issued_at, expires_at, revoked_at, revoked_why,
				used_at, used_by)
			SELECT $9::text, $10::bytea, $11::bytea, $12::text, $13::bytea, $14::bigint, $15::bigint, $16::bigint, $17::text, $18::bigint, $19::text
			WHERE $20::bigint = 0 OR $20 > (
				SELECT count(*) FROM activations
				WHERE fingerprint = $11 AND relation = $12 AND revoked_at IS NULL AND used_at IS NULL AND expires_at > $14) + (
				SELECT count(*) FROM record_links WHERE granted_by = $21 AND granted_by <> '' AND fingerprint = $11 AND until > $14)
			RETURNING 1)` + counted
	a := i.Activation
	fingerprint, sealed, err := row.SealActivation(s.sealer, a)
	if err != nil {
		return answer{err: err}
	}
	return s.act(ctx, i.Event, statement, a.ID, a.CodeHash, fingerprint, string(a.Relation), sealed, micros(a.IssuedAt), micros(a.ExpiresAt),
		maybe(a.RevokedAt), a.RevokedWhy, maybe(a.UsedAt), string(a.UsedBy), i.Most, string(i.By))
}

// takeTurns waits for whoever issues for these records. There are 256 turns, taken in order: no two wait for each other crosswise,
// and no batch holds more locks than that. The number is "issu" in ASCII.
func takeTurns(ctx context.Context, tx pgx.Tx, turns []int32) error {
	const statement = `SELECT pg_advisory_xact_lock(x'69737375'::int, turn) FROM unnest($1::int[]) AS t (turn)`
	slices.Sort(turns)
	_, err := tx.Exec(ctx, statement, slices.Compact(turns))
	return err
}
