package main

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"s1bot/approvals"
	"s1bot/approvals/trailfile"
	"s1bot/bot/store"
)

// export writes the whole trail to a new file and checks its chain on the way: an archive of a trail that is not whole would only look
// like one.
func (a auditCmd) export(ctx context.Context, std streams, db *store.DB) error {
	var rows int64
	var head approvals.Mark
	err := writeNew(a.Export, func(w io.Writer) error {
		whole, err := db.Requests().Audit(ctx, approvals.AuditQuery{})
		if err != nil {
			return err
		}
		head = whole.Head
		rows, err = trailfile.Write(w, whole)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%d rows written to %s; the last has the hash %s\n", rows, a.Export, cmp.Or(head.Hash, "(none)"))
	return err
}
