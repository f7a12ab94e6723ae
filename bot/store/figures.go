package store

import (
	"context"
	"database/sql"
	"fmt"

	"s1bot/notifier/figures"
)

// Figures keeps what was counted about a console.
type Figures struct{ db *DB }

// Figures is the part of the database that keeps figures.
func (db *DB) Figures() Figures { return Figures{db} }

// SetFigure writes a figure down. One that failed keeps the value that it had, and when that was
// counted.
//
// Body and time stand still together, so that the age of the value is never that of the failure.
func (s Figures) SetFigure(ctx context.Context, f figures.Figure) error {
	statement := `INSERT INTO figures (name, body, at, failed) VALUES ($1, $2, $3, '')
		ON CONFLICT (name) DO UPDATE SET body = excluded.body, at = excluded.at, failed = ''`
	args := []any{f.Name, string(f.Body), millis(f.At)}
	if f.Failed != "" {
		statement = `INSERT INTO figures (name, failed) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET failed = excluded.failed`
		args = []any{f.Name, text(f.Failed)}
	}
	err := s.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("write the figure %s: %w", f.Name, err)
	}
	return nil
}

// All returns the figures by their names.
func (s Figures) All(ctx context.Context) (map[string]figures.Figure, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT name, body, at, failed FROM figures`)
	found, err := collect(rows, err, func(rows *sql.Rows) (f figures.Figure, err error) {
		var body string
		var at int64
		err = rows.Scan(&f.Name, &body, &at, &f.Failed)
		if body != "" {
			f.Body = []byte(body)
		}
		f.At = moment(at)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("read figures: %w", err)
	}
	all := map[string]figures.Figure{}
	for _, f := range found {
		all[f.Name] = f
	}
	return all, nil
}
