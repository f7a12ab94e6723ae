package run

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/exchange"
	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/socketmode"
	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/commands/forms"
	"s1bot/render"
)

// Every search box of the catalog finds what some command lists, so that a policy rules on both; or what is one's own.
func TestEverySearchBoxHasACommandThatLists(t *testing.T) {
	t.Parallel()
	own := []string{"script-runs", "script-tasks", "queries"} // what was started from here
	all := commands.All()
	for _, cmd := range all.Commands() {
		for _, f := range forms.Of(cmd, nil, catalog.Caller{}).Fields {
			if f.Search == "" {
				continue
			}
			name, known := all.ListedBy(f.Search)
			require.True(t, known, f.Search)
			if name == "" {
				require.Contains(t, own, f.Search, cmd.Name)
				continue
			}
			list, ok := all.Find(name)
			require.True(t, ok, name)
			require.Equal(t, catalog.Read, list.Risk)
		}
	}
}

func TestASearchBoxThatThereIsNotFindsNothing(t *testing.T) {
	t.Parallel()
	require.False(t, (&Searches{}).MaySearch(exchange.Interaction{On: consoles.Console{Catalog: commands.All()}}, "passwords"))
}

// An answer never has more options, or more bytes, than Slack takes, and only what has headings comes in groups.
func TestASearchBoxAnswersWithinSlacksLimits(t *testing.T) {
	t.Parallel()
	long := make([]render.Option, 60)
	for i := range long {
		long[i] = render.Option{Label: strings.Repeat("ö", 75), Value: strings.Repeat("v", 70) + strconv.Itoa(i)}
	}
	short := make([]render.Option, 80)
	for i := range short {
		short[i] = render.Option{Label: strconv.Itoa(i), Value: strconv.Itoa(i)}
	}
	for name, found := range map[string][]render.OptionGroup{
		"none": nil, "no headings": {{Options: short}}, "many": {{Label: "Saved", Options: short}, {Label: "Recent", Options: short}, {Label: "More", Options: short}},
		"wide": {{Label: "Saved", Options: long}, {Label: "Recent", Options: long}},
	} {
		answer, err := json.Marshal(fitting(found))
		require.NoError(t, err)
		require.Empty(t, blockkit.ValidateOptions(answer), name)
		require.LessOrEqual(t, strings.Count(string(answer), `"value"`), maxOptions, name)
		require.Less(t, len(answer), socketmode.MaxAnswer, name)
		require.Equal(t, name == "many" || name == "wide", strings.Contains(string(answer), "option_groups"), name)
	}
}

// BenchmarkAnswer is what a repeated key costs beyond the look into memory: a hundred options as Slack gets them.
func BenchmarkAnswer(b *testing.B) {
	options := make([]render.Option, maxOptions)
	for i := range options {
		options[i] = render.Option{Label: "LAPTOP-" + strconv.Itoa(10000+i) + " · Paris · Workstations", Value: "24064917165697997" + strconv.Itoa(100+i)}
	}
	b.Run("options to bytes", func(b *testing.B) {
		for b.Loop() {
			_, err := json.Marshal(fitting([]render.OptionGroup{{Options: options}}))
			require.NoError(b, err)
		}
	})
	b.Run("baseline: their labels and values", func(b *testing.B) {
		for b.Loop() {
			_, err := json.Marshal(options)
			require.NoError(b, err)
		}
	})
}
