package store

import (
	"context"
	"fmt"

	"s1bot/notifier/journal"
)

// rank is the order in which notices are told; 0 is what is urgent.
//
// It is a column and part of an index, so that what is next for a channel is found without sorting
// what waits.
func rank(n journal.Notice) int {
	switch {
	case n.Source == journal.Digests || n.Source == journal.Files:
		return -1
	case n.Urgent:
		return 0
	}
	return 1
}

// backlog is the condition of what waits for a channel. The source is hidden from the planner: SQLite would go by the index of source and
// channel, through all that was ever delivered there, and not by the one of what is due.
const backlog = `channel = $1 AND state IN ('due', 'sending') AND state = 'due' AND tries = 0 AND source || '' NOT IN ('digest', 'file', 'note')`

// Backlog counts what waits for a channel.
//
// Rank is 0 for what is urgent and 1 for the rest, so one sum counts each.
func (j Journal) Backlog(ctx context.Context, channel string) (b journal.Backlog, err error) {
	var oldest int64
	err = j.db.read.QueryRowContext(ctx, `
		SELECT CAST(COALESCE(SUM(1 - rank), 0) AS BIGINT), CAST(COALESCE(SUM(rank), 0) AS BIGINT), COALESCE(MAX(seq), 0), COALESCE(MIN(created), 0)
		FROM notices WHERE `+backlog, text(channel)).Scan(&b.Urgent, &b.Others, &b.Last, &oldest)
	if err != nil {
		return b, fmt.Errorf("count what waits for %s: %w", channel, err)
	}
	b.Oldest = moment(oldest)
	return b, nil
}

// Gather makes a digest of a channel's backlog, all or nothing.
//
// The condition is evaluated anew in the transaction: what another process posted meanwhile is not
// listed, and where nothing is left there is no digest. Rev grows with each listed notice, so a
// sender that read one before fails to save it.
func (j Journal) Gather(ctx context.Context, g journal.Gathering) error {
	channel := text(g.Digest.Channel)
	err := j.write(ctx, func(ctx context.Context, tx *transaction) error {
		listed, err := affected(tx.ExecContext(ctx, `
			UPDATE notices SET digest = $2, state = 'listed', rev = rev + 1
			WHERE `+backlog+` AND seq <= $3 AND (rank > 0 OR seq > $4)`, channel, g.Digest.ID, g.Through, g.CardsUntil))
		if err != nil || listed == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE notices SET digest = $2 WHERE `+backlog+` AND seq <= $3 AND rank = 0 AND seq <= $4`, channel, g.Digest.ID, g.Through, g.CardsUntil)
		if err != nil {
			return err
		}
		return addFresh(ctx, tx, []journal.Notice{g.Digest, g.File})
	})
	if err != nil {
		return fmt.Errorf("make a digest for %s: %w", g.Digest.Channel, err)
	}
	return nil
}
