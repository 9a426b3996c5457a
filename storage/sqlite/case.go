package sqlite

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// caseColumns are all of a case, in the order of scanCase.
const caseColumns = `id, staff, account, opened_at, channel, caller, purpose, language, words, found_by, facts, misses, live_at, live_by,
	document, glass, ended_at, ended_why, activation, rev`

// OpenCase adds one, and ends what the same person has open; a system has many at once.
func (s *Store) OpenCase(ctx context.Context, c provider.Case, e provider.Event) error {
	const statement = `
		INSERT INTO cases (` + caseColumns + `)
		SELECT ?2, id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, 1
		FROM staff WHERE id = ?1 AND disabled_at IS NULL`
	words, err := row.SealCase(s.sealer, c)
	if err != nil {
		return err
	}
	return s.act(ctx, e, func(t *tx) error {
		if c.Staff.System() == "" {
			err := endCases(t, c.Staff, provider.CaseReplaced, c.OpenedAt)
			if err != nil {
				return err
			}
		}
		return t.one(provider.ErrStale, statement, c.Staff, c.ID, c.Account, micros(c.OpenedAt), c.Channel, c.Caller, c.Purpose, c.Language,
			words, row.FactsText(c.FoundBy), row.FactsText(c.Facts), c.Misses, maybe(c.LiveAt), c.LiveBy, c.Document, c.Glass, maybe(c.EndedAt),
			c.EndedWhy, c.Activation)
	})
}

// Case reads one.
func (s *Store) Case(ctx context.Context, id string) (provider.Case, error) {
	const query = `SELECT ` + caseColumns + ` FROM cases WHERE id = ?`
	return s.scanCase(s.reader.row(ctx, query, id))
}

// OpenCaseOf reads the one that somebody has open.
func (s *Store) OpenCaseOf(ctx context.Context, id provider.StaffID, at time.Time) (provider.Case, error) {
	const query = `SELECT ` + caseColumns + ` FROM cases WHERE staff = ? AND ended_at IS NULL AND opened_at > ?`
	return s.scanCase(s.reader.row(ctx, query, id, micros(at.Add(-provider.CaseLasts))))
}

func (s *Store) scanCase(from scanner) (provider.Case, error) {
	var c provider.Case
	var words []byte
	var foundBy, facts []string
	err := from.Scan(&c.ID, &c.Staff, &c.Account, instant{&c.OpenedAt}, &c.Channel, &c.Caller, &c.Purpose, &c.Language, &words, list{&foundBy},
		list{&facts}, &c.Misses, instant{&c.LiveAt}, &c.LiveBy, &c.Document, &c.Glass, instant{&c.EndedAt}, &c.EndedWhy, &c.Activation, &c.Rev)
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
		UPDATE cases
		SET account = ?1, channel = ?2, caller = ?3, purpose = ?4, language = ?5, words = ?6, found_by = ?7, facts = ?8, misses = max(misses, ?9),
			live_at = ?10, live_by = ?11, document = ?12, glass = ?13, ended_at = ?14, ended_why = ?15, activation = ?16, rev = rev + 1
		WHERE id = ?17 AND staff = ?18 AND rev = ?19 AND ended_at IS NULL AND account IN ('', ?1) AND activation IN ('', ?16)`
	words, err := row.SealCase(s.sealer, c)
	if err != nil {
		return err
	}
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrStale, statement, c.Account, c.Channel, c.Caller, c.Purpose, c.Language, words, row.FactsText(c.FoundBy),
			row.FactsText(c.Facts), c.Misses, maybe(c.LiveAt), c.LiveBy, c.Document, c.Glass, maybe(c.EndedAt), c.EndedWhy, c.Activation, c.ID, c.Staff, c.Rev)
	})
}

// MissCase counts a blind check before it is compared.
func (s *Store) MissCase(ctx context.Context, id string, at time.Time, e provider.Event) (int, error) {
	const statement = `
		UPDATE cases SET misses = misses + 1, rev = rev + 1
		WHERE id = ? AND ended_at IS NULL AND misses < ? AND opened_at > ?
		RETURNING misses`
	misses := 0
	err := s.act(ctx, e, func(t *tx) error {
		err := found(t.row(statement, id, provider.MaxMisses, micros(at.Add(-provider.CaseLasts))).Scan(&misses))
		if errors.Is(err, provider.ErrNotFound) {
			return provider.ErrUsed
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return misses, nil
}

// MatchCase takes one back and adds the fact.
func (s *Store) MatchCase(ctx context.Context, id string, f provider.Fact, at time.Time, e provider.Event) error {
	const statement = `
		UPDATE cases
		SET misses = misses - 1, rev = rev + 1,
			facts = CASE WHEN EXISTS (SELECT 1 FROM json_each(facts) WHERE value = ?1) THEN facts ELSE json_insert(facts, '$[#]', ?1) END
		WHERE id = ?2 AND ended_at IS NULL AND misses > 0 AND opened_at > ?3`
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrUsed, statement, f, id, micros(at.Add(-provider.CaseLasts)))
	})
}
