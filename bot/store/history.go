package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// History remembers what people asked for, as slash text.
type History struct{ db *DB }

// History is the part of the database that remembers what people asked for.
func (db *DB) History() History { return History{db} }

// remembered is how many lines of a person are kept.
const remembered = 200

// Add remembers a line that a person asked for.
func (h History) Add(ctx context.Context, user, line string, at time.Time) error {
	err := h.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		var seq int64
		err := tx.QueryRowContext(ctx, `
			INSERT INTO history (person, seq, at, line)
			VALUES ($1, (SELECT coalesce(max(seq), 0) + 1 FROM history WHERE person = $1), $2, $3)
			ON CONFLICT DO NOTHING RETURNING seq`, text(user), millis(at), text(line)).Scan(&seq)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // the same person, in another process, at the same instant: one of two lines is enough
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM history WHERE person = $1 AND seq <= $2`, text(user), seq-remembered)
		return err
	})
	if err != nil {
		return fmt.Errorf("remember a command: %w", err)
	}
	return nil
}

// Last returns the last n different lines that a person asked for, newest first.
func (h History) Last(ctx context.Context, user string, n int) ([]string, error) {
	rows, err := h.db.read.QueryContext(ctx, `
		SELECT line FROM history WHERE person = $1 GROUP BY line ORDER BY max(seq) DESC LIMIT $2`, text(user), n)
	lines, err := collect(rows, err, func(rows *sql.Rows) (line string, err error) { return line, rows.Scan(&line) })
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return lines, nil
}

// Lines returns the last n lines that somebody asked for since a moment, newest first, each as often as it was; of everybody where user is
// empty.
func (h History) Lines(ctx context.Context, user string, since time.Time, n int) ([]string, error) {
	query, args := `SELECT line FROM history WHERE at >= $1 ORDER BY at DESC LIMIT $2`, []any{millis(since), n}
	if user != "" {
		query, args = `SELECT line FROM history WHERE person = $1 AND at >= $2 ORDER BY seq DESC LIMIT $3`, []any{text(user), millis(since), n}
	}
	rows, err := h.db.read.QueryContext(ctx, query, args...)
	lines, err := collect(rows, err, func(rows *sql.Rows) (line string, err error) { return line, rows.Scan(&line) })
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return lines, nil
}
