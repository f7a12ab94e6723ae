package bot

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/render"
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

func gateOf(full policy.Answer) (*gate, *crowd, *trail) {
	people, refusals := &crowd{full: full}, &trail{}
	return &gate{people: people, trail: refusals, log: slog.New(slog.DiscardHandler)}, people, refusals
}

// A stranger is refused, and who cannot be told from one is not let in either: the question is named.
func TestTheGateHasThreeAnswers(t *testing.T) {
	t.Parallel()
	a := interaction{Interaction: workflow.Interaction{User: "U1"}}
	g, _, _ := gateOf(policy.Certain(true))
	require.NoError(t, g.admit(t.Context(), &a))
	require.Equal(t, "U1", a.Who.ID)
	g, _, _ = gateOf(policy.Certain(false))
	require.ErrorIs(t, g.admit(t.Context(), &a), errNotAllowed)
	g, _, _ = gateOf(policy.CannotTell("I can't look up U1"))
	var open *policy.UnansweredError
	require.ErrorAs(t, g.admit(t.Context(), &a), &open)
	require.Equal(t, "I can't look up U1", open.Question)
}

// Slack is asked anew about who decides; who only looks is known for a minute.
func TestADecisionAsksAfresh(t *testing.T) {
	t.Parallel()
	for line, fresh := range map[string]int{"approve A-7F3A": 1, "Deny A-7F3A": 1, "freeze": 1, "agents DESKTOP-1": 0, "help": 0} {
		g, people, _ := gateOf(policy.Certain(true))
		a := interaction{line: line}
		a.own = allWords().of(a)
		require.NoError(t, g.admit(t.Context(), &a))
		require.Equal(t, fresh, people.fresh, line)
	}
	g, people, _ := gateOf(policy.Certain(true))
	a := interaction{Interaction: workflow.Interaction{Do: render.Invocation{Command: "approve"}}}
	a.own = allWords().of(a)
	require.NoError(t, g.admit(t.Context(), &a))
	require.Equal(t, 1, people.fresh, "the button is as good as the word")
}

func TestWhatIsNotAsItWasDrawnStandsInTheTrail(t *testing.T) {
	t.Parallel()
	cause := errors.New("another tag")
	a := interaction{Interaction: workflow.Interaction{User: "U1", At: origin{Channel: "C1"}}}
	g, _, written := gateOf(policy.Certain(true))
	require.ErrorIs(t, g.forged(t.Context(), &a, "button", workflow.ErrGone, cause), workflow.ErrGone)
	require.Len(t, written.refused, 1)
	require.Equal(t, "button", written.refused[0].Command)
	require.Equal(t, "C1", written.refused[0].Channel)
	g, _, written = gateOf(policy.Certain(false))
	require.ErrorIs(t, g.forged(t.Context(), &a, "button", workflow.ErrGone, cause), errNotAllowed, "strangers first")
	require.Empty(t, written.refused)
	g.recordStranger(t.Context(), interaction{line: "isolate DESKTOP-1"})
	g.recordStranger(t.Context(), interaction{})
	require.Equal(t, "isolate", written.refused[0].Command)
	require.Equal(t, "(none)", written.refused[1].Command)
}
