package bot

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/commands/catalog"
)

func TestWhatIsNobodysFaultIsASentence(t *testing.T) {
	t.Parallel()
	for _, known := range []error{catalog.ErrNotPrepared, approvals.ErrFrozen, errGone} {
		card, fault := (&Bot{}).explain(ask{}, &commandError{cmd: &catalog.Command{Name: "isolate"}, err: fmt.Errorf("isolate: %w", known)})
		require.NoError(t, fault)
		require.NotContains(t, card.Text, "inside the bot")
	}
}

func TestAFaultOfOursNamesWhatFindsItInTheLog(t *testing.T) {
	t.Parallel()
	broken := errors.New("secret detail")
	card, fault := (&Bot{}).explain(ask{at: origin{Key: "R123"}}, broken)
	require.ErrorIs(t, fault, broken)
	text := fmt.Sprint(card)
	require.Contains(t, text, "R123")
	require.NotContains(t, text, "secret detail")
}
