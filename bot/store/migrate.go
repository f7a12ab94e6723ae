package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

// The files of the schema are numbered 1, 2, 3 … and applied in that order, each once, in a transaction of its own. A file that was
// released is never changed: what is wrong in it is mended by the next one. Processes of the version before go on working while a new
// one starts (a rolling upgrade), so a file adds what has a default, and what it takes away is no longer used by then.
//
//go:embed schema/*.sql
var schema embed.FS

// versions is the table that keeps which files were applied.
//
// Programs from before the files had consecutive numbers kept that in oldVersions, with the numbers of renumbered. Their table is read
// once and left as it is: such a program may still run beside this one, or be started again, and finds what it knows. A file that they
// could not live with must write a number above 730 there; then they refuse to start.
const (
	versions    = "schema_versions"
	oldVersions = "goose_db_version"
)

// renumbered are the numbers that files had before, in order: the first of them is file 1.
var renumbered = []int64{1, 2, 100, 200, 300, 420, 500, 720, 730}

// migrate brings the tables up to date. Tables newer than this program are left alone: it would not
// know what it breaks.
//
// A program that is older than its database refuses to start. It might run and write rows that the
// newer one reads otherwise.
func migrate(ctx context.Context, e engine, log *slog.Logger) error {
	if err := adopt(ctx, e, log); err != nil {
		return err
	}
	p, err := provider(e)
	if err != nil {
		return fmt.Errorf("prepare the tables: %w", err)
	}
	if err := up(ctx, p, log); err != nil {
		return fmt.Errorf("bring the tables up to date: %w", err)
	}
	is, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the tables: %w", err)
	}
	sources := p.ListSources()
	if newest := sources[len(sources)-1].Version; is > newest {
		return Newer(is, newest)
	}
	return nil
}

// TableVersion is the version of the tables and the newest that this program knows. No tables at
// all are version 0.
//
// It changes nothing, so `s1bot check` can ask it of a database that must stay as it is.
func (db *DB) TableVersion(ctx context.Context) (is, knows int64, err error) {
	sources, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		return 0, 0, err
	}
	for _, t := range []struct{ table, of string }{{versions, "max(version_id)"}, {oldVersions, "count(*)"}} {
		var found bool
		if err := db.read.QueryRowContext(ctx, db.engine.hasTable, t.table).Scan(&found); err != nil {
			return 0, 0, db.engine.words(err)
		}
		if found {
			err := db.read.QueryRowContext(ctx, `SELECT COALESCE(`+t.of+`, 0) FROM `+t.table+` WHERE version_id > 0`).Scan(&is)
			return is, int64(len(sources)), err
		}
	}
	return 0, int64(len(sources)), nil
}

// Newer refuses tables that a later program made.
func Newer(is, known int64) error {
	return fmt.Errorf("the database was written by a newer s1bot (its tables have version %d, this program knows %d): run that version, or restore an older backup", is, known)
}

// up applies the files that are missing. SQLite has no lock that processes could hold meanwhile, as PostgreSQL has: of two that start
// together each meets files that the other has just applied. Its file came with its number, so whoever lost reads on from there, and
// gives up once nobody got any further.
func up(ctx context.Context, p *goose.Provider, log *slog.Logger) error {
	for {
		before, err := p.GetDBVersion(ctx)
		if err != nil {
			return err
		}
		done, err := p.Up(ctx)
		if err == nil {
			for _, m := range done {
				log.InfoContext(ctx, "database table version", "version", m.Source.Version, "took", m.Duration)
			}
			return nil
		}
		if after, _ := p.GetDBVersion(ctx); after == before || ctx.Err() != nil {
			return err
		}
	}
}

func provider(e engine) (*goose.Provider, error) {
	files, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, err
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithTableName(versions)}
	if e.name == "postgres" {
		one, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(one))
	}
	return goose.NewProvider(e.dialect, e.write, files, opts...)
}

// adopt takes over what the table of an older program says was applied. On PostgreSQL it holds the lock that older programs hold, too,
// while they bring tables up to date, so that it never reads half of that; SQLite has one writer.
func adopt(ctx context.Context, e engine, log *slog.Logger) (err error) {
	conn, err := e.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("look for tables of an older version: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if e.name == "postgres" {
		one, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		if err := one.SessionLock(ctx, conn); err != nil {
			return fmt.Errorf("wait for another process that brings the tables up to date: %w", err)
		}
		defer func() { _ = one.SessionUnlock(context.WithoutCancel(ctx), conn) }() // closing the connection would do it as well
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("look for tables of an older version: %w", err)
	}
	defer tx.Rollback() // after a commit it does nothing
	n, err := renumber(ctx, tx, e)
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return fmt.Errorf("take over the tables of an older version: %w", err)
	}
	if n > 0 {
		log.InfoContext(ctx, "database table versions numbered anew", "version", n)
	}
	return nil
}

// renumber writes down under their new numbers which files an older program applied, and returns the last of them; 0 where there is
// nothing to take over.
func renumber(ctx context.Context, tx *sql.Tx, e engine) (last int64, err error) {
	has := map[string]bool{}
	for _, table := range []string{versions, oldVersions} {
		var found bool
		if err := tx.QueryRowContext(ctx, e.hasTable, table).Scan(&found); err != nil {
			return 0, err
		}
		has[table] = found
	}
	if has[versions] || !has[oldVersions] {
		return 0, nil
	}
	before, err := database.NewStore(e.dialect, oldVersions)
	if err != nil {
		return 0, err
	}
	applied, err := before.ListMigrations(ctx, tx) // the latest first
	if err != nil {
		return 0, err
	}
	now, err := database.NewStore(e.dialect, versions)
	if err != nil {
		return 0, err
	}
	if err := now.CreateVersionTable(ctx, tx); err != nil {
		return 0, err
	}
	for _, m := range slices.Backward(applied) {
		at, known := slices.BinarySearch(renumbered, m.Version)
		switch {
		case m.Version == 0: // which goose gives to tables without anything
			last = 0
		case known:
			last = int64(at + 1)
		default:
			return 0, Newer(m.Version, renumbered[len(renumbered)-1])
		}
		if err := now.Insert(ctx, tx, database.InsertRequest{Version: last}); err != nil {
			return 0, err
		}
	}
	return last, nil
}
