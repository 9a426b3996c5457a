package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// identifierRow is an identifier as it stands in its table; all is NULL for an account that has none.
type identifierRow struct {
	position          *int64
	kind              provider.IdentifierKind
	fingerprint, name []byte
	verifiedAt        time.Time
}

func (s *Store) addIdentifier(a *provider.Account, i identifierRow) error {
	if i.position == nil {
		return nil
	}
	opened, err := row.OpenIdentifier(s.sealer, a.ID, int(*i.position), i.kind, i.fingerprint, i.name)
	if err != nil {
		return err
	}
	opened.VerifiedAt = i.verifiedAt
	a.Identifiers = append(a.Identifiers, opened)
	return nil
}

// names are the identifiers of an account, a column each, in their order.
type names struct {
	positions          []int32
	kinds              []string
	fingerprints, text [][]byte
	verifiedAt         []*int64
}

func (n names) columns() []any {
	return []any{n.positions, n.kinds, n.fingerprints, n.text, n.verifiedAt}
}

func (s *Store) names(a provider.Account) (names, error) {
	n := names{[]int32{}, []string{}, [][]byte{}, [][]byte{}, []*int64{}} // no NULL: unnest wants arrays
	err := s.addNames(&n, a)
	return n, err
}

func (s *Store) addNames(n *names, a provider.Account) error {
	for position, id := range a.Identifiers {
		fingerprint, sealed, err := row.SealIdentifier(s.sealer, a.ID, position, id)
		if err != nil {
			return err
		}
		n.positions = append(n.positions, int32(position))
		n.kinds = append(n.kinds, string(id.Kind))
		n.fingerprints = append(n.fingerprints, fingerprint)
		n.text = append(n.text, sealed)
		n.verifiedAt = append(n.verifiedAt, maybe(id.VerifiedAt))
	}
	return nil
}

// FindAccounts finds by fingerprint.
func (s *Store) FindAccounts(ctx context.Context, kind provider.IdentifierKind, canonical string) ([]provider.AccountID, error) {
	const query = `
		SELECT DISTINCT account FROM identifiers
		WHERE fingerprint = $1 AND kind = $2 AND (kind = 'username' OR verified_at IS NOT NULL)
		ORDER BY account
		LIMIT 20`
	var ids []provider.AccountID
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, provider.AccountID(id))
		return err
	}, row.Fingerprint(s.sealer, kind, canonical), string(kind))
	return ids, err
}
