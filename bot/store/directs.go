package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Directs remembers which conversation is the direct message with a person.
//
// A message to a user's id must be edited under the id of the conversation (D…) that
// chat.postMessage names in its answer; see package post.
type Directs struct{ db *DB }

// Directs is the part of the database that knows direct messages.
func (db *DB) Directs() Directs { return Directs{db} }

// Direct returns the conversation with a person; empty where it is not known.
func (d Directs) Direct(ctx context.Context, user string) (channel string, err error) {
	err = d.db.read.QueryRowContext(ctx, `SELECT channel FROM directs WHERE person = $1`, text(user)).Scan(&channel)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look up a direct message: %w", err)
	}
	return channel, nil
}

// SetDirect remembers the conversation with a person; an empty one is forgotten.
func (d Directs) SetDirect(ctx context.Context, user, channel string) error {
	c := change{statement: statement{`DELETE FROM directs WHERE person = $1`, []any{text(user)}}}
	if channel != "" {
		c.statement = statement{`
			INSERT INTO directs (person, channel) VALUES ($1, $2)
			ON CONFLICT (person) DO UPDATE SET channel = excluded.channel`, []any{text(user), text(channel)}}
	}
	if err := d.db.writes.change(ctx, c); err != nil {
		return fmt.Errorf("remember a direct message: %w", err)
	}
	return nil
}
