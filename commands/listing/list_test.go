package listing_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/listing"
	"s1bot/commands/slash"
	"s1bot/render"
	"s1bot/render/tempfile"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// longList is a console with many agents and pages of them, and nothing else.
type longList struct {
	rows  int
	calls atomic.Int64
}

func (l *longList) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.calls.Add(1)
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	from, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
	var rows []map[string]string
	for i := from; i < min(from+limit, l.rows); i++ {
		rows = append(rows, map[string]string{"id": fmt.Sprintf("20000000000000%05d", i+1), "computerName": fmt.Sprintf("HOST-%04d", i+1)})
	}
	page := map[string]any{"totalItems": l.rows, "nextCursor": nil}
	if from+limit < l.rows {
		page["nextCursor"] = strconv.Itoa(from + limit)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": rows, "pagination": page})
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("HOST-%04d", i+1)
	}
	return names
}

// Turning pages shows every row once, and asks the console once.
func TestTurningPagesAsksTheConsoleOnce(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), numbered(25)...)
	card, err := s.Run("agents HOST")
	require.NoError(t, err)
	require.Equal(t, `Agents · 25 match computer name "HOST" · page 1 of 3`, card.Title)
	seen := hostsOn(card)
	for _, title := range []string{"page 2 of 3", "page 3 of 3"} {
		card, err = s.Invoke(commandtest.Button(t, card, "Next"))
		require.NoError(t, err)
		require.Contains(t, card.Title, title)
		seen = append(seen, hostsOn(card)...)
	}
	require.ElementsMatch(t, numbered(25), seen)
	require.Len(t, console.Calls(), 1)

	card, err = s.Invoke(commandtest.Button(t, card, "Previous"))
	require.NoError(t, err)
	require.Contains(t, card.Title, "page 2 of 3")
	require.Len(t, console.Calls(), 1)
}

func hostsOn(card render.Card) []string {
	var names []string
	for _, part := range card.Parts {
		if table, ok := part.(render.Table); ok {
			for _, row := range table.Rows {
				names = append(names, row[0][0].Text)
			}
		}
	}
	return names
}

// Who runs a command anew sees what is true now, not what was remembered for the pages.
func TestACommandThatIsRunAnewAsksAnew(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), numbered(25)...)
	first, err := s.Run("agents HOST")
	require.NoError(t, err)
	console.AddAgent(s1sim.AgentSpec{Name: "HOST-NEW"})
	turned, err := s.Invoke(commandtest.Button(t, first, "Next"))
	require.NoError(t, err)
	require.Contains(t, turned.Title, "25 match", "the pages of one answer belong together")
	anew, err := s.Run("agents HOST")
	require.NoError(t, err)
	require.Contains(t, anew.Title, "26 match")

	s.Call.Now = commandtest.Now.Add(2 * catalog.KeepRows)
	turned, err = s.Invoke(commandtest.Button(t, first, "Next"))
	require.NoError(t, err)
	require.Contains(t, turned.Title, "26 match", "what is remembered is forgotten soon")
}

// limit=0 is everything, read page by page into a file; pages are turned as those of any other list.
func TestEverythingIsReadIntoAFileAndTurnedLikeAnyList(t *testing.T) {
	t.Parallel()
	console := &longList{rows: 2100}
	s := commandtest.At(t, commands.All(), console)
	card, err := s.Run("agents HOST limit=0")
	require.NoError(t, err)
	require.Contains(t, card.Title, "2100 match")
	require.Contains(t, card.Title, "page 1 of 210")
	require.EqualValues(t, 3, console.calls.Load())
	require.Contains(t, card.Plain(), "All 2100 agents are in the file.")
	require.Len(t, card.Files, 1)
	require.Equal(t, 2101, strings.Count(string(card.Files[0].Body), "\r\n"), "a heading and every row")

	do := commandtest.Button(t, card, "Next")
	do.Page = 150
	card, err = s.Invoke(do)
	require.NoError(t, err)
	require.Contains(t, card.Title, "page 150 of 210")
	require.Len(t, hostsOn(card), 10)
	require.Empty(t, card.Files)
	require.EqualValues(t, 4, console.calls.Load())

	do.Page = 210
	card, err = s.Invoke(do)
	require.NoError(t, err)
	require.Equal(t, "HOST-2100", hostsOn(card)[9])
	require.EqualValues(t, 5, console.calls.Load())
}

