package store_test

import (
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/store"
)

// An engine makes a new, empty database and returns its address.
type engine struct {
	name string
	make func(testing.TB) string
}

// engines are those that the suite runs on. PostgreSQL takes part where S1BOT_TEST_POSTGRES is the address of a server on which
// schemas may be made.
func engines(t testing.TB) []engine {
	all := []engine{{"sqlite", func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "s1bot.db") }}}
	if server := os.Getenv("S1BOT_TEST_POSTGRES"); server != "" {
		return append(all, engine{"postgres", func(t testing.TB) string { return newSchema(t, server) }})
	}
	t.Log("PostgreSQL does not take part: S1BOT_TEST_POSTGRES is not set")
	return all
}

// newSchema makes a schema of its own on a PostgreSQL server.
func newSchema(t testing.TB, server string) string {
	name := "t" + strings.ToLower(rand.Text())
	db, err := sql.Open("pgx", server)
	require.NoError(t, err)
	_, err = db.Exec("CREATE SCHEMA " + name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.Exec("DROP SCHEMA " + name + " CASCADE")
		require.NoError(t, err)
		require.NoError(t, db.Close())
	})
	u, err := url.Parse(server)
	require.NoError(t, err)
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// onEach runs a story on every engine, each time on a new database.
func onEach(t *testing.T, story func(t *testing.T, address string)) {
	t.Helper()
	t.Parallel()
	for _, e := range engines(t) {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			story(t, e.make(t))
		})
	}
}

// open opens a database as one process does.
func open(t testing.TB, address string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), address, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// meddle changes the database behind the bot's back.
func meddle(t testing.TB, address, statement string, args ...any) {
	t.Helper()
	driver, source := "pgx", address
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, source = "sqlite", "file:"+path
	}
	db, err := sql.Open(driver, source)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec(statement, args...)
	require.NoError(t, err)
}
