package intake

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

// What ran is told before the process ends: what waits for a slot by then, and what has just ended.
func TestAProcessThatStopsTellsWhatRan(t *testing.T) {
	t.Parallel()
	queue := NewWork(slog.New(slog.DiscardHandler))
	c := Chores{queue}
	var told []string
	tell := func(what string) func(context.Context) { return func(context.Context) { told = append(told, what) } }
	c.Conclude(t.Context(), "emea", tell("waiting"))
	c.PushFor("emea", tell("for the next start"))
	dropped := queue.Close()
	s := &Scheduler{Chores: c, Inbox: released{t: t}}
	s.HandBack(dropped)
	c.Conclude(t.Context(), "emea", tell("just ended"))
	require.Equal(t, []string{"waiting", "just ended"}, told)
}

// released is an inbox that is given nothing back.
type released struct {
	Inbox
	t *testing.T
}

func (r released) Release(_ context.Context, keys []string) error {
	require.Empty(r.t, keys, "no delivery waited")
	return nil
}
