package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// caseColumns are all of a case, in the order of scanCase.
const caseColumns = `id, staff, account, opened_at, channel, caller, purpose, language, words, found_by, facts, misses, live_at, live_by,
	document, glass, ended_at, ended_why, activation, rev`

// OpenCase adds one, and ends what the same person has open. Their row is taken first, in a statement of its own: what comes after it sees
// what somebody else of that name has opened meanwhile, or that they are disabled.
func (s *Store) OpenCase(ctx context.Context, c provider.Case, e provider.Event) error {
	const who = `SELECT 1 FROM staff WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE`
	const over = `UPDATE cases SET ended_at = $2, ended_why = '` + provider.CaseReplaced + `', rev = rev + 1 WHERE staff = $1 AND ended_at IS NULL`
	const statement = `
		WITH done AS (
			INSERT INTO cases (` + caseColumns + `)
			VALUES ($9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, 1)
			RETURNING 1)` + counted
	words, err := row.SealCase(s.sealer, c)
	if err != nil {
		return err
	}
	open := s.act(ctx, e, statement, c.ID, string(c.Staff), string(c.Account), micros(c.OpenedAt), string(c.Channel), string(c.Caller),
		string(c.Purpose), c.Language, words, row.FactsText(c.FoundBy), row.FactsText(c.Facts), c.Misses, maybe(c.LiveAt), string(c.LiveBy),
		string(c.Document), c.Glass, maybe(c.EndedAt), c.EndedWhy, c.Activation)
	if open.err != nil {
		return open.err
	}
	err = s.together(ctx, func(tx pgx.Tx) error {
		var there int
		err := tx.QueryRow(ctx, who, string(c.Staff)).Scan(&there)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNobody
		}
		if err != nil {
			return err
		}
		if c.Staff.System() == "" {
			_, err = tx.Exec(ctx, over, string(c.Staff), micros(c.OpenedAt))
			if err != nil {
				return err
			}
		}
		return one(tx.QueryRow(ctx, open.query, open.args...), provider.ErrStale)
	})
	if errors.Is(err, errNobody) {
		return provider.ErrStale
	}
	if err == nil && open.tells {
		s.signal()
	}
	return err
}

// errNobody ends a transaction of somebody who is not there, or not any more.
var errNobody = errors.New("postgres: there is no such person of the house, or they are disabled")

// Case reads one.
func (s *Store) Case(ctx context.Context, id string) (provider.Case, error) {
	const query = `SELECT ` + caseColumns + ` FROM cases WHERE id = $1`
	return s.scanCase(s.ask(ctx, query, id))
}

// OpenCaseOf reads the one that somebody has open.
func (s *Store) OpenCaseOf(ctx context.Context, id provider.StaffID, at time.Time) (provider.Case, error) {
	const query = `SELECT ` + caseColumns + ` FROM cases WHERE staff = $1 AND ended_at IS NULL AND opened_at > $2`
	return s.scanCase(s.ask(ctx, query, string(id), micros(at.Add(-provider.CaseLasts))))
}

func (s *Store) scanCase(from scanner) (provider.Case, error) {
	var c provider.Case
	var words []byte
	var foundBy, facts []string
	err := from.Scan(&c.ID, (*string)(&c.Staff), (*string)(&c.Account), instant{&c.OpenedAt}, (*string)(&c.Channel), (*string)(&c.Caller),
		(*string)(&c.Purpose), &c.Language, &words, list{&foundBy}, list{&facts}, &c.Misses, instant{&c.LiveAt}, (*string)(&c.LiveBy),
		(*string)(&c.Document), &c.Glass, instant{&c.EndedAt}, &c.EndedWhy, &c.Activation, &c.Rev)
	if err != nil {
		return provider.Case{}, found(err)
	}
	c.FoundBy, c.Facts = row.Facts(foundBy), row.Facts(facts)
	err = row.OpenCase(s.sealer, &c, words)
	return c, err
}

// SaveCase replaces one that has not ended if its revision is still the one that was read.
func (s *Store) SaveCase(ctx context.Context, c provider.Case, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE cases
			SET account = $12, channel = $13, caller = $14, purpose = $15, language = $16, words = $17, found_by = $18, facts = $19,
				misses = greatest(misses, $20), live_at = $21, live_by = $22, document = $23, glass = $24, ended_at = $25, ended_why = $26, activation = $27,
				rev = rev + 1
			WHERE id = $9 AND staff = $10 AND rev = $11 AND ended_at IS NULL AND account IN ('', $12) AND activation IN ('', $27)
			RETURNING 1)` + counted
	words, err := row.SealCase(s.sealer, c)
	if err != nil {
		return err
	}
	return s.act(ctx, e, statement, c.ID, string(c.Staff), c.Rev, string(c.Account), string(c.Channel), string(c.Caller), string(c.Purpose),
		c.Language, words, row.FactsText(c.FoundBy), row.FactsText(c.Facts), c.Misses, maybe(c.LiveAt), string(c.LiveBy), string(c.Document),
		c.Glass, maybe(c.EndedAt), c.EndedWhy, c.Activation).one(provider.ErrStale)
}

// MissCase counts a blind check before it is compared.
func (s *Store) MissCase(ctx context.Context, id string, at time.Time, e provider.Event) (int, error) {
	const statement = `
		WITH done AS (
			UPDATE cases SET misses = misses + 1, rev = rev + 1
			WHERE id = $9 AND ended_at IS NULL AND misses < $10 AND opened_at > $11
			RETURNING misses)` + said + `
		SELECT misses FROM done`
	misses := 0
	err := s.act(ctx, e, statement, id, provider.MaxMisses, micros(at.Add(-provider.CaseLasts))).Scan(&misses)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, provider.ErrUsed
	}
	return misses, err
}

// MatchCase takes one back and adds the fact.
func (s *Store) MatchCase(ctx context.Context, id string, f provider.Fact, at time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE cases
			SET misses = misses - 1, rev = rev + 1,
				facts = CASE WHEN facts::jsonb @> to_jsonb($10::text) THEN facts ELSE (facts::jsonb || to_jsonb($10::text))::text END
			WHERE id = $9 AND ended_at IS NULL AND misses > 0 AND opened_at > $11
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, id, string(f), micros(at.Add(-provider.CaseLasts))).one(provider.ErrUsed)
}
