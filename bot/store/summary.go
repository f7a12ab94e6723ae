package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"s1bot/approvals"
)

// Summary counts the requests in each state, and tells since when the one that has waited longest waits; the zero time where none does.
// The index on state and creation answers it.
func (s Requests) Summary(ctx context.Context) (byState map[approvals.State]int, oldest time.Time, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT state, COUNT(*), MIN(created) FROM requests GROUP BY state`)
	type count struct {
		state   approvals.State
		n       int
		created int64
	}
	counts, err := collect(rows, err, func(rows *sql.Rows) (c count, err error) { return c, rows.Scan(&c.state, &c.n, &c.created) })
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("count the requests: %w", err)
	}
	byState = map[approvals.State]int{}
	for _, c := range counts {
		if byState[c.state] = c.n; c.state == approvals.Pending {
			oldest = moment(c.created)
		}
	}
	return byState, oldest, nil
}
