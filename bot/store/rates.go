package store

import (
	"context"
	"fmt"
	"time"
)

// Rates is when slow calls of a console may go out next: shared by the processes of one database,
// and kept over a restart.
//
// Deep Visibility takes one query a minute and token. Three processes that each counted for
// themselves would send three.
type Rates struct{ db *DB }

// Rates is the part of the database that keeps rates.
func (db *DB) Rates() Rates { return Rates{db} }

// keepRates is longer than any limit takes to be forgotten.
const keepRates = 24 * time.Hour

// Reserve takes the next turn of key, of which there is one each every, and returns when the turns are used up to: the caller's own ends
// there. The row is the theoretical arrival time of the generic cell rate algorithm, so one statement decides among all processes.
func (r Rates) Reserve(ctx context.Context, key string, every time.Duration, now time.Time) (time.Time, error) {
	var full int64
	err := r.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM rates WHERE full_at < $1`, now.Add(-keepRates).UnixMilli()); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `INSERT INTO rates (key, full_at) VALUES ($1, $2) ON CONFLICT (key)
			DO UPDATE SET full_at = CASE WHEN rates.full_at > $3 THEN rates.full_at ELSE $3 END + $4 RETURNING full_at`,
			key, now.Add(every).UnixMilli(), now.UnixMilli(), every.Milliseconds()).Scan(&full)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("take a turn of a console's rate: %w", err)
	}
	return time.UnixMilli(full), nil
}

// Cancel gives a turn back that was not used, unless somebody has one behind it.
func (r Rates) Cancel(ctx context.Context, key string, every time.Duration, full time.Time) error {
	err := r.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		_, err := tx.ExecContext(ctx, `UPDATE rates SET full_at = full_at - $1 WHERE key = $2 AND full_at = $3`, every.Milliseconds(), key, full.UnixMilli())
		return err
	})
	if err != nil {
		return fmt.Errorf("give a turn of a console's rate back: %w", err)
	}
	return nil
}
