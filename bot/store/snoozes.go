package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"s1bot/notifier/journal"
)

// Snoozes returns what is snoozed at now, by its end, with how many notices each has kept quiet.
func (j Journal) Snoozes(ctx context.Context, now time.Time) ([]journal.Snooze, error) {
	rows, err := j.db.read.QueryContext(ctx, `
		SELECT body, (SELECT COUNT(*) FROM notices WHERE state = 'silent' AND channel = '' AND thread_group = snoozes.id)
		FROM snoozes WHERE until > $1 ORDER BY until, id`, millis(now))
	found, err := collect(rows, err, func(rows *sql.Rows) (s journal.Snooze, err error) {
		var body string
		var quiet int
		if err := rows.Scan(&body, &quiet); err != nil {
			return s, err
		}
		err = json.Unmarshal([]byte(body), &s)
		s.Quiet = quiet
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("read snoozes: %w", err)
	}
	return found, nil
}

// SetSnooze writes a snooze down, in place of one with the same id.
func (j Journal) SetSnooze(ctx context.Context, s journal.Snooze) error {
	body, err := encode(s)
	if err != nil {
		return err
	}
	err = j.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO snoozes (id, until, body) VALUES ($1, $2, $3)
			ON CONFLICT (id) DO UPDATE SET until = excluded.until, body = excluded.body`, s.ID, millis(s.Until), body)
		return err
	})
	if err != nil {
		return fmt.Errorf("write snooze %s: %w", s.ID, err)
	}
	return nil
}
