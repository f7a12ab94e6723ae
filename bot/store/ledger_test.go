package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
)

var (
	bob   = policy.Holding("UBOB", policy.Approvers)
	carol = policy.Holding("UCAROL", policy.Approvers)
)

// A clock is moved by hand.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time       { return noon.Add(time.Duration(c.at.Load())) }
func (c *clock) pass(d time.Duration) { c.at.Add(int64(d)) }

// process is one process's ledger, with a connection of its own.
func process(t testing.TB, address, name string, c *clock) *approvals.Ledger {
	t.Helper()
	l, err := approvals.New(approvals.Config{Store: open(t, address).Requests(), Owner: name, Now: c.now})
	require.NoError(t, err)
	return l
}

// isolation is what a click asks for.
func isolation(key string) approvals.Request {
	return approvals.Request{
		Key: key, Command: "isolate", Risk: "destructive", Targets: 1, Requester: "UALICE", Args: json.RawMessage(`{"agent-ids":["1"]}`),
		Plan: json.RawMessage(`{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]}`), State: approvals.Pending, Quorum: 1, By: []string{policy.Approvers},
	}
}

func submit(t testing.TB, l *approvals.Ledger, r approvals.Request) approvals.Request {
	t.Helper()
	r, created, err := l.Submit(t.Context(), r)
	require.NoError(t, err)
	require.True(t, created)
	return r
}

func succeed(context.Context, approvals.Request) approvals.Result {
	return approvals.Result{Outcome: approvals.Successful, Card: json.RawMessage(`{"title":"1 endpoint isolated"}`)}
}

func trailOf(t *testing.T, l *approvals.Ledger, id string) (actions []string) {
	t.Helper()
	trail, err := l.Audit(t.Context(), approvals.AuditQuery{Request: id})
	require.NoError(t, err)
	for e, err := range trail.Entries {
		require.NoError(t, err)
		actions = append(actions, e.Action)
	}
	return actions
}

func TestFiftyPeopleApproveThroughTwoProcessesAndItRunsOnce(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		c := &clock{}
		processes := []*approvals.Ledger{process(t, address, "p1", c), process(t, address, "p2", c)}
		r := submit(t, processes[0], isolation("click"))
		var runs, approved atomic.Int32
		var clicks sync.WaitGroup
		for n := range 50 {
			l := processes[n%2]
			clicks.Go(func() {
				who := policy.Holding(fmt.Sprint("U", n), policy.Approvers)
				if _, err := l.Approve(t.Context(), r, who); err == nil {
					approved.Add(1)
				}
				_, err := l.Run(t.Context(), r, func(ctx context.Context, r approvals.Request) approvals.Result {
					runs.Add(1)
					return succeed(ctx, r)
				})
				if err != nil && !errors.Is(err, approvals.ErrTaken) {
					t.Error(err)
				}
			})
		}
		clicks.Wait()
		require.EqualValues(t, 1, approved.Load())
		require.EqualValues(t, 1, runs.Load())
		require.Equal(t, []string{"asked", "approved", "started", "finished"}, trailOf(t, processes[1], r.ID))
	})
}

func TestAQuorumOfClicksAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		c := &clock{}
		processes := []*approvals.Ledger{process(t, address, "p1", c), process(t, address, "p2", c)}
		ask := isolation("click")
		ask.Quorum = 3
		r := submit(t, processes[0], ask)
		var counted atomic.Int32
		var clicks sync.WaitGroup
		for n := range 24 {
			clicks.Go(func() {
				who := policy.Holding(fmt.Sprint("U", n%6), policy.Approvers)
				if _, err := processes[n%2].Approve(t.Context(), r, who); err == nil {
					counted.Add(1)
				}
			})
		}
		clicks.Wait()
		r, err := processes[0].Get(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, approvals.Approved, r.State)
		require.Len(t, r.Approvals, 3)
		require.EqualValues(t, 3, counted.Load())
		require.Equal(t, []string{"asked", "approved", "approved", "approved"}, trailOf(t, processes[0], r.ID))
	})
}

func TestAProcessDiesWhileTheConsoleWorks(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		for _, repeatable := range []bool{false, true} {
			c := &clock{}
			dying, next := process(t, address, "dying", c), process(t, address, "next", c)
			ask := isolation(fmt.Sprint("click", repeatable))
			ask.Repeatable = repeatable
			r := submit(t, dying, ask)
			_, err := dying.Approve(t.Context(), r, bob)
			require.NoError(t, err)

			calls := 0
			_, err = dying.Run(t.Context(), r, func(ctx context.Context, r approvals.Request) approvals.Result {
				calls++
				left, err := next.Recover(ctx)
				require.NoError(t, err)
				require.Empty(t, left, "it is alive")
				c.pass(time.Minute) // it is not heard of any more
				left, err = next.Recover(ctx)
				require.NoError(t, err)
				require.Len(t, left, 1)
				if !repeatable {
					require.Equal(t, approvals.Interrupted, left[0].State)
					left[0], err = next.Reopen(ctx, r.ID, carol, "again")
					require.NoError(t, err)
				}
				require.Equal(t, approvals.Approved, left[0].State)
				done, err := next.Run(ctx, r, func(ctx context.Context, r approvals.Request) approvals.Result {
					calls++
					return succeed(ctx, r)
				})
				require.NoError(t, err)
				require.Equal(t, approvals.Done, done.State)
				return approvals.Result{Outcome: approvals.Unsuccessful}
			})
			require.ErrorIs(t, err, approvals.ErrLeaseLost, "the dead have no say")
			r, err = next.Get(t.Context(), r.Ref)
			require.NoError(t, err)
			require.Equal(t, approvals.Done, r.State)
			require.Equal(t, 2, calls)
			want := []string{"asked", "approved", "started", "interrupted", "reopened", "started", "finished"}
			if repeatable {
				want = []string{"asked", "approved", "started", "reopened", "started", "finished"}
			}
			require.Equal(t, want, trailOf(t, next, r.ID))
		}
		sound(t, open(t, address).Requests())
	})
}

func TestARestartTakesUpWhatWasApproved(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		c := &clock{}
		before := process(t, address, "before", c)
		r := submit(t, before, isolation("click"))
		_, err := before.Approve(t.Context(), r, bob)
		require.NoError(t, err)

		after := process(t, address, "after", c)
		c.pass(5 * time.Second)
		left, err := after.Recover(t.Context())
		require.NoError(t, err)
		require.Len(t, left, 1)
		r, err = after.Run(t.Context(), left[0], succeed)
		require.NoError(t, err)
		require.JSONEq(t, `{"title":"1 endpoint isolated"}`, string(r.Result))
		again, created, err := after.Submit(t.Context(), isolation("click"))
		require.NoError(t, err)
		require.False(t, created, "the click that is delivered again is the same request")
		require.Equal(t, r, again)
	})
}

func TestRequestsExpire(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		c := &clock{}
		l := process(t, address, "p1", c)
		r := submit(t, l, isolation("click"))
		c.pass(30*time.Minute - time.Millisecond)
		ended, err := l.ExpireDue(t.Context())
		require.NoError(t, err)
		require.Empty(t, ended)
		c.pass(time.Millisecond)
		ended, err = l.ExpireDue(t.Context())
		require.NoError(t, err)
		require.Len(t, ended, 1)
		require.Equal(t, r.ID, ended[0].ID)
		require.Equal(t, approvals.Expired, ended[0].State)
		_, err = l.Approve(t.Context(), r, bob)
		require.ErrorIs(t, err, approvals.ErrExpired)
	})
}
