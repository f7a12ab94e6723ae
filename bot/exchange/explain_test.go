package exchange

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/render/tempfile"
)

func TestWhatIsNobodysFaultIsASentence(t *testing.T) {
	t.Parallel()
	for _, known := range []error{catalog.ErrNotPrepared, approvals.ErrFrozen, workflow.ErrGone} {
		card, fault := Explain(Interaction{}, &workflow.CommandError{Command: &catalog.Command{Name: "isolate"}, Err: fmt.Errorf("isolate: %w", known)})
		require.NoError(t, fault)
		require.NotContains(t, card.Text, "inside the bot")
	}
}

// Who is refused by a freeze reads whose it is and why.
func TestAFreezeIsRefusedInItsOwnersName(t *testing.T) {
	t.Parallel()
	freeze := approvals.Request{Requester: "UBOB", Reason: "hijacked account", Created: time.Unix(1795000000, 0)}
	card, fault := Explain(Interaction{}, fmt.Errorf("submit: %w", &approvals.FrozenError{Freeze: freeze}))
	require.NoError(t, fault)
	require.Equal(t, "Changes are frozen, so nothing was done. Two approvers can end the freeze with /s1 thaw.", card.Text)
	read := fmt.Sprint(card.Parts)
	require.Contains(t, read, "UBOB")
	require.Contains(t, read, "hijacked account")
	require.ErrorIs(t, &approvals.FrozenError{}, approvals.ErrFrozen)
}

func TestAFaultOfOursNamesWhatFindsItInTheLog(t *testing.T) {
	t.Parallel()
	broken := errors.New("secret detail")
	card, fault := Explain(Interaction{Interaction: workflow.Interaction{At: Origin{Key: "R123"}}}, broken)
	require.ErrorIs(t, fault, broken)
	text := fmt.Sprint(card)
	require.Contains(t, text, "R123")
	require.NotContains(t, text, "secret detail")
}

func TestADecisionThatCouldNotBeWrittenDidNotCount(t *testing.T) {
	t.Parallel()
	card, fault := Explain(Interaction{Decides: true}, fmt.Errorf("approve: %w: %w", approvals.ErrUnwritten, errors.New("disk full")))
	require.Error(t, fault, "whoever runs the bot has to mend it")
	require.Equal(t, "Your decision didn't count, and nothing was done: I couldn't write it to the audit trail, and nothing runs without that. Try again in a moment.", card.Text)
}

func TestADiskThatIsFullIsNamed(t *testing.T) {
	t.Parallel()
	card, fault := Explain(Interaction{Interaction: workflow.Interaction{At: Origin{Key: "R123"}}}, fmt.Errorf("list-agents: %w: no space left on device", tempfile.ErrDisk))
	require.Error(t, fault, "whoever runs the bot has to mend it")
	require.Equal(t, "I couldn't make the file: there is no room for it on my disk. Narrow the list down, or try again in a moment.", card.Text)
	require.Contains(t, fmt.Sprint(card), "R123")
}
