package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

// clicks are what Slack would send for each thing to click in m, by label.
func clicks(t testing.TB, m Message) map[string]*slack.BlockAction {
	out := map[string]*slack.BlockAction{}
	for _, b := range asMaps(t, m.Blocks) {
		if b["type"] != "actions" {
			continue
		}
		for _, e := range list(b["elements"]) {
			e := dict(e)
			label := str(dict(e["text"])["text"])
			if label != "" {
				out[label] = &slack.BlockAction{ActionID: str(e["action_id"]), Type: "button", Value: str(e["value"])}
			}
			for _, o := range list(e["options"]) {
				o := dict(o)
				name := strings.TrimPrefix(str(dict(e["placeholder"])["text"])+": "+str(dict(o["text"])["text"]), ": ")
				out[name] = &slack.BlockAction{ActionID: str(e["action_id"]), SelectedOption: slack.OptionBlockObject{Value: str(o["value"])}}
			}
		}
	}
	return out
}

func readClick(t testing.TB, m Message, label string) Invocation {
	t.Helper()
	all := clicks(t, m)
	require.Contains(t, all, label)
	in, err := ReadAction(all[label], nil)
	require.NoError(t, err)
	return in
}

func TestNoClickIsLostOrChangedWhateverItCarries(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		d := newDice(seed)
		var card Card
		want := map[string]Invocation{}
		for i := range 2 + d.IntN(12) {
			in := d.invocation()
			if !Fits(in) {
				continue
			}
			label := fmt.Sprintf("action %d", i)
			card.Actions = append(card.Actions, Button{Label: label, Do: in})
			want[label] = in
		}
		for label, in := range want {
			got := readClick(t, card.Message(Options{}), label)
			require.Equal(t, string([]rune(in.Command)), got.Command, "seed %d", seed)
			require.Equal(t, in.How, got.How)
			require.Equal(t, in.Page, got.Page)
			if len(in.Args) > 0 {
				require.JSONEq(t, string(in.Args), string(got.Args))
			}
		}
	}
}

func TestWhatIsTooLongForAButtonIsLeftOutWithANote(t *testing.T) {
	t.Parallel()
	in := Invocation{Command: "add-notes-to-threats", Args: object("note-text", strings.Repeat("x", 2000))}
	require.False(t, Fits(in))
	m := Card{Title: "A", Actions: []Action{Button{Label: "Add it", Do: in}}}.Message(Options{})
	require.Contains(t, outline(t, m), "Add it is left out: it is too long for a button")
	require.Empty(t, clicks(t, m))
	require.True(t, Fits(Invocation{Command: "ref", Args: object("id", "0123456789abcdef")}))
}

func TestAMenuTooLongForOneElementBecomesButtons(t *testing.T) {
	t.Parallel()
	var ids []string
	for i := range 12 {
		ids = append(ids, fmt.Sprintf("18451747604703038%02d", i))
	}
	m := Menu{Label: "Mitigate", Param: "mitigate-action", Do: Invocation{Command: "mitigate-threats", Args: object("filter", map[string]any{"ids": ids})},
		Options: []Option{{Label: "Kill", Value: "kill"}, {Label: "Quarantine", Value: "quarantine"}}}
	drawn := Card{Title: "12 threats", Actions: []Action{m}}.Message(Options{})
	requireSound(t, drawn)
	var args map[string]any
	require.NoError(t, json.Unmarshal(readClick(t, drawn, "Mitigate: Quarantine").Args, &args))
	require.Equal(t, "quarantine", args["mitigate-action"])
	require.Len(t, dict(args["filter"])["ids"], 12)
}

