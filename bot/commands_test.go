package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/webapi/webapitest"
	"s1bot/commands/consoles"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

func TestAnAnswerIsForItsPersonAloneAndHasButtonsForMore(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	got := k.types(dave, "agents DESKTOP-1").has("DESKTOP-1")
	require.Contains(t, string(got.Body), `"response_type":"ephemeral"`)
	require.Equal(t, "list-agents successful", k.metered.last())
	shared := k.clicks(dave, got, "Share in channel")
	require.Contains(t, string(shared.Body), `"response_type":"in_channel"`)
	require.Contains(t, string(shared.Body), "Shared by", "everybody sees who shared it")
	require.Contains(t, string(shared.Body), dave)
}

// A share that Slack may have done is not done again; one that it refuses says what to do.
func TestAShareIsNotRepeatedBlindly(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	list := k.types(dave, "agents")
	k.slack.On("/respond", webapitest.Status(http.StatusBadGateway), webapitest.OK("ok"))
	k.clicks(dave, list, "Share in channel").has("Slack didn't confirm the message")
	require.Len(t, k.slack.Calls("/respond"), 2, "the share, and what is said about it")
	k.slack.On("/respond", webapitest.Status(http.StatusNotFound), webapitest.OK("ok"))
	k.slack.On("chat.postMessage", webapitest.No("not_in_channel"))
	k.clicks(dave, list, "Share in channel").has("Invite me with /invite @s1bot")
}

// A list as a file goes to the direct messages, where a file can stand.
func TestAFileIsSentToTheDirectMessages(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	list := k.types(dave, "agents")
	told := k.picks(dave, list, "CSV file")
	told.has("The file is in your direct messages with me.", "Open it")
	require.Contains(t, string(told.Body), "/archives/D0DAVE/p")
	require.Len(t, k.slack.Calls("/upload"), 1)
	require.Contains(t, string(k.slack.Calls("/upload")[0].Body), "DESKTOP-2")
	require.Contains(t, string(k.slack.Calls("/upload")[0].Body), `,"online",`, "words without a sign")
	require.Equal(t, "D0DAVE", k.slack.Calls("files.completeUploadExternal")[0].Get("channel_id"))
}

func TestWhatIsMistypedIsNotRunAndNotGuessed(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	for line, want := range map[string]string{
		"isolat DESKTOP-1":         "isolate",
		"frobnicate":               "frobnicate",
		"agents computername=x":    "computer-name",
		"agents limit=many":        "limit",
		"isolate DESKTOP-9 reason": "I don't understand all of that",
		"help frobnicat":           "There is no command",
		"pending nonsense=1":       "",
	} {
		k.types(alice, line).has(want)
		require.Empty(t, k.posted(approvalsChannel), line)
	}
	require.Empty(t, k.console.Changes())
}

// Two endpoints of one name are never guessed between: the person chooses, and what they chose is what is asked for.
func TestAnAmbiguousNameIsChosenByThePerson(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.console.AddAgent(s1sim.AgentSpec{Name: "TWIN", User: "ann"})
	k.console.AddAgent(s1sim.AgentSpec{Name: "TWIN", User: "joe"})
	got := k.types(alice, "isolate TWIN reason=beaconing")
	require.Empty(t, k.posted(approvalsChannel))
	require.GreaterOrEqual(t, len(got.labels()), 2)
	got.has("TWIN")
}

func TestPlainWordsRunNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	form := k.types(alice, "please isolate DESKTOP-1 for 4 hours because phishing")
	require.Equal(t, "views.open", form.Method)
	require.Contains(t, form.Get("view"), "phishing")
	require.Empty(t, k.posted(approvalsChannel))
	offer := k.types(dave, "show me the endpoints DESKTOP-1")
	offer.has("Nothing has run yet.")
	k.clicks(dave, offer, "Run this").has("DESKTOP-1")
	written := k.writes(alice, "", "please isolate DESKTOP-1 because phishing")
	written.has("I read that as", "Nothing has run yet.")
	require.Equal(t, "views.open", k.clicks(alice, written, "Open the form").Method)
}

func TestWithoutARoleNothingIsChanged(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(s *policy.Settings) {
		s.Rules = []policy.Rule{{Name: "no hunts", Commands: []string{"list-agents"}, Channels: []string{"C0SECRET"}, Effect: policy.Deny, Why: "not in this channel"}}
	})
	k.types(dave, "isolate DESKTOP-1 reason=x").has("operators")
	k.types(guest, "agents").has("Only full members of this workspace")
	k.typesIn(dave, "C0SECRET", "agents").has("Not in this channel")
	require.Empty(t, k.posted(approvalsChannel))
	require.Empty(t, k.console.Changes())
	require.ElementsMatch(t, []string{dave + " disconnect-agent-from-network", guest + " agents", dave + " list-agents"}, k.refused(), "each stands in the trail")
}

