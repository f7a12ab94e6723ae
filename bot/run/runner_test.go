package run

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/home"
	"s1bot/bot/inbound"
	"s1bot/bot/webapi/webapitest"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

func args(pairs ...string) json.RawMessage {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return catalog.Marshal(values)
}

func TestWhatReadsRunsAtOnceAndIsRemembered(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	said, err := k.types(dave, "agents DESKTOP-1")
	require.NoError(t, err)
	require.Contains(t, said, "DESKTOP-1")
	require.Contains(t, said, `"response_type":"ephemeral"`)
	require.Equal(t, []string{"list-agents successful"}, k.counted)
	lines, err := k.runner.History.Last(t.Context(), dave, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"list-agents computer-name=DESKTOP-1"}, lines)
}

// A line that begins like a command and goes on to say why opens the form with the reason; names behind commas are targets.
func TestAReasonBehindACommaIsNoTarget(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	said, err := k.types(alice, "isolate DESKTOP-1, ransomware")
	require.NoError(t, err)
	require.Contains(t, said, `"initial_value":"ransomware"`)
	require.Contains(t, said, `"value":"DESKTOP-1"`)
	require.Empty(t, k.console.Changes())
}

func TestAListIsSharedTurnedOrHandedOver(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	list := render.Invocation{Command: "list-agents", How: render.Share}
	said, err := k.does(dave, list)
	require.NoError(t, err)
	require.Contains(t, said, `"response_type":"in_channel"`)
	list.How = render.Turn
	said, err = k.does(dave, list)
	require.NoError(t, err)
	require.Contains(t, said, `"replace_original":true`)
	list.How = render.CSV
	said, err = k.does(dave, list)
	require.NoError(t, err)
	require.Contains(t, said, "The file is in your direct messages with me.")
	require.Len(t, k.slack.Calls("/upload"), 1)
	lines, err := k.runner.History.Last(t.Context(), dave, 5)
	require.NoError(t, err)
	require.Empty(t, lines, "a button is no line that somebody typed")
}

// The policy is asked before anything runs: typed, clicked, from a form, long or in a window.
func TestNothingRunsPastThePolicy(t *testing.T) {
	t.Parallel()
	var denied []policy.Rule
	for _, name := range []string{"list-agents", "query"} {
		denied = append(denied, policy.Rule{Name: name, Commands: []string{name}, Effect: policy.Deny, Why: "not here"})
	}
	k := newKit(t, denied...)
	var refused *policy.RefusedError
	for _, do := range []render.Invocation{
		{Command: "list-agents"}, {Command: "list-agents", How: render.View}, {Command: "list-agents", How: render.CSV}, {Command: "list-agents", How: render.Share}, {Command: "list-agents", How: render.Pick},
		{Command: "query", Args: args("query", "x")},
	} {
		_, err := k.does(dave, do)
		require.ErrorAs(t, err, &refused, "%s %v", do.Command, do.How)
	}
	_, err := k.types(dave, "isolate DESKTOP-1 reason=x")
	require.ErrorAs(t, err, &refused, "no operator")
	_, err = k.does(dave, render.Invocation{Command: "disconnect-agent-from-network", How: render.Open})
	require.ErrorAs(t, err, &refused, "nobody fills a form in for nothing")
	require.Empty(t, k.console.Changes())
	require.Empty(t, k.desk.began)
	require.Empty(t, k.searchesFor(dave, "agents", "DESKTOP"), "a box shows what a list does not")
	trail, err := k.forms.Gate.Trail.(*approvals.Ledger).Audit(t.Context(), approvals.AuditQuery{Action: "refused"})
	require.NoError(t, err)
	n := 0
	for range trail.Entries {
		n++
	}
	require.Equal(t, 8, n, "each stands in the trail")
}

func (k *kit) searchesFor(user, box, typed string) string {
	k.t.Helper()
	view := render.Form{Title: "x", Fields: []render.FormField{{Name: "x", Label: "x", Widget: render.Search, Search: box}}}.View()
	element := view.Blocks.BlockSet[0].(*slack.InputBlock).Element.(*slack.SelectBlockElement)
	body, err := json.Marshal(k.searches.Suggest(k.t.Context(), inbound.Payload{User: inbound.Sender{ID: user}, ActionID: element.ActionID, Value: typed}))
	require.NoError(k.t, err)
	if string(body) == `{"options":[]}` {
		return ""
	}
	return string(body)
}

