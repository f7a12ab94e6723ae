package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/store"
)

func TestAnAddressThatCannotBeOpenedIsExplained(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	cut := filepath.Join(dir, "cut.db")
	open(t, "sqlite:"+cut)
	whole, err := os.ReadFile(cut)
	require.NoError(t, err)
	for _, c := range []struct{ address, want string }{
		{"", "begins with sqlite: or postgres://"},
		{"s1bot.db", "begins with sqlite: or postgres://"},
		{"mysql://root:hunter2@localhost/x", "begins with sqlite: or postgres://"},
		{"sqlite:", "has no file path"},
		{"sqlite:" + dir, "cannot be written"},
		{"sqlite:" + dir + "/none/s1bot.db", "the folder " + dir + "/none does not exist"},
		{"sqlite:" + write("notes.txt", strings.Repeat("these are my notes ", 100)), "isn't an SQLite database"},
		{"sqlite:" + write("damaged.db", string(whole[:60])+strings.Repeat("x", 4096)), "restore a backup"},
		{"postgres://nobody:hunter2@127.0.0.1:1/none?connect_timeout=2", "PostgreSQL: failed to connect to `user=nobody database=none`: 127.0.0.1:1 (127.0.0.1): dial error"},
		{"postgres://nobody:hunter2@[", "PostgreSQL: "},
	} {
		_, err := store.Open(t.Context(), c.address, nil)
		require.ErrorContains(t, err, c.want, "%s", c.address)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestAPathMayHoldAnyCharacter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ü 100% #1?.db")
	db := open(t, "sqlite:"+path)
	require.NoError(t, db.Check(t.Context()))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds what people typed")
	require.NotZero(t, info.Size(), "and this is the file that is written")
	require.NoError(t, open(t, "sqlite://"+path).Check(t.Context()))
}

func TestADatabaseInMemory(t *testing.T) {
	t.Parallel()
	one, two := open(t, "sqlite::memory:"), open(t, "sqlite::memory:")
	require.NoError(t, one.Check(t.Context()))
	insert(t, one.Requests(), request(1))
	found, err := two.Requests().Find(t.Context(), approvals.Query{})
	require.NoError(t, err)
	require.Empty(t, found, "each is its own")
	require.EqualValues(t, 1, sound(t, one.Requests()))
}

func TestADatabaseOfANewerProgramIsLeftAlone(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		db, err := store.Open(t.Context(), address, nil)
		require.NoError(t, err)
		require.NoError(t, db.Close())
		meddle(t, address, `INSERT INTO schema_versions (version_id, is_applied) VALUES (9999, true)`)
		_, err = store.Open(t.Context(), address, nil)
		require.ErrorContains(t, err, "written by a newer s1bot")
	})
}

func TestProcessesThatStartTogether(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		started := make(chan error)
		for range 4 {
			go func() {
				db, err := store.Open(t.Context(), address, nil)
				if err == nil {
					err = db.Close()
				}
				started <- err
			}()
		}
		for range 4 {
			require.NoError(t, <-started)
		}
		require.NoError(t, open(t, address).Check(t.Context()))
	})
}

// SQLite has no lock around all files of the schema: processes that start at once apply them by turns, and each must arrive.
func TestProcessesThatStartTogetherOnANewFile(t *testing.T) {
	t.Parallel()
	for range 20 {
		address := "sqlite:" + filepath.Join(t.TempDir(), "s1bot.db")
		started := make(chan error)
		for range 6 {
			go func() {
				db, err := store.Open(t.Context(), address, nil)
				if err == nil {
					err = db.Close()
				}
				started <- err
			}()
		}
		for range 6 {
			require.NoError(t, <-started)
		}
	}
}

func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s1bot.db")
	db, err := store.Open(t.Context(), "sqlite:"+path, nil)
	require.NoError(t, err)
	entries := make([]approvals.Entry, 200)
	for i := range entries {
		entries[i] = approvals.Entry{At: noon, Action: strings.Repeat("x", 200)}
	}
	require.NoError(t, db.Requests().Append(t.Context(), entries...))
	require.NoError(t, db.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := 4096*3 + 8; i < len(content); i += 4096 {
		copy(content[i:], strings.Repeat("\xff", 2000))
	}
	require.NoError(t, os.WriteFile(path, content, 0o600))
	db, err = store.Open(t.Context(), "sqlite:"+path, nil)
	if err == nil {
		err = db.Check(t.Context())
		require.NoError(t, db.Close())
	}
	require.ErrorContains(t, err, "restore a backup")
}

func TestAClosedDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), "sqlite::memory:", nil)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = db.Inbox().Save(t.Context(), "e1", "events_api", nil)()
	require.ErrorContains(t, err, "closed")
	require.Error(t, db.Check(t.Context()))
}
