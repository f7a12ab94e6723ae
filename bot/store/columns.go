package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Columns keeps which columns people want to see of each kind of list.
type Columns struct{ db *DB }

// Columns is the part of the database that keeps chosen columns.
func (db *DB) Columns() Columns { return Columns{db} }

// Columns are the titles that somebody chose for a kind of list, in their order; none where they chose nothing.
func (c Columns) Columns(ctx context.Context, user, kind string) (titles []string, err error) {
	var body string
	err = c.db.read.QueryRowContext(ctx, `SELECT titles FROM columns WHERE person = $1 AND kind = $2`, text(user), text(kind)).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), &titles)
	}
	if err != nil {
		return nil, fmt.Errorf("read chosen columns: %w", err)
	}
	return titles, nil
}

// ChooseColumns remembers a choice in place of the one before; no titles forget it.
func (c Columns) ChooseColumns(ctx context.Context, user, kind string, titles []string) error {
	body, err := json.Marshal(titles)
	if err != nil {
		return fmt.Errorf("remember chosen columns: %w", err)
	}
	err = c.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		if len(titles) == 0 {
			_, err := tx.ExecContext(ctx, `DELETE FROM columns WHERE person = $1 AND kind = $2`, text(user), text(kind))
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO columns (person, kind, titles) VALUES ($1, $2, $3)
			ON CONFLICT (person, kind) DO UPDATE SET titles = excluded.titles`, text(user), text(kind), text(string(body)))
		return err
	})
	if err != nil {
		return fmt.Errorf("remember chosen columns: %w", err)
	}
	return nil
}
