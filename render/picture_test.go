package render

import (
	"bytes"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAChartIsAPictureWhereSlackTakesNoCharts(t *testing.T) {
	t.Parallel()
	card := Card{Title: "digest", Parts: []Part{
		Line{Text("no picture")}, Chart{Title: "empty"},
		Chart{Title: "By name or rule", Bars: []Amount{{"evil.exe", 300}, {"worm \u202e € ж.exe", 30}, {"", 0}, {"minus", -4}, {"a name that is far too long for any chart", 3}}},
	}}
	files := card.Pictures()
	require.Len(t, files, 1)
	require.Equal(t, "chart-1.png", files[0].Name)
	require.Equal(t, "By name or rule", files[0].Title)
	shown, err := png.Decode(bytes.NewReader(files[0].Body))
	require.NoError(t, err)
	require.Equal(t, pictureWidth, shown.Bounds().Dx())
	extreme := Chart{Title: "t\xff\u202e", Bars: []Amount{{"\xff\xfe", math.MinInt}, {strings.Repeat("Ж", 500), math.MaxInt}, {"половина", math.MaxInt / 2}, {"🦠﷽", 1}}}
	for range 100 {
		extreme.Bars = append(extreme.Bars, Amount{"one of many", 1})
	}
	body, err := extreme.PNG()
	require.NoError(t, err)
	require.Less(t, len(body), 100_000)
	require.Equal(t, 10, strings.Count(strings.Split(extreme.words(), "\n")[3], "▇"), "half of the longest")

	long := func(line int) (n int) { // of the bar on a line
		for x := range shown.Bounds().Dx() {
			if shown.At(x, pictureEdge+line*barPitch+barHeight/2) == blue {
				n++
			}
		}
		return n
	}
	require.InDelta(t, long(1)/10, long(2), 1, "bars are as long as their numbers say")
	require.Zero(t, long(3))
	require.Zero(t, long(4), "below zero")
	require.Positive(t, long(5))
}