func TestASearchBoxFindsNamesForThoseWhoMayBeHere(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	require.Contains(t, k.searchesFor(dave, "agents", "DESKTOP-2"), "DESKTOP-2")
	require.NotContains(t, k.searchesFor(dave, "agents", "DESKTOP-2"), "DESKTOP-1")
	require.Contains(t, k.searchesFor(dave, "agents", "DESKTOP-2 · online · Paris"), "DESKTOP-2", "a label that was pasted")
	require.Empty(t, k.searchesFor(guest, "agents", "DESKTOP-2"))
	require.Empty(t, k.searchesFor(dave, "passwords", "x"))
	require.Contains(t, k.searchesFor(dave, "commands", "isolate"), "disconnect-agent-from-network")
	body, err := json.Marshal(k.searches.Suggest(t.Context(), inbound.Payload{User: inbound.Sender{ID: dave}, ActionID: "none of ours"}))
	require.NoError(t, err)
	require.Equal(t, `{"options":[]}`, string(body), "Slack takes a missing list for an error")
}

// An acknowledgement of 20 KB or more is dropped, and the box would stay empty: what is too much is left out.
func TestASearchBoxesAnswerFitsAnAcknowledgement(t *testing.T) {
	t.Parallel()
	var many []render.Option
	for range 300 {
		many = append(many, render.Option{Label: strings.Repeat("é", 75), Value: strings.Repeat("v", 150)})
	}
	for _, label := range []string{"", "Paris"} { // with headings, where the things are of several kinds
		answer := fitting([]render.OptionGroup{{Label: label, Options: many}})
		body, err := json.Marshal(answer)
		require.NoError(t, err)
		require.Less(t, len(body), 20_000)
		require.Greater(t, strings.Count(string(body), `"value"`), 20)
		require.Equal(t, label != "", strings.Contains(string(body), "option_groups"))
	}
	few, err := json.Marshal(fitting([]render.OptionGroup{{Options: many[:1]}}))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(few), `"value"`))
}

// A list of names is what a command line has, with commas and blanks as people set them.
func TestAListOfNamesIsNoSentence(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"initiate-scan DESKTOP-1,DESKTOP-2", "initiate-scan DESKTOP-1, DESKTOP-2", "scan DESKTOP-1 , DESKTOP-2", "scan desktop-1,desktop-2", "initiate-scan DESKTOP-1 DESKTOP-2"} {
		k := newKit(t)
		said, err := k.types(alice, line)
		require.NoError(t, err, line)
		require.Len(t, k.console.Changes(), 1, "%s: %s", line, said)
	}
}

func TestALineThatNamesNoCommandMayBeASentence(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	said, err := k.types(dave, "show me the endpoints DESKTOP-1")
	require.NoError(t, err)
	require.Contains(t, said, "Nothing has run yet.")
	require.Contains(t, said, "Run this")
	said, err = k.types(alice, "please isolate DESKTOP-1 for 4 hours because phishing")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(said, "views.open"))
	require.Contains(t, said, "phishing")
	require.Empty(t, k.desk.posted, "nothing is asked for from plain words alone")
	said, err = k.types(alice, "isolat DESKTOP-1 for 4 hours, ransomware")
	require.NoError(t, err)
	require.Contains(t, said, "views.open", "a slip in the name, and more said than the line's values")
	require.Contains(t, said, "ransomware")
	require.NotContains(t, said, `"hours"`)
	_, err = k.types(dave, "frobnicate")
	var none NoCommandError
	require.ErrorAs(t, err, &none)
	require.Contains(t, none.Error(), "frobnicate")
	_, err = k.types(dave, "agents computername=x")
	var usage *catalog.UsageError
	require.ErrorAs(t, err, &usage)
	require.False(t, errors.As(err, &none), "it names a command")
}

func TestASavedNameStandsForItsLine(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	_, err := k.runner.Library.Save(t.Context(), dave, "desks = agents DESKTOP-2", nil)
	require.NoError(t, err)
	said, err := k.types(dave, "desks")
	require.NoError(t, err)
	require.Contains(t, said, "DESKTOP-2")
	_, err = k.types(alice, "desks")
	require.Error(t, err, "it is dave's")
}

func TestLongWorkIsBegunWithWhatWasResolved(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	said, err := k.types(dave, `query "EventType = \"Process Creation\""`)
	require.NoError(t, err)
	require.Contains(t, said, "This will take a while.")
	require.Len(t, k.desk.began, 1)
	require.Equal(t, "query", k.desk.began[0].Do.Command)
	require.Equal(t, dave, k.desk.began[0].User)
	a := k.by(dave)
	a.At.Thread, a.Line = "5.5", `query "EventType = \"Process Creation\""`
	k.slack.Forget()
	require.NoError(t, k.runner.Command(t.Context(), a))
	require.Empty(t, k.slack.Calls(), "its message stands in the thread")
	a.At.Thread, a.At.Channel, a.Written = "", "D0DAVE", true
	require.NoError(t, k.runner.Command(t.Context(), a))
	require.Empty(t, k.slack.Calls(), "its message stands below what was written")
}

