package forms_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/forms"
	"s1bot/commands/lookup"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

// The widget fits the type; what was given stands in it.
func TestAFormAsksForEachParameterInItsOwnWay(t *testing.T) {
	t.Parallel()
	caller := catalog.Caller{ID: "U1", Zone: commandtest.Zone}
	alerts, _ := commands.All().Find("get-alerts")
	form := forms.Of(alerts, json.RawMessage(`{"created-after":"2026-11-20T13:00:00Z","severity":"High","rule-names":["a","b, c"],"limit":0,"incident-statuses":["resolved"]}`), caller)
	require.Equal(t, "Get Alerts", form.Title)
	require.Equal(t, render.DateTime, commandtest.Asks(t, form, "created-after").Widget)
	require.Equal(t, []string{"2026-11-20T13:00:00Z"}, commandtest.Asks(t, form, "created-after").Value)
	require.Equal(t, commandtest.Zone, commandtest.Asks(t, form, "created-after").Zone)
	require.Equal(t, render.Select, commandtest.Asks(t, form, "severity").Widget)
	require.Equal(t, []string{"High"}, commandtest.Asks(t, form, "severity").Value)
	require.Equal(t, render.MultiSelect, commandtest.Asks(t, form, "incident-statuses").Widget)
	require.Len(t, commandtest.Asks(t, form, "incident-statuses").Choices, 3)
	require.Equal(t, render.MultiSearch, commandtest.Asks(t, form, "site-ids").Widget)
	require.Equal(t, "sites", commandtest.Asks(t, form, "site-ids").Search)
	require.Equal(t, render.MultiLine, commandtest.Asks(t, form, "rule-names").Widget)
	require.Equal(t, []string{"a\n\"b, c\""}, commandtest.Asks(t, form, "rule-names").Value)
	require.Equal(t, render.Number, commandtest.Asks(t, form, "limit").Widget)
	require.Equal(t, []string{"0"}, commandtest.Asks(t, form, "limit").Value)
	require.EqualValues(t, 1000, *commandtest.Asks(t, form, "limit").Max)
}

// A hunt proposes the last 24 hours, and takes times that were given as they are.
func TestAFormProposesTheLastDay(t *testing.T) {
	t.Parallel()
	caller := catalog.Caller{ID: "U1", Zone: commandtest.Zone, Now: time.Date(2026, 11, 20, 13, 0, 0, 0, time.UTC)}
	for _, name := range []string{"query", "create-query", "create-power-query", "fetch-event"} {
		cmd, _ := commands.All().Find(name)
		form := forms.Of(cmd, json.RawMessage(`{}`), caller)
		require.Equal(t, []string{"2026-11-19T13:00:00Z"}, commandtest.Asks(t, form, "start-time").Value, name)
		require.Equal(t, []string{"2026-11-20T13:00:00Z"}, commandtest.Asks(t, form, "end-time").Value, name)
		form = forms.Of(cmd, json.RawMessage(`{"end-time":"2026-11-01T00:00:00Z"}`), caller)
		require.Empty(t, commandtest.Asks(t, form, "start-time").Value, name)
	}
	alerts, _ := commands.All().Find("get-alerts")
	require.Empty(t, commandtest.Asks(t, forms.Of(alerts, json.RawMessage(`{}`), caller), "created-after").Value, "no time is required")
}

func TestOnlyWhatChangesSomethingAsksForAReason(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands.All().Commands() {
		form := forms.Of(cmd, nil, catalog.Caller{})
		names := map[string]bool{}
		for _, f := range form.Fields {
			require.False(t, names[f.Name], "%s asks twice for %s", cmd.Name, f.Name)
			names[f.Name] = true
			if f.Name == catalog.ReasonParam {
				require.Equal(t, cmd.Risk == catalog.Destructive, f.Required, cmd.Name)
			}
		}
		require.Equal(t, cmd.Risk != catalog.Read, names[catalog.ReasonParam], cmd.Name)
		require.Equal(t, cmd.Risk != catalog.Read, names[catalog.TicketParam], cmd.Name)
		require.True(t, form.Fits(), cmd.Name)
	}
}

