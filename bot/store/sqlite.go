package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/sethvargo/go-retry"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLite has one writer. It syncs every commit (FULL): a click that was acknowledged survives a power cut, and sharing commits
// makes that cheap (see the benchmarks). More readers than these do not help on the machines this runs on.
const sqliteReaders = 4

// busyFor is how long a connection waits for a lock that another one holds.
const busyFor = 10 * time.Second

// longestLog is the pages of SQLite's log at which a commit copies them into the database itself. It is several times what gathers between
// two checkpoints: that is done beside the writing, so that nobody's click waits for it.
const longestLog = "16000"

// checkpoint copies what is committed from the log into the database, as far as nobody reads older pages. A writer is not held up.
func checkpoint(ctx context.Context, db *sql.DB) {
	_, _ = db.ExecContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`) // what stays is copied the next time, or by a commit
}

// openSQLite opens the file at path, or ":memory:" for a database that ends with the process.
//
// Two pools share the file. The one that writes has a single connection and begins its transactions
// IMMEDIATE, so that it takes the lock before it reads and never has to give up half-way
// (SQLITE_BUSY on an upgrade). Readers see the last commit and wait for nobody: that is what the
// write-ahead log is for (https://sqlite.org/wal.html).
func openSQLite(ctx context.Context, path string) (engine, error) {
	if path == ":memory:" {
		db, err := sql.Open("sqlite", "file::memory:?_txlock=immediate")
		if err != nil {
			return engine{}, fmt.Errorf("open a database in memory: %w", err)
		}
		db.SetMaxOpenConns(1) // each connection would be a database of its own
		return newSQLite(path, db, db), nil
	}
	path, err := touch(path)
	if err != nil {
		return engine{}, err
	}
	// As SQLite does where its configure script finds it: a commit syncs the data and the size of the log, not its time stamps. Where there
	// is no such call it stays with fsync.
	_, _ = sqlite.Fdatasync(true)
	write, err := sql.Open("sqlite", dsn(path, "_txlock=immediate", "_journal_mode=WAL", "_synchronous=FULL", "_pragma=wal_autocheckpoint("+longestLog+")"))
	if err != nil {
		return engine{}, fmt.Errorf("open database %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", dsn(path, "_query_only=1"))
	if err != nil {
		return engine{}, errors.Join(fmt.Errorf("open database %s: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	e := newSQLite(path, read, write)
	e.tidy = func(ctx context.Context) { checkpoint(ctx, read) }
	if err := retry.Do(ctx, retry.WithMaxDuration(busyFor, retry.NewConstant(20*time.Millisecond)), func(ctx context.Context) error {
		return ifBusy(write.PingContext(ctx)) // readers need the writer's WAL mode
	}); err != nil {
		return engine{}, errors.Join(e.words(err), e.close())
	}
	return e, nil
}

func newSQLite(path string, read, write *sql.DB) engine {
	return engine{
		name: "sqlite", read: read, write: write, parses: true, folder: folderOf(path), dialect: goose.DialectSQLite3,
		hasTable: `SELECT count(*) > 0 FROM sqlite_schema WHERE type = 'table' AND name = $1`,
		words:    func(err error) error { return sqliteWords(path, err) },
		check:    func(ctx context.Context) error { return quickCheck(ctx, read) },
	}
}

// dsn is the address of the file for the driver. Secure delete: what was a typed password is not
// left in free pages.
//
// The log is cut to 64 MiB after a checkpoint, so that one flood does not keep a gigabyte for ever.
func dsn(path string, more ...string) string {
	params := append([]string{fmt.Sprintf("_busy_timeout=%d", busyFor.Milliseconds()), "_foreign_keys=1", "_pragma=secure_delete(1)", "_pragma=journal_size_limit(67108864)"}, more...)
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(params, "&")
}

// touch makes the file, readable by its owner alone, and says in words what a database driver says
// in numbers.
//
// SQLite would make the file with the rights that the umask leaves, and would say "unable to open
// database file" for every cause.
func touch(path string) (string, error) {
	path = strings.TrimPrefix(path, "//")
	if path == "" {
		return "", errors.New("the database address sqlite: has no file path; write it like sqlite:s1bot.db")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("database %s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", fileWords(path, err)
	}
	return path, f.Close()
}

// fileWords says what to do where the file at path can't be made or opened.
func fileWords(path string, err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("database %s: the folder %s does not exist; create it, or choose another path", path, filepath.Dir(path))
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("database %s: this user can't write there; change the owner of the folder and the file, or choose another path", path)
	}
	return fmt.Errorf("database %s cannot be written: %w", path, err)
}

// ifBusy marks what is worth another try. Two processes that put a new file into WAL mode at once hold a shared lock each and wait for
// the other's: SQLite tells one of them that it is busy without the wait that _busy_timeout asks for (https://sqlite.org/c3ref/busy_handler.html).
func ifBusy(err error) error {
	if e := (*sqlite.Error)(nil); errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY {
		return retry.RetryableError(err)
	}
	return err
}

// sqliteWords adds to an error of SQLite's what to do about it.
func sqliteWords(path string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	var advice string
	switch primary(e.Code()) {
	case sqlite3.SQLITE_NOTADB:
		advice = "this file isn't an SQLite database; choose another path, or move the file away"
	case sqlite3.SQLITE_CORRUPT:
		advice = "the file is damaged; restore a backup, or move the file away to start over"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		advice = "this user cannot write the file or its folder"
	case sqlite3.SQLITE_FULL:
		advice = "the disk is full"
	case sqlite3.SQLITE_IOERR:
		advice = "the disk failed"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		advice = "another program has locked the file; stop that program"
	default:
		return fmt.Errorf("database %s: %w", path, err)
	}
	return fmt.Errorf("database %s: %s (%w)", path, advice, err)
}

// primary is the kind of an error, without what its extended code tells beside it. One is of another kind than
// its number says: the index of the write-ahead log could not grow, for which SQLite has an I/O error, and
// which a full disk brings about when the program starts.
func primary(code int) int {
	if code == sqlite3.SQLITE_IOERR_SHMSIZE {
		return sqlite3.SQLITE_FULL
	}
	return code & 0xff
}

// quickCheck asks SQLite to look for damage.
//
// quick_check reads every page but does not compare indexes with their tables, which takes several
// times as long.
func quickCheck(ctx context.Context, db *sql.DB) error {
	var found string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&found); err != nil {
		return fmt.Errorf("look for damage: %w", err)
	}
	if found != "ok" {
		return fmt.Errorf("the database is damaged (%s); restore a backup", found)
	}
	return nil
}
