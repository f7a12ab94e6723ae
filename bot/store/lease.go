package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"s1bot/notifier"
	"s1bot/notifier/journal"
)

// lease is the name of the notifier's lease.
const lease = "notifier"

var _ notifier.Leases = Journal{}

// Lease takes or renews the right to read the console and tell Slack. Where the database is one
// file, only one process is meant to use it, so a process that starts takes over at once: whoever
// had the lease is gone, and if not, its fence is out of date.
//
// The first UPDATE changes nothing and locks the row: on PostgreSQL two processes that read it
// without a lock would both find it free.
func (j Journal) Lease(ctx context.Context, c journal.Claim) (fence int64, err error) {
	takeover := c.First && j.db.engine.name == "sqlite"
	now := time.Now()
	err = j.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		fence = 0
		_, err := tx.ExecContext(ctx, `INSERT INTO leases (name, owner, until, fence) VALUES ($1, '', 0, 0) ON CONFLICT (name) DO NOTHING`, lease)
		if err != nil {
			return err
		}
		var owner string
		var until, last int64
		err = tx.QueryRowContext(ctx, `UPDATE leases SET fence = fence WHERE name = $1 RETURNING owner, until, fence`, lease).Scan(&owner, &until, &last)
		if err != nil {
			return err
		}
		switch {
		case owner == c.Owner && until > 0:
			fence = last
		case until <= now.UnixMilli(), takeover:
			fence = last + 1
		default:
			return nil
		}
		_, err = tx.ExecContext(ctx, `UPDATE leases SET owner = $1, until = $2, fence = $3 WHERE name = $4`, c.Owner, now.Add(c.For).UnixMilli(), fence, lease)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("take the notifier's lease: %w", err)
	}
	return fence, nil
}

// Release gives the lease back, so that another process need not wait for its end.
//
// The fence stays. The next holder counts on from it, so that nothing of this one's can still be
// written.
func (j Journal) Release(ctx context.Context, owner string) error {
	err := j.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		_, err := tx.ExecContext(ctx, `UPDATE leases SET until = 0 WHERE name = $1 AND owner = $2`, lease, owner)
		return err
	})
	if err != nil {
		return fmt.Errorf("give the notifier's lease back: %w", err)
	}
	return nil
}

// Fenced returns the journal for who holds the lease with fence.
func (j Journal) Fenced(fence int64) notifier.Journal { return Journal{db: j.db, fence: fence} }

// write does one transaction, unless somebody else holds the lease.
func (j Journal) write(ctx context.Context, do func(context.Context, *transaction) error) error {
	return j.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		if err := j.held(ctx, tx); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// held fails where another process has taken the lease since. It locks the row, so that nobody takes it before the commit.
func (j Journal) held(ctx context.Context, tx *transaction) error {
	if j.fence == 0 {
		return nil
	}
	var one int
	err := tx.QueryRowContext(ctx, `UPDATE leases SET fence = fence WHERE name = $1 AND fence = $2 RETURNING 1`, lease, j.fence).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return journal.ErrFenced
	}
	return err
}