// Threats to act on are searched for by name; the raw filter lies behind Advanced, and where it is asked for both hold.
func TestAFilterHasASearchBoxBesideIt(t *testing.T) {
	t.Parallel()
	mitigate, _ := commands.All().Find("mitigate")
	form := forms.Of(mitigate, json.RawMessage(`{"filter":{"ids":["1112953674841025235"]},"mitigate-action":"kill"}`), catalog.Caller{})
	require.Equal(t, render.MultiSearch, commandtest.Asks(t, form, "filter.ids").Widget)
	require.Equal(t, "threats", commandtest.Asks(t, form, "filter.ids").Search)
	require.Equal(t, []string{"1112953674841025235"}, commandtest.Asks(t, form, "filter.ids").Value)
	require.True(t, commandtest.Asks(t, form, "filter.ids").Required, "nothing else asks for it yet")
	require.True(t, form.Folded)
	require.NotContains(t, names(form), "filter")

	typed := render.Answer{Do: form.Do, Asked: names(form), Values: map[string][]string{"filter.ids": {"1112953674841025235"}, "mitigate-action": {"kill"}, "reason": {"typed"}}}
	form = forms.Redraw(mitigate, typed, true, catalog.Caller{})
	require.False(t, form.Folded)
	require.False(t, commandtest.Asks(t, form, "filter.ids").Required)
	require.Empty(t, commandtest.Asks(t, form, "filter").Value)
	require.Equal(t, []string{"typed"}, commandtest.Asks(t, form, "reason").Value, "nothing typed is lost")
	require.Equal(t, "filter", form.Fields[len(form.Fields)-1].Name, "raw filters come last")

	raw := forms.Of(mitigate, json.RawMessage(`{"filter":{"resolved":false}}`), catalog.Caller{})
	require.Equal(t, []string{"{\n  \"resolved\": false\n}"}, commandtest.Asks(t, raw, "filter").Value, "what was given is not folded away")

	sent := map[string][]string{"filter.ids": {"1112953674841025235"}, "filter": {`{"resolved":false}`}, "mitigate-action": {"kill"}, "reason": {"x"}, "ticket": {}}
	args, extras, wrong := forms.Read(mitigate, sent, nil, catalog.Caller{})
	require.Empty(t, wrong)
	require.Equal(t, catalog.Extras{Reason: "x"}, extras)
	require.JSONEq(t, `{"filter":{"ids":["1112953674841025235"],"resolved":false},"mitigate-action":"kill"}`, string(args))
}

// What must be given comes first, whatever the order of the parameters is.
func TestFormsAskForWhatIsRequiredFirst(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands.All().Commands() {
		form, optional := forms.Of(cmd, nil, catalog.Caller{}), ""
		for _, f := range form.Fields {
			choice := slices.Contains(cmd.OneOf, f.Name)
			require.False(t, optional != "" && f.Required, "%s asks for %s, which it needs, behind %s", cmd.Name, f.Name, optional)
			if !f.Required && !choice {
				optional = f.Name
			}
		}
	}
	isolate, _ := commands.All().Find("isolate")
	form := forms.Of(isolate, nil, catalog.Caller{})
	require.Equal(t, []string{"agent-ids", "reason", "for", "ticket"}, names(form))
	require.True(t, commandtest.Asks(t, form, "agent-ids").Required)
	require.Equal(t, "Isolate endpoints", form.View().Title.Text)
}

// A parameter that depends on a choice is asked for once that is chosen, and must be given then.
func TestAFormAsksForWhatDependsOnAChoiceOnceThatIsChosen(t *testing.T) {
	t.Parallel()
	script, _ := commands.All().Find("run-script")
	form := forms.Of(script, nil, catalog.Caller{})
	require.NotContains(t, names(form), "output-directory")
	require.True(t, commandtest.Asks(t, form, "output-destination").Redraws)
	local := forms.Redraw(script, render.Answer{Do: form.Do, Asked: names(form), Values: map[string][]string{"output-destination": {"Local"}}}, false, catalog.Caller{})
	require.True(t, commandtest.Asks(t, local, "output-directory").Required)
	require.True(t, local.Folded)
	back := forms.Redraw(script, render.Answer{Do: form.Do, Asked: names(local), Values: map[string][]string{"output-destination": {"None"}}}, false, catalog.Caller{})
	require.NotContains(t, names(back), "output-directory")

	group, _ := commands.All().Find("create-group")
	form = forms.Of(group, nil, catalog.Caller{})
	for answer, asked := range map[string]bool{"": false, "true": false, "false": true} {
		inherits := forms.Redraw(group, render.Answer{Do: form.Do, Asked: names(form), Values: map[string][]string{"inherits": {answer}}}, false, catalog.Caller{})
		require.Equal(t, asked, slices.Contains(names(inherits), "policy"), answer)
	}
}

func names(form render.Form) (all []string) {
	for _, f := range form.Fields {
		all = append(all, f.Name)
	}
	return all
}