// A change is asked for; where nobody said why, a form asks, with what it will touch above the question.
func TestAChangeIsAskedForWithAReason(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	said, err := k.types(alice, "isolate DESKTOP-1 ticket=INC-7 for=4h")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(said, "views.open"))
	for _, want := range []string{"Touches", "DESKTOP-1", "INC-7", "4h", "Request approval"} {
		require.Contains(t, said, want)
	}
	require.Empty(t, k.desk.posted)
	in := k.sent(alice, map[string]string{"reason": "beaconing", "for": "for ever"})
	require.Contains(t, k.checks(in), `"for"`)
	require.Empty(t, k.checks(k.sent(alice, map[string]string{"reason": "beaconing", "for": "4h"})))
	_, err = k.types(alice, "isolate DESKTOP-1 reason=beaconing")
	require.NoError(t, err)
	require.Len(t, k.desk.posted, 1)
	require.Contains(t, k.desk.posted[0], "C0APPROVE")
	_, err = k.types(alice, "isolate DESKTOP-9 ticket=INC-7")
	var usage *catalog.UsageError
	require.ErrorAs(t, err, &usage, "what cannot be done is said before anybody has to say why")
	_, err = k.does(alice, render.Invocation{Command: "no-such-command"})
	require.ErrorContains(t, err, "The command ")
}

func TestAFormIsAskedForByAButtonWhereNoneOpens(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	a := k.by(alice)
	a.Trigger, a.Line = "", "isolate DESKTOP-1"
	k.slack.Forget()
	require.NoError(t, k.runner.Command(t.Context(), a))
	require.Contains(t, k.said(), "needs a few more details")
	for word, offered := range map[string]bool{"expired_trigger_id": true, "internal_error": true, "invalid_arguments": false} {
		k.slack.On("views.open", webapitest.No(word))
		said, err := k.types(alice, "isolate DESKTOP-1")
		require.Equal(t, offered, err == nil, word)
		require.Equal(t, offered, strings.Contains(said, "needs a few more details"), word)
	}
}

// A form that came back is checked before its acknowledgement: whose it is, what its menus offer, what its fields say.
func TestAFormThatComesBackIsChecked(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	_, err := k.types(alice, "isolate DESKTOP-1")
	require.NoError(t, err)
	stolen := k.sent(bob, map[string]string{"reason": "mine"})
	require.Error(t, stolen.FormErr)
	require.Contains(t, k.checks(stolen), "This isn't the form I opened for you")
	stolen.User.ID = guest
	require.Contains(t, k.checks(stolen), "Only full members")
	stolen.View.State = nil
	require.Empty(t, k.checks(stolen), "without a field it is an answer like any other")

	_, err = k.does(alice, render.Invocation{Command: "update-threat-analyst-verdict", How: render.Open})
	require.NoError(t, err)
	in := k.sent(alice, nil)
	for name, element := range in.View.State.Values {
		for id, a := range element {
			if a.Type == "static_select" {
				a.SelectedOption.Value = "made up"
				in.View.State.Values[name][id] = a
			}
		}
	}
	require.Contains(t, k.checks(in), "This value isn't in the menu")
}

func TestThePaletteGivesWayToTheFormThatWasPicked(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	open := func() {
		form := render.Form{Title: "Find", Do: render.Invocation{Command: PaletteWord}, Fields: []render.FormField{{Name: "command", Label: "Command", Widget: render.Search, Search: "commands"}}}
		require.NoError(t, k.forms.Open(t.Context(), k.by(alice), form, render.Card{}))
	}
	for picked, want := range map[string]string{"": "Choose a command.", "frobnicate": "I can't find this command any more.", "disconnect-agent-from-network": `"response_action":"update"`} {
		open()
		require.Contains(t, k.checks(k.sent(alice, map[string]string{"command": picked})), want)
	}
}

func TestAFormIsDrawnAgainForItsPersonAlone(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	_, err := k.does(alice, render.Invocation{Command: "disconnect-agent-from-network", How: render.Open})
	require.NoError(t, err)
	in := k.sent(alice, nil)
	k.forms.Redraw(t.Context(), in, true)
	require.Len(t, k.slack.Calls("views.update"), 1)
	require.Greater(t, strings.Count(k.slack.Calls("views.update")[0].Get("view"), `"type":"input"`), strings.Count(k.slack.Calls("views.open")[0].Get("view"), `"type":"input"`))
	in.FormErr = errors.New("another tag")
	k.forms.Redraw(t.Context(), in, true)
	require.Len(t, k.slack.Calls("views.update"), 1)
}

