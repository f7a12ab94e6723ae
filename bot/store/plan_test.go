package store

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/notifier/journal"
)

// A recorder is a driver that remembers the statements. It hides all of a connection but the least, so that each is prepared.
type recorder struct {
	driver.Driver
	mu         sync.Mutex
	statements []string
}

type recordedConn struct {
	driver.Conn
	r *recorder
}

func (r *recorder) Open(name string) (driver.Conn, error) {
	c, err := r.Driver.Open(name)
	return recordedConn{c, r}, err
}

func (c recordedConn) Prepare(query string) (driver.Stmt, error) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.r.statements = append(c.r.statements, query)
	return c.Conn.Prepare(query)
}

// growing are the tables that years fill. Reading one from end to end is what no path of every poll, edit, click or run may do.
var growing = regexp.MustCompile(`^SCAN (requests|audit|inbox|history|notices|clips|jobs|queries)\b`)

// hotStatements are those of what a process does all day, on a SQLite database that has just been made.
func hotStatements(t *testing.T) (db *DB, all []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s1bot.db")
	db, err := Open(t.Context(), "sqlite:"+path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	r := &recorder{Driver: db.read.Driver()}
	sql.Register(t.Name(), r)
	recorded, err := sql.Open(t.Name(), "file:"+path)
	require.NoError(t, err)
	recorded.SetMaxOpenConns(1)
	watching := newSQLite(path, recorded, recorded)
	watching.parses = false // so that each statement is prepared where it is used
	watched := &DB{engine: watching, owner: "p1", read: reader{DB: recorded}, writes: newGroup(watching)}
	defer func() { require.NoError(t, watched.Close()) }()
	walk(t, watched)
	slices.Sort(r.statements)
	all = slices.DeleteFunc(slices.Compact(r.statements), func(s string) bool { return strings.Contains(s, "SAVEPOINT") })
	require.Greater(t, len(all), 40)
	return db, all
}

func TestNoHotPathReadsATableFromEndToEnd(t *testing.T) {
	t.Parallel()
	db, statements := hotStatements(t)
	for _, statement := range statements {
		args := make([]any, strings.Count(statement, "$"))
		rows, err := db.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+statement, args[:highest(statement)]...)
		require.NoError(t, err, statement)
		plan, err := collect(rows, err, func(rows *sql.Rows) (detail string, err error) {
			var id, parent, unused int
			return detail, rows.Scan(&id, &parent, &unused, &detail)
		})
		require.NoError(t, err)
		if strings.Contains(statement, "SUM(rank)") {
			require.Regexp(t, `notices_(next|post)`, strings.Join(plan, "\n"), "what waits is found among what is due, not among all that was delivered")
		}
		if strings.Contains(statement, "command IN") {
			require.Contains(t, strings.Join(plan, "\n"), "requests_command", "one kind of command is found among its own, not among all that was ever done\n%s", statement)
		}
		for _, step := range plan {
			require.False(t, inOrder.MatchString(step), "%s\n%s", statement, strings.Join(plan, "\n"))
			require.False(t, growing.MatchString(step) && !strings.Contains(step, "USING"), "%s\n%s", statement, strings.Join(plan, "\n"))
		}
	}
}

// inOrder is a step that goes through all that was ever delivered, by the index of its order: with a million of them a click on
// a message took a second so.
var inOrder = regexp.MustCompile(`^SCAN notices USING INDEX notices_seq|using notices_seq on notices.*\n(?:\s+Filter|$)`)

// readsAll is such a step in a plan of PostgreSQL's.
var readsAll = regexp.MustCompile(`Seq Scan on (requests|audit|inbox|history|notices|clips|queries)\b`)

// PostgreSQL reads small tables from end to end because that is cheap. Told not to where there is another way, it shows that there is one;
// jobs are few at any time.
func TestNoHotPathReadsATableFromEndToEndOnPostgreSQL(t *testing.T) {
	t.Parallel()
	_, statements := hotStatements(t)
	db, free := pooled(t)
	free()
	conn, err := db.read.Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	for _, setting := range []string{"SET enable_seqscan = off", "SET plan_cache_mode = force_generic_plan"} {
		_, err := conn.ExecContext(t.Context(), setting)
		require.NoError(t, err)
	}
	for i, statement := range statements {
		name := fmt.Sprint("hot", i)
		_, err := conn.ExecContext(t.Context(), "PREPARE "+name+" AS "+statement)
		require.NoError(t, err, statement)
		run := "EXPLAIN EXECUTE " + name
		if n := highest(statement); n > 0 {
			run += "(" + strings.TrimSuffix(strings.Repeat("NULL,", n), ",") + ")"
		}
		rows, err := conn.QueryContext(t.Context(), run)
		plan, err := collect(rows, err, func(rows *sql.Rows) (line string, err error) { return line, rows.Scan(&line) })
		require.NoError(t, err, statement)
		require.NotRegexp(t, readsAll, strings.Join(plan, "\n"), statement)
		require.NotRegexp(t, inOrder, strings.Join(plan, "\n"), statement)
	}
}

