package render

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The bars of characters are what people see where Slack takes no chart: they must be to scale, and stay in line, whatever the names are.
func TestAChartOfCharactersIsToScale(t *testing.T) {
	t.Parallel()
	chart := Chart{Title: "By name or rule", Bars: []Amount{{"evil.exe", 300}, {"worm \u202e € ж.exe", 30}, {"", 0}, {"minus", -4}, {"a name that is far too long for any chart", 1}}}
	m := Card{Title: "digest", Parts: []Part{Chart{Title: "empty"}, chart}}.Message(Options{NoCharts: true})
	requireSound(t, m)
	require.Contains(t, outline(t, m), "evil.exe")
	var long []int
	for _, line := range strings.Split(chart.words(), "\n")[1:] {
		long = append(long, strings.Count(line, "▇"))
	}
	require.Equal(t, []int{20, 2, 0, 0, 1}, long, "a tenth is a tenth, nothing and less have no bar, and what is more than nothing shows")
}

func TestNumbersOfAnySizeHaveBars(t *testing.T) {
	t.Parallel()
	extreme := Chart{Title: "t\xff\u202e", Bars: []Amount{{"\xff\xfe", math.MinInt}, {strings.Repeat("Ж", 500), math.MaxInt}, {"половина", math.MaxInt / 2}, {"🦠﷽", 1}}}
	for range 100 {
		extreme.Bars = append(extreme.Bars, Amount{"one of many", 1})
	}
	for _, noCharts := range []bool{true, false} {
		require.NotEmpty(t, Card{Title: "digest", Parts: []Part{extreme}}.Message(Options{NoCharts: noCharts}).Blocks)
	}
	lines := strings.Split(extreme.words(), "\n")
	require.Len(t, lines, 1+MaxBars)
	require.Equal(t, 10, strings.Count(lines[3], "▇"), "half of the longest")
}