// refused is who was refused what, as the trail has it.
func (k *kit) refused() (all []string) {
	k.t.Helper()
	trail, err := k.bot.Ledger.Audit(k.t.Context(), approvals.AuditQuery{Action: "refused"})
	require.NoError(k.t, err)
	for e, err := range trail.Entries {
		require.NoError(k.t, err)
		all = append(all, e.Actor+" "+e.Command)
	}
	return all
}

// A gate that cannot tell lets nobody in, and says which question has no answer.
func TestWhoCannotBeLookedUpMayDoNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.slack.On("users.info", webapitest.No("missing_scope"))
	k.types(alice, "agents").has("I can't look up U0ALICE in Slack")
	require.Empty(t, k.console.Calls())
}

func TestTheConsolesNoIsSaidInThreeParts(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.console.Fail(s1sim.Match{PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Forbidden})
	k.types(dave, "agents").has("List Agents failed.", "403")
	require.Equal(t, "list-agents failed", k.metered.last())
}

func TestAFormIsFilledWithWhatIsKnownAndSent(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	form := k.types(alice, "isolate DESKTOP-1 ticket=INC-7")
	form.has("Touches", "DESKTOP-1")
	require.Contains(t, form.Get("view"), "INC-7")
	asked := k.sends(alice, form, map[string]string{"reason": "beaconing"})
	asked.has("Waiting for approval")
	card := k.posted(approvalsChannel)[0]
	card.has("DESKTOP-1", "beaconing", "INC-7")
	require.Equal(t, []string{"Approve", "Deny", "Withdraw"}, card.labels())
}

// A form carries a tag of the person whom it was opened for: in other hands it is no form.
func TestAFormIsItsPersonsAlone(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	form := k.types(alice, "isolate DESKTOP-1")
	k.sends(bob, form, map[string]string{"reason": "mine now"}).has("This isn't the form I opened for you")
	require.Empty(t, k.posted(approvalsChannel))
}

// A button that is not as it was drawn does nothing, and that stands in the trail.
func TestAForgedButtonDoesNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	list := k.types(alice, "agents")
	button := list.button("Share in channel")
	button["value"] = strings.Replace(button["value"].(string), "~", "~A", 1)
	k.click(alice, list, button)
	k.answer().has("This button is too old to work")
	require.Equal(t, []string{alice + " button"}, k.refused())
}

// Without a trigger no form opens, so that the person gets a button that brings one; an old trigger is the same.
func TestAFormThatDoesNotOpenIsOfferedByAButton(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	offer := k.writes(alice, "", "isolate DESKTOP-1")
	require.Equal(t, "views.open", k.clicks(alice, offer, offer.labels()[0]).Method)
	k.slack.On("views.open", webapitest.No("expired_trigger_id"))
	k.types(alice, "isolate DESKTOP-1").has("needs a few more details")
	k.slack.On("views.open", webapitest.No("invalid_arguments"))
	k.types(alice, "isolate DESKTOP-1").has("Slack refused it (invalid_arguments)", "can find it in the log under")
}