func TestAMenuOfListsAndOfOtherInvocations(t *testing.T) {
	t.Parallel()
	other := Invocation{Command: "get-threat-notes", Args: object("threat-id", "1")}
	m := Menu{Label: "Site", Param: "site-ids", List: true, Do: Invocation{Command: "get-groups"}, Options: []Option{{Label: "Paris", Value: "11"}, {Label: "Notes", Do: &other}}}
	drawn := Card{Title: "A", Actions: []Action{m}}.Message(Options{})
	require.JSONEq(t, `{"site-ids":["11"]}`, string(readClick(t, drawn, "Site: Paris").Args))
	require.Equal(t, other, readClick(t, drawn, "Site: Notes"))
}

func TestWhatIsRareHidesEvenWhereThereIsRoom(t *testing.T) {
	t.Parallel()
	card := Card{Title: "A", Actions: []Action{
		Button{Label: "CSV file", Rare: true, Do: Invocation{Command: "list-agents", How: CSV}}, Button{Label: "Next", Do: Invocation{Command: "list-agents", Page: 2}}}}
	require.Equal(t, []string{"button", "overflow"}, elementKinds(t, card))
	require.Equal(t, CSV, readClick(t, card.Message(Options{}), "CSV file").How)
}

// elementKinds are the types of what can be clicked on a card, in order.
func elementKinds(t *testing.T, card Card) []string {
	t.Helper()
	var kinds []string
	for _, b := range asMaps(t, card.Message(Options{ConsoleURL: console}).Blocks) {
		if b["type"] != "actions" {
			continue
		}
		for _, e := range list(b["elements"]) {
			kinds = append(kinds, str(dict(e)["type"]))
		}
	}
	return kinds
}

func TestFourActionsAreVisibleAndTheRestHides(t *testing.T) {
	t.Parallel()
	card := Card{Title: "A"}
	for i := range 12 {
		card.Actions = append(card.Actions, Button{Label: fmt.Sprint(i), Do: Invocation{Command: "list-agents", Page: i}})
	}
	require.Equal(t, []string{"button", "button", "button", "button", "overflow", "overflow"}, elementKinds(t, card))
	card.Actions[7] = Button{Label: "Deny", Do: Invocation{Command: "deny"}, Confirm: "Sure?"}
	require.Contains(t, outline(t, card.Message(Options{})), "[Deny]", "what asks first cannot hide")
}

func TestSharingIsOfferedUntilItIsShared(t *testing.T) {
	t.Parallel()
	card := Card{Title: "A", Actions: []Action{Button{Label: "Share", Do: Invocation{Command: "list-agents", How: Share}}}}
	require.Contains(t, clicks(t, card.Message(Options{})), "Share")
	require.Empty(t, clicks(t, card.Message(Options{Public: true})))
}

func TestForeignClicksAndFormsAreRefused(t *testing.T) {
	t.Parallel()
	for _, a := range []slack.BlockAction{{ActionID: "other"}, {ActionID: "b1", Value: "{"}, {ActionID: "o1:", SelectedOption: slack.OptionBlockObject{Value: `{"c":$3}`}},
		{ActionID: `o1:"x"`, SelectedOption: slack.OptionBlockObject{Value: "$"}}, {}} {
		_, err := ReadAction(&a, nil)
		require.Error(t, err, "%+v", a)
	}
	_, err := ReadForm(slack.View{CallbackID: "other"})
	require.Error(t, err)
	_, err = ReadForm(slack.View{CallbackID: FormCallback, PrivateMetadata: "x"})
	require.Error(t, err)
}

