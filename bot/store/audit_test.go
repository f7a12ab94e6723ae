package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
)

func isConflict(err error) bool { return errors.Is(err, approvals.ErrConflict) }

func TestTheTrailHoldsWhoeverWrites(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		stores := []approvals.Store{open(t, address).Requests(), open(t, address).Requests()}
		var all sync.WaitGroup
		for n := range 40 {
			all.Go(func() {
				r := request(n)
				if _, _, err := stores[n%2].Insert(t.Context(), r, asked(r)); err != nil {
					t.Error(err)
				}
				r.Version = 1
				if err := stores[(n+1)%2].Swap(t.Context(), r, asked(r), asked(r)); err != nil {
					t.Error(err)
				}
				if err := stores[n%2].Append(t.Context(), asked(r)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 160, sound(t, stores[0]))
	})
}

func TestReadingPartsOfTheTrail(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		s := open(t, address).Requests()
		var entries []approvals.Entry
		for n := range 1200 { // more than two pages of 500
			entries = append(entries, approvals.Entry{At: noon.Add(time.Duration(n) * time.Second), Request: fmt.Sprint(n % 3), Action: "asked"})
		}
		require.NoError(t, s.Append(t.Context(), entries...))
		count := func(q approvals.AuditQuery) (n int) {
			trail, err := s.Audit(t.Context(), q)
			require.NoError(t, err)
			var last int64
			for e, err := range trail.Entries {
				require.NoError(t, err)
				require.Greater(t, e.Seq, last)
				last = e.Seq
				n++
			}
			return n
		}
		require.Equal(t, 1200, count(approvals.AuditQuery{}))
		require.Equal(t, 400, count(approvals.AuditQuery{Request: "1"}))
		require.Equal(t, 200, count(approvals.AuditQuery{Since: noon.Add(1000 * time.Second)}))
		require.EqualValues(t, 1200, sound(t, s))

		trail, err := s.Audit(t.Context(), approvals.AuditQuery{})
		require.NoError(t, err)
		for range trail.Entries {
			break // who stops early holds nothing up
		}
		require.NoError(t, s.Append(t.Context(), entries[0]))
		n, err := approvals.Verify(trail)
		require.NoError(t, err, "what came later does not belong to it")
		require.EqualValues(t, 1200, n)
	})
}

func TestMeddlingWithTheTablesShows(t *testing.T) {
	t.Parallel()
	for _, statement := range []string{
		`UPDATE audit SET at = at + 1 WHERE seq = 3`,
		`UPDATE audit SET request = 'other' WHERE seq = 3`,
		`UPDATE audit SET ref = 'A-0000' WHERE seq = 3`,
		`UPDATE audit SET actor = 'UBOB' WHERE seq = 3`,
		`UPDATE audit SET action = 'denied' WHERE seq = 3`,
		`UPDATE audit SET command = 'shutdown' WHERE seq = 3`,
		`UPDATE audit SET detail = '{}' WHERE seq = 3`,
		`UPDATE audit SET prev = '' WHERE seq = 3`,
		`UPDATE audit SET hash = '' WHERE seq = 3`,
		`UPDATE audit SET seq = 9 WHERE seq = 3`,
		`UPDATE audit SET seq = -3 WHERE seq = 3`,
		`UPDATE audit SET seq = 7 WHERE seq = 6`,
		`DELETE FROM audit WHERE seq = 1`,
		`DELETE FROM audit WHERE seq = 3`,
		`DELETE FROM audit WHERE seq = 6`,
		`DELETE FROM audit`,
		`INSERT INTO audit SELECT 7, at, request, ref, actor, action, command, detail, prev, hash FROM audit WHERE seq = 6`,
		`INSERT INTO audit SELECT -1, at, request, ref, actor, action, command, detail, prev, hash FROM audit WHERE seq = 6`,
		`UPDATE audit_head SET seq = 5`,
		`UPDATE audit_head SET hash = ''`,
	} {
		t.Run(statement, func(t *testing.T) {
			onEach(t, func(t *testing.T, address string) {
				s := open(t, address).Requests()
				for range 6 {
					require.NoError(t, s.Append(t.Context(), approvals.Entry{At: noon, Request: "r", Ref: "A-1", Actor: "UALICE", Action: "asked", Command: "isolate", Detail: json.RawMessage(`{"a":1}`)}))
				}
				require.EqualValues(t, 6, sound(t, s))
				meddle(t, address, statement)
				trail, err := s.Audit(t.Context(), approvals.AuditQuery{})
				require.NoError(t, err)
				_, err = approvals.Verify(trail)
				var tampered *approvals.TamperedError
				require.ErrorAs(t, err, &tampered)
			})
		})
	}
}

func TestWithoutTheEndOfTheTrailNothingIsWritten(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		s := open(t, address).Requests()
		r := insert(t, s, request(1))
		meddle(t, address, `DELETE FROM audit_head`)
		_, _, err := s.Insert(t.Context(), request(2), asked(request(2)))
		require.Error(t, err)
		require.Error(t, s.Swap(t.Context(), r, asked(r)))
		require.Error(t, s.Append(t.Context(), asked(r)))
		found, err := s.Find(t.Context(), approvals.Query{})
		require.NoError(t, err)
		require.Equal(t, []approvals.Request{r}, found)
	})
}