// What broke off in the middle is not lost, and is said.
func TestWhatCouldBeReadOfEverythingIsHandedOver(t *testing.T) {
	t.Parallel()
	list := &longList{rows: 2100}
	s := commandtest.At(t, commands.All(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") == "2000" {
			http.Error(w, `{"errors":[{"detail":"The cursor has expired."}]}`, http.StatusBadRequest)
			return
		}
		list.ServeHTTP(w, r)
	}))
	card, err := s.Run("agents HOST limit=0")
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome)
	require.Contains(t, card.Plain(), "The file has the 2000 agents that I could read. I couldn't read the rest: The cursor has expired.")
	require.Equal(t, 2001, strings.Count(string(card.Files[0].Body), "\r\n"))
	require.Equal(t, "Agents · 2000 of 2100 as a file", card.Files[0].Title, "which is all that is said beside the file")
}

func TestWithoutALimitACardTellsThatThereIsMoreAndAFileHasItAll(t *testing.T) {
	t.Parallel()
	s := commandtest.At(t, commands.All(), &longList{rows: 1203})
	card, err := s.Run("agents HOST")
	require.NoError(t, err)
	require.Contains(t, card.Title, "1203 match")
	require.Contains(t, card.Plain(), "Only the first 1000 are listed.")

	file, err := s.Invoke(commandtest.Button(t, card, "CSV file"))
	require.NoError(t, err)
	require.Equal(t, 1204, strings.Count(string(file.Files[0].Body), "\r\n"), "a heading and every row")
	file, err = s.Invoke(commandtest.Button(t, card, "JSON file"))
	require.NoError(t, err)
	var rows []json.RawMessage
	require.NoError(t, json.Unmarshal(file.Files[0].Body, &rows))
	require.Len(t, rows, 1203)

	raw, err := s.Invoke(commandtest.Button(t, card, "Raw JSON"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw.Files[0].Body, &rows))
	require.Len(t, rows, listing.PageRows, "the rows of the page that is shown")
}

// The title of a file is all that is read of it where the file itself goes elsewhere.
func TestTheTitleOfAFileThatLacksRowsSaysSo(t *testing.T) {
	t.Parallel()
	s := commandtest.At(t, commands.All(), &longList{rows: 40_000})
	for _, c := range []struct {
		how  render.How
		args string
		want string
	}{
		{render.JSON, `{}`, `^Agents · [12]\d{4} of 40000 as a file$`},
		{render.JSON, `{"limit":12}`, `^Agents · 12 as a file$`},
		{render.CSV, `{"limit":900}`, `^Agents · 900 as a file$`},
	} {
		s.Call.How, s.Call.Exports = c.how, tempfile.NewSpace(t.TempDir(), 1<<20)
		cmd, _ := commands.All().Find("list-agents")
		card, err := cmd.Run(t.Context(), s.Call, json.RawMessage(c.args))
		require.NoError(t, err, c.args)
		require.Regexp(t, c.want, card.Title, c.args)
		require.Equal(t, card.Title, card.Files[0].Title)
		card.Discard()
	}
}

func TestALimitHoldsForFilesToo(t *testing.T) {
	t.Parallel()
	_, s := commandtest.WithAgents(t, commands.All(), numbered(30)...)
	s.Call.How = render.JSON
	cmd, _ := commands.All().Find("list-agents")
	card, err := cmd.Run(t.Context(), s.Call, json.RawMessage(`{"limit":12}`))
	require.NoError(t, err)
	var rows []json.RawMessage
	require.NoError(t, json.Unmarshal(card.Files[0].Body, &rows))
	require.Len(t, rows, 12)
}

func TestAPageBeyondTheEndIsTheLast(t *testing.T) {
	t.Parallel()
	_, s := commandtest.WithAgents(t, commands.All(), numbered(12)...)
	s.Call.How, s.Call.Page = render.Turn, 99
	cmd, _ := commands.All().Find("list-agents")
	card, err := cmd.Run(t.Context(), s.Call, nil)
	require.NoError(t, err)
	require.Contains(t, card.Title, "page 2 of 2")
}

