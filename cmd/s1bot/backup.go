package main

import (
	"cmp"
	"context"
	"fmt"

	"s1bot/bot/store"
)

type backupCmd struct {
	File string `arg:"" help:"The new file to write."`
}

// Help is shown by `s1bot backup --help`.
func (backupCmd) Help() string {
	return "Copies the SQLite database to a new file while the bot runs, and verifies the copy and its audit trail. To restore, stop the bot, replace the database with the file, delete the old -wal and -shm files, and start it. For PostgreSQL, use pg_dump."
}

// Run makes the backup and says where its audit trail ends.
func (b backupCmd) Run(ctx context.Context, std streams) error {
	c, err := readConfig(environment())
	if err := about("S1BOT_DATABASE_URL", err); err != nil {
		return settingsError{err}
	}
	head, err := store.Backup(ctx, c.DatabaseURL, b.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s is intact; the last row of its audit trail is %d, hash %s\n", b.File, head.Seq, cmp.Or(head.Hash, "(none)"))
	return err
}
