package sqlite

import (
	"context"
	"database/sql"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// identifierRow is an identifier as it stands in its table; all is NULL for an account that has none.
type identifierRow struct {
	position          sql.NullInt64
	kind              sql.NullString
	fingerprint, name []byte
	verifiedAt        time.Time
}

func (s *Store) addIdentifier(a *provider.Account, i identifierRow) error {
	if !i.position.Valid {
		return nil
	}
	kind := provider.IdentifierKind(i.kind.String)
	opened, err := row.OpenIdentifier(s.sealer, a.ID, int(i.position.Int64), kind, i.fingerprint, i.name)
	if err != nil {
		return err
	}
	opened.VerifiedAt = i.verifiedAt
	a.Identifiers = append(a.Identifiers, opened)
	return nil
}

// insertIdentifiers keeps the order of an account's identifiers. The only conflict possible is that of usernames: with who has
// one, and with who ever had it (usernames_given).
func (s *Store) insertIdentifiers(t *tx, a provider.Account) error {
	const statement = `
		INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at)
		VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`
	for position, id := range a.Identifiers {
		fingerprint, name, err := row.SealIdentifier(s.sealer, a.ID, position, id)
		if err != nil {
			return err
		}
		err = t.one(provider.ErrTaken, statement, a.ID, position, id.Kind, fingerprint, name, maybe(id.VerifiedAt))
		if err != nil {
			return err
		}
	}
	return nil
}

func deleteIdentifiers(t *tx, id provider.AccountID) error {
	const statement = `DELETE FROM identifiers WHERE account = ?`
	_, err := t.exec(statement, id)
	return err
}

// FindAccounts finds by fingerprint.
func (s *Store) FindAccounts(ctx context.Context, kind provider.IdentifierKind, canonical string) ([]provider.AccountID, error) {
	const query = `
		SELECT DISTINCT account FROM identifiers
		WHERE fingerprint = ? AND kind = ? AND (kind = 'username' OR verified_at IS NOT NULL)
		ORDER BY account
		LIMIT 20`
	var ids []provider.AccountID
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var id provider.AccountID
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, row.Fingerprint(s.sealer, kind, canonical), kind)
	return ids, err
}