// A console that repeats its cursor would be read for ever.
func TestARepeatingCursorIsAnError(t *testing.T) {
	t.Parallel()
	s := commandtest.At(t, commands.All(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"data":[{"id":"2000000000000000001","computerName":"A"}],"pagination":{"nextCursor":"again"}}`)
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	cmd, _ := commands.All().Find("list-agents")
	_, err := cmd.Run(ctx, s.Call, json.RawMessage(`{"limit":0}`))
	require.ErrorIs(t, err, s1.ErrCursorLoop, "a page of ten is not full yet")
	s.Call.How = render.CSV
	_, err = cmd.Run(ctx, s.Call, json.RawMessage(`{"limit":0}`))
	require.ErrorIs(t, err, s1.ErrCursorLoop)
}

// What was asked for by name is told by name; the buttons keep to what the name meant.
func TestATitleHasTheNamesThatWereAskedFor(t *testing.T) {
	t.Parallel()
	s := commandtest.At(t, commands.All(), s1sim.New(s1sim.Options{}))
	inv, _, err := slash.Parse(commands.All(), "list-iocs account-ids=\"Example Corp\"", commandtest.Input())
	require.NoError(t, err)
	cmd, _ := commands.All().Find(inv.Command)
	card, err := cmd.Run(t.Context(), s.Call, inv.Args)
	require.NoError(t, err)
	require.Contains(t, card.Title, `match account ids "Example Corp"`)
	require.NotContains(t, string(commandtest.Button(t, card, "CSV file").Args), "Example Corp")
}

// What a word of people's asks for is told by that word and not by the console's keys; of several words for it, by the console's own or the shortest.
func TestATitleSaysTheWordThatWasAskedWith(t *testing.T) {
	t.Parallel()
	console := s1sim.New(s1sim.Options{})
	console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Confidence: "malicious"})
	s := commandtest.At(t, commands.All(), console)
	for line, title := range map[string]string{
		"threats open": `Threats · \d+ open$`, "threats filter=incidentStatuses=in_progress,unresolved": `Threats · \d+ match incident statuses in_progress,unresolved`,
		"threats filter=incidentStatuses=unresolved": `Threats · \d+ unresolved$`, "threats filter=confidenceLevels=malicious": `Threats · \d+ malicious$`,
		"threats filter=incidentStatuses=unresolved,in_progress&computerName__contains=DESKTOP": `Threats · \d+ open match computer name contains DESKTOP$`,
		"threats filter=osTypes=windows": `Threats · \d+ match os types windows$`, "threats resolved": `Threats · \d+ resolved$`, "threats malicious open": `Threats · \d+ open malicious$`, "threats malicious not mitigated open": `Threats · \d+ open not mitigated malicious$`, "alerts open": `Alerts · \d+ open$`,
	} {
		inv, _, err := slash.Parse(commands.All(), line, commandtest.Input())
		require.NoError(t, err, line)
		cmd, _ := commands.All().Find(inv.Command)
		card, err := cmd.Run(t.Context(), s.Call, inv.Args)
		require.NoError(t, err, line)
		require.Regexp(t, title, card.Title, line)
	}
}

// wanted are the columns that a person chose.
type wanted struct {
	titles  []string
	offered []string
	usual   int
}

func (w *wanted) Chosen(_ context.Context, kind string) []string {
	if kind != "agents" {
		return nil
	}
	return w.titles
}

func (w *wanted) Offer(_ string, titles []string, usual int) { w.offered, w.usual = titles, usual }

// A list has the columns that its caller chose, those of its file among them, and offers all there are; files have all whatever was chosen.
func TestAListHasTheColumnsThatWereChosen(t *testing.T) {
	t.Parallel()
	_, s := commandtest.WithAgents(t, commands.All(), numbered(12)...)
	w := &wanted{}
	s.Call.Columns = w
	usual, err := s.Run("agents HOST")
	require.NoError(t, err)
	_, err = s.Invoke(commandtest.Button(t, usual, "Columns"))
	require.NoError(t, err)
	require.Equal(t, columnsOf(usual), w.offered[:w.usual])
	require.Subset(t, w.offered[w.usual:], []string{"Agent version", "UUID"})

	w.titles = []string{"UUID", "gone meanwhile", "Name"}
	chosen, err := s.Run("agents HOST")
	require.NoError(t, err)
	require.Equal(t, []string{"UUID", "Name"}, columnsOf(chosen))
	turned, err := s.Invoke(commandtest.Button(t, chosen, "Next"))
	require.NoError(t, err)
	require.Equal(t, []string{"UUID", "Name"}, columnsOf(turned))
	file, err := s.Invoke(commandtest.Button(t, chosen, "CSV file"))
	require.NoError(t, err)
	require.Equal(t, w.offered, strings.Split(strings.ReplaceAll(strings.SplitN(string(file.Files[0].Body), "\r\n", 2)[0], `"`, ""), ","))

	w.titles = []string{"gone meanwhile"}
	usual, err = s.Run("agents HOST")
	require.NoError(t, err)
	require.Equal(t, w.offered[:w.usual], columnsOf(usual))
}

func columnsOf(card render.Card) (titles []string) {
	for _, part := range card.Parts {
		if table, ok := part.(render.Table); ok {
			for _, c := range table.Columns {
				titles = append(titles, c.Title)
			}
		}
	}
	return titles
}
