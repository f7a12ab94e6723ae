package workflow

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/plans"
	"s1bot/approvals/policy"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// diesRunning has bob's approval run a request in a process that dies: after it called the console, where done says so, else before.
func (k *kit) diesRunning(req approvals.Request, done func(context.Context) error) {
	k.t.Helper()
	dead, err := approvals.New(approvals.Config{Store: k.store, Owner: "dead", Now: k.now})
	require.NoError(k.t, err)
	_, err = dead.Approve(k.t.Context(), req, k.people.Who(k.t.Context(), bob).Person)
	require.NoError(k.t, err)
	began, over, ended := make(chan error), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = dead.Run(context.Background(), req, func(ctx context.Context, _ approvals.Request) approvals.Result {
			began <- done(ctx)
			<-over
			return approvals.Result{}
		})
	}()
	k.t.Cleanup(func() { close(over); <-ended })
	require.NoError(k.t, <-began)
	k.tick()
	k.later(time.Minute)
	k.later(5 * time.Second)
	k.settle()
}

// isolates is a call for the isolation of DESKTOP-1 that this workflow knows nothing of.
func (k *kit) isolates(ctx context.Context) error {
	client, err := s1.New(s1.Config{BaseURL: "http://localhost", Token: s1.NewSecret(s1sim.Token), HTTPClient: &http.Client{Transport: inProcess{k.console}}})
	if err != nil {
		return err
	}
	page, err := client.AgentsPage(ctx, s1.Query{}.With("computerName", "DESKTOP-1"))
	if err == nil {
		_, err = client.DisconnectAgents(ctx, []s1.AgentID{page.Items[0].ID})
	}
	return err
}

// An isolation is safe to repeat, so a run that was cut off is repeated; what the console shows to be done is not called for again.
func TestWhatADeadRunHasDoneIsNotDoneAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(s *policy.Settings) { s.ReconnectOnTime = true })
	req := k.asks(alice, isolateFor)
	k.diesRunning(req, k.isolates)
	require.Len(t, k.console.Changes(), 1)
	after := k.get(req.ID)
	require.Equal(t, approvals.Done, after.State)
	require.Equal(t, 1, effect.Of(after).Accepted)
	require.Contains(t, k.chat.reads(alice), "the console had done it")
	require.Empty(t, effect.Of(after).Changed, "that it is isolated now was this request itself")
	require.Len(t, k.jobs.watches, 1)
	k.later(61 * time.Minute)
	require.Equal(t, "connected", k.console.NetworkStatus("DESKTOP-1"), "what the dead run did is this request's to end")
}

func TestWhatADeadRunHasNotDoneIsDone(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, `isolate DESKTOP-1,DESKTOP-2 reason=beaconing`)
	k.diesRunning(req, k.isolates) // of one
	require.Len(t, k.console.Changes(), 2)
	require.Equal(t, approvals.Done, k.get(req.ID).State)
	require.Equal(t, "disconnected", k.console.NetworkStatus("DESKTOP-2"))
	require.Empty(t, effect.Of(k.get(req.ID)).Changed)
}

// What a person lets run again is run: they have looked, and the console may show what somebody else did.
func TestWhatAPersonLetsRunAgainIsRun(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.isolated()
	seen, err := effect.FetchState(t.Context(), k.flow.Decisions.Consoles.All()[0].Client, plans.Of(req).Targets)
	require.NoError(t, err)
	left := plans.Of(req).Targets
	require.True(t, k.flow.Decisions.executor.doneBefore(req, left, seen))
	req.Reopened = []string{"click"}
	require.False(t, k.flow.Decisions.executor.doneBefore(req, left, seen))
	req.Reopened, req.Fence = nil, 0
	require.False(t, k.flow.Decisions.executor.doneBefore(req, left, seen), "the first run: somebody else isolated it")
}
