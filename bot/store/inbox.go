package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Inbox keeps what Slack delivered from before its acknowledgement until the work on it is done.
type Inbox struct{ db *DB }

// Inbox is the part of the database that keeps Slack's deliveries.
func (db *DB) Inbox() Inbox { return Inbox{db} }

// Save writes one delivery down. When it returns nil the delivery is on disk; fresh is false if the key is known already.
func (i Inbox) Save(ctx context.Context, key, kind string, payload []byte) (fresh bool, err error) {
	at := millis(time.Now())
	err = i.db.writes.do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `
			INSERT INTO inbox (key, kind, payload, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			text(key), text(kind), payload, at))
		fresh = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("write a delivery down: %w", err)
	}
	return fresh, nil
}

// Finish marks a delivery as done and forgets its payload, which may hold what a person typed into a form.
func (i Inbox) Finish(ctx context.Context, key string) error {
	now := millis(time.Now())
	err := i.db.writes.do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE inbox SET payload = NULL, finished = $1 WHERE key = $2`, now, text(key))
		return err
	})
	if err != nil {
		return fmt.Errorf("mark a delivery as done: %w", err)
	}
	return nil
}

// Unfinished calls each for every delivery that was saved and not finished, oldest first, until each returns an error.
func (i Inbox) Unfinished(ctx context.Context, each func(key, kind string, payload []byte, at time.Time) error) error {
	type item struct {
		key, kind string
		payload   []byte
		at        int64
	}
	rows, err := i.db.read.QueryContext(ctx, `SELECT key, kind, payload, at FROM inbox WHERE finished = 0 ORDER BY at, key`)
	items, err := collect(rows, err, func(rows *sql.Rows) (it item, err error) {
		return it, rows.Scan(&it.key, &it.kind, &it.payload, &it.at)
	})
	if err != nil {
		return fmt.Errorf("read unfinished deliveries: %w", err)
	}
	for _, it := range items {
		if err := each(it.key, it.kind, it.payload, moment(it.at)); err != nil {
			return err
		}
	}
	return nil
}

// Prune forgets deliveries that were finished before the given time, and clips that are over.
func (i Inbox) Prune(ctx context.Context, before time.Time) error {
	now := millis(time.Now())
	err := i.db.writes.do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM inbox WHERE finished > 0 AND finished < $1`, millis(before)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM clips WHERE expires <= $1`, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget old deliveries: %w", err)
	}
	return nil
}
