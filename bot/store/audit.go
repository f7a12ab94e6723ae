package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"s1bot/approvals"
)

// auditPage is how many entries are read at a time: nobody holds the database while a long trail is
// printed.
//
// On SQLite a reader that stays open keeps the log from being copied back and truncated; on
// PostgreSQL it keeps dead rows from being cleaned up. A page of entries is at most a few
// megabytes.
const auditPage = 500

// append gives entries their place behind the end of the trail, and is what writes them.
//
// It only computes: the hashes of a whole batch are known before anything is sent, so that
// PostgreSQL gets them in one round trip.
func (t *trailEnd) append(entries []approvals.Entry) (all []statement) {
	for _, e := range entries {
		e = plain(e).After(t.head)
		all = append(all, statement{`
			INSERT INTO audit (seq, at, request, ref, actor, action, command, detail, prev, hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			[]any{e.Seq, millis(e.At), e.Request, e.Ref, e.Actor, e.Action, e.Command, string(e.Detail), e.Prev, e.Hash}})
		t.head, t.moved = e.Mark(), true
	}
	return all
}

// end writes down where the trail ends now.
func (t *trailEnd) end() statement {
	return statement{`UPDATE audit_head SET seq = $1, hash = $2 WHERE one = 1`, []any{t.head.Seq, t.head.Hash}}
}

// appendTrail adds entries to the end of the trail.
//
// The mark at the end is written once for the batch, by moveTrail before the commit.
func appendTrail(ctx context.Context, tx *transaction, entries ...approvals.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	if err := tx.readTrail(ctx, trailHead); err != nil {
		return err
	}
	for _, s := range tx.trail.append(entries) {
		if _, err := tx.ExecContext(ctx, s.query, s.args...); err != nil {
			return fmt.Errorf("append to the audit trail: %w", err)
		}
	}
	return nil
}

// plain is e as it will come back, so that its hash is that of what is stored.
//
// A zero byte in a file name would else be hashed as it is and stored as something else, and Verify
// would call the row tampered with.
func plain(e approvals.Entry) approvals.Entry {
	e.At = moment(millis(e.At))
	for _, s := range []*string{&e.Request, &e.Ref, &e.Actor, &e.Action, &e.Command} {
		*s = text(*s)
	}
	e.Detail = json.RawMessage(text(string(e.Detail)))
	return e
}

// A querier is a database, or a transaction in it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Audit returns the entries that match. The end of the trail is that of the moment of the call:
// what is appended later is left for the next.
//
// Entries are read later, page by page and outside of a transaction: rows are only ever added, and
// those up to the end that was read here are there for good.
func (s Requests) Audit(ctx context.Context, q approvals.AuditQuery) (approvals.Trail, error) {
	return trail(ctx, s.db.read, q)
}

// The largest number is read from the rows as well as from the head. Rows behind the head, which
// only somebody who meddled can have put there, are so among the entries, and Verify finds them.
func trail(ctx context.Context, in querier, q approvals.AuditQuery) (approvals.Trail, error) {
	var t approvals.Trail
	var last int64 // which is the head's, unless somebody meddled
	err := in.QueryRowContext(ctx, `
		SELECT seq, hash, (SELECT coalesce(max(seq), 0) FROM audit) FROM audit_head WHERE one = 1`).Scan(&t.Head.Seq, &t.Head.Hash, &last)
	if err != nil {
		return t, fmt.Errorf("read the audit trail: %w", err)
	}
	t.Entries = entries(ctx, in, q, last)
	return t, nil
}

// entries yields the entries up to last, page by page.
//
// An error is yielded once, and ends it.
func entries(ctx context.Context, in querier, q approvals.AuditQuery, last int64) iter.Seq2[approvals.Entry, error] {
	return func(yield func(approvals.Entry, error) bool) {
		seen := int64(-1 << 62) // before every number that meddling could give a row
		if q.After > 0 {
			seen = q.After
		}
		for {
			page, err := page(ctx, in, q, seen, last)
			if err != nil {
				yield(approvals.Entry{}, fmt.Errorf("read the audit trail: %w", err))
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
				seen = e.Seq
			}
			if len(page) < auditPage {
				return
			}
		}
	}
}

func page(ctx context.Context, in querier, q approvals.AuditQuery, after, last int64) ([]approvals.Entry, error) {
	var w where
	w.add("seq > ?", after)
	w.add("seq <= ?", last)
	if !q.Since.IsZero() {
		w.add("at >= ?", millis(q.Since))
	}
	switch {
	case strings.HasPrefix(q.Request, approvals.RefPrefix):
		w.add("ref = ?", text(q.Request))
	case q.Request != "": // each run asks for it, so it must be by the index
		w.add("request = ?", text(q.Request))
	}
	for column, value := range pairs("actor", q.Actor, "action", q.Action, "command", q.Command) {
		w.add(column+" = ?", text(value))
	}
	rows, err := in.QueryContext(ctx, `
		SELECT seq, at, request, ref, actor, action, command, detail, prev, hash
		FROM audit`+w.String()+fmt.Sprintf(` ORDER BY seq LIMIT %d`, auditPage), w.args...)
	return collect(rows, err, func(rows *sql.Rows) (e approvals.Entry, err error) {
		var at int64
		var detail string
		err = rows.Scan(&e.Seq, &at, &e.Request, &e.Ref, &e.Actor, &e.Action, &e.Command, &detail, &e.Prev, &e.Hash)
		e.At, e.Detail = moment(at), json.RawMessage(detail)
		return e, err
	})
}
