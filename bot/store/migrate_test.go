package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/store"
)

// The files in testdata are databases as the last commit before the schema files had consecutive numbers left them, one for each
// engine: requests that wait in every way, a run that was interrupted, an isolation with an end, deliveries, and a threat to tell.

// restored makes a database of that version.
func restored(t *testing.T, address string) {
	t.Helper()
	engine := "postgres"
	if strings.HasPrefix(address, "sqlite:") {
		engine = "sqlite"
	}
	dump, err := os.ReadFile("testdata/version-730." + engine + ".sql")
	require.NoError(t, err)
	meddle(t, address, string(dump))
}

// ask puts a question to the database behind the bot's back.
func ask(t *testing.T, address, question string) (answer []int64) {
	t.Helper()
	driver, source := "pgx", address
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, source = "sqlite", "file:"+path
	}
	db, err := sql.Open(driver, source)
	require.NoError(t, err)
	defer db.Close()
	rows, err := db.Query(question)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var n int64
		require.NoError(t, rows.Scan(&n))
		answer = append(answer, n)
	}
	require.NoError(t, rows.Err())
	return answer
}

func TestWhatWaitsInADatabaseOfAnEarlierVersionCanBeDecided(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		restored(t, address)
		now := noon.Add(time.Minute)
		db := open(t, address)
		l, err := approvals.New(approvals.Config{Store: db.Requests(), Owner: "new", Now: func() time.Time { return now }, Key: make([]byte, approvals.KeySize)})
		require.NoError(t, err)

		local := func(id string, sites ...string) policy.Person {
			p := policy.Holding(id)
			for _, s := range sites {
				p.Roles = append(p.Roles, policy.Membership{Role: policy.Approvers, Scope: policy.Scope{Sites: []string{s}}, Held: policy.Certain(true)})
			}
			return p
		}
		approve := func(id string, want approvals.State, p policy.Person, earlier ...policy.Person) {
			t.Helper()
			r, err := l.Approve(t.Context(), approvals.Request{ID: id}, p, earlier...)
			require.NoError(t, err)
			require.Equal(t, want, r.State)
		}
		approve("one-approval", approvals.Approved, bob)
		_, err = l.Approve(t.Context(), approvals.Request{ID: "quorum-of-two"}, bob)
		require.ErrorIs(t, err, approvals.ErrAlreadyDecided, "who approved under the earlier version has approved")
		approve("quorum-of-two", approvals.Approved, carol, bob)
		approve("two-places", approvals.Pending, local("UPARIS", "Paris"))
		approve("two-places", approvals.Approved, local("UROME", "Rome"), local("UPARIS", "Paris"))
		approve("distinct-roles", approvals.Pending, policy.Holding("ULEAD", "leads"))
		approve("distinct-roles", approvals.Approved, policy.Holding("UAD", "ad"), policy.Holding("ULEAD", "leads"))
		r, err := l.Deny(t.Context(), "sealed", bob, "no")
		require.NoError(t, err)
		require.Equal(t, approvals.Denied, r.State)

		r, err = l.Run(t.Context(), approvals.Request{ID: "approved"}, succeed)
		require.NoError(t, err)
		require.Equal(t, approvals.Done, r.State)
		r, err = l.Reopen(t.Context(), "interrupted", carol, "click")
		require.NoError(t, err)
		require.Equal(t, approvals.Approved, r.State)
		now = now.Add(4 * time.Hour)
		due, err := l.TermsDue(t.Context())
		require.NoError(t, err)
		require.Len(t, due, 1)
		require.Equal(t, "isolated-for-a-time", due[0].ID)
		require.EqualValues(t, 26, sound(t, db.Requests()), "the trail goes on where it ended")
	})
}

func TestASecretThatWaitsInADatabaseOfAnEarlierVersionOpens(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		restored(t, address)
		l, err := approvals.New(approvals.Config{Store: open(t, address).Requests(), Owner: "new", Key: make([]byte, approvals.KeySize)})
		require.NoError(t, err)
		r, err := l.Get(t.Context(), "sealed")
		require.NoError(t, err)
		secret, err := l.Unseal(r)
		require.NoError(t, err)
		require.Equal(t, "hunter2", string(secret))
	})
}

// What an earlier program knows of the tables is not touched, so that it goes on, or starts again, while the new one is there.
func TestAnEarlierProgramFindsItsNumbers(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		restored(t, address)
		numbers := func() []int64 { return ask(t, address, `SELECT version_id FROM goose_db_version ORDER BY id`) }
		before := numbers()
		open(t, address)
		require.Equal(t, before, numbers())
		require.Equal(t, []int64{0, 1, 2, 100, 200, 300, 420, 500, 720, 730}, before)
		after := ask(t, address, `SELECT version_id FROM schema_versions ORDER BY id`)
		require.Equal(t, consecutive(t), after)
	})
}

// consecutive are 0, 1, 2 … up to the number of the last file.
func consecutive(t *testing.T) (numbers []int64) {
	t.Helper()
	files, err := filepath.Glob("schema/*.sql")
	require.NoError(t, err)
	for n := range len(files) + 1 {
		numbers = append(numbers, int64(n))
	}
	return numbers
}

func TestTheFilesOfTheSchemaAreNumberedConsecutively(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("schema/*.sql")
	require.NoError(t, err)
	slices.Sort(files)
	for i, file := range files {
		require.Regexp(t, fmt.Sprintf(`^schema/%04d_[a-z]+\.sql$`, i+1), file)
	}
}

// A database that was not up to date when the numbers changed gets the rest.
func TestAnEarlierDatabaseThatLacksFilesGetsThem(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		restored(t, address)
		meddle(t, address, `DROP TABLE rates; DROP TABLE directs; DELETE FROM goose_db_version WHERE version_id > 500`)
		db := open(t, address)
		require.NoError(t, db.Directs().SetDirect(t.Context(), "UALICE", "D0ALICE"))
		require.Equal(t, consecutive(t), ask(t, address, `SELECT version_id FROM schema_versions ORDER BY id`))
	})
}

func TestProcessesThatTakeAnEarlierDatabaseOverTogether(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		restored(t, address)
		var opening sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			opening.Go(func() {
				db, err := store.Open(t.Context(), address, nil)
				if errs[i] = err; err == nil {
					errs[i] = db.Close()
				}
			})
		}
		opening.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Equal(t, consecutive(t), ask(t, address, `SELECT version_id FROM schema_versions ORDER BY id`))
	})
}

func TestAnEarlierDatabaseWithAnUnknownNumberIsLeftAlone(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		restored(t, address)
		meddle(t, address, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`)
		_, err := store.Open(t.Context(), address, nil)
		require.ErrorContains(t, err, "written by a newer s1bot")
		require.NotEmpty(t, ask(t, address, `SELECT version_id FROM goose_db_version`))
	})
}
