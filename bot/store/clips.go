package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"s1bot/approvals"
)

// Clips keeps invocations of buttons that are longer than Slack's 2,000 characters.
type Clips struct{ db *DB }

// Clips is the part of the database that keeps long buttons.
func (db *DB) Clips() Clips { return Clips{db} }

// Put keeps body for at least ttl and returns its id, which depends on the body alone.
//
// Eight bytes of SHA-256 are the id: the same card drawn a hundred times keeps one row, and its
// time is only ever prolonged. Two bodies with one id are refused rather than mixed up, for a
// button must never do something else than what it says.
func (c Clips) Put(ctx context.Context, body []byte, ttl time.Duration) (id string, err error) {
	sum := sha256.Sum256(body)
	id = hex.EncodeToString(sum[:8])
	expires := millis(time.Now().Add(ttl))
	err = c.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		n, err := affected(tx.ExecContext(ctx, `
			INSERT INTO clips (id, body, expires) VALUES ($1, $2, $3)
			ON CONFLICT (id) DO UPDATE SET expires = CASE WHEN excluded.expires > clips.expires THEN excluded.expires ELSE clips.expires END
			WHERE clips.body = excluded.body`, id, body, expires))
		if err == nil && n == 0 { // two bodies with one id: somebody made them so
			err = errors.New("its id belongs to another one")
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("keep a long button: %w", err)
	}
	return id, nil
}

// Get returns what Put kept; approvals.ErrNotFound when it is unknown or its time is over.
func (c Clips) Get(ctx context.Context, id string) ([]byte, error) {
	var body []byte
	err := c.db.read.QueryRowContext(ctx, `SELECT body FROM clips WHERE id = $1 AND expires > $2`, text(id), millis(time.Now())).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		err = approvals.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("look up a long button: %w", err)
	}
	return body, nil
}
