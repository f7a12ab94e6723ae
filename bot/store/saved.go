package store

import (
	"context"
	"database/sql"
	"fmt"

	"s1bot/bot/library"
)

// Saved keeps the commands that people saved under names of their own.
type Saved struct{ db *DB }

// Saved is the part of the database that keeps saved commands.
func (db *DB) Saved() Saved { return Saved{db} }

// Save keeps a command of somebody's; a name that they have already means it from now on. It is refused where they have most others.
func (s Saved) Save(ctx context.Context, user string, c library.Saved, most int) (kept bool, err error) {
	err = s.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		others := 0
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM saved WHERE person = $1 AND name <> $2`, text(user), text(c.Name)).Scan(&others); err != nil {
			return err
		}
		if kept = others < most; !kept {
			return nil
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO saved (person, name, line) VALUES ($1, $2, $3)
			ON CONFLICT (person, name) DO UPDATE SET line = excluded.line`, text(user), text(c.Name), text(c.Line))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("save a command: %w", err)
	}
	return kept, nil
}

// Forget removes a saved command of somebody's; found is false where there is none of that name.
func (s Saved) Forget(ctx context.Context, user, name string) (found bool, err error) {
	err = s.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		n, err := affected(tx.ExecContext(ctx, `DELETE FROM saved WHERE person = $1 AND name = $2`, text(user), text(name)))
		found = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("forget a saved command: %w", err)
	}
	return found, nil
}

// All returns what somebody saved, by name.
func (s Saved) All(ctx context.Context, user string) ([]library.Saved, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT name, line FROM saved WHERE person = $1 ORDER BY name`, text(user))
	all, err := collect(rows, err, func(rows *sql.Rows) (c library.Saved, err error) { return c, rows.Scan(&c.Name, &c.Line) })
	if err != nil {
		return nil, fmt.Errorf("read saved commands: %w", err)
	}
	return all, nil
}
