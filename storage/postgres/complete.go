package postgres

import (
	"context"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// CompleteCeremony marks the ceremony, begins or renews the session, ends the other one, clears the failures of what was
// verified and of its lane, notes the browser and writes the event: all of it or nothing, in one statement whose every part takes its row from
// the mark.
func (s *Store) CompleteCeremony(ctx context.Context, c provider.Completion, e provider.Event) error {
	proofs, err := row.ProofsText(c.Session)
	if err != nil {
		return err
	}
	ended, err := endedValues(c)
	if err != nil {
		return err
	}
	device, err := deviceValues(c)
	if err != nil {
		return err
	}
	statement := beginSession
	args := []any{row.PurposeCeremony, row.KeyHash(c.Ceremony), micros(c.Until),
		c.Session.ID, c.Session.SecretHash, string(c.Session.Account), proofs,
		micros(c.Session.CreatedAt), micros(c.Session.SeenAt), micros(c.Session.EndsAt),
		c.Ends, micros(c.At), c.Why}
	ids, kinds, setAt := shown(c)
	args = append(append(append(append(args, ids), ended...), device...), s.calmValues(c)...)
	args = append(args, kinds, setAt)
	if c.Session.Rev != 0 {
		statement, args = renewSession, append(args, c.Session.Rev)
	}
	statement, told, err := s.tell(statement, recorded, "replaced", c.Ended.Tell, saidArgs+len(args)+1)
	if err != nil {
		return err
	}
	a := s.act(ctx, e, statement, append(args, told...)...)
	a.tells, a.ends = a.tells || len(c.Ended.Tell) > 0, c.Ends != ""
	return a.one(provider.ErrUsed)
}

// endedValues are those of the record of the other session's end; nothing is inserted from them where none ends.
func endedValues(c provider.Completion) ([]any, error) {
	if c.Ends == "" {
		return eventValues(provider.Event{}, ""), nil
	}
	detail, err := row.CheckPlainEvent(c.Ended)
	return eventValues(c.Ended, detail), err
}

// shown are the proofs of a completion, a column each. No column is NULL: that would be equal to nothing, and to no list.
func shown(c provider.Completion) (ids, kinds []string, setAt []int64) {
	ids, kinds, setAt = []string{}, []string{}, []int64{}
	for _, p := range row.Shown(c.Proofs) {
		ids, kinds, setAt = append(ids, p.Authenticator), append(kinds, string(p.Kind)), append(setAt, micros(p.SetAt))
	}
	return ids, kinds, setAt
}

const (
	// marked is the one consume: of many at once, the first writes it, and the others find no row to go on with.
	marked = `
		WITH marked AS (
			INSERT INTO marks (purpose, key_hash, until) VALUES ($9, $10, $11) ON CONFLICT DO NOTHING RETURNING 1)`

	// replacedAndVerified ends the browser's other session, unless it is over, with a record of its own, and notes the use of the
	// authenticators by which something was proven, as long as that stands, the browser, and the end of the failures of its lane.
	// Noting it takes the authenticator's row. Whoever replaces the password or removes the factor at that moment waits for it; or
	// this waits for them, and looks at what they have made of the row: by a count, since NOT EXISTS becomes a join, and of a join's
	// other side PostgreSQL looks at nothing again after a wait.
	replacedAndVerified = `,
		replaced AS (
			UPDATE sessions SET ended_at = $20, ended_why = $21, rev = rev + 1
			FROM marked
			WHERE id = $19 AND id <> $12 AND ended_at IS NULL AND ends_at > $20
			RETURNING 1)` + recorded + `,
		verified AS (
			UPDATE authenticators a SET failures = 0, used_at = $20, rev = rev + 1
			FROM marked
			WHERE a.id = ANY ($22::text[]) AND a.account = $14 AND 0 = (
				SELECT count(*) FROM unnest($22::text[], $42::text[], $43::bigint[]) p (id, kind, set_at)
				WHERE p.id = a.id AND (p.kind <> a.kind OR a.kind = 'password' AND p.set_at <> a.created_at))
			RETURNING 1)` + noted + calmed

	// completed answers whether the completion took place: not where the ceremony was marked before. Where it was marked now, and there
	// is no such session any more, its account is shut, or a proof has fallen, the mark must not stay: refuse undoes it.
	completed = said + `
		SELECT CASE
			WHEN NOT EXISTS (SELECT 1 FROM marked) THEN 0
			WHEN EXISTS (SELECT 1 FROM done)
				AND (SELECT count(*) FROM verified) = (SELECT count(DISTINCT p.id) FROM unnest($22::text[]) p (id)) THEN 1
			WHEN refuse('` + codeStale + `') THEN 0 END`

	// recorded is the event of the other session's end.
	recorded = `,
		recorded AS (
			INSERT INTO events (at, kind, account, client, session, grant_id, actor, detail)
			SELECT $23::bigint, $24::text, $25::text, $26::text, $27::text, $28::text, $29::text, $30::text FROM replaced)`

	// beginSession begins one of an account that is active. Its row is shared: who shuts it at this moment waits, and then ends the
	// session too (accounts_shut); or this waits for them, and begins none.
	beginSession = marked + `,
		done AS (
			INSERT INTO sessions (id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev)
			SELECT $12, $13, $14, $15, $16, $17, $18, NULL, '', 1 FROM marked
			WHERE EXISTS (SELECT 1 FROM accounts WHERE id = $14 AND status = '` + string(provider.Active) + `' FOR SHARE)
			RETURNING 1)` + replacedAndVerified + completed

	// renewSession changes a live session of the same account. Seen is the later of both: TouchSession moves no revision.
	renewSession = marked + `,
		done AS (
			UPDATE sessions
			SET secret_hash = $13, proofs = $15, created_at = $16, seen_at = greatest(seen_at, $17), ends_at = $18, rev = rev + 1
			FROM marked
			WHERE id = $12 AND rev = $44 AND account = $14 AND ended_at IS NULL AND ends_at > $20
			RETURNING 1)` + replacedAndVerified + completed
)