func TestOnlyTheConsoleIsLinked(t *testing.T) {
	t.Parallel()
	for address, linked := range map[string]bool{
		console + "/x": true, "https://DEMO.sentinelone.net/x?a=1&b=2": true, console: true,
		"http://demo.sentinelone.net/x": false, "https://demo.sentinelone.net.evil.example/": false, "https://demo.sentinelone.net@evil.example/": false,
		"https://evil.example/" + console: false, "https://evil.example@demo.sentinelone.net/": false, "javascript:alert(1)": false, "//demo.sentinelone.net/": false, console + "/|x>": false,
		console + "/\u202Ex": false, "https://demo.sentinelone.net:8443/": false, `https://demo.sentinelone.net\@evil.example/`: false,
		console + "/" + strings.Repeat("x", 3000): false,
	} {
		m := Card{Title: "A", Parts: []Part{Line{Link("here", address)}}, Actions: []Action{Button{Label: "Open", URL: address}}}.Message(Options{ConsoleURL: console})
		raw, err := json.Marshal(m.Blocks)
		require.NoError(t, err)
		require.Equal(t, linked, strings.Contains(string(raw), `"type":"link"`), address)
		require.Equal(t, linked, strings.Contains(string(raw), `"type":"button"`), address)
		require.Contains(t, string(raw), "here")
	}
	local := Line{Link("here", "http://127.0.0.1:8080/x")}
	raw, err := json.Marshal(Card{Parts: []Part{local}}.Message(Options{ConsoleURL: "http://127.0.0.1:8080"}).Blocks)
	require.NoError(t, err)
	require.Contains(t, string(raw), `"type":"link"`, "the demo's console is on this machine")
}

func TestTextsShowWhatIsThere(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"exe.\u202Egnp": "exe.⟨U+202E⟩gnp", "a\u200Bb": "a⟨U+200B⟩b", "a\x00b": "a⟨U+0000⟩b", "\xff": "\uFFFD", "a\nb\tc": "a\nb\tc",
		"⚠️ ok": "⚠️ ok", "e\u0301": "e\u0301", "\U000E0041": "⟨U+E0041⟩", "x\uFE0F": "x⟨U+FE0F⟩", "مرحبا": "مرحبا",
	} {
		require.Equal(t, want, Visible(in))
	}
	require.Equal(t, "a⏎b c", line("a\r\nb\tc"))
	require.Contains(t, Visible("z"+strings.Repeat("\u0301", 9)), "⟨U+0301⟩")
}

func TestTheFallbackDoesNothing(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"<!channel> & co": "&lt;!channel&gt; &amp; co", "*a* ~b~ `c`": "∗a∗ ∼b∼ ˋcˋ", "_a_ a_b": "＿a＿ a_b", "@here": "＠here", ":skull:": "∶skull:",
		"https://evil.example": "https[:]//evil.example", "WWW.evil.example": "WWW[.]evil.example", "run.sh": "run[.]sh", "evil.exe": "evil.exe",
		"a@b.com": "a[＠]b[.]com", "12:30:45": "12∶30:45", "192.0.2.1": "192.0.2.1", "mailto:x": "mailto[:]x",
	} {
		require.Equal(t, want, inert(in))
	}
}

func TestCutsAreVisibleAndWhole(t *testing.T) {
	t.Parallel()
	require.Equal(t, "abc", Cut("abc", 3))
	require.Equal(t, "ab…", Cut("abcd", 3))
	require.Equal(t, "😀…", Cut("😀😀😀", 4), "an emoji counts for two")
	require.Equal(t, "…", Cut("&&&", 5), "an & counts for the entity that it becomes")
	require.Equal(t, "a &amp; b …", shorten("a &amp; b &amp; c", 14))
	require.Equal(t, "a …", shorten("a <@U012ABC> b", 8))
}

func TestALongTableSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	table := Table{Columns: []Column{{Title: "Name"}, {Title: "N", Right: true}}}
	for i := range 150 {
		table.Rows = append(table.Rows, []Line{{Text(fmt.Sprintf("host-%d", i))}, {Text(fmt.Sprint(i))}})
	}
	m := Card{Title: "Agents", Parts: []Part{table, table, Note{Text("after")}}}.Message(Options{})
	requireSound(t, m)
	text := outline(t, m)
	require.Contains(t, text, "… 51 more rows", "99 rows and the heading fit")
	require.Contains(t, text, "rich_text_preformatted Name │ N", "Slack takes one table a message")
	require.Contains(t, text, "mrkdwn: after", "small print has its place before tables grow")
	wide := Table{Rows: [][]Line{make([]Line, 23)}}
	require.Contains(t, outline(t, Card{Parts: []Part{wide}}.Message(Options{})), "… 3 more columns")
}

