package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"s1bot/approvals"
)

// Backup writes a copy of an SQLite database to a new file, as it is at one moment; the bot may go
// on meanwhile. It returns the end of the copy's audit trail, which was verified. Other engines
// have tools of their own.
//
// The file is made first and exclusively, so that two backups can't write one file, with rights for
// its owner alone: it holds names of hosts, and sealed passwords.
func Backup(ctx context.Context, address, path string) (head approvals.Mark, err error) {
	from, isFile := strings.CutPrefix(address, "sqlite:")
	if !isFile || from == ":memory:" {
		return head, errors.New("this only copies SQLite databases; for PostgreSQL, use pg_dump (see deploy/operations.md)")
	}
	if err := Exists(address); err != nil {
		return head, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return head, fmt.Errorf("%s already exists: choose another name (backups are never overwritten)", path)
	}
	if err != nil {
		return head, fmt.Errorf("make the backup: %w", err)
	}
	head, err = backup(ctx, strings.TrimPrefix(from, "//"), path)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return head, errors.Join(fmt.Errorf("make the backup: %w", err), os.Remove(path))
	}
	return head, nil
}

// backup fills the file at path, which is empty, and looks whether it is sound.
//
// VACUUM INTO reads one snapshot, so the copy is of one moment, and takes an empty file that exists
// (https://sqlite.org/lang_vacuum.html). A copy of the file and its log by hand would be of two.
func backup(ctx context.Context, from, path string) (head approvals.Mark, err error) {
	db, err := sql.Open("sqlite", dsn(from))
	if err != nil {
		return head, err
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return head, errors.Join(sqliteWords(from, err), db.Close())
	}
	if err := db.Close(); err != nil {
		return head, err
	}
	copied, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro")
	if err != nil {
		return head, err
	}
	defer func() { err = errors.Join(err, copied.Close()) }()
	if err := quickCheck(ctx, copied); err != nil {
		return head, err
	}
	rows, err := trail(ctx, copied, approvals.AuditQuery{})
	if err == nil {
		_, err = approvals.Verify(rows)
	}
	return rows.Head, err
}
