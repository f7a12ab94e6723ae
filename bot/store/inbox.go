package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"
)

// Inbox keeps what Slack delivered from before its acknowledgement until the work on it is done. A
// delivery belongs to the process that saved it, as long as that process lives: it prolongs its
// lease by calling Unfinished from time to time.
//
// The key is what makes a delivery one: a trigger id, a message's channel and ts. Its row stays for
// a day after it was finished, without the payload, because Slack repeats events for hours.
type Inbox struct{ db *DB }

// inboxLease is how long a process counts as alive without a sign of life.
//
// It is the same as a run's lease. Unfinished is called every few seconds, so a process misses
// several renewals before it counts as gone.
const inboxLease = 20 * time.Second

// Inbox is the part of the database that keeps Slack's deliveries.
func (db *DB) Inbox() Inbox { return Inbox{db} }

// Save writes one delivery down. When what it returns says nil the delivery is on disk; fresh is
// false if the key is known already.
//
// It stands between a click and its acknowledgement, which Slack wants within three seconds. That
// is why it is a change that is known beforehand and shares its commit with whatever else is
// written at the moment, and why what came together is saved before the first of it is waited for.
func (i Inbox) Save(ctx context.Context, key, kind string, payload []byte) (written func() (fresh bool, err error)) {
	now, fresh := time.Now(), false
	wait := i.db.writes.announce(ctx, change{
		statement: statement{`
			INSERT INTO inbox (key, kind, payload, at, owner, until) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			[]any{text(key), text(kind), payload, millis(now), i.db.owner, millis(now.Add(inboxLease))}},
		holds: func(rows int64) error { fresh = rows == 1; return nil },
	})
	return func() (bool, error) {
		if err := wait(); err != nil {
			return false, fmt.Errorf("write a delivery down: %w", err)
		}
		return fresh, nil
	}
}

// Finish marks a delivery as done and forgets its payload, which may hold what a person typed into
// a form. Nobody waits for it, so it shares a later write's transaction; when it returns it is on
// disk.
//
// If the process dies before it is on disk, the work is taken up once more and finds that it was
// done.
func (i Inbox) Finish(ctx context.Context, key string) error {
	now := millis(time.Now())
	err := i.db.writes.changeSoon(ctx, change{statement: statement{`UPDATE inbox SET payload = NULL, finished = $1 WHERE key = $2`, []any{now, text(key)}}})
	if err != nil {
		return fmt.Errorf("mark a delivery as done: %w", err)
	}
	return nil
}

// Unfinished takes over every delivery that was saved and not finished by a process that is gone, and calls each for it, oldest
// first, until each returns an error. What this process saved it keeps. SQLite belongs to one process: there the first call
// takes all that earlier ones left, however short ago.
func (i Inbox) Unfinished(ctx context.Context, each func(key, kind string, payload []byte, at time.Time) error) error {
	var items []item
	err := i.db.writes.do(ctx, func(ctx context.Context, tx *transaction) (err error) {
		items, err = i.takeOver(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("read unfinished deliveries: %w", err)
	}
	slices.SortFunc(items, func(a, b item) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.key, b.key)) })
	for _, it := range items {
		if err := each(it.key, it.kind, it.payload, moment(it.at)); err != nil {
			return err
		}
	}
	return nil
}

// An item is a delivery as it is stored.
type item struct {
	key, kind string
	payload   []byte
	at        int64
}

// takeOver prolongs the leases of this process and takes what others left.
//
// Renewing and taking are one transaction, so no process takes what another one is about to renew.
func (i Inbox) takeOver(ctx context.Context, tx *transaction) ([]item, error) {
	now := time.Now()
	until := millis(now.Add(inboxLease))
	if _, err := tx.ExecContext(ctx, `UPDATE inbox SET until = $1 WHERE finished = 0 AND owner = $2`, until, i.db.owner); err != nil {
		return nil, err
	}
	over := millis(now)
	if i.db.engine.name == "sqlite" {
		over = math.MaxInt64
	}
	rows, err := tx.QueryContext(ctx, `
		UPDATE inbox SET owner = $1, until = $2 WHERE finished = 0 AND owner <> $1 AND until <= $3
		RETURNING key, kind, payload, at`, i.db.owner, until, over)
	return collect(rows, err, func(rows *sql.Rows) (it item, err error) {
		return it, rows.Scan(&it.key, &it.kind, &it.payload, &it.at)
	})
}

// handedBack is how long a process that stops keeps what it has begun: longer than a stop takes.
//
// A stop takes twenty seconds at most; nobody else may begin a click whose work is still going on.
const handedBack = 2 * inboxLease

// Release gives the deliveries with these keys to whoever looks next, and keeps the rest of this process's for as long as it may take to
// finish them: a process that stops calls it, and looks no more.
func (i Inbox) Release(ctx context.Context, keys []string) error {
	err := i.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		if _, err := tx.ExecContext(ctx, `UPDATE inbox SET until = $1 WHERE finished = 0 AND owner = $2`, millis(time.Now().Add(handedBack)), i.db.owner); err != nil {
			return err
		}
		for _, key := range keys {
			if _, err := tx.ExecContext(ctx, `UPDATE inbox SET until = 0 WHERE key = $1 AND finished = 0 AND owner = $2`, text(key), i.db.owner); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("hand deliveries over: %w", err)
	}
	return nil
}

// Prune forgets deliveries that were finished before the given time, and clips that are over.
func (i Inbox) Prune(ctx context.Context, before time.Time) error {
	now := millis(time.Now())
	err := i.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM inbox WHERE finished > 0 AND finished < $1`, millis(before)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM clips WHERE expires <= $1`, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget old deliveries: %w", err)
	}
	return nil
}
