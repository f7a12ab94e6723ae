// Package store is all SQL of the bot: requests and their audit trail, Slack's deliveries, and the
// notifier's journal, on SQLite or PostgreSQL with one text for both.
//
// # One text
//
// What differs between the engines stands in the type engine and nowhere else. The SQL is what both
// speak: $1 for parameters, ON CONFLICT, RETURNING. Times are integers, milliseconds since 1970 and
// 0 for none; bodies are JSON in text columns, read and written by the program's own types; what a
// query goes by stands beside the body in a column of its own. One conformance suite runs on both.
//
// # One writer
//
//	SQLite       one connection writes, four read; WAL, every commit synced
//	PostgreSQL   a transaction begins by locking the row of the trail's end, so those of all processes follow each other
//
// Both come to the same: between the beginning and the end of a transaction nobody else writes.
// Conditions that are read in a transaction therefore still hold when it commits, and the entries
// of the trail get their numbers and hashes without gaps. What makes that fast enough is the group:
// writes that wait at the same moment share a commit (group.go), so that fifty clicks cost one sync
// of the disk and not fifty, and a write costs the statements that it consists of and no others
// (transaction.go, pipeline.go).
//
// # The rule one must not break
//
// What belongs together is one transaction, and a method that returned nil is on disk. A write may
// be made twice until its transaction commits, so it must not keep anything from a first try.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// A DB is an open database. Its parts (Requests, Inbox, …) share it and cost nothing to make.
type DB struct {
	engine engine
	owner  string // names this process among those that share the database
	read   reader
	writes *group
	probe  probe
}

// An engine is what differs between SQLite and PostgreSQL.
type engine struct {
	name      string
	read      *sql.DB
	write     *sql.DB // may be the same as read
	dialect   goose.Dialect
	hasTable  string // asks whether there is a table of a name
	folder    string // of SQLite's file; empty where there is none
	begin     string // the first statement of a transaction, which finds the end of the trail; may be empty
	parses    bool   // every text anew, unless it is kept prepared
	pipelines bool   // takes several statements at once
	tidy      func(context.Context)
	words     func(error) error
	check     func(context.Context) error // looks for damage
}

// Open opens the database at url, "sqlite:PATH", "sqlite::memory:" or "postgres://…", and brings its tables up to date. Its
// errors say what to do about them.
func Open(ctx context.Context, url string, log *slog.Logger) (*DB, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	e, err := open(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, e, log); err != nil {
		e.close()
		return nil, e.words(err)
	}
	return newDB(e), nil
}

// OpenAsIs opens a database that is there and leaves its tables as they are, for whoever only
// reads: a look at a database must not be what ends the way back to the version before.
//
// A database that is older than this program lacks tables; whoever uses it so must take that error
// for an answer.
func OpenAsIs(ctx context.Context, url string) (*DB, error) {
	if err := Exists(url); err != nil {
		return nil, err
	}
	e, err := open(ctx, url)
	if err != nil {
		return nil, err
	}
	return newDB(e), nil
}

// Place is where the database at url is, without its password.
func Place(address string) string {
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		return "SQLite, " + strings.TrimPrefix(path, "//")
	}
	u, err := url.Parse(address)
	if err != nil {
		return "PostgreSQL"
	}
	return "PostgreSQL, " + u.Host + u.Path
}

// Room tells whether a database that is not there could be made at url; it leaves nothing behind.
func Room(url string) error {
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok || path == ":memory:" {
		return nil
	}
	path = strings.TrimPrefix(path, "//")
	f, err := os.CreateTemp(filepath.Dir(path), ".s1bot-room-*") // not the file itself: a bot may be making it now
	if err != nil {
		return fileWords(path, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func newDB(e engine) *DB {
	return &DB{engine: e, owner: rand.Text(), read: reader{e.read, e.statements(e.read)}, writes: newGroup(e)}
}

// Exists says what is wrong where url names a file that is not there, which Open would make: who only reads is helped by that as
// little as by an empty database.
func Exists(url string) error {
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok || path == ":memory:" {
		return nil
	}
	path = strings.TrimPrefix(path, "//")
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no database %s: check the path (%w)", path, err)
	}
	return nil
}

func open(ctx context.Context, url string) (engine, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite":
		return openSQLite(ctx, rest)
	case "postgres", "postgresql":
		return openPostgres(ctx, url)
	}
	// The address may hold a password, so it is not repeated.
	return engine{}, fmt.Errorf("a database address begins with sqlite: or postgres://; this one begins with %q", scheme)
}

// Close waits for writes that are under way and closes the database.
//
// Statements are closed before their database, or database/sql would prepare them again.
func (db *DB) Close() error {
	db.writes.close()
	return errors.Join(db.writes.prepared.close(), db.read.prepared.close(), db.engine.close())
}

// statements are those that stay prepared on one side of the database.
func (e engine) statements(db *sql.DB) *statements {
	if !e.parses {
		return nil
	}
	return newStatements(db)
}

func (e engine) close() error {
	err := e.write.Close()
	if e.read != e.write {
		if other := e.read.Close(); err == nil {
			err = other
		}
	}
	return err
}

// Check reports whether the database is sound and can be written.
func (db *DB) Check(ctx context.Context) error {
	if err := db.engine.check(ctx); err != nil {
		return db.engine.words(err)
	}
	return db.write(ctx)
}

// millis is a time as the database keeps it.
//
// Milliseconds are what Slack's and the console's stamps have, and both engines compare integers
// alike.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is a time as it comes out of the database.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// text is s as both engines take it: PostgreSQL refuses a zero byte and what is no UTF-8.
//
// It is applied to everything that comes from outside: names of files and hosts are bytes that an
// attacker chose.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// A where collects the conditions of a query and their arguments.
type where struct {
	conds []string
	args  []any
}

// add adds a condition in which every ? stands for the next of args.
//
// Conditions are texts of this program; what comes from outside is always an argument.
func (w *where) add(cond string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		cond = strings.Replace(cond, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.conds = append(w.conds, cond)
}

// in adds the condition that column is one of values.
func in[T any](w *where, column string, values []T) {
	marks := make([]string, len(values))
	args := make([]any, len(values))
	for i, v := range values {
		marks[i], args[i] = "?", v
	}
	w.add(column+" IN ("+strings.Join(marks, ", ")+")", args...)
}

// String is the clause, empty without conditions.
func (w *where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conds, " AND ")
}
