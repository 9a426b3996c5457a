package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// together carries several statements out in one transaction, or none of them. It is for what an operator does to many records at
// once: the server's limit on a statement is lifted, and ours is a minute. Where it waits for somebody who waits for it, do is called again, a few
// times.
func (s *Store) together(ctx context.Context, do func(pgx.Tx) error) error {
	conn, err := s.borrow(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), operatorWithin)
	defer cancel()
	for tries := 1; ; tries++ {
		err = slowly(ctx, conn, do)
		if tries == askAgain || !deadlocked(err) {
			return s.judge(err)
		}
	}
}

// one wants a row to say that something was changed, and answers otherwise where nothing was.
func one(r pgx.Row, otherwise error) error {
	var n int64
	err := r.Scan(&n)
	if err == nil && n == 0 {
		return otherwise
	}
	return err
}
