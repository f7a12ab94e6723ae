package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/store/pgtest"
)

// pooled opens an empty PostgreSQL database whose turn to write is taken, so that writes gather until free is called.
func pooled(t *testing.T) (db *DB, free func()) {
	t.Helper()
	server := os.Getenv(pgtest.Variable)
	if server == "" {
		t.Skip("NOT CHECKED: " + pgtest.Variable + " is not set")
	}
	admin, err := sql.Open("pgx", server)
	require.NoError(t, err)
	schema := "t" + strings.ToLower(rand.Text())
	_, err = admin.Exec("CREATE SCHEMA " + schema)
	require.NoError(t, err)
	address, err := url.Parse(server)
	require.NoError(t, err)
	q := address.Query()
	q.Set("search_path", schema)
	address.RawQuery = q.Encode()
	db, err = Open(t.Context(), address.String(), nil)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec("DROP SCHEMA " + schema + " CASCADE")
		require.NoError(t, errors.Join(db.Close(), err, admin.Close()))
	})
	db.writes.turn <- struct{}{}
	return db, func() { <-db.writes.turn }
}

// At a hundred approvals a second what costs is not the statement but the way to the server and back: a batch of changes is one.
func TestChangesGoToPostgreSQLTogetherAndStandAlone(t *testing.T) {
	t.Parallel()
	db, free := pooled(t)
	free()
	l, err := approvals.New(approvals.Config{Store: db.Requests(), Owner: "p1"})
	require.NoError(t, err)
	var rs []approvals.Request
	for n := range 4 {
		r, _, err := l.Submit(t.Context(), approvals.Request{Key: fmt.Sprint(n), Command: "c", Requester: "U1", State: approvals.Approved})
		require.NoError(t, err)
		rs = append(rs, r)
	}
	entry := func(r approvals.Request) approvals.Entry {
		return approvals.Entry{Request: r.ID, Action: "started", Detail: []byte(`{}`)}
	}
	stale := rs[3]
	require.NoError(t, db.Requests().Swap(t.Context(), stale, entry(stale)))

	for _, c := range []struct {
		name  string
		stale []approvals.Entry // of the swap that must not be made
	}{{"nothing was sent for it", nil}, {"its entry was sent", []approvals.Entry{entry(stale)}}} {
		db.writes.turn <- struct{}{}
		errs := make([]error, 6)
		var writes sync.WaitGroup
		for n, write := range []func() error{
			func() error { return db.Requests().Swap(context.Background(), rs[0], entry(rs[0])) },
			func() error { return db.Requests().Swap(context.Background(), rs[1]) },
			func() error { return db.Requests().Swap(context.Background(), stale, c.stale...) },
			func() error { return db.Requests().Append(context.Background(), entry(rs[2]), entry(rs[2])) },
			func() error {
				_, err := db.Inbox().Save(context.Background(), c.name, "block_actions", []byte("{}"))()
				return err
			},
			func() error { return db.History().Add(context.Background(), "U1", c.name, time.Now()) },
		} {
			writes.Go(func() { errs[n] = write() })
		}
		gathered(t, db.writes, len(errs))
		free()
		writes.Wait()
		for n, err := range errs {
			if n == 2 {
				require.ErrorIs(t, err, approvals.ErrConflict, c.name)
			} else {
				require.NoError(t, err, c.name)
			}
		}
		rs[0].Version++
		rs[1].Version++
		fresh, err := db.Inbox().Save(t.Context(), c.name, "block_actions", nil)()
		require.NoError(t, err)
		require.False(t, fresh, "it was written with the rest")
	}
	trail, err := db.Requests().Audit(t.Context(), approvals.AuditQuery{})
	require.NoError(t, err)
	n, err := approvals.Verify(trail)
	require.NoError(t, err)
	require.EqualValues(t, len(rs)+1+2*3, n)
}