// highest is the number of a statement's arguments.
func highest(statement string) int {
	n := 0
	for strings.Contains(statement, fmt.Sprintf("$%d", n+1)) {
		n++
	}
	return n
}

// walk does once what a process does all day.
func walk(t *testing.T, db *DB) {
	t.Helper()
	ctx, now := t.Context(), time.UnixMilli(1795348800000).UTC()
	l, err := approvals.New(approvals.Config{Store: db.Requests(), Owner: "p1"})
	require.NoError(t, err)
	_, _, err = l.Submit(ctx, approvals.Request{Key: "k", Command: "c", Requester: "U1", State: approvals.Approved})
	require.NoError(t, err)
	for _, q := range []approvals.Query{
		{ID: "x"}, {Ref: "x"}, {Key: "x", Limit: 1}, {Behind: true}, {Due: now}, {Requester: "U1", Since: now}, {States: []approvals.State{approvals.Frozen}, Limit: 1},
		{States: []approvals.State{approvals.Pending, approvals.Running, approvals.Approved, approvals.Frozen}},
		{States: []approvals.State{approvals.Done, approvals.Failed}, Commands: []string{"c", "d"}, Since: now},
		{States: []approvals.State{approvals.Done}, Commands: []string{"c"}, Since: now},
	} {
		_, err := db.Requests().Find(ctx, q)
		require.NoError(t, err)
	}
	for _, q := range []approvals.AuditQuery{{Request: "x"}, {Request: "A-1"}, {After: 5}} {
		trail, err := db.Requests().Audit(ctx, q)
		require.NoError(t, err)
		for _, err := range trail.Entries {
			require.NoError(t, err)
		}
	}
	_, err = db.Inbox().Save(ctx, "e", "k", nil)()
	require.NoError(t, err)
	require.NoError(t, db.Inbox().Finish(ctx, "e"))
	require.NoError(t, db.Inbox().Unfinished(ctx, func(string, string, []byte, time.Time) error { return nil }))
	require.NoError(t, db.Inbox().Prune(ctx, now))
	_, err = db.Prune(ctx, now)
	require.NoError(t, err)
	require.NoError(t, db.History().Add(ctx, "U1", "agents", now))
	_, err = db.History().Last(ctx, "U1", 5)
	require.NoError(t, err)
	_, err = db.History().Lines(ctx, "", now.Add(-time.Hour), 5)
	require.NoError(t, err)
	_, err = db.History().Lines(ctx, "U1", now.Add(-time.Hour), 5)
	require.NoError(t, err)
	_, _, _, err = db.Jobs().Claim(ctx, "p1", now, now)
	require.NoError(t, err)
	id, err := db.Clips().Put(ctx, []byte("x"), time.Hour)
	require.NoError(t, err)
	_, err = db.Clips().Get(ctx, id)
	require.NoError(t, err)
	walkJournal(t, db.Journal(), now)
}

// walkJournal is walk for what the notifier keeps.
func walkJournal(t *testing.T, j Journal, now time.Time) {
	t.Helper()
	ctx := t.Context()
	notice := journal.Notice{Source: journal.Threats, ID: "t", Channel: "C", State: journal.Due, Created: now, Version: "1", Body: json.RawMessage(`{}`)}
	require.NoError(t, j.Record(ctx, journal.Batch{Source: journal.Threats, Cursor: journal.Cursor{Since: now}, Fresh: []journal.Notice{notice}, Changed: []journal.Notice{notice}, Forget: now}))
	_, err := j.Versions(ctx, journal.Threats, []string{"a", "b"})
	require.NoError(t, err)
	for _, q := range []journal.Query{
		{Channel: "C", Want: journal.ToPost, Ready: now, Limit: 1}, {Channel: "C", Want: journal.ToEdit, Ready: now, Limit: 1},
		{Source: journal.Threats, Channel: "C", Group: "g", Want: journal.Roots, Limit: 1}, {Source: journal.Threats, Channel: "C", Group: "g"},
		{Source: journal.Threats, IDs: []string{"t"}}, {Digest: "d"}, {Channel: "C", Digest: "d"}, {TS: "1.1"}, {TS: "1.1", Limit: 10},
		{Channel: "C", Agents: []string{"a"}, Limit: 10}, {Source: journal.Threats, Channel: "C", IDs: []string{"t"}, Limit: 10},
	} {
		_, err := j.Notices(ctx, q)
		require.NoError(t, err)
	}
	require.NoError(t, j.Save(ctx, func() journal.Notice { notice.Rev = 0; return notice }()))
	_, err = j.Backlog(ctx, "C")
	require.NoError(t, err)
	_, err = j.Snoozes(ctx, now)
	require.NoError(t, err)
}

