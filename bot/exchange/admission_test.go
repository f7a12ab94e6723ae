package exchange

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
)

// crowd is people who are what a test says, and how they were asked about.
type crowd struct {
	full  policy.Answer
	fresh int
}

func (c *crowd) Who(_ context.Context, id string) workflow.Person {
	active := policy.Certain(true)
	if c.full.Open() != "" {
		active = c.full
	}
	return workflow.Person{Person: policy.Policy{}.Person(policy.Identity{ID: id, Active: active, Full: c.full})}
}

func (c *crowd) Afresh(ctx context.Context, id string) workflow.Person {
	c.fresh++
	return c.Who(ctx, id)
}

func (c *crowd) Gate(ctx context.Context) context.Context { return ctx }

// trail keeps who was refused what.
type trail struct{ refused []policy.Input }

func (t *trail) Refuse(_ context.Context, input policy.Input, _ policy.Decision) error {
	t.refused = append(t.refused, input)
	return nil
}

func gateOf(full policy.Answer) (*Gate, *crowd, *trail) {
	people, refusals := &crowd{full: full}, &trail{}
	return &Gate{People: people, Trail: refusals, Log: slog.New(slog.DiscardHandler)}, people, refusals
}

// A stranger is refused, and who cannot be told from one is not let in either: the question is named.
func TestTheGateHasThreeAnswers(t *testing.T) {
	t.Parallel()
	a := Interaction{Interaction: workflow.Interaction{User: "U1"}}
	g, _, _ := gateOf(policy.Certain(true))
	require.NoError(t, g.Admit(t.Context(), &a))
	require.Equal(t, "U1", a.Who.ID)
	g, _, _ = gateOf(policy.Certain(false))
	require.ErrorIs(t, g.Admit(t.Context(), &a), ErrNotAllowed)
	g, _, _ = gateOf(policy.CannotTell("I can't look up U1"))
	var open *policy.UnansweredError
	require.ErrorAs(t, g.Admit(t.Context(), &a), &open)
	require.Equal(t, "I can't look up U1", open.Question)
}

// Slack is asked anew about who decides; who only looks is known for a minute.
func TestADecisionAsksAfresh(t *testing.T) {
	t.Parallel()
	for decides, fresh := range map[bool]int{true: 1, false: 0} {
		g, people, _ := gateOf(policy.Certain(true))
		require.NoError(t, g.Admit(t.Context(), &Interaction{Decides: decides}))
		require.Equal(t, fresh, people.fresh)
	}
}

func TestWhatIsNotAsItWasDrawnStandsInTheTrail(t *testing.T) {
	t.Parallel()
	cause := errors.New("another tag")
	a := Interaction{Interaction: workflow.Interaction{User: "U1", At: Origin{Channel: "C1"}}}
	g, _, written := gateOf(policy.Certain(true))
	require.ErrorIs(t, g.Forged(t.Context(), &a, "button", workflow.ErrGone, cause), workflow.ErrGone)
	require.Len(t, written.refused, 1)
	require.Equal(t, "button", written.refused[0].Command)
	require.Equal(t, "C1", written.refused[0].Channel)
	g, _, written = gateOf(policy.Certain(false))
	require.ErrorIs(t, g.Forged(t.Context(), &a, "button", workflow.ErrGone, cause), ErrNotAllowed, "strangers first")
	require.Empty(t, written.refused)
	g.RecordStranger(t.Context(), Interaction{Line: "isolate DESKTOP-1"})
	g.RecordStranger(t.Context(), Interaction{})
	require.Equal(t, "isolate", written.refused[0].Command)
	require.Equal(t, "(none)", written.refused[1].Command)
}
