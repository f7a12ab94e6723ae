package store

import (
	"context"
	"fmt"
	"time"
)

// pruneBatch bounds one transaction of Prune, so that a click never waits behind the first pruning of a year.
const pruneBatch = 500

// pruned are the rows that age alone makes useless, each by the time that counts and the columns that name it. Deliveries and long buttons
// go by Inbox.Prune, within a day. What the feeds delivered goes with their cursors (Journal.Record), for what they have not read past must stay
// known. Requests and the audit trail stay.
var pruned = []struct{ table, key, time string }{
	{"history", "person, seq", "at"},
	{"queries", "person, id", "at"},
	{"snoozes", "id", "until"}, // which is when they ended
	{"jobs", "id", "until"},    // of the last lease: a process that runs takes a job up within seconds of its end
}

// Prune forgets people's commands and queries, snoozes and jobs from before the given time, and
// returns how many rows went.
//
// Each batch is a transaction of its own and lets others in between. An error keeps what went so
// far.
func (db *DB) Prune(ctx context.Context, before time.Time) (gone int64, err error) {
	for _, p := range pruned {
		statement := fmt.Sprintf(`DELETE FROM %[1]s WHERE (%[2]s) IN (SELECT %[2]s FROM %[1]s WHERE %[3]s < $1 LIMIT %[4]d)`, p.table, p.key, p.time, pruneBatch)
		for {
			var n int64
			err := db.writes.do(ctx, func(ctx context.Context, tx *transaction) (err error) {
				n, err = affected(tx.ExecContext(ctx, statement, millis(before)))
				return err
			})
			if err != nil {
				return gone, fmt.Errorf("forget old rows of %s: %w", p.table, err)
			}
			if gone += n; n < pruneBatch {
				break
			}
		}
	}
	return gone, nil
}