// A window opens within its trigger's three seconds and is filled later; where it does not open or was closed, there is an answer.
func TestAWindowIsFilledWhenTheConsoleHasAnswered(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	view := render.Invocation{Command: "list-agents", How: render.View}
	said, err := k.does(dave, view)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(said, "views.update"))
	require.Contains(t, said, "DESKTOP-1")
	require.Contains(t, k.slack.Calls("views.open")[0].Blocks(), "Asking the console")
	k.slack.On("views.update", webapitest.No("not_found"))
	said, err = k.does(dave, view)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(said, "/respond"))
	k.slack.On("views.update")
	k.console.Fail(s1sim.Match{PathPrefix: "/threats"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: -1})
	said, err = k.does(dave, render.Invocation{Command: "get-threat", How: render.View})
	require.NoError(t, err, "the window says it")
	require.Contains(t, said, "failed.")
	k.slack.On("views.open", webapitest.No("expired_trigger_id"))
	_, err = k.does(dave, render.Invocation{Command: "get-threat", How: render.View})
	var refused *s1.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusForbidden, refused.Status)
}

func TestColumnsAreChosenFromThoseThatThereAre(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	said, err := k.does(dave, render.Invocation{Command: "list-agents", How: render.Pick})
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(said, "views.open"))
	for _, want := range []string{"Name", "Last seen", "Reset to the default columns"} {
		require.Contains(t, said, want)
	}
}

func TestAPageIsOpenedPushedAndKeptUpToDate(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	page := SentencePage("Look-up", "Looking up …")
	a := k.by(dave)
	id, err := k.pages.Open(t.Context(), a, page)
	require.NoError(t, err)
	require.Equal(t, "V1", id)
	a.View = "V0"
	_, err = k.pages.Open(t.Context(), a, page)
	require.NoError(t, err)
	require.Len(t, k.slack.Calls("views.push"), 1)
	a.Trigger = ""
	_, err = k.pages.Open(t.Context(), a, page)
	require.Error(t, err)
	require.NoError(t, k.pages.Update(t.Context(), dave, "V1", page))
	k.slack.On("views.update", webapitest.No("not_found"))
	require.NoError(t, k.pages.Update(t.Context(), dave, "V1", page), "it was closed")
	k.slack.On("views.update", webapitest.No("invalid_arguments"))
	require.Error(t, k.pages.Update(t.Context(), dave, "V1", page))
}

func TestAHomeTabThatSlackRefusesIsShownPlainerOrOff(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	page := render.Page{Title: "Home", Sections: []render.Section{{Rows: []render.Row{{Line: render.Line{render.Text("how things are")}, Actions: []render.Action{render.Button{Label: "Go", Do: render.Invocation{Command: "list-agents", Args: args("computer-name", strings.Repeat("x", 3000))}}}}}}}}
	require.NoError(t, k.pages.Publish(t.Context(), dave, page))
	require.Contains(t, k.slack.Calls("views.publish")[0].Blocks(), "how things are")
	require.Contains(t, k.slack.Calls("views.publish")[0].Blocks(), "clip", "a long button lies in the database")
	k.slack.On("views.publish", webapitest.No("view_too_large"), webapitest.OK(`{"ok":true,"view":{"id":"V1"}}`))
	require.NoError(t, k.pages.Publish(t.Context(), dave, page))
	require.Contains(t, k.slack.Calls("views.publish")[2].Blocks(), "I couldn't draw this tab.")
	k.slack.On("views.publish", webapitest.No("not_enabled"))
	require.ErrorIs(t, k.pages.Publish(t.Context(), dave, page), home.ErrOff)
	require.Equal(t, []string{"operators: not_enabled"}, k.desk.posted)
}

func TestARefusalIsCountedAsOne(t *testing.T) {
	t.Parallel()
	for _, refused := range []error{exchange.ErrNotAllowed, approvals.ErrFrozen, &policy.RefusedError{}} {
		require.Equal(t, "refused", OutcomeOfError(refused))
	}
	require.Equal(t, "failed", OutcomeOfError(workflow.ErrGone))
}

