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

func TestAMacroStandsForItsPattern(t *testing.T) {
	t.Parallel()
	show, err := ReadPattern("[please] (show|list)")
	require.NoError(t, err)
	patterns := Patterns{Macros: map[string]Pattern{"show": show}}
	p, err := patterns.Read("<show> threats")
	require.NoError(t, err)
	written, err := ReadPattern("[please] (show|list) threats")
	require.NoError(t, err)
	require.Equal(t, written, p)
	require.ElementsMatch(t, []string{"threats", "please", "show", "list"}, slices.Collect(patterns.Words()))
	_, err = patterns.Read("<shwo> threats")
	require.ErrorContains(t, err, "<shwo> stands for nothing")
	_, err = patterns.Read("[<shwo>] threats")
	require.Error(t, err)
}

func TestAChoiceBeginsWithAnArticleToo(t *testing.T) {
	t.Parallel()
	p, err := ReadPattern("(list|show) [all] (open|new) threats")
	require.NoError(t, err)
	for sentence, fits := range map[string]bool{"show the open threats": true, "list all our new threats": true, "the show open threats": true, "show closed threats": false, "show all": false} {
		ends := 0
		p.Match(Words(sentence), Match{}, nil, func(m Match) { ends = m.End })
		require.Equal(t, fits, ends == len(Words(sentence)), sentence)
	}
}
