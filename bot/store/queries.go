package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Queries remembers which queries a person started at the console, for as long as the console may know them.
type Queries struct{ db *DB }

// Queries is the part of the database that remembers queries.
func (db *DB) Queries() Queries { return Queries{db} }

// keepQueries is longer than consoles keep what a query found.
const keepQueries = 30 * 24 * time.Hour

// AddQuery remembers a query that a person started, and forgets their old ones.
func (q Queries) AddQuery(ctx context.Context, user, id, words string, at time.Time) error {
	err := q.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM queries WHERE person = $1 AND at < $2`, text(user), millis(at.Add(-keepQueries))); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO queries (person, id, at, words) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			text(user), text(id), millis(at), text(words))
		return err
	})
	if err != nil {
		return fmt.Errorf("remember a query: %w", err)
	}
	return nil
}

// LastQueries calls each with the last n queries of a person, the newest first.
func (q Queries) LastQueries(ctx context.Context, user string, n int, each func(id, words string, at time.Time)) error {
	type query struct {
		id, words string
		at        int64
	}
	rows, err := q.db.read.QueryContext(ctx, `SELECT id, words, at FROM queries WHERE person = $1 ORDER BY at DESC, id LIMIT $2`, text(user), n)
	found, err := collect(rows, err, func(rows *sql.Rows) (f query, err error) { return f, rows.Scan(&f.id, &f.words, &f.at) })
	if err != nil {
		return fmt.Errorf("read the queries of a person: %w", err)
	}
	for _, f := range found {
		each(f.id, f.words, time.UnixMilli(f.at))
	}
	return nil
}
