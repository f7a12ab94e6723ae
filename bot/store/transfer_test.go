package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/store"
	"s1bot/notifier/journal"
)

// lived writes into a database what a bot leaves there: rows of every form, bytes among them.
func lived(t *testing.T, address string) approvals.Mark {
	t.Helper()
	db := open(t, address)
	requests := db.Requests()
	for n := range 210 { // more than one statement writes
		r := approvals.Request{ID: fmt.Sprint("r", n), Ref: fmt.Sprint("A-", n), Key: fmt.Sprint("k", n), Command: "isolate", Requester: "UALICE", State: approvals.Pending, Reason: "“ü” \u0000"}
		_, _, err := requests.Insert(t.Context(), r, approvals.Entry{At: time.Now(), Request: r.ID, Action: approvals.ActionAsked, Detail: []byte(`{"why":"ü"}`)})
		require.NoError(t, err)
	}
	require.NoError(t, db.Directs().SetDirect(t.Context(), "UALICE", "D0ALICE"))
	meddle(t, address, `INSERT INTO clips (id, body, expires) VALUES ('c1', $1, 7)`, []byte{0, 0xff, 'x'})
	meddle(t, address, `INSERT INTO snoozes (id, until, body) VALUES ('s1', 9, '{}')`)
	trail, err := requests.Audit(t.Context(), approvals.AuditQuery{})
	require.NoError(t, err)
	return trail.Head
}

// between runs a story for each pair of engines, source first.
func between(t *testing.T, story func(t *testing.T, from, to string)) {
	t.Helper()
	t.Parallel()
	for _, from := range engines(t) {
		for _, to := range engines(t) {
			t.Run(from.name+" to "+to.name, func(t *testing.T) {
				t.Parallel()
				story(t, from.make(t), to.make(t))
			})
		}
	}
}

func TestACopyHasEveryRowAndTheSameTrail(t *testing.T) {
	between(t, func(t *testing.T, from, to string) {
		var head approvals.Mark
		t.Run("fill", func(t *testing.T) { head = lived(t, from) }) // closes it at the end
		done, err := store.Copy(t.Context(), from, to)
		require.NoError(t, err)
		require.Equal(t, head, done.Head)
		counted := map[string]int64{}
		for _, table := range done.Rows {
			counted[table.Table] = table.Rows
		}
		require.EqualValues(t, 210, counted["requests"])
		require.EqualValues(t, 210, counted["audit"])
		require.EqualValues(t, 1, counted["clips"])

		db := open(t, to)
		trail, err := db.Requests().Audit(t.Context(), approvals.AuditQuery{})
		require.NoError(t, err)
		rows, err := approvals.Verify(trail)
		require.NoError(t, err)
		require.EqualValues(t, 210, rows)
		require.NoError(t, db.Requests().Append(t.Context(), approvals.Entry{At: time.Now(), Action: "snoozed"}), "it goes on")
		direct, err := db.Directs().Direct(t.Context(), "UALICE")
		require.NoError(t, err)
		require.Equal(t, "D0ALICE", direct)

		_, err = store.Copy(t.Context(), from, to)
		require.ErrorContains(t, err, "the target: it isn't empty")
	})
}

func TestACopyIsWholeOrNotAtAll(t *testing.T) {
	between(t, func(t *testing.T, from, to string) {
		t.Run("fill", func(t *testing.T) { lived(t, from) })
		meddle(t, from, `UPDATE audit SET actor = 'somebody else' WHERE seq = 209`)
		_, err := store.Copy(t.Context(), from, to)
		require.ErrorContains(t, err, "audit trail isn't intact")
		require.Equal(t, []int64{0}, ask(t, to, `SELECT count(*) FROM requests`))
		require.Equal(t, []int64{0}, ask(t, to, `SELECT seq FROM audit_head`), "its own first row is there again")
	})
}

func TestADatabaseThatABotUsesIsNotCopied(t *testing.T) {
	between(t, func(t *testing.T, from, to string) {
		db := open(t, from)
		_, err := db.Journal().Lease(t.Context(), journal.Claim{Owner: "bot", For: 20 * time.Second})
		require.NoError(t, err)
		_, err = store.Copy(t.Context(), from, to)
		require.Error(t, err)
		require.Regexp(t, "stop it", err.Error())
		if strings.HasPrefix(from, "postgres") {
			require.ErrorContains(t, err, "a bot is running on it")
		}
		require.Equal(t, []int64{0}, ask(t, to, `SELECT count(*) FROM leases`))
	})
}

func TestADatabaseIsNotCopiedOntoItself(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		t.Run("fill", func(t *testing.T) { lived(t, address) })
		_, err := store.Copy(t.Context(), address, address)
		require.ErrorContains(t, err, "isn't empty")
		require.Equal(t, []int64{210}, ask(t, address, `SELECT count(*) FROM requests`))
	})
	_, err := store.Copy(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "typo.db"), "sqlite::memory:")
	require.ErrorContains(t, err, "there is no database")
}

// A file of the schema that makes a table must have it copied, too.
func TestEveryTableOfTheSchemaIsCopied(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("schema/*.sql")
	require.NoError(t, err)
	made := map[string]bool{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		up, _, _ := strings.Cut(string(body), "-- +goose Down")
		for _, m := range regexp.MustCompile(`(?m)^(CREATE|DROP) TABLE (\w+)`).FindAllStringSubmatch(up, -1) {
			made[m[2]] = m[1] == "CREATE"
		}
	}
	for table, there := range made {
		require.Equal(t, there, slices.Contains(store.Tables(), table), "table %s: bot/store/transfer.go lists what is copied", table)
	}
	for _, table := range store.Tables() {
		require.True(t, made[table], "there is no table %s", table)
	}
}
