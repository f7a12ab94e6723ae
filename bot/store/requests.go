package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"

	"s1bot/approvals"
)

// Requests keeps requests and the audit trail.
type Requests struct{ db *DB }

var _ approvals.Store = Requests{}

// Requests is the part of the database that a Ledger works on.
func (db *DB) Requests() Requests { return Requests{db} }

// Insert adds r with its entry, or returns the request that has the same key.
//
// ON CONFLICT DO NOTHING makes the insert the question: no row says that key, id or reference is
// taken, and sameKey finds out which. A row that unseen refuses is rolled back with the error.
func (s Requests) Insert(ctx context.Context, r approvals.Request, e approvals.Entry) (approvals.Request, bool, error) {
	r.Version = 1
	body, err := encode(r)
	if err != nil {
		return r, false, err
	}
	var stored approvals.Request
	var created bool
	err = s.db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		stored, created = r, false
		n, err := affected(tx.ExecContext(ctx, `
			INSERT INTO requests (id, ref, key, version, state, requester, command, created, behind, due, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
			text(r.ID), text(r.Ref), text(r.Key), r.Version, r.State, text(r.Requester), text(r.Command), millis(r.Created), number(r.Behind()), millis(r.Due()), body))
		if err != nil {
			return err
		}
		if n == 0 {
			stored, err = sameKey(ctx, tx, r.Key)
			return err
		}
		if err := unseen(ctx, tx, r); err != nil {
			return err
		}
		created = true
		return appendTrail(ctx, tx, e)
	})
	if err != nil {
		return r, false, fmt.Errorf("insert request %s: %w", r.ID, err)
	}
	return stored, created, nil
}

// unseen refuses r, which was just inserted, if its requester asked for something that its ruling
// did not know of. One process writes at a time, so nobody asks meanwhile.
//
// It counts all requests and not only those that cost something, so it may refuse once too often;
// the caller then decides anew and asks again.
func unseen(ctx context.Context, tx *transaction, r approvals.Request) error {
	if r.Seen.Since.IsZero() {
		return nil
	}
	var asked int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM requests WHERE requester = $1 AND created >= $2 AND id <> $3`,
		text(r.Requester), millis(r.Seen.Since), text(r.ID)).Scan(&asked)
	if err == nil && asked != r.Seen.Requests {
		err = approvals.ErrConflict
	}
	return err
}

// sameKey is the request that already has the key; without one, it was the id or the reference that was in use.
func sameKey(ctx context.Context, tx *transaction, key string) (approvals.Request, error) {
	rs, err := scan(tx.QueryContext(ctx, `SELECT version, body FROM requests WHERE key = $1`, text(key)))
	if err != nil {
		return approvals.Request{}, err
	}
	if len(rs) == 0 {
		return approvals.Request{}, approvals.ErrDuplicate
	}
	return rs[0], nil
}

// Swap writes r and its entries if nobody changed the row since r was read.
//
// Version is the condition; state, command, behind and due are what queries go by and are derived
// from the row here, so that they can't disagree with it.
func (s Requests) Swap(ctx context.Context, r approvals.Request, entries ...approvals.Entry) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	err = s.db.writes.change(ctx, change{
		statement: statement{`
			UPDATE requests SET version = version + 1, state = $1, command = $2, behind = $3, due = $4, body = $5 WHERE id = $6 AND version = $7`,
			[]any{string(r.State), text(r.Command), number(r.Behind()), millis(r.Due()), body, text(r.ID), r.Version}},
		holds: func(rows int64) error {
			if rows == 0 {
				return untouched{approvals.ErrConflict}
			}
			return nil
		},
		entries: entries,
	})
	if err != nil {
		return fmt.Errorf("swap request %s: %w", r.ID, err)
	}
	return nil
}

// Append adds entries that belong to no change of a request.
func (s Requests) Append(ctx context.Context, entries ...approvals.Entry) error {
	if err := s.db.writes.change(ctx, change{entries: entries}); err != nil {
		return fmt.Errorf("append to the audit trail: %w", err)
	}
	return nil
}

// Find returns the requests that match, oldest first.
//
// The order is made here where all of them are wanted: SQLite takes an index for the sake of an ORDER BY, and would go through
// whatever was ever done to find, in order, the few of one command.
func (s Requests) Find(ctx context.Context, q approvals.Query) ([]approvals.Request, error) {
	var w where
	for column, value := range pairs("id", q.ID, "ref", q.Ref, "key", q.Key, "requester", q.Requester) {
		w.add(column+" = ?", text(value))
	}
	if len(q.States) > 0 {
		in(&w, "state", q.States)
	}
	if len(q.Commands) > 0 {
		in(&w, "command", append([]string{unnamed}, q.Commands...))
	}
	if q.Behind {
		w.add("behind = 1")
	}
	if !q.Due.IsZero() {
		w.add("due > 0")
		w.add("due <= ?", millis(q.Due))
	}
	if !q.Since.IsZero() {
		w.add("created >= ?", millis(q.Since))
	}
	query := `SELECT version, body FROM requests` + w.String()
	if q.Limit > 0 {
		query += fmt.Sprintf(" ORDER BY created, id LIMIT %d", q.Limit)
	}
	rs, err := scan(s.db.read.QueryContext(ctx, query, w.args...))
	if err != nil {
		return nil, fmt.Errorf("find requests: %w", err)
	}
	slices.SortFunc(rs, func(a, b approvals.Request) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	return rs, nil
}

// unnamed is the command of rows that were written before there was a column for it, and have not
// changed since: any command may be theirs.
const unnamed = ""

// pairs yields the columns that are asked for, with their values.
func pairs(columnsAndValues ...string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := 0; i < len(columnsAndValues); i += 2 {
			if columnsAndValues[i+1] != "" && !yield(columnsAndValues[i], columnsAndValues[i+1]) {
				return
			}
		}
	}
}

// scan reads rows of version and body.
//
// A body that can't be read is an error of the whole query: to leave out a request that waits would
// be to lose it quietly.
func scan(rows *sql.Rows, err error) ([]approvals.Request, error) {
	return collect(rows, err, func(rows *sql.Rows) (r approvals.Request, err error) {
		var version int64
		var body string
		if err := rows.Scan(&version, &body); err != nil {
			return r, err
		}
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			return r, fmt.Errorf("a row is damaged: %w", err)
		}
		r.Version = version
		return r, nil
	})
}

// collect reads all rows, so that the connection is free again before anyone looks at them.
func collect[T any](rows *sql.Rows, err error, one func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := one(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// encode writes a body. Characters that only matter in HTML stay as they are, so that JSON inside keeps its bytes.
func encode(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("encode a row: %w", err)
	}
	return text(strings.TrimSpace(b.String())), nil
}

// number is a yes or no as the database keeps it.
func number(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// affected is how many rows a statement changed.
func affected(res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
