package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Homes remembers who opened the Home tab and what of it Slack has.
type Homes struct{ db *DB }

// Homes is the part of the database that knows Home tabs.
func (db *DB) Homes() Homes { return Homes{db} }

// Opened notes that somebody opened the Home tab.
func (h Homes) Opened(ctx context.Context, user string, at time.Time) error {
	return h.write(ctx, `INSERT INTO homes (person, opened) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET opened = excluded.opened`, text(user), millis(at))
}

// Viewers are those who opened the tab at since or later and for whom nothing was published after notAfter.
func (h Homes) Viewers(ctx context.Context, since, notAfter time.Time) ([]string, error) {
	rows, err := h.db.read.QueryContext(ctx, `SELECT person FROM homes WHERE opened >= $1 AND opened > 0 AND published <= $2 ORDER BY person`, millis(since), millis(notAfter))
	found, err := collect(rows, err, func(rows *sql.Rows) (user string, err error) { return user, rows.Scan(&user) })
	if err != nil {
		return nil, fmt.Errorf("read who opened the Home tab: %w", err)
	}
	return found, nil
}

// Claim notes what is being published for somebody, for one caller alone: see home.Views.
//
// Two conditions in one statement keep several processes from publishing the same tab: at most one
// each so often, and only what looks different. The print is written before Slack is called;
// Release takes it back where that failed.
func (h Homes) Claim(ctx context.Context, user, print string, now, notAfter time.Time, force bool) (bool, error) {
	statement := `UPDATE homes SET print = $2, published = $3 WHERE person = $1 AND published <= $4`
	if !force {
		statement += ` AND print <> $2`
	}
	var n int64
	err := h.db.writes.do(ctx, func(ctx context.Context, tx *transaction) (err error) {
		n, err = affected(tx.ExecContext(ctx, statement, text(user), print, millis(now), millis(notAfter)))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("note a Home tab: %w", err)
	}
	return n > 0, nil
}

// Release forgets what Slack has of somebody's tab: it did not get there.
func (h Homes) Release(ctx context.Context, user string) error {
	return h.write(ctx, `UPDATE homes SET print = '' WHERE person = $1`, text(user))
}

// Greet notes that somebody was greeted, and tells whether that was the first time.
func (h Homes) Greet(ctx context.Context, user string, at time.Time) (first bool, err error) {
	var n int64
	err = h.db.writes.do(ctx, func(ctx context.Context, tx *transaction) (err error) {
		n, err = affected(tx.ExecContext(ctx, `INSERT INTO homes (person, greeted) VALUES ($1, $2)
			ON CONFLICT (person) DO UPDATE SET greeted = excluded.greeted WHERE homes.greeted = 0`, text(user), millis(at)))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("note a greeting: %w", err)
	}
	return n > 0, nil
}

func (h Homes) write(ctx context.Context, statement string, args ...any) error {
	err := h.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("note a Home tab: %w", err)
	}
	return nil
}
