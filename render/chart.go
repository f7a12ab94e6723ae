package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// Slack's limits of a chart, the smaller number where sources disagree (the reference, and
// slack-go's own check).
const (
	maxChartTitle = 50
	MaxBars       = 20
	maxLabel      = 20
	maxCharts     = 2 // of a message; undocumented, found by vercel/chat#696
)

// A Chart is numbers beside each other: bars with a name each. What does not fit is left out, the
// last bars first; where Slack takes no chart (Options.NoCharts) it is drawn with characters.
type Chart struct {
	Title string
	Bars  []Amount
}

// An Amount is a number with a name.
type Amount struct {
	Name  string
	Value int
}

func (Chart) part() {}

// bar is how many cells a's bar has where that of most fills the room; what is more than nothing
// has one.
func (a Amount) bar(most, room int) int {
	if a.Value <= 0 {
		return 0
	}
	return max(int(float64(room)*float64(a.Value)/float64(most)), 1)
}

// chart draws c as a block of Slack's.
func (k *canvas) chart(c Chart) ([]slack.Block, int) {
	names, used := map[string]bool{}, 0
	var axis []string
	var points []slack.DataVisualizationDataPoint
	for _, a := range c.shown() {
		name := distinct(short(a.Name, none, maxLabel), names)
		axis = append(axis, name)
		points = append(points, slack.NewDataVisualizationDataPoint(name, float64(a.Value)))
		used += length(name)
	}
	series := slack.NewDataVisualizationDataSeries("Number", points...)
	chart := slack.NewDataVisualizationBarChart(slack.NewDataVisualizationAxisConfig(axis...), series)
	k.charts++
	return []slack.Block{slack.DataVisualizationBlock{Type: slack.MBTDataVisualization, Title: short(c.Title, none, maxChartTitle), Chart: chart}}, used
}

// shown are as many bars as Slack draws.
func (c Chart) shown() []Amount { return c.Bars[:min(len(c.Bars), MaxBars)] }

// distinct makes a label differ from those before it: Slack tells bars apart by their names alone.
func distinct(name string, seen map[string]bool) string {
	unique := name
	for n := 2; seen[unique]; n++ {
		mark := fmt.Sprintf(" %d", n)
		unique = short(name, none, maxLabel-len(mark)) + mark
	}
	seen[unique] = true
	return unique
}

// words is the chart as lines of characters.
func (c Chart) words() string {
	const cells = 20
	most, wide := 1, 1
	for _, a := range c.shown() {
		most, wide = max(most, a.Value), max(wide, length(short(a.Name, none, maxLabel)))
	}
	lines := []string{or(line(c.Title), none)}
	for _, a := range c.shown() {
		name := short(a.Name, none, maxLabel)
		lines = append(lines, name+strings.Repeat(" ", max(wide-length(name), 0))+" "+strings.Repeat("▇", a.bar(most, cells))+fmt.Sprintf(" %d", a.Value))
	}
	return strings.Join(lines, "\n")
}

// HasTable reports whether a card shows a table.
func (c Card) HasTable() bool {
	return slices.ContainsFunc(c.Parts, func(p Part) bool { _, is := p.(Table); return is })
}

// HasChart reports whether a card shows a chart.
func (c Card) HasChart() bool {
	return slices.ContainsFunc(c.Parts, func(p Part) bool { _, is := p.(Chart); return is })
}
