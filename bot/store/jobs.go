package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Jobs keeps work that takes long: a hunt, waiting for a file. Each is done by the process that holds its lease, and goes on
// in another one when that process is gone.
type Jobs struct{ db *DB }

// Jobs is the part of the database that keeps long work.
func (db *DB) Jobs() Jobs { return Jobs{db} }

// Add writes a job down and gives it to owner until the given time; fresh is false if the id is known already.
func (j Jobs) Add(ctx context.Context, id, owner string, body []byte, until time.Time) (fresh bool, err error) {
	err = j.db.writes.change(ctx, change{
		statement: statement{`INSERT INTO jobs (id, body, owner, until) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			[]any{text(id), string(body), text(owner), millis(until)}},
		holds: func(rows int64) error { fresh = rows == 1; return nil },
	})
	if err != nil {
		return false, fmt.Errorf("write a job down: %w", err)
	}
	return fresh, nil
}

// Claim gives a job whose lease is over by now to owner until the given time; ok is false when
// there is none.
//
// The condition on the lease stands twice. On PostgreSQL two processes may find the same row in the
// inner query; the second waits for the first one's update and must then look again whether the
// lease is still over.
func (j Jobs) Claim(ctx context.Context, owner string, now, until time.Time) (id string, body []byte, ok bool, err error) {
	err = j.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		var kept string
		err := tx.QueryRowContext(ctx, `
			UPDATE jobs SET owner = $1, until = $2
			WHERE id = (SELECT id FROM jobs WHERE until <= $3 ORDER BY until, id LIMIT 1) AND until <= $3
			RETURNING id, body`, text(owner), millis(until), millis(now)).Scan(&id, &kept)
		body, ok = []byte(kept), err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", nil, false, fmt.Errorf("look for a job that nobody does: %w", err)
	}
	return id, body, ok, nil
}

// Save writes down how far owner is and prolongs the lease. Held is false when the job is another's now or gone; cancelled says
// that somebody wants it to end.
func (j Jobs) Save(ctx context.Context, id, owner string, body []byte, until time.Time) (held, cancelled bool, err error) {
	err = j.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		err := tx.QueryRowContext(ctx, `UPDATE jobs SET body = $1, until = $2 WHERE id = $3 AND owner = $4 RETURNING cancelled <> 0`,
			string(body), millis(until), text(id), text(owner)).Scan(&cancelled)
		held = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return false, false, fmt.Errorf("write a job's progress down: %w", err)
	}
	return held, cancelled, nil
}

// Cancel asks whoever does a job to end it; found is false when it has ended already.
func (j Jobs) Cancel(ctx context.Context, id string) (found bool, err error) {
	err = j.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		n, err := affected(tx.ExecContext(ctx, `UPDATE jobs SET cancelled = 1 WHERE id = $1`, text(id)))
		found = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("cancel a job: %w", err)
	}
	return found, nil
}

// Finish removes a job that has ended, if owner holds it.
func (j Jobs) Finish(ctx context.Context, id, owner string) error {
	err := j.db.writes.change(ctx, change{statement: statement{`DELETE FROM jobs WHERE id = $1 AND owner = $2`, []any{text(id), text(owner)}}})
	if err != nil {
		return fmt.Errorf("end a job: %w", err)
	}
	return nil
}
