package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
)

// Tables are all that Copy copies: every table of the schema, which a test holds.
func Tables() []string { return slices.Clone(tables) }

var tables = []string{
	"audit", "audit_head", "audit_positions", "clips", "columns", "cursors", "directs", "figures", "history", "homes", "inbox", "jobs", "leases", "notices", "notices_head", "queries",
	"rates", "requests", "saved", "seal_keys", "snoozes",
}

// singletons have one row from the start, and a column that is 0 while nothing was written.
var singletons = map[string]string{"audit_head": "seq", "notices_head": "seq"}

// insertRows is how many rows one statement writes. Both engines take more than 30,000 values in one; no table has a hundred columns.
const insertRows = 200

// A Transfer is what was copied.
type Transfer struct {
	Rows []TableRows
	Head approvals.Mark // the end of the audit trail, on both sides
}

// TableRows counts the rows of a table.
type TableRows struct {
	Table string
	Rows  int64
}

// Copy copies a whole database into an empty one: whole or not at all, for it is one transaction
// there. Before it is committed, the rows of both sides are counted and their contents compared,
// and the copy's audit trail is verified. Nobody may use the source meanwhile: what they wrote
// would be missing.
//
// Counting and comparing are done on what the target says it has, read back within the transaction:
// an encoding that changes a text on the way, or a driver that rounds a number, is found before
// anything is kept.
func Copy(ctx context.Context, from, to string) (t Transfer, err error) {
	if err := Exists(from); err != nil {
		return t, err
	}
	target, err := Open(ctx, to, nil)
	if err != nil {
		return t, fmt.Errorf("the target: %w", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	if err := empty(ctx, target.read); err != nil { // before anything is locked: it may be the source itself
		return t, fmt.Errorf("the target: %w", err)
	}
	source, err := alone(ctx, from)
	if err != nil {
		return t, fmt.Errorf("the source: %w", err)
	}
	defer func() { err = errors.Join(err, source.close()) }()
	err = source.hold(ctx, func(reading *sql.Tx) error {
		if source.name == "postgres" { // a file that others use cannot be held
			if err := unused(ctx, reading); err != nil {
				return fmt.Errorf("the source: %w", err)
			}
		}
		return target.writes.do(ctx, func(ctx context.Context, writing *transaction) (err error) {
			t, err = transfer(ctx, reading, writing.Tx)
			return err
		})
	})
	return t, err
}

// alone opens the source, brings its tables up to date, and makes sure where that can be told that
// nobody else has it open.
//
// The tables are brought up to date first so that both sides have the same columns.
func alone(ctx context.Context, address string) (engine, error) {
	db, err := Open(ctx, address, slog.New(slog.DiscardHandler))
	if err != nil {
		return engine{}, err
	}
	path, isFile := strings.CutPrefix(address, "sqlite:")
	if !isFile {
		db.writes.close()
		return db.engine, nil
	}
	if err := db.Close(); err != nil {
		return engine{}, err
	}
	// In this mode SQLite wants the file for itself, so a process that has it open is noticed, and none can open it later.
	file := (&url.URL{Path: strings.TrimPrefix(path, "//")}).EscapedPath()
	one, err := sql.Open("sqlite", "file:"+file+"?_busy_timeout=2000&_txlock=exclusive&_pragma=locking_mode(EXCLUSIVE)")
	if err != nil {
		return engine{}, err
	}
	one.SetMaxOpenConns(1)
	return newSQLite(path, one, one), nil
}

// hold does something while nobody else can write the source.
//
// On SQLite the lock is that of the exclusive mode, on PostgreSQL that of the one writer, which any
// bot would wait for.
func (e engine) hold(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := e.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("the source: %w; if a bot uses it, stop it first", e.words(err))
	}
	defer tx.Rollback() // nothing is written
	if e.begin != "" {
		if _, err := tx.ExecContext(ctx, e.begin); err != nil {
			return e.words(err)
		}
	}
	return do(tx)
}

// unused refuses a database that a running bot uses: it renews its leases every few seconds.
func unused(ctx context.Context, tx *sql.Tx) error {
	var until int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(until), 0) FROM leases`).Scan(&until); err != nil {
		return err
	}
	if left := time.Until(moment(until)); left > 0 {
		return fmt.Errorf("a bot is running on it, or died within the last seconds: stop it, or wait %s and try again", left.Round(time.Second)+time.Second)
	}
	return nil
}

// transfer copies all tables and proves that the copy is the same.
func transfer(ctx context.Context, reading, writing *sql.Tx) (t Transfer, err error) {
	if err := empty(ctx, writing); err != nil {
		return t, fmt.Errorf("the target: %w", err)
	}
	for _, table := range tables {
		was, err := copyTable(ctx, reading, writing, table)
		if err != nil {
			return t, fmt.Errorf("copy table %s: %w", table, err)
		}
		is, err := contentOf(ctx, writing, table)
		if err != nil {
			return t, fmt.Errorf("read table %s again: %w", table, err)
		}
		if is != was {
			return t, fmt.Errorf("table %s differs in the target (%d rows, %d in the source): nothing was kept", table, is.rows, was.rows)
		}
		t.Rows = append(t.Rows, TableRows{table, is.rows})
	}
	rows, err := trail(ctx, writing, approvals.AuditQuery{})
	if err != nil {
		return t, err
	}
	if _, err := approvals.Verify(rows); err != nil {
		return t, fmt.Errorf("the source's audit trail isn't intact: keep that database for whoever looks into it, and start with an empty one: %w", err)
	}
	t.Head = rows.Head
	return t, nil
}

// empty refuses a target that somebody has written.
func empty(ctx context.Context, in querier) error {
	for _, table := range tables {
		query := `SELECT count(*) FROM ` + table
		if column := singletons[table]; column != "" {
			query += ` WHERE ` + column + ` <> 0`
		}
		var rows int64
		if err := in.QueryRowContext(ctx, query).Scan(&rows); err != nil {
			return err
		}
		if rows > 0 {
			return fmt.Errorf("it isn't empty (table %s has %d rows): choose a new database", table, rows)
		}
	}
	return nil
}

// copyTable copies the rows of a table and returns what they contain.
//
// Rows are hashed while they pass, so the source is read once.
func copyTable(ctx context.Context, reading, writing *sql.Tx, table string) (c content, err error) {
	if singletons[table] != "" {
		if _, err := writing.ExecContext(ctx, `DELETE FROM `+table); err != nil {
			return c, err
		}
	}
	columns, err := columnsOf(ctx, reading, table)
	if err != nil {
		return c, err
	}
	var batch []any
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		_, err := writing.ExecContext(ctx, insert(table, columns, len(batch)/len(columns)), batch...)
		batch = batch[:0]
		return err
	}
	err = eachRow(ctx, reading, table, columns, func(values []any) error {
		c.add(values)
		if batch = append(batch, values...); len(batch) < insertRows*len(columns) {
			return nil
		}
		return flush()
	})
	return c, errors.Join(err, flush())
}

// columnsOf are the columns of a table in the order of their names: databases that grew differently have them in different orders.
func columnsOf(ctx context.Context, tx *sql.Tx, table string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+table+` LIMIT 0`)
	if err != nil {
		return nil, err
	}
	names, err := rows.Columns()
	slices.Sort(names)
	return names, errors.Join(err, rows.Err(), rows.Close())
}

// insert is a statement that writes so many rows.
func insert(table string, columns []string, rows int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", table, strings.Join(columns, ", "))
	for n := range rows * len(columns) {
		switch {
		case n == 0:
			b.WriteString("(")
		case n%len(columns) == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", n+1)
	}
	b.WriteString(")")
	return b.String()
}

// contentOf is what a table contains.
func contentOf(ctx context.Context, tx *sql.Tx, table string) (c content, err error) {
	columns, err := columnsOf(ctx, tx, table)
	if err != nil {
		return c, err
	}
	err = eachRow(ctx, tx, table, columns, func(values []any) error { c.add(values); return nil })
	return c, err
}

// eachRow calls do with the values of each row of a table.
func eachRow(ctx context.Context, tx *sql.Tx, table string, columns []string, do func(values []any) error) (err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM `+table)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := do(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// A content is how many rows there are and the sum of their hashes, which does not depend on their
// order: engines sort text differently.
//
// A sum of hashes is no proof against somebody who makes up rows to fit; it is one against
// mistakes, and the audit trail is verified besides.
type content struct {
	rows int64
	sum  [4]uint64
}

func (c *content) add(values []any) {
	h := sha256.New()
	for _, v := range values {
		body, isBytes := v.([]byte)
		if !isBytes {
			body = fmt.Append(nil, v)
		}
		fmt.Fprintf(h, "%d %d %s", kind(v), len(body), body)
	}
	sum := h.Sum(nil)
	c.rows++
	for i := range c.sum {
		c.sum[i] += binary.BigEndian.Uint64(sum[8*i:])
	}
}

// kind tells a number, a text and bytes apart, which may be written alike.
func kind(v any) int {
	switch v.(type) {
	case nil:
		return 0
	case string:
		return 1
	case []byte:
		return 2
	}
	return 3
}
