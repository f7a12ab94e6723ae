package library

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/render"
)

const ann = "U0ANN"

// A shelf is a database of lines that are kept and that were run, the newest first; others are what everybody else ran.
type shelf struct {
	kept        []Saved
	ran, others []string
	fails       error
}

func (s *shelf) Save(_ context.Context, _ string, c Saved, most int) (bool, error) {
	if len(s.kept) >= most {
		return false, nil
	}
	s.kept = append(s.kept, c)
	return true, s.fails
}

func (s *shelf) Forget(_ context.Context, _, name string) (bool, error) {
	before := len(s.kept)
	s.kept = slices.DeleteFunc(s.kept, func(c Saved) bool { return c.Name == name })
	return len(s.kept) < before, s.fails
}

func (s *shelf) All(context.Context, string) ([]Saved, error) { return s.kept, s.fails }

func (s *shelf) Last(_ context.Context, _ string, n int) ([]string, error) {
	return s.ran[:min(n, len(s.ran))], s.fails
}

func (s *shelf) Lines(_ context.Context, user string, _ time.Time, _ int) ([]string, error) {
	if user == "" {
		return s.others, s.fails
	}
	return s.ran, s.fails
}

func libraryOf(s *shelf) Library {
	return Library{Catalog: commands.All(), History: s, Store: s, Own: []string{"help", "freeze"}, Words: someWords(), Now: time.Now}
}

func someWords() []Word {
	return []Word{
		{Name: "history", Summary: "Lists your recent commands, each with a button to run it again.", First: true},
		{Name: "report", Summary: "The shift report.", Also: "handover open"},
		{Name: "case", Summary: "A case file of a threat or an alert.", Takes: "The threat", Asks: true},
	}
}

func TestALineIsKeptAsItWasTypedAndReadAnew(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	l := libraryOf(s)
	kept, err := l.Save(t.Context(), ann, " Morning = /s1 threats open ", time.UTC)
	require.NoError(t, err)
	require.Equal(t, Saved{"morning", "threats open"}, kept)
	for line, want := range map[string]string{"morning": "threats open", "MORNING limit=5": "threats open limit=5", "evening": "evening", "2morrow": "2morrow"} {
		got, found, err := l.Expand(t.Context(), ann, line)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, want != line, found, line)
	}
	require.NoError(t, l.Forget(t.Context(), ann, " Morning "))
	require.ErrorContains(t, l.Forget(t.Context(), ann, "morning"), "no saved command")
}

// A name of somebody's own never stands for what a command's name stands for, and a line holds no secret.
func TestWhatMayNotBeKeptIsRefused(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	l := libraryOf(s)
	for typed, want := range map[string]string{
		"morning":              "a name and a command are needed",
		"night threats open":   "/s1 save night = threats open",
		"morning =":            "a name and a command are needed",
		"two words = agents":   "a name and a command are needed",
		"isolate = agents":     "is already a command",
		"freeze = agents":      "is already a command",
		"1st = agents":         "can't be a name",
		"a.b = agents":         "can't be a name",
		"morning = frobnicate": "frobnicate",
		"morning = agents computer-name=" + strings.Repeat("x", maxLine):          "too long to be saved",
		strings.Repeat("n", maxName+1) + " = agents":                              "can't be a name",
		"pw = fetch-files agent-id=1 files=/tmp/x password=Secret.12345 reason=x": "can't hold a password",
	} {
		_, err := l.Save(t.Context(), ann, typed, time.UTC)
		require.ErrorContains(t, err, want, typed)
	}
	require.Empty(t, s.kept)
	_, err := l.Save(t.Context(), ann, "cut = isolate DESKTOP-1", time.UTC)
	require.NoError(t, err, "what it lacks its form asks for")
	for i := range maxSaved {
		s.kept = append(s.kept, Saved{Name: fmt.Sprint("n", i)})
	}
	_, err = l.Save(t.Context(), ann, "more = agents", time.UTC)
	require.ErrorContains(t, err, "which is the maximum")
}