// counted opens a database that counts its statements. Transactions and syncs are not among them.
func counted(t *testing.T) (db *DB, statements func() []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s1bot.db")
	made, err := Open(t.Context(), "sqlite:"+path, nil)
	require.NoError(t, err)
	r := &recorder{Driver: made.read.Driver()}
	require.NoError(t, made.Close())
	sql.Register(t.Name(), r)
	recorded, err := sql.Open(t.Name(), "file:"+path)
	require.NoError(t, err)
	recorded.SetMaxOpenConns(1)
	e := newSQLite(path, recorded, recorded)
	e.parses = false
	db = &DB{engine: e, owner: "p1", read: reader{DB: recorded}, writes: newGroup(e)}
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db, func() []string {
		r.mu.Lock()
		defer r.mu.Unlock()
		all := r.statements
		r.statements = nil
		return all
	}
}

// What a click waits for is one statement for each row that changes, and two more for the trail, however many clicks share the commit.
// On PostgreSQL each of them is a round trip.
func TestABatchCostsAStatementARow(t *testing.T) {
	t.Parallel()
	db, statements := counted(t)
	l, err := approvals.New(approvals.Config{Store: db.Requests(), Owner: "p1"})
	require.NoError(t, err)
	var all []approvals.Request
	for n := range 10 {
		r, _, err := l.Submit(t.Context(), approvals.Request{Key: fmt.Sprint(n), Command: "c", Requester: "U1", State: approvals.Approved})
		require.NoError(t, err)
		all = append(all, r)
	}
	_, err = db.Inbox().Save(t.Context(), "click", "block_actions", []byte("{}"))()
	require.NoError(t, err)
	statements()

	together := func(writes ...func() error) {
		db.writes.turn <- struct{}{}
		var all sync.WaitGroup
		for _, write := range writes {
			all.Go(func() {
				if err := write(); err != nil {
					t.Error(err)
				}
			})
		}
		gathered(t, db.writes, len(writes))
		<-db.writes.turn
		all.Wait()
	}
	var swaps []func() error
	for _, r := range all {
		swaps = append(swaps, func() error {
			return db.Requests().Swap(t.Context(), r, approvals.Entry{Request: r.ID, Action: "started", Detail: []byte(`{}`)})
		})
	}
	together(swaps...)
	require.Len(t, statements(), 2*len(all)+2)

	together(func() error {
		if err := db.Requests().Swap(t.Context(), all[0]); !errors.Is(err, approvals.ErrConflict) {
			return fmt.Errorf("a second swap: %w", err)
		}
		return nil
	}, func() error {
		_, err := db.Inbox().Save(t.Context(), "another click", "block_actions", []byte("{}"))()
		return err
	})
	require.Len(t, statements(), 2, "who was slower changed nothing, so nothing is made again")
	trail, err := db.Requests().Audit(t.Context(), approvals.AuditQuery{})
	require.NoError(t, err)
	_, err = approvals.Verify(trail)
	require.NoError(t, err)
}

func TestStatementsAreParsedOnce(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "s1bot.db"), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	for n := range 3 {
		_, err := db.Inbox().Save(t.Context(), fmt.Sprint(n), "block_actions", []byte("{}"))()
		require.NoError(t, err)
		_, err = db.Requests().Find(t.Context(), approvals.Query{ID: "x"})
		require.NoError(t, err)
	}
	require.Len(t, db.writes.prepared.kept, 1)
	require.Len(t, db.read.prepared.kept, 1)
	require.Empty(t, db.writes.prepared.next)
}
