package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// request is a row like any other; n tells them apart.
func request(n int) approvals.Request {
	return approvals.Request{
		ID: fmt.Sprintf("id-%03d", n), Ref: fmt.Sprintf("A-%04X", n), Key: fmt.Sprintf("key-%d", n),
		Command: "isolate", Risk: "destructive", Requester: "UALICE", State: approvals.Pending, Quorum: 1,
		By: []string{policy.Approvers}, Created: noon.Add(time.Duration(n) * time.Minute),
	}
}

func asked(r approvals.Request) approvals.Entry {
	return approvals.Entry{At: r.Created, Request: r.ID, Actor: r.Requester, Action: approvals.ActionAsked, Command: r.Command}
}

func insert(t *testing.T, s approvals.Store, r approvals.Request) approvals.Request {
	t.Helper()
	stored, created, err := s.Insert(t.Context(), r, asked(r))
	require.NoError(t, err)
	require.True(t, created)
	return stored
}

// sound verifies the audit trail and returns its length.
func sound(t *testing.T, s approvals.Store) int64 {
	t.Helper()
	trail, err := s.Audit(t.Context(), approvals.AuditQuery{})
	require.NoError(t, err)
	n, err := approvals.Verify(trail)
	require.NoError(t, err)
	return n
}

// fill gives every field below v a value of its own, so that one that is not kept shows.
func fill(v reflect.Value, n *int64) {
	if !v.CanSet() { // what a type keeps to itself is the ledger's, not a row's
		return
	}
	*n++
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = noon.Add(time.Duration(*n) * time.Millisecond)
		return
	case *json.RawMessage:
		*x = json.RawMessage(fmt.Sprintf(`{"big":12345678901234567%d,"html":"<&>"}`, *n%10))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() { // the others are no part of the row
				fill(v.Field(i), n)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), n)
		}
	case reflect.Uint8:
		v.SetUint(uint64(*n % 256))
	case reflect.String:
		v.SetString(fmt.Sprintf("value %d", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(*n)
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic("a field of a kind that this test does not know: " + v.Type().String())
	}
}

func TestEveryFieldOfARequestIsKept(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		s := open(t, address).Requests()
		var r approvals.Request
		var n int64
		fill(reflect.ValueOf(&r).Elem(), &n)
		r.Seen = policy.Tally{} // is not kept
		insert(t, s, r)
		r.Version = 1
		found, err := s.Find(t.Context(), approvals.Query{ID: r.ID})
		require.NoError(t, err)
		require.Equal(t, []approvals.Request{r}, found)

		var changed approvals.Request
		fill(reflect.ValueOf(&changed).Elem(), &n)
		changed.Seen = policy.Tally{}
		changed.ID, changed.Ref, changed.Key, changed.Requester, changed.Created = r.ID, r.Ref, r.Key, r.Requester, r.Created
		changed.Version = 1
		require.NoError(t, s.Swap(t.Context(), changed))
		changed.Version = 2
		found, err = s.Find(t.Context(), approvals.Query{States: []approvals.State{changed.State}})
		require.NoError(t, err)
		require.Equal(t, []approvals.Request{changed}, found)
	})
}

// Of many asks that know of the same hour one is written down; the others are told that they know too little.
func TestOfManyWhoAskAtOnceOneKnewAll(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		stores := []approvals.Store{open(t, address).Requests(), open(t, address).Requests()}
		seen := policy.Tally{Since: noon.Add(time.Minute), Requests: 1}
		insert(t, stores[0], request(0)) // before
		insert(t, stores[0], request(1))
		somebody := request(2)
		somebody.Requester = "UCAROL"
		insert(t, stores[0], somebody)
		var made, late atomic.Int32
		var all sync.WaitGroup
		for n := range 20 {
			all.Go(func() {
				r := request(10 + n)
				r.Seen = seen
				_, created, err := stores[n%2].Insert(t.Context(), r, asked(r))
				switch {
				case errors.Is(err, approvals.ErrConflict):
					late.Add(1)
				case err == nil && created:
					made.Add(1)
				default:
					t.Errorf("insert: %v", err)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, made.Load())
		require.EqualValues(t, 19, late.Load())
		require.EqualValues(t, 4, sound(t, stores[1]), "what was not inserted left no entry")
		again := request(1)
		again.Seen = policy.Tally{Since: noon}
		_, created, err := stores[1].Insert(t.Context(), again, asked(again))
		require.NoError(t, err, "the same click is the same request, whatever else was asked")
		require.False(t, created)
	})
}

func TestTheSameKeyIsTheSameRequest(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		s := open(t, address).Requests()
		first := insert(t, s, request(1))
		twin := request(2)
		twin.Key = first.Key
		stored, created, err := s.Insert(t.Context(), twin, asked(twin))
		require.NoError(t, err)
		require.False(t, created)
		require.Equal(t, first, stored)

		for _, spoil := range []func(*approvals.Request){
			func(r *approvals.Request) { r.ID = first.ID },
			func(r *approvals.Request) { r.Ref = first.Ref },
		} {
			other := request(3)
			spoil(&other)
			_, _, err := s.Insert(t.Context(), other, asked(other))
			require.ErrorIs(t, err, approvals.ErrDuplicate)
		}
		require.EqualValues(t, 1, sound(t, s), "what was not inserted left no entry")
	})
}

