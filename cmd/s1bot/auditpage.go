package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"s1bot/approvals/trail"
	"s1bot/bot/store"
)

// page writes the rows that match to a new file for auditors. The check is of the whole trail, whichever rows are shown; a trail that is
// not whole fails the command, and the page says so as well: that is when it is needed most.
func (a auditCmd) page(ctx context.Context, std streams, db *store.DB, stream string) error {
	found, broken := checkTrail(ctx, db, stream)
	var rows int
	err := writeNew(a.HTML, func(w io.Writer) (err error) {
		rows, err = a.writePage(ctx, w, db, checks(found, broken))
		return err
	})
	if err == nil {
		_, err = fmt.Fprintf(std.out, "%d rows written to %s\n", rows, a.HTML)
	}
	return errors.Join(broken, err)
}

// writePage writes the page and returns how many rows it has.
func (a auditCmd) writePage(ctx context.Context, w io.Writer, db *store.DB, checks []trail.Check) (rows int, err error) {
	query := a.query()
	entries, err := db.Requests().Audit(ctx, query)
	if err != nil {
		return 0, err
	}
	var failed error
	reader := newReader(db)
	page := trail.Page{Made: time.Now(), Since: query.Since, Filters: a.filters(), Checks: checks, Rows: func(yield func(trail.Row) bool) {
		for e, err := range entries.Entries {
			if err != nil {
				failed = err
				return
			}
			if rows++; !yield(reader.Row(ctx, e)) {
				return
			}
		}
	}}
	return rows, errors.Join(page.Write(w), failed)
}

// filters are the flags that chose the rows, in words.
func (a auditCmd) filters() (words []string) {
	for _, f := range []struct{ name, value string }{{"request", a.Request}, {"actor", a.Actor}, {"step", a.Action}, {"command", a.Command}} {
		if f.value != "" {
			words = append(words, "only "+f.name+" "+trail.Line(f.value))
		}
	}
	return words
}

// writeNew writes a new file that its owner alone may read, whole or not at all. One that is there
// already is not overwritten.
//
// O_EXCL keeps two exports from writing into each other, and an old archive from being replaced by
// a shorter one. The file is synced before its name is reported: an archive that the next power cut
// empties is none. 0600, because the trail says who did what.
func writeNew(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s already exists: choose another name (nothing is overwritten)", path)
	}
	if err != nil {
		return fmt.Errorf("make the file: %w", err)
	}
	out := bufio.NewWriter(file)
	if err := errors.Join(write(out), out.Flush(), file.Sync(), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(path))
	}
	return nil
}
