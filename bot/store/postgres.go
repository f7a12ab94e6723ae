package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the database/sql driver "pgx"
	"github.com/pressly/goose/v3"
)

// postgresConns bounds a process's connections; a server allows 100 by default, for all.
//
// One writes, the others read; ten processes stay below the server's limit.
const postgresConns = 8

// openPostgres opens the database that several processes share.
func openPostgres(ctx context.Context, url string) (engine, error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return engine{}, fmt.Errorf("open the PostgreSQL database: %w", err)
	}
	db.SetMaxOpenConns(postgresConns)
	db.SetMaxIdleConns(postgresConns)
	if err := db.PingContext(ctx); err != nil {
		return engine{}, errors.Join(postgresWords(err), db.Close())
	}
	return engine{
		name: "postgres", read: db, write: db, begin: oneWriter, pipelines: true, dialect: goose.DialectPostgres,
		hasTable: `SELECT to_regclass($1) IS NOT NULL`,
		words:    postgresWords, check: db.PingContext,
	}, nil
}

// postgresWords says whose error it is; PostgreSQL's own words are good, and pgx keeps the password out of them. It puts each address that
// it tried on a line of its own: in one line nobody reads the first alone, which has no reason.
func postgresWords(err error) error { return fmt.Errorf("PostgreSQL: %w", oneLine{err}) }

// oneLine is an error whose words stand in one line.
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }
func (e oneLine) Unwrap() error { return e.error }