// What somebody wanted long before a crash, they may have done by hand since.
func TestWhatLayTooLongIsNotRun(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	payload := func(trigger string) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"user_id":%q,"channel_id":"C0SOC","command":"/s1","text":"agents","trigger_id":%q,"response_url":%q}`, alice, trigger, k.address+"/respond"))
	}
	old := k.bot.intake.Reader.Saved("old", "slash_commands", payload("1"), k.now().Add(-staleAfter-time.Minute))
	k.bot.scheduler.Process(t.Context(), old)
	k.answer().has("too much time has passed")
	require.Empty(t, k.console.Calls())
	k.slack.Forget()
	young := k.bot.intake.Reader.Saved("young", "slash_commands", payload("2"), k.now().Add(-staleAfter+time.Minute))
	k.bot.scheduler.Process(t.Context(), young)
	k.answer().has("DESKTOP-1")
}

// A window opens within the three seconds of its trigger and is filled when the console has answered; where none opens, the answer is one
// like any other.
func TestDetailsOpenOverTheMessage(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	button := func(command string) said {
		return k.postedAgain(render.Card{Title: "x", Actions: []render.Action{render.Button{Label: "Details", Do: render.Invocation{Command: command, How: render.View}}}})
	}
	filled := k.clicks(dave, button("list-agents"), "Details")
	require.Equal(t, "views.update", filled.Method)
	filled.has("DESKTOP-1")
	said{k.slack.Calls("views.open")[0], t}.has("Asking the console")
	require.Equal(t, "list-agents successful", k.metered.last())

	refused := button("get-threat")
	k.console.Fail(s1sim.Match{PathPrefix: "/threats"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: -1})
	require.Equal(t, "views.update", k.clicks(dave, refused, "Details").has("failed.", "403").Method, "the window says so")

	k.slack.On("views.update", webapitest.No("not_found"))
	closed := k.clicks(dave, button("list-agents"), "Details").has("DESKTOP-1")
	require.Equal(t, "/respond", closed.Method, "somebody closed it meanwhile")
	k.slack.On("views.open", webapitest.No("expired_trigger_id"))
	require.Equal(t, "/respond", k.clicks(dave, button("list-agents"), "Details").has("DESKTOP-1").Method)
	k.clicks(guest, button("list-agents"), "Details").has("Only full members")
}

func TestASearchBoxFindsWhatThePersonMayList(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(s *policy.Settings) {
		s.Rules = []policy.Rule{{Name: "no endpoints", Commands: []string{"list-agents"}, Requesters: []string{policy.Approvers}, Effect: policy.Deny, Why: "no"}}
	})
	ask := func(user, box, typed string) (labels []string) {
		body, err := json.Marshal(k.bot.intake.Searches.Suggest(t.Context(), k.bot.intake.Reader.Envelope(k.envelope("interactive", m{
			"type": "block_suggestion", "user": m{"id": user}, "action_id": searchID(t, box), "value": typed,
		}, func(context.Context, any) error { return nil })).Payload))
		require.NoError(t, err)
		for _, o := range blocksIn(decoded(t, body), "") {
			if text, ok := o["text"].(m); ok {
				labels = append(labels, text["text"].(string))
			}
		}
		return labels
	}
	require.Len(t, ask(dave, "agents", "DESKTOP-1"), 1)
	require.Contains(t, ask(dave, "agents", "DESKTOP-1")[0], "DESKTOP-1")
	require.Empty(t, ask(bob, "agents", "DESKTOP-1"), "a rule keeps approvers from listing them")
	require.Empty(t, ask(guest, "agents", "DESKTOP-1"))
	require.Empty(t, ask(dave, "passwords", "x"))
	require.NotEmpty(t, ask(dave, "commands", "isol"), "the palette finds commands")
}

// Who asked for long work gets a link to the message that tells how far it is.
func TestLongWorkIsAJobThatTellsWhereItIs(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(s *policy.Settings) {
		s.Rules = []policy.Rule{{Name: "no hunts", Commands: []string{"query"}, Channels: []string{"C0SECRET"}, Effect: policy.Deny, Why: "not here"}}
	})
	k.typesIn(dave, "C0SECRET", `query "EventType = \"Process Creation\""`).has("Not here")
	k.types(dave, `query "EventType = \"Process Creation\""`)
	k.await(dave, "Hunting")
	k.awaitCall("/respond", "https://soc.slack.com/archives/D0DAVE/p")
}

func TestTheMetricsCountOwnWordsOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.types(dave, "help")
	require.Equal(t, "help successful", k.metered.last())
	k.types(dave, "can")
	require.NotEqual(t, "can successful", k.metered.last())
}

// decoded is JSON as a tree.
func decoded(t *testing.T, body []byte) (tree any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(body, &tree))
	return tree
}

// searchID is the action id of a search box, as a form has it.
func searchID(t *testing.T, box string) string {
	t.Helper()
	view := render.Form{Title: "x", Fields: []render.FormField{{Name: "x", Label: "x", Widget: render.Search, Search: box}}}.View()
	body, err := json.Marshal(view)
	require.NoError(t, err)
	return blocksIn(decoded(t, body), "external_select")[0]["action_id"].(string)
}

// A case whose file does not get to Slack stands once and says so; it is neither posted a second time nor called a fault of the bot's.
func TestACaseWithoutItsFileIsToldOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	k.slack.On("files.getUploadURLExternal", webapitest.No("storage_limit_reached"))
	k.types(alice, "case evil.exe")
	posted := k.slack.Calls("chat.postMessage")
	require.Len(t, posted, 1)
	require.Contains(t, posted[0].Blocks(), "I couldn't upload")
	require.Empty(t, k.slack.Calls("/respond"))
}

// On a console that has unified alerts alone a threat is an alert too: its name fits one thing.
func TestAThreatThatIsAnAlertTooIsNoChoice(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil, func(c *Config) {
		console := s1sim.New(s1sim.Options{Empty: true, Age: s1sim.UnifiedOnly})
		console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
		client, err := s1.New(s1.Config{BaseURL: "http://localhost", Token: s1.NewSecret(s1sim.Token), HTTPClient: &http.Client{Transport: inProcess{console}}})
		require.NoError(t, err)
		c.Consoles, err = consoles.NewSet(consoles.Console{Name: consoles.Default, Client: client, Catalog: c.Catalog})
		require.NoError(t, err)
	})
	require.Contains(t, k.types(alice, "case evil.exe").text(), "Case file · evil.exe")
}
