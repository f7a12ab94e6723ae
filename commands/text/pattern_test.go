package text

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The grammar has a few hundred patterns, most of which begin with the same choices: each for itself they took 4 MiB of every process.
func TestPatternsShareTheChoicesThatAreWrittenAlike(t *testing.T) {
	t.Parallel()
	patterns := Patterns{Spell: strings.ToLower}
	one, err := patterns.Read("[please] (SHOW|list) threats")
	require.NoError(t, err)
	other, err := patterns.Read("(SHOW|list) [(SHOW|list)] alerts")
	require.NoError(t, err)
	require.Same(t, &one[1].choice[0], &other[0].choice[0])
	require.Same(t, &one[1].choice[0], &other[1].choice[0][0].choice[0])
	require.Equal(t, []string{"please", "show", "list", "threats"}, slices.Collect(one.Literals()))
	require.Len(t, one[0].choice, 2, "or nothing")
	require.Len(t, one[1].choice, 2)
}