func TestThePaletteShowsOnesOwnFirst(t *testing.T) {
	t.Parallel()
	s := &shelf{kept: []Saved{{"morning", "threats open"}}}
	for i := range 8 {
		s.ran = append(s.ran, fmt.Sprintf("agents DESKTOP-%d", i))
	}
	l := libraryOf(s)
	all, err := l.Search(t.Context(), ann, "")
	require.NoError(t, err)
	require.Equal(t, []string{"Saved", "Recent", "Requests, reports and the bot"}, []string{all[0].Label, all[1].Label, all[2].Label})
	require.Equal(t, "morning · threats open", all[0].Options[0].Label)
	require.Equal(t, "agents DESKTOP-0", all[1].Options[0].Label)
	require.Len(t, all[1].Options, recentFew, "a few are enough where nothing was typed")
	for _, g := range all {
		for _, o := range g.Options {
			require.LessOrEqual(t, len([]rune(o.Label)), maxLabel)
		}
	}
	found, err := l.Search(t.Context(), ann, "DESKTOP-7")
	require.NoError(t, err)
	require.Equal(t, "agents DESKTOP-7", found[0].Options[0].Label)
	named, err := l.Search(t.Context(), ann, "isolate")
	require.NoError(t, err)
	require.Equal(t, "disconnect-agent-from-network", named[0].Options[0].Value, "what has it in its name stands before what has it in its summary")
	none, err := l.Search(t.Context(), ann, "xyzzy")
	require.NoError(t, err)
	require.Empty(t, none)
}

// Slack takes 150 characters of an option's value, and a line may be longer: it goes by its hash.
func TestWhatWasPickedIsALine(t *testing.T) {
	t.Parallel()
	s := &shelf{kept: []Saved{{"morning", "threats open"}}, ran: []string{"agents " + strings.Repeat("x", 500), "agents DESKTOP-1"}}
	l := libraryOf(s)
	groups, err := l.Search(t.Context(), ann, "")
	require.NoError(t, err)
	all := slices.Concat(groups[0].Options, groups[1].Options)
	for i, want := range []string{"threats open", s.ran[0], s.ran[1]} {
		require.LessOrEqual(t, len(all[i].Value), 150)
		line, found, err := l.Picked(t.Context(), ann, all[i].Value)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, want, line)
	}
	for value, want := range map[string]bool{"list-agents": true, "frobnicate": false, savedMark + "evening": false, recentMark + "00": false} {
		_, found, err := l.Picked(t.Context(), ann, value)
		require.NoError(t, err)
		require.Equal(t, want, found, value)
	}
}

// The bot's own words are found by their names, by what they do, and by what people call that; an option of theirs is no line of a command.
func TestThePaletteFindsTheBotsOwnWords(t *testing.T) {
	t.Parallel()
	l := libraryOf(&shelf{})
	for typed, want := range map[string]string{"history": "history", "case": "case", "case fil": "case", "shift": "report", "handover": "report", "": "history"} {
		groups, err := l.Search(t.Context(), ann, typed)
		require.NoError(t, err)
		at := slices.IndexFunc(groups, func(g render.OptionGroup) bool { return strings.Contains(g.Label, "the bot") })
		require.GreaterOrEqual(t, at, 0, typed)
		require.Equal(t, wordMark+want, groups[at].Options[0].Value, typed)
		word, ok := l.PickedWord(groups[at].Options[0].Value)
		require.True(t, ok)
		require.Equal(t, want, word.Name)
	}
	for _, value := range []string{"word:frobnicate", "history", "", "recent:00"} {
		_, ok := l.PickedWord(value)
		require.False(t, ok, value)
	}
}

// What somebody uses most comes first, then what matters most to people of their role, then what everybody uses.
func TestHelpBeginsWithWhatIsUsedMost(t *testing.T) {
	t.Parallel()
	l := libraryOf(&shelf{ran: []string{"sites", "agents", "agents DESKTOP-1", "not-a-command"}, others: []string{"get-global-policy", "agents"}})
	names := func(who Reader, n int) (names []string) {
		most, err := l.Most(t.Context(), who, n)
		require.NoError(t, err)
		for _, cmd := range most {
			names = append(names, cmd.Name)
		}
		return names
	}
	require.Equal(t, []string{"list-agents", "get-sites", "get-threat", "get-alerts", "disconnect-agent-from-network"}, names(Reader{ann, true}, 5))
	require.Equal(t, []string{"list-agents", "get-sites", "get-threat", "get-alerts", "query"}, names(Reader{ann, false}, 5), "who may change nothing is shown what reads")
	require.Contains(t, names(Reader{ann, true}, 50), "get-global-policy")
	require.NotEmpty(t, l.everyday())
	for i, cmd := range l.everyday() {
		require.Equal(t, i+1, cmd.Everyday, "%s shares its place", cmd.Name)
	}
	card, err := l.Help(t.Context(), Reader{ann, true})
	require.NoError(t, err)
	require.Equal(t, FindWord, card.Actions[0].(render.Button).Do.Command)
	var areas int
	for _, p := range card.Parts {
		if row, ok := p.(render.Row); ok {
			areas += len(row.Actions)
		}
	}
	require.Greater(t, areas, 5)
	require.LessOrEqual(t, areas, 25, "Slack takes no more buttons in one row")
}

