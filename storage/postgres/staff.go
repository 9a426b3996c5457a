package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// staffColumns are all of a person of the house, in the order of scanStaff.
const staffColumns = `id, person, role, account, enroll_hash, enroll_until, created_at, disabled_at, rev`

// AddStaff adds a person of the house.
func (s *Store) AddStaff(ctx context.Context, st provider.Staff, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO staff (` + staffColumns + `, fingerprint, changed_at)
			VALUES ($9, $10, $11, $12, $13, $14, $15, $16, 1, $17, $18)
			ON CONFLICT DO NOTHING RETURNING 1)` + counted
	fingerprint, person, err := row.SealStaff(s.sealer, st)
	if err != nil {
		return err
	}
	return s.act(ctx, e, statement, string(st.ID), person, string(st.Role), string(st.Account), bytesOrNull(st.EnrollHash),
		maybe(st.EnrollUntil), micros(st.CreatedAt), maybe(st.DisabledAt), fingerprint, micros(e.At)).one(provider.ErrTaken)
}

// StaffOf reads one.
func (s *Store) StaffOf(ctx context.Context, id provider.StaffID) (provider.Staff, error) {
	const query = `SELECT ` + staffColumns + ` FROM staff WHERE id = $1`
	return s.scanStaff(s.ask(ctx, query, string(id)))
}

// StaffOfAccount reads the person whose patient account it is.
func (s *Store) StaffOfAccount(ctx context.Context, account provider.AccountID) (provider.Staff, error) {
	const query = `SELECT ` + staffColumns + ` FROM staff WHERE account = $1 AND account <> ''`
	return s.scanStaff(s.ask(ctx, query, string(account)))
}

// StaffByEnroll reads the person whose link it is.
func (s *Store) StaffByEnroll(ctx context.Context, enrollHash []byte) (provider.Staff, error) {
	const query = `SELECT ` + staffColumns + ` FROM staff WHERE enroll_hash = $1`
	return s.scanStaff(s.ask(ctx, query, bytesOrEmpty(enrollHash)))
}

// AllStaff lists them, by when they were added.
func (s *Store) AllStaff(ctx context.Context, limit int) ([]provider.Staff, error) {
	const query = `SELECT ` + staffColumns + ` FROM staff ORDER BY created_at, id COLLATE "C" LIMIT $1`
	var all []provider.Staff
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		st, err := s.scanStaff(rows)
		all = append(all, st)
		return err
	}, max(limit, 0))
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (s *Store) scanStaff(from scanner) (provider.Staff, error) {
	var st provider.Staff
	var person []byte
	err := from.Scan((*string)(&st.ID), &person, (*string)(&st.Role), (*string)(&st.Account), &st.EnrollHash, instant{&st.EnrollUntil},
		instant{&st.CreatedAt}, instant{&st.DisabledAt}, &st.Rev)
	if err != nil {
		return provider.Staff{}, found(err)
	}
	err = row.OpenStaff(s.sealer, &st, person)
	return st, err
}

// UpdateStaff replaces one if its revision is still the one that was read. What ends with it, the trigger staff_out ends: its statements
// see what others have begun while this one waited for them.
func (s *Store) UpdateStaff(ctx context.Context, st provider.Staff, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE staff
			SET person = $10, role = $11, account = $12, enroll_hash = $13, enroll_until = $14, created_at = $15, disabled_at = $16,
				fingerprint = $17, changed_at = $18, rev = rev + 1
			WHERE id = $9 AND rev = $19
			RETURNING 1)` + said + `
		SELECT (SELECT count(*) FROM done), EXISTS (SELECT 1 FROM staff WHERE id = $9)`
	fingerprint, person, err := row.SealStaff(s.sealer, st)
	if err != nil {
		return err
	}
	return taken(s.act(ctx, e, statement, string(st.ID), person, string(st.Role), string(st.Account), bytesOrNull(st.EnrollHash),
		maybe(st.EnrollUntil), micros(st.CreatedAt), maybe(st.DisabledAt), fingerprint, micros(e.At), st.Rev).swapped())
}

// EnrollStaff spends the link and adds the passkey, which breaks it off as a whole where somebody has that one.
func (s *Store) EnrollStaff(ctx context.Context, enrollHash []byte, k provider.StaffKey, at time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE staff SET enroll_hash = NULL, enroll_until = NULL, rev = rev + 1
			WHERE id = $9 AND enroll_hash = $10 AND enroll_until > $11 AND disabled_at IS NULL
			RETURNING id),
		added AS (
			INSERT INTO staff_keys (id, staff, data, created_at, used_at, rev)
			SELECT $12, done.id, $13, $14, $15, 1 FROM done)` + counted
	data, err := row.SealStaffKey(s.sealer, k)
	if err != nil {
		return err
	}
	return taken(s.act(ctx, e, statement, string(k.Staff), bytesOrEmpty(enrollHash), micros(at), k.ID, data, micros(k.CreatedAt),
		maybe(k.UsedAt)).one(provider.ErrUsed))
}

// staffKeyColumns are all of a passkey, in the order of scanStaffKey.
const staffKeyColumns = `id, staff, data, created_at, used_at, rev`

// StaffKeys lists somebody's passkeys, oldest first.
func (s *Store) StaffKeys(ctx context.Context, id provider.StaffID) ([]provider.StaffKey, error) {
	const query = `SELECT ` + staffKeyColumns + ` FROM staff_keys WHERE staff = $1 ORDER BY created_at, id COLLATE "C"`
	var all []provider.StaffKey
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		k, err := s.scanStaffKey(rows)
		all = append(all, k)
		return err
	}, string(id))
	if err != nil {
		return nil, err
	}
	return all, nil
}

// StaffKey reads one.
func (s *Store) StaffKey(ctx context.Context, id string) (provider.StaffKey, error) {
	const query = `SELECT ` + staffKeyColumns + ` FROM staff_keys WHERE id = $1`
	return s.scanStaffKey(s.ask(ctx, query, id))
}

func (s *Store) scanStaffKey(from scanner) (provider.StaffKey, error) {
	var k provider.StaffKey
	var data []byte
	err := from.Scan(&k.ID, (*string)(&k.Staff), &data, instant{&k.CreatedAt}, instant{&k.UsedAt}, &k.Rev)
	if err != nil {
		return provider.StaffKey{}, found(err)
	}
	err = row.OpenStaffKey(s.sealer, &k, data)
	return k, err
}

// SaveStaffKey replaces one if its revision is still the one that was read.
func (s *Store) SaveStaffKey(ctx context.Context, k provider.StaffKey) error {
	const statement = `
		WITH done AS (
			UPDATE staff_keys SET data = $4, used_at = $5, rev = rev + 1 WHERE id = $1 AND staff = $2 AND rev = $3 RETURNING 1)
		SELECT count(*) FROM done`
	data, err := row.SealStaffKey(s.sealer, k)
	if err != nil {
		return err
	}
	return s.ask(ctx, statement, k.ID, string(k.Staff), k.Rev, data, maybe(k.UsedAt)).one(provider.ErrStale)
}