func TestMoreThanAMessageTakesIsCounted(t *testing.T) {
	t.Parallel()
	var card Card
	for i := range 60 {
		card.Parts = append(card.Parts, Line{Text(fmt.Sprint(i))})
	}
	m := card.Message(Options{})
	require.Contains(t, outline(t, m), "more parts left out: this message is full")
	require.Len(t, m.Blocks, 50)
}

func TestACardSurvivesTheDatabase(t *testing.T) {
	t.Parallel()
	cards := goldenCards()
	cards["all parts"] = Card{Title: "A", Parts: []Part{Line{At(night), User("U1")}, Fields{{Label: "L", Value: Line{Mono("x")}, Wide: true}}, Quote{"q"}, Code{"c"},
		Note{Text("n")}, Bar{1, 2, "b"}, Divider{}, Row{Line: Line{Text("r")}, Actions: []Action{Button{Label: "B", Do: Invocation{Command: "c"}}}}}, Files: []File{{Name: "a.csv", Body: []byte("x")}}, Actions: []Action{Menu{Label: "M", Options: []Option{{Label: "o", Value: "v", Do: &Invocation{Command: "c"}}}}}}
	for name, card := range cards {
		raw, err := json.Marshal(card)
		require.NoError(t, err, name)
		var back Card
		require.NoError(t, json.Unmarshal(raw, &back), name)
		require.Equal(t, card.Message(Options{ConsoleURL: console}), back.Message(Options{ConsoleURL: console}), name)
		require.Equal(t, card.Plain(), back.Plain(), name)
		require.Equal(t, card.Files, back.Files)
	}
	for _, broken := range []string{`{"parts":[{"hologram":{}}]}`, `{"actions":[{"lever":{}}]}`, `{"parts":7}`, `{"parts":[{"line":{}}]}`} {
		require.Error(t, json.Unmarshal([]byte(broken), new(Card)), broken)
	}
	_, err := json.Marshal(Card{Parts: []Part{nil}})
	require.Error(t, err)
}

func TestASpreadsheetCalculatesNothing(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := NewCSVWriter(&b)
	require.NoError(t, w.Write("=1+1", "+1", "-1", "@SUM", "\tx", "\rx", "  =1", "＝1", `a"b,c;d`, "line\nfeed", "\u202Egnp", "fine", ""))
	require.NoError(t, w.Flush())
	require.True(t, strings.HasPrefix(b.String(), "\"'=1+1\",\"'+1\","), "every cell is quoted: %s", b.String())
	rows, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"'=1+1", "'+1", "'-1", "'@SUM", "'\tx", "'⟨U+000D⟩x", "'  =1", "'＝1", `a"b,c;d`, "line\nfeed", "⟨U+202E⟩gnp", "fine", ""}, rows[0])
}

// Programs of other countries part cells at semicolons, tabs or bars, and to them the quotes of this file are text.
func TestASpreadsheetOfAnyCountryCalculatesNothing(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"x;=1+1;y": "x;'=1+1;y", "x\t=1+1": "x\t'=1+1", "x,@SUM(A1)": "x,'@SUM(A1)", "x|-1+1": "x|'-1+1", "x; \t =1": "x; \t '=1",
		"x;＝1": "x;'＝1", "x;\u00a0＋1": "x;\u00a0'＋1", "line\n=1": "line\n'=1", `x;"=1"`: `x;"'=1"`, "\n\t=1": "'\n\t'=1",
		"x;=1;=2;y": "x;'=1;'=2;y", "−1": "'−1", "\u200b=1": "'⟨U+200B⟩=1", "x;\ufeff=1": "x;⟨U+FEFF⟩=1",
		// What is ordinary stays readable.
		"a;b, c|d\te": "a;b, c|d\te", "C:\\a-b=c+d@e": "C:\\a-b=c+d@e", "cmd.exe /c a -b": "cmd.exe /c a -b", `say "=1"`: `say "=1"`, "2026-11-22 = fine": "2026-11-22 = fine",
	} {
		var b bytes.Buffer
		w := NewCSVWriter(&b)
		require.NoError(t, w.Write("first", cell))
		require.NoError(t, w.Flush())
		for _, separator := range ",;\t|" {
			for cell := range strings.FieldsFuncSeq(b.String(), func(r rune) bool { return r == separator || r == '\n' || r == '\r' }) {
				require.NotContains(t, "=+-@＝＋−", firstRune(strings.Trim(cell, `" `)), "%q parted at %q", b.String(), separator)
			}
		}
		row, err := csv.NewReader(&b).Read()
		require.NoError(t, err)
		require.Equal(t, want, row[1])
	}
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return "(nothing)"
}