func TestManyInsertsOfOneClickMakeOneRow(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		s := open(t, address).Requests()
		var made atomic.Int32
		var all sync.WaitGroup
		for n := range 20 {
			all.Go(func() {
				r := request(n)
				r.Key = "the click"
				stored, created, err := s.Insert(t.Context(), r, asked(r))
				if err != nil || stored.Key != "the click" {
					t.Errorf("insert: %v, %+v", err, stored)
				}
				if created {
					made.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, made.Load())
		require.EqualValues(t, 1, sound(t, s))
	})
}

func TestOneOfManySwapsWins(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		one, two := open(t, address).Requests(), open(t, address).Requests()
		r := insert(t, one, request(1))
		var won, lost atomic.Int32
		var all sync.WaitGroup
		for n := range 50 {
			s := []approvals.Store{one, two}[n%2]
			all.Go(func() {
				next := r
				next.State, next.Owner = approvals.Running, fmt.Sprint(n)
				switch err := s.Swap(t.Context(), next, asked(next)); {
				case err == nil:
					won.Add(1)
				case isConflict(err):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, won.Load())
		require.EqualValues(t, 49, lost.Load())
		require.EqualValues(t, 2, sound(t, one), "who lost left no entry")
	})
}

func TestFindingRequests(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		s := open(t, address).Requests()
		for n := range 6 {
			r := request(5 - n)
			if n%2 == 0 {
				r.State, r.Requester = approvals.Done, "UBOB"
			}
			if n < 2 {
				r.Command = "kill-processes"
			}
			insert(t, s, r)
		}
		ids := func(q approvals.Query) (found []string) {
			rs, err := s.Find(t.Context(), q)
			require.NoError(t, err)
			for _, r := range rs {
				found = append(found, r.ID)
			}
			return found
		}
		require.Equal(t, []string{"id-000", "id-001", "id-002", "id-003", "id-004", "id-005"}, ids(approvals.Query{}), "oldest first")
		require.Equal(t, []string{"id-000", "id-002", "id-004"}, ids(approvals.Query{States: []approvals.State{approvals.Pending}}))
		require.Equal(t, []string{"id-000", "id-001"}, ids(approvals.Query{States: []approvals.State{approvals.Pending, approvals.Done}, Limit: 2}))
		require.Equal(t, []string{"id-003", "id-005"}, ids(approvals.Query{Requester: "UBOB", Since: noon.Add(2 * time.Minute)}))
		require.Equal(t, []string{"id-004"}, ids(approvals.Query{Ref: "A-0004"}))
		require.Equal(t, []string{"id-004"}, ids(approvals.Query{Key: "key-4"}))
		require.Empty(t, ids(approvals.Query{ID: "' OR 1=1 --"}))
		require.Equal(t, []string{"id-004", "id-005"}, ids(approvals.Query{Commands: []string{"kill-processes", "run-script"}}))
		meddle(t, address, `UPDATE requests SET command = '' WHERE id IN ('id-001', 'id-002')`) // as an older version wrote them
		require.Equal(t, []string{"id-001", "id-002", "id-004", "id-005"}, ids(approvals.Query{Commands: []string{"kill-processes"}}), "any command may be theirs")
		require.Equal(t, []string{"id-004", "id-005"}, ids(approvals.Query{Commands: []string{"kill-processes"}, Since: noon.Add(3 * time.Minute)}))
		old, err := s.Find(t.Context(), approvals.Query{ID: "id-001"})
		require.NoError(t, err)
		require.NoError(t, s.Swap(t.Context(), old[0], asked(old[0])))
		require.Equal(t, []string{"id-002", "id-004", "id-005"}, ids(approvals.Query{Commands: []string{"kill-processes"}}), "a change names it")
	})
}

func TestHostileTextIsKeptOrMadeHarmless(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		db := open(t, address)
		s := db.Requests()
		r := request(1)
		r.Key, r.Reason, r.RequesterName = "k\x00ey\xff", "'); DROP TABLE requests; -- \x00 \xff \u202e 😀", "<!channel>"
		r.Args = json.RawMessage("{\"a\":\"\xff\"}")
		e := asked(r)
		e.Actor, e.Detail = "\x00\xff", json.RawMessage("{\"a\":\"\xff\"}")
		_, created, err := s.Insert(t.Context(), r, e)
		require.NoError(t, err)
		require.True(t, created)
		require.EqualValues(t, 1, sound(t, s))

		found, err := s.Find(t.Context(), approvals.Query{Key: r.Key})
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, "'); DROP TABLE requests; -- \x00 \ufffd \u202e 😀", found[0].Reason)
		require.Equal(t, "<!channel>", found[0].RequesterName)
		require.NoError(t, db.History().Add(t.Context(), "U\x00", "x \x00 \xff", noon))
		fresh, err := db.Inbox().Save(t.Context(), "e\x00\xff", "k\x00", []byte("\x00\xff"))()
		require.NoError(t, err)
		require.True(t, fresh)
	})
}

func TestARowThatIsDamagedIsNotTakenForAnotherOne(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		s := open(t, address).Requests()
		insert(t, s, request(1))
		meddle(t, address, `UPDATE requests SET body = '{"id":7'`)
		_, err := s.Find(t.Context(), approvals.Query{})
		require.ErrorContains(t, err, "damaged")
	})
}
