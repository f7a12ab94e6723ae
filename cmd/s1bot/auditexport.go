package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"s1bot/approvals"
	"s1bot/bot/store"
)

// export writes the whole trail to a new file and checks its chain on the way: an archive of a trail that is not whole would only look
// like one. What a file has that is there already is not overwritten.
func (a auditCmd) export(ctx context.Context, std streams, db *store.DB) (err error) {
	file, err := os.OpenFile(a.Export, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already: choose another name, an archive is never overwritten", a.Export)
	}
	if err != nil {
		return fmt.Errorf("make the archive: %w", err)
	}
	rows, head, err := writeTrail(ctx, file, db)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("write the archive: %w", err), os.Remove(a.Export))
	}
	_, err = fmt.Fprintf(std.out, "%d rows written to %s; the last has the hash %s\n", rows, a.Export, cmp.Or(head.Hash, "(none)"))
	return err
}

// writeTrail writes each row of the trail as a line of JSON, verified.
func writeTrail(ctx context.Context, file *os.File, db *store.DB) (rows int64, head approvals.Mark, err error) {
	trail, err := db.Requests().Audit(ctx, approvals.AuditQuery{})
	if err != nil {
		return 0, head, err
	}
	out := bufio.NewWriter(file)
	lines, entries := json.NewEncoder(out), trail.Entries
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
	return rows, trail.Head, errors.Join(err, out.Flush())
}
