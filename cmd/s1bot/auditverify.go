package main

import (
	"cmp"
	"context"
	"fmt"

	"s1bot/approvals"
	"s1bot/approvals/trail"
	"s1bot/approvals/trailfile"
	"s1bot/bot/store"
)

// verify checks the chain and, where the trail was streamed to a file, that the file tells the same: who rewrites the whole chain
// in the database, or cuts its end off, does not reach a file on another machine.
func (a auditCmd) verify(ctx context.Context, std streams, db *store.DB, stream string) error {
	found, err := checkTrail(ctx, db, stream)
	for _, words := range found {
		if _, err := fmt.Fprintln(std.out, words); err != nil {
			return err
		}
	}
	return err
}

// checkTrail says what is found whole; the error is the first thing that is not.
//
// The chain proves that rows fit each other, not that they are the ones that were written: whoever
// can write to the database can compute a new chain. That is what the comparison with a stream
// elsewhere is for, and why the head's hash is printed, to be kept somewhere else.
func checkTrail(ctx context.Context, db *store.DB, stream string) (found []string, err error) {
	rows, err := db.Requests().Audit(ctx, approvals.AuditQuery{})
	if err != nil {
		return nil, err
	}
	n, err := approvals.Verify(rows)
	if err != nil {
		return nil, fmt.Errorf("the audit trail isn't intact: %w", err)
	}
	found = append(found, fmt.Sprintf("%d rows, none changed, removed or moved; the last has the hash %s", n, cmp.Or(rows.Head.Hash, "(none)")))
	if stream == "" {
		return found, nil
	}
	same, err := trailfile.Compare(rows, stream)
	if err != nil {
		return found, fmt.Errorf("the audit trail doesn't match what was streamed to %s: %w", stream, err)
	}
	return append(found, fmt.Sprintf("%d rows of %s match", same, stream)), nil
}

// checks are the same for a page, which shows what is wrong, too.
func checks(found []string, err error) (all []trail.Check) {
	for _, words := range found {
		all = append(all, trail.Check{Passed: true, Words: words})
	}
	if err != nil {
		all = append(all, trail.Check{Words: trail.Line(err.Error())})
	}
	return all
}
