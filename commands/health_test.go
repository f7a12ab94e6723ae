package commands_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// One row is one row.
func TestAListOfOneRowSaysSo(t *testing.T) {
	t.Parallel()
	_, s := office(t)
	for typed, words := range map[string]string{"agents limit=1": "Only the first is listed.", "agents limit=2": "Only the first 2 are listed."} {
		card, err := s.Run(typed)
		require.NoError(t, err)
		require.Contains(t, card.Plain(), words)
	}
}