func TestATableAsCSVHasEveryRow(t *testing.T) {
	t.Parallel()
	table := Table{Columns: []Column{{Title: "Name"}, {Title: "Seen"}}}
	for range 500 {
		table.Rows = append(table.Rows, []Line{{Link("=x", console)}, {Since(night)}}, []Line{{}, {At(time.Time{})}})
	}
	var b bytes.Buffer
	require.NoError(t, table.CSV(&b))
	rows, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1001)
	require.Equal(t, []string{"'=x", "2026-11-22T03:02:00Z"}, rows[1])
	require.Equal(t, []string{"", ""}, rows[2])
}

func TestACardAsText(t *testing.T) {
	t.Parallel()
	text := approval().Plain()
	require.Contains(t, text, "🟠 Approval needed · Disconnect Agent From Network\n@U0ALICE asks in #C0SOC:\n> beaconing")
	require.Contains(t, text, "| DESKTOP-1 <"+console+"/agents/1> | 🟢 online | 1 |")
	require.Contains(t, text, `[Approve] → {"c":"approve","a":{"id":"A-7F3A"}}`)
}

func TestTheBarStaysABar(t *testing.T) {
	t.Parallel()
	require.Equal(t, "▰▰▰▰▰▱▱▱▱▱ 52 % · running", Bar{52, 100, "running"}.words())
	require.Equal(t, "▰▰▰▰▰▰▰▰▰▰ 100 %", Bar{9, 3, ""}.words())
	require.Equal(t, "▱▱▱▱▱▱▱▱▱▱ 0 %", Bar{-1, 0, ""}.words())
}

func TestAFormComesBackAsItWasFilled(t *testing.T) {
	t.Parallel()
	low, high := int64(1), int64(1000)
	form := Form{Title: "Disconnect Agent From Network", Do: Invocation{Command: "disconnect-agent-from-network", Args: object("ticket", "INC-1")},
		Origin: Origin{Channel: "C0SOC", Thread: "1.2", Key: "k"}, Fields: []FormField{
			{Name: "agent-ids", Label: "Endpoints", Widget: MultiSearch, Search: "agents", Required: true, Value: []string{"1"}, Shown: []string{"DESKTOP-1"}},
			{Name: "site", Widget: Search, Search: "sites", Value: []string{"2"}},
			{Name: "reason", Widget: MultiLine, MaxLength: 500, Value: []string{"because"}}, {Name: "limit", Widget: Number, Min: &low, Max: &high, Value: []string{"5000"}},
			{Name: "verdict", Widget: Select, Choices: []Option{{Label: "True Positive", Value: "true_positive"}}, Value: []string{"true_positive"}},
			{Name: "statuses", Widget: MultiSelect, Choices: []Option{{Label: "A", Value: "a"}, {Label: "B", Value: "b"}}, Value: []string{"b"}},
			{Name: "after", Widget: DateTime, Value: []string{"2026-11-22T03:02:00Z"}}, {Name: "all", Widget: Checkbox, Required: true, Value: []string{"true"}},
		}}
	view := form.View()
	require.Empty(t, checkView(t, view))
	require.Equal(t, "Disconnect Agent From…", view.Title.Text)
	require.Contains(t, outline(t, Message{Blocks: view.Blocks.BlockSet[:1]}), "Disconnect Agent From Network", "the whole title stands above")
	answer, err := ReadForm(submitted(t, view))
	require.NoError(t, err)
	require.Equal(t, form.Do, answer.Do)
	require.Equal(t, form.Origin, answer.Origin)
	require.Equal(t, map[string][]string{"agent-ids": {"1"}, "site": {"2"}, "reason": {"because"}, "limit": nil, "verdict": {"true_positive"},
		"statuses": {"b"}, "after": {"2026-11-22T03:02:00Z"}, "all": {"true"}}, answer.Values, "5000 is above the maximum: not filled in")
}

