package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// staffColumns are all of a person of the house, in the order of scanStaff.
const staffColumns = `id, person, role, account, enroll_hash, enroll_until, created_at, disabled_at, rev`

// AddStaff adds a person of the house.
func (s *Store) AddStaff(ctx context.Context, st provider.Staff, e provider.Event) error {
	const statement = `
		INSERT INTO staff (` + staffColumns + `, fingerprint, changed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
		ON CONFLICT DO NOTHING`
	fingerprint, person, err := row.SealStaff(s.sealer, st)
	if err != nil {
		return err
	}
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrTaken, statement, st.ID, person, st.Role, st.Account, bytesOrNull(st.EnrollHash), maybe(st.EnrollUntil),
			micros(st.CreatedAt), maybe(st.DisabledAt), fingerprint, micros(e.At))
	})
}

// StaffOf reads one.
func (s *Store) StaffOf(ctx context.Context, id provider.StaffID) (provider.Staff, error) {
	const query = `SELECT ` + staffColumns + ` FROM staff WHERE id = ?`
	return s.scanStaff(s.reader.row(ctx, query, id))
}

// StaffOfAccount reads the person whose patient account it is.
func (s *Store) StaffOfAccount(ctx context.Context, account provider.AccountID) (provider.Staff, error) {
	const query = `SELECT ` + staffColumns + ` FROM staff WHERE account = ? AND account <> ''`
	return s.scanStaff(s.reader.row(ctx, query, account))
}

// StaffByEnroll reads the person whose link it is.
func (s *Store) StaffByEnroll(ctx context.Context, enrollHash []byte) (provider.Staff, error) {
	const query = `SELECT ` + staffColumns + ` FROM staff WHERE enroll_hash = ?`
	return s.scanStaff(s.reader.row(ctx, query, enrollHash))
}

// AllStaff lists them, by when they were added.
func (s *Store) AllStaff(ctx context.Context, limit int) ([]provider.Staff, error) {
	const query = `SELECT ` + staffColumns + ` FROM staff ORDER BY created_at, id LIMIT ?`
	var all []provider.Staff
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
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
	err := from.Scan(&st.ID, &person, &st.Role, &st.Account, &st.EnrollHash, instant{&st.EnrollUntil}, instant{&st.CreatedAt},
		instant{&st.DisabledAt}, &st.Rev)
	if err != nil {
		return provider.Staff{}, found(err)
	}
	err = row.OpenStaff(s.sealer, &st, person)
	return st, err
}

// UpdateStaff replaces one if its revision is still the one that was read. What ends with it, the trigger staff_out ends.
func (s *Store) UpdateStaff(ctx context.Context, st provider.Staff, e provider.Event) error {
	const statement = `
		UPDATE staff
		SET person = ?, fingerprint = ?, role = ?, account = ?, enroll_hash = ?, enroll_until = ?, created_at = ?, changed_at = ?,
			disabled_at = ?, rev = rev + 1
		WHERE id = ? AND rev = ?`
	const exists = `SELECT count(*) FROM staff WHERE id = ?`
	fingerprint, person, err := row.SealStaff(s.sealer, st)
	if err != nil {
		return err
	}
	return taken(s.act(ctx, e, func(t *tx) error {
		n, err := t.exec(statement, person, fingerprint, st.Role, st.Account, bytesOrNull(st.EnrollHash), maybe(st.EnrollUntil),
			micros(st.CreatedAt), micros(e.At), maybe(st.DisabledAt), st.ID, st.Rev)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.stale(exists, st.ID)
		}
		return nil
	}))
}

// taken makes ErrTaken of a unique column's refusal.
func taken(err error) error {
	var broken *driver.Error
	if errors.As(err, &broken) && (broken.Code() == lib.SQLITE_CONSTRAINT_UNIQUE || broken.Code() == lib.SQLITE_CONSTRAINT_PRIMARYKEY) {
		return provider.ErrTaken
	}
	return err
}

// EnrollStaff spends the link and adds the passkey.
func (s *Store) EnrollStaff(ctx context.Context, enrollHash []byte, k provider.StaffKey, at time.Time, e provider.Event) error {
	const spend = `
		UPDATE staff SET enroll_hash = NULL, enroll_until = NULL, rev = rev + 1
		WHERE id = ? AND enroll_hash = ? AND enroll_until > ? AND disabled_at IS NULL`
	const add = `INSERT INTO staff_keys (id, staff, data, created_at, used_at, rev) VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING`
	data, err := row.SealStaffKey(s.sealer, k)
	if err != nil {
		return err
	}
	return s.act(ctx, e, func(t *tx) error {
		err := t.one(provider.ErrUsed, spend, k.Staff, enrollHash, micros(at))
		if err != nil {
			return err
		}
		return t.one(provider.ErrTaken, add, k.ID, k.Staff, data, micros(k.CreatedAt), maybe(k.UsedAt))
	})
}

// staffKeyColumns are all of a passkey, in the order of scanStaffKey.
const staffKeyColumns = `id, staff, data, created_at, used_at, rev`

// StaffKeys lists somebody's passkeys, oldest first.
func (s *Store) StaffKeys(ctx context.Context, id provider.StaffID) ([]provider.StaffKey, error) {
	const query = `SELECT ` + staffKeyColumns + ` FROM staff_keys WHERE staff = ? ORDER BY created_at, id`
	var all []provider.StaffKey
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		k, err := s.scanStaffKey(rows)
		all = append(all, k)
		return err
	}, id)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// StaffKey reads one.
func (s *Store) StaffKey(ctx context.Context, id string) (provider.StaffKey, error) {
	const query = `SELECT ` + staffKeyColumns + ` FROM staff_keys WHERE id = ?`
	return s.scanStaffKey(s.reader.row(ctx, query, id))
}

func (s *Store) scanStaffKey(from scanner) (provider.StaffKey, error) {
	var k provider.StaffKey
	var data []byte
	err := from.Scan(&k.ID, &k.Staff, &data, instant{&k.CreatedAt}, instant{&k.UsedAt}, &k.Rev)
	if err != nil {
		return provider.StaffKey{}, found(err)
	}
	err = row.OpenStaffKey(s.sealer, &k, data)
	return k, err
}

// SaveStaffKey replaces one if its revision is still the one that was read.
func (s *Store) SaveStaffKey(ctx context.Context, k provider.StaffKey) error {
	const statement = `UPDATE staff_keys SET data = ?, used_at = ?, rev = rev + 1 WHERE id = ? AND staff = ? AND rev = ?`
	data, err := row.SealStaffKey(s.sealer, k)
	if err != nil {
		return err
	}
	return s.writer.transact(ctx, func(t *tx) error {
		return t.one(provider.ErrStale, statement, data, maybe(k.UsedAt), k.ID, k.Staff, k.Rev)
	})
}