func TestAnAreaListsItsCommandsWithTheirForms(t *testing.T) {
	t.Parallel()
	l := libraryOf(&shelf{})
	card, ok := l.Area("THREATS")
	require.True(t, ok)
	rows := 0
	for _, p := range card.Parts {
		if row, ok := p.(render.Row); ok {
			rows++
			do := row.Actions[0].(render.Button).Do
			cmd, known := l.Catalog.Find(do.Command)
			require.True(t, known)
			require.Equal(t, "threats", cmd.Area)
			require.Equal(t, render.Line{render.Text(cmd.Summary())}, row.Small)
			require.Equal(t, render.Open, do.How)
		}
	}
	require.Greater(t, rows, 5)
	_, ok = l.Area("nowhere")
	require.False(t, ok)
}

// What runs at once asks first; what lacks something, or had a secret in it, opens its form; what is no command any more has no button.
func TestTheHistoryRunsAgain(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	l := libraryOf(s)
	card, err := l.Ran(t.Context(), ann, time.UTC)
	require.NoError(t, err)
	require.Contains(t, card.Text, "haven't run any commands yet")
	s.ran = []string{"agents DESKTOP-1", "initiate-scan agent-ids=1", "isolate", "a-command-of-last-year x", `isolate agent-ids=1 for=4h reason="because"`}
	card, err = l.Ran(t.Context(), ann, time.UTC)
	require.NoError(t, err)
	button := func(i int) (b render.Button) {
		if actions := card.Parts[i].(render.Row).Actions; len(actions) > 0 {
			b = actions[0].(render.Button)
		}
		return b
	}
	require.Equal(t, "Run again", button(0).Label)
	require.Empty(t, button(0).Confirm)
	require.Contains(t, button(1).Confirm, "This runs right away")
	require.Equal(t, "Open the form", button(2).Label)
	require.Equal(t, render.Open, button(2).Do.How)
	require.Empty(t, button(3).Label)
	var said map[string]any
	require.NoError(t, json.Unmarshal(button(4).Do.Said, &said))
	require.Contains(t, fmt.Sprint(said), "because", "reason and length go along")
}

func TestWhatIsKeptHasItsButtons(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	l := libraryOf(s)
	card, err := l.Kept(t.Context(), ann)
	require.NoError(t, err)
	require.Contains(t, card.Text, "haven't saved any commands yet")
	s.kept = []Saved{{"morning", "threats open"}}
	card, err = l.Kept(t.Context(), ann)
	require.NoError(t, err)
	actions := card.Parts[0].(render.Row).Actions
	require.Equal(t, render.Invocation{Command: SavedWord, Args: catalog.Marshal(map[string]string{"line": "morning"})}, actions[0].(render.Button).Do)
	require.Equal(t, DropWord, actions[1].(render.Button).Do.Command)
}

// A database that does not answer is an error, and no empty list: nobody is told that they saved nothing.
func TestADatabaseThatFailsIsNoEmptyList(t *testing.T) {
	t.Parallel()
	l := libraryOf(&shelf{fails: errors.New("disk full")})
	for name, ask := range map[string]func() error{
		"help":   func() error { _, err := l.Help(t.Context(), Reader{User: ann}); return err },
		"ran":    func() error { _, err := l.Ran(t.Context(), ann, time.UTC); return err },
		"kept":   func() error { _, err := l.Kept(t.Context(), ann); return err },
		"search": func() error { _, err := l.Search(t.Context(), ann, "x"); return err },
		"expand": func() error { _, _, err := l.Expand(t.Context(), ann, "morning"); return err },
		"picked": func() error { _, _, err := l.Picked(t.Context(), ann, recentMark+"1"); return err },
		"forget": func() error { return l.Forget(t.Context(), ann, "morning") },
	} {
		require.ErrorContains(t, ask(), "disk full", name)
	}
}