// submitted is view as Slack sends it when a person changes nothing and presses the button.
func submitted(t testing.TB, view slack.ModalViewRequest) slack.View {
	raw, err := json.Marshal(view)
	require.NoError(t, err)
	var back slack.View
	require.NoError(t, json.Unmarshal(raw, &back))
	back.State = &slack.ViewState{Values: map[string]map[string]slack.BlockAction{}}
	for _, b := range asMaps(t, view.Blocks.BlockSet) {
		if b["type"] != "input" {
			continue
		}
		e := dict(b["element"])
		state := map[string]any{"type": e["type"], "value": e["initial_value"], "selected_option": e["initial_option"],
			"selected_options": e["initial_options"], "selected_date_time": e["initial_date_time"]}
		raw, err := json.Marshal(state)
		require.NoError(t, err)
		var action slack.BlockAction
		require.NoError(t, json.Unmarshal(raw, &action))
		back.State.Values[str(b["block_id"])] = map[string]slack.BlockAction{str(e["action_id"]): action}
	}
	return back
}

func TestAFormThatCarriesTooMuchSaysSo(t *testing.T) {
	t.Parallel()
	form := Form{Title: "Add note", Do: Invocation{Command: "add-notes-to-threats", Args: object("filter", strings.Repeat("x", 3000))},
		Fields: []FormField{{Name: "note-text", Widget: TextInput}}}
	require.False(t, form.Fits())
	view := form.View()
	require.Empty(t, checkView(t, view))
	require.Nil(t, view.Submit)
	require.Len(t, view.Blocks.BlockSet, 1)
	form.Do.Args = object("filter", "x")
	require.True(t, form.Fits())
	require.Len(t, form.View().Blocks.BlockSet, 1)
	require.NotNil(t, form.View().Submit)
}

func TestWhatCannotBeFilledInIsNotCut(t *testing.T) {
	t.Parallel()
	form := Form{Title: "A", Fields: []FormField{
		{Name: "note", Widget: TextInput, Value: []string{strings.Repeat("x", 4000)}},
		{Name: "site", Widget: Select, Choices: []Option{{Label: "A", Value: "a"}, {Label: "B", Value: strings.Repeat("b", 80)}}},
	}}
	raw, err := json.Marshal(form.View())
	require.NoError(t, err)
	require.Contains(t, string(raw), "The value given is too long for this box.")
	require.NotContains(t, string(raw), "xxx")
	require.Contains(t, string(raw), "… 1 more choice: type them in the command.")
}

func TestASearchBoxTellsWhatItLooksFor(t *testing.T) {
	t.Parallel()
	kind, ok := ReadSearch("search:agents:agent-ids")
	require.True(t, ok)
	require.Equal(t, "agents", kind)
	for _, id := range []string{"", "agents", "search:", "search:agents", "search::x"} {
		_, ok := ReadSearch(id)
		require.False(t, ok, id)
	}
}

func TestAnIntroHasLinesButItsNamesDoNot(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(Form{Title: "A", Intro: Line{Text("Isolates.\n"), Mono("evil\nname\n")}}.View().Blocks)
	require.NoError(t, err)
	require.Contains(t, string(raw), `"Isolates.\n"`)
	require.Contains(t, string(raw), `"evil⏎name⏎"`)
}
