package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed schema/*.sql
var schema embed.FS

// migrateTries is how often tables are brought up to date when another process that starts at the same time does it too.
const migrateTries = 3

// migrate brings the tables up to date. Tables newer than this program are left alone: it would not know what it breaks.
func migrate(ctx context.Context, e engine, log *slog.Logger) error {
	p, err := provider(e)
	if err != nil {
		return fmt.Errorf("prepare the tables: %w", err)
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	for try := 1; ; try++ {
		done, err := p.Up(ctx)
		if err == nil {
			for _, m := range done {
				log.InfoContext(ctx, "database table version", "version", m.Source.Version, "took", m.Duration)
			}
			break
		}
		if try == migrateTries || ctx.Err() != nil {
			return fmt.Errorf("bring the tables up to date: %w", err)
		}
	}
	is, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the tables: %w", err)
	}
	if is > newest {
		return fmt.Errorf("the database was written by a newer s1bot (its tables have version %d, this program knows %d): start that one, or restore an older backup", is, newest)
	}
	return nil
}

func provider(e engine) (*goose.Provider, error) {
	files, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, err
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if e.name == "postgres" {
		dialect = goose.DialectPostgres
		one, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(one))
	}
	return goose.NewProvider(dialect, e.write, files, opts...)
}