// A line that begins with a command's name and goes on in words that no name has is refused where it isn't read: looking for those words would find
// nothing, or take them for endpoints. A read has a button for it.
func TestWordsThatNoNameHasAreNotLookedFor(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for _, line := range []string{
		"threats that are not malicious", "alerts other than critical", "threats older than yesterday", "agents without agent", "rules not active", "threats but only on DESKTOP-1",
	} {
		_, err := k.types(alice, line)
		var usage *catalog.UsageError
		require.ErrorAs(t, err, &usage, line)
		require.Equal(t, "Search for these words", usage.Offers[0].Label, line)
	}
	for _, line := range []string{"isolate DESKTOP-1 or DESKTOP-2", "isolate DESKTOP-1 as bob said so", "scan all agents", "isolate the host with the most threats", "kill everything on DESKTOP-1"} {
		_, err := k.types(alice, line)
		var none NoCommandError
		require.ErrorAs(t, err, &none, line)
	}
	for line, reads := range map[string]string{ // with a command's name, and yet a sentence about something else
		"quarantine threat 2098113347700215586": "Mitigate Threats", "resolve alerts 2098113347700215586, 2098113347700215587": "Update Alert Incident Status", `rule "Beacon" can be disabled`: "Disable Star Custom Rules",
		"threats DESKTOP-1 7d": "Get Threat",
	} {
		said, err := k.types(alice, line)
		require.NoError(t, err, line)
		require.Contains(t, said, reads, line)
		require.Empty(t, k.counted, line)
	}
	_, err := k.types(alice, "isolate DESKTOP-1 because it beaconed for 4 hours")
	var usage *catalog.UsageError
	require.ErrorAs(t, err, &usage)
	require.JSONEq(t, `{"agent-ids":["DESKTOP-1"]}`, string(usage.Offers[0].Do.Args))
	require.Contains(t, string(usage.Offers[0].Do.Said), "it beaconed for 4 hours")
	require.Empty(t, k.counted, "nothing ran")
	for _, line := range []string{`rules Login from TOR`, `"list-agents" DESKTOP`, "“list-agents” DESKTOP-1", "`agents` DESKTOP-1", "agents DESKTOP"} {
		_, err := k.types(alice, line)
		require.NoError(t, err, line)
	}
	require.Len(t, k.counted, 5)
}

// A name, an address or a hash alone is offered what fits it, by a button each: nothing runs, and a change opens its form.
func TestANameAloneIsOfferedWhatFitsIt(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for line, wants := range map[string][]string{
		"DESKTOP-3":              {"get-agent-info", "get-threat", "list-agents", "disconnect-agent-from-network"},
		"hey, desktop-3?":        {"get-agent-info", "get-threat", "list-agents", "disconnect-agent-from-network"},
		"203[.]0[.]113[.]9":      {"list-agents", "query", "block-remote-hosts", "create-ioc"},
		"evil.example please":    {"query", "block-remote-hosts", "create-ioc"},
		"INC-1042":               nil,
		"DESKTOP-3 and DESKTOP4": nil,
		"24h":                    nil,
	} {
		_, err := k.types(alice, line)
		var usage *catalog.UsageError
		require.ErrorAs(t, err, &usage, line)
		var offered []string
		for _, o := range usage.Offers {
			cmd, ok := k.runner.Catalog.Find(o.Do.Command)
			require.True(t, ok)
			require.True(t, cmd.Risk == catalog.Read || o.Do.How == render.Open, "%s: a change opens its form", o.Do.Command)
			offered = append(offered, o.Do.Command)
		}
		require.ElementsMatch(t, wants, offered, line)
	}
	require.Empty(t, k.counted, "nothing ran")
}

// What is no order to the reader of sentences is none as a command line either, though it may begin with a command's name: nothing of it is looked for in
// the console.
func TestWhatIsNoOrderIsNoCommandLine(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	refused, err := os.ReadFile("../../commands/plain/testdata/refused.txt")
	require.NoError(t, err)
	analysts, err := os.ReadFile("../../commands/plain/testdata/analysts.tsv")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(refused)), "\n")
	for row := range strings.Lines(string(analysts)) {
		if line, means, _ := strings.Cut(strings.TrimSpace(row), "\t"); means == "refused" {
			lines = append(lines, line)
		}
	}
	in := text.Input{Now: time.Now()}
	for i, line := range lines {
		inv, extras, parsed := slash.Parse(k.runner.Catalog, line, in)
		if inv.Command == "" && i%5 > 0 {
			continue // the reader alone decides, as its own tests show of each
		}
		_, read, err := k.runner.sentence(line, inv, extras, parsed, in)
		if read || err == nil && parsed == nil {
			t.Errorf("%s runs as %s %s", line, inv.Command, inv.Args)
		}
	}
	require.Greater(t, len(lines), 200)
}
