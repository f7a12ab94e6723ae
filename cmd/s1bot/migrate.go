package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"s1bot/bot/store"
)

// migrateCmd copies a database. ToFile is there because an address holds a password, and a command
// line can be read by every user of the machine.
type migrateCmd struct {
	From   string `placeholder:"ADDRESS" help:"The database to copy, sqlite:PATH or postgres://…; S1BOT_DATABASE_URL by default."`
	To     string `placeholder:"ADDRESS" help:"An empty database."`
	ToFile string `placeholder:"FILE" help:"A file with the address of the empty database. Safer than --to, because other users of this machine can see the command line."`
}

// Help is shown by `s1bot migrate --help`.
func (migrateCmd) Help() string {
	return "Stop every bot on the old database first. Copies everything or nothing: rows are compared on both sides and the audit trail of the copy is verified. The old database stays as it is. Then point S1BOT_DATABASE_URL at the new one and start the bot."
}

// Run copies the database and says what was copied.
func (m migrateCmd) Run(ctx context.Context, std streams) error {
	from, to, err := m.addresses()
	if err != nil {
		return err
	}
	done, err := store.Copy(ctx, from, to)
	if err != nil {
		return fmt.Errorf("nothing was migrated: %w", err)
	}
	var rows int64
	for _, table := range done.Rows {
		rows += table.Rows
		if table.Rows > 0 {
			fmt.Fprintf(std.out, "%8d  %s\n", table.Rows, table.Table)
		}
	}
	_, err = fmt.Fprintf(std.out, "%d rows copied, the same on both sides. The audit trail is intact; its last row on both sides is %d, hash %s.\n"+
		"Now point S1BOT_DATABASE_URL at the new database and start the bot. Keep the old one as a backup; no bot may use it again.\n",
		rows, done.Head.Seq, cmp.Or(done.Head.Hash, "(none)"))
	return err
}

// addresses are those of both databases.
func (m migrateCmd) addresses() (from, to string, err error) {
	from, to = m.From, m.To
	if from == "" {
		c, err := readConfig(environment())
		if err := about("S1BOT_DATABASE_URL", err); err != nil {
			return "", "", settingsError{err}
		}
		from = c.DatabaseURL
	}
	if m.ToFile != "" {
		if to != "" {
			return "", "", errors.New("--to and --to-file are both given: keep one")
		}
		body, err := os.ReadFile(m.ToFile)
		if err != nil {
			return "", "", fmt.Errorf("read the address of the new database: %w", err)
		}
		to = strings.TrimSpace(string(body))
	}
	if to == "" {
		return "", "", errors.New("no target: name an empty database with --to postgres://… or --to-file FILE")
	}
	return from, to, nil
}