// What is wrong is told under its field, everything at once.
func TestAFormTellsWhatIsWrongUnderEachField(t *testing.T) {
	t.Parallel()
	mitigate, _ := commands.All().Find("mitigate")
	_, _, wrong := forms.Read(mitigate, map[string][]string{"filter.ids": {}, "filter": {`{"resolvd":true}`}, "mitigate-action": {}, "reason": {" "}}, nil, catalog.Caller{})
	require.Equal(t, map[string]string{
		"filter":          `Filter key "resolvd" is unknown for threats. Did you mean resolved?`,
		"mitigate-action": "Please fill this in.",
		"reason":          "Please say why. The approver will see this.",
	}, wrong)

	_, _, wrong = forms.Read(mitigate, map[string][]string{"filter.ids": {}, "filter": {}, "mitigate-action": {"kill"}, "reason": {"x"}}, nil, catalog.Caller{})
	require.Equal(t, map[string]string{"filter.ids": "Please fill this in."}, wrong)

	agents, _ := commands.All().Find("list-agents")
	_, _, wrong = forms.Read(agents, map[string][]string{"computer-name": {"x"}, "query": {}, "limit": {"5000"}}, nil, catalog.Caller{})
	require.Equal(t, map[string]string{"limit": "5000 is above the maximum, 1000. Did you mean 1000?"}, wrong)
	_, _, wrong = forms.Read(agents, map[string][]string{"computer-name": {"x"}, "query": {}, "limit": {}}, nil, catalog.Caller{})
	require.Equal(t, map[string]string{"computer-name": "The console needs at least two characters to search."}, wrong)

	isolate, _ := commands.All().Find("isolate")
	_, _, wrong = forms.Read(isolate, map[string][]string{"agent-ids": {}, "filter": {}, "reason": {"x"}}, nil, catalog.Caller{})
	require.Equal(t, map[string]string{"agent-ids": "Please fill in at least one of Agent IDs, Filter."}, wrong)

	events, _ := commands.All().Find("fetch-event")
	_, _, wrong = forms.Read(events, map[string][]string{"start-time": {"2026-11-20T13:00:00Z"}, "end-time": {"2026-11-19T13:00:00Z"}}, nil, catalog.Caller{})
	require.Equal(t, map[string]string{"end-time": "The end must be later than the start (start-time); nothing can match."}, wrong)
}

// What the form does not ask for stays; what was emptied is gone.
func TestAFormChangesOnlyWhatItAsksFor(t *testing.T) {
	t.Parallel()
	agents, _ := commands.All().Find("list-agents")
	args, _, wrong := forms.Read(agents, map[string][]string{"query": {}, "limit": {"7"}}, json.RawMessage(`{"computer-name":"DESKTOP","query":"old","limit":3}`), catalog.Caller{})
	require.Empty(t, wrong)
	require.JSONEq(t, `{"computer-name":"DESKTOP","limit":7}`, string(args))
}

func TestListsInAFormAreLinesOrSlashText(t *testing.T) {
	t.Parallel()
	kill, _ := commands.All().Find("kill-processes")
	args, _, wrong := forms.Read(kill, map[string][]string{
		"computer-names": {"DESKTOP-1, DESKTOP-2\nDESKTOP-3"}, "file-paths": {"C:\\Program Files\\a b.exe\n\"C:\\x\\y z.exe\"\n"}, "reason": {"x"},
	}, nil, catalog.Caller{})
	require.Empty(t, wrong)
	require.JSONEq(t, `{"computer-names":["DESKTOP-1","DESKTOP-2","DESKTOP-3"],"file-paths":["C:\\Program Files\\a b.exe","C:\\x\\y z.exe"]}`, string(args))
}

// What stands in a form is read back as it was, whatever it is; inner quotes need no care.
func TestListsComeBackFromAFormAsTheyWere(t *testing.T) {
	t.Parallel()
	rules, _ := commands.All().Find("get-star-custom-rules")
	for _, word := range []string{
		"plain", "a,b", `DstIP = "203.0.113.66"`, `AgentName In ("a","b"), x`, `"quoted"`, `"a", "b"`, `C:\a,b\`, `C:\"x\`, "[a]", `["a"]`, "'tis", "O'Brien, Pat",
		"two\nlines", `odd "quote`, `odd, "quote`, "“typo”, graphic", "x,", ",x", `\"`, `a\",b`, "«a»",
	} {
		args := catalog.Marshal(map[string]any{"query": []string{"first", word, "last"}})
		shown := commandtest.Asks(t, forms.Of(rules, args, catalog.Caller{}), "query").Value
		got, _, wrong := forms.Read(rules, map[string][]string{"query": shown}, nil, catalog.Caller{})
		if wrong != nil { // the console cannot search for it, but it was read
			require.Contains(t, wrong["query"], "can't be searched for", word)
		}
		require.JSONEq(t, string(args), string(got), "%q was shown as %q", word, shown)
	}
	require.Equal(t, []string{`DstIP = "203.0.113.66"`, "x", "a,b", "y"}, forms.LinesOf("DstIP = \"203.0.113.66\", \"x\"\n \"a,b\" , y"))
}

func TestEverySearchBoxOfEveryFormIsAnswered(t *testing.T) {
	t.Parallel()
	console := s1sim.New(s1sim.Options{})
	s := commandtest.At(t, commands.All(), console)
	all := commands.All()
	for _, cmd := range all.Commands() {
		for _, f := range forms.Of(cmd, nil, catalog.Caller{}).Fields {
			if f.Search == "" {
				continue
			}
			for _, typed := range []string{"", "a", "Pa", "2999999999999999999", "a,b"} {
				_, err := all.Search(t.Context(), s.Call, f.Search, typed)
				require.NoError(t, err, "%s %q", f.Search, typed)
			}
			options, err := all.Search(t.Context(), s.Call, f.Search, "")
			require.NoError(t, err)
			if !slices.Contains([]string{lookup.RunBox, lookup.TaskBox, "queries"}, f.Search) { // they offer what was started from here
				require.NotEmpty(t, options, f.Search)
			}
		}
	}
}
