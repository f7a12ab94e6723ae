package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"s1bot/approvals"
	"s1bot/bot/store"
)

// export writes the whole trail to a new file and checks its chain on the way: an archive of a trail that is not whole would only look
// like one.
func (a auditCmd) export(ctx context.Context, std streams, db *store.DB) error {
	var rows int64
	var head approvals.Mark
	err := writeNew(a.Export, func(w io.Writer) (err error) {
		rows, head, err = writeTrail(ctx, w, db)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%d rows written to %s; the last has the hash %s\n", rows, a.Export, cmp.Or(head.Hash, "(none)"))
	return err
}

// writeTrail writes each row of the trail as a line of JSON, verified. The chain is verified while
// it is written, row by row in one pass: what is verified first and read again afterwards might not
// be the same. HTML is not escaped, so that a line reads as people typed it.
func writeTrail(ctx context.Context, w io.Writer, db *store.DB) (rows int64, head approvals.Mark, err error) {
	trail, err := db.Requests().Audit(ctx, approvals.AuditQuery{})
	if err != nil {
		return 0, head, err
	}
	lines, entries := json.NewEncoder(w), trail.Entries
	lines.SetEscapeHTML(false)
	trail.Entries = func(yield func(approvals.Entry, error) bool) {
		for e, err := range entries {
			if err == nil {
				err = lines.Encode(e)
			}
			if !yield(e, err) {
				return
			}
		}
	}
	rows, err = approvals.Verify(trail)
	return rows, trail.Head, err
}
