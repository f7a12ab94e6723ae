package bot

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/bot/exchange"
	"s1bot/bot/home"
	"s1bot/bot/intake"
	"s1bot/bot/post"
	"s1bot/bot/webapi"
	"s1bot/bot/webapi/webapitest"
	"s1bot/commands"
	"s1bot/commands/consoles"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// arrives is an envelope at the intake; it returns what Slack got for it: nothing at all, nil for a bare acknowledgement, or the answer.
func (k *kit) arrives(kind string, payload any) (acks []any) {
	k.t.Helper()
	var mu sync.Mutex
	answered := make(chan struct{}, 1)
	k.bot.intake.Take(k.t.Context(), k.envelope(kind, payload, func(_ context.Context, answer any) error {
		mu.Lock()
		defer mu.Unlock()
		acks = append(acks, answer)
		answered <- struct{}{}
		return nil
	}))
	if body, form := payload.(m); form && body["type"] == "view_submission" {
		<-answered // in its person's turn
	}
	mu.Lock()
	defer mu.Unlock()
	return acks
}

func slashPayload(k *kit, user, line, trigger string) m {
	return m{"user_id": user, "channel_id": soc, "command": "/s1", "text": line, "trigger_id": trigger, "response_url": k.address + "/respond"}
}

// What arrives is written down before Slack hears that it was, and then done; the same thing twice is done once.
func TestADeliveryIsWrittenDownAcknowledgedAndDoneOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	require.Equal(t, []any{nil}, k.arrives("slash_commands", slashPayload(k, dave, "agents DESKTOP-1", "one")))
	k.awaitCall("/respond", "DESKTOP-1")
	require.Equal(t, []any{nil}, k.arrives("slash_commands", slashPayload(k, dave, "agents DESKTOP-1", "one")))
	require.Equal(t, []any{nil}, k.arrives("slash_commands", slashPayload(k, dave, "agents DESKTOP-2", "two")))
	k.awaitCall("/respond", "DESKTOP-2")
	answers := slices.DeleteFunc(k.slack.Calls("/respond"), func(c webapitest.Call) bool { return strings.Contains(string(c.Body), "Still at it") })
	require.Len(t, answers, 2)
}

// A form that is wrong stays open with what was typed; one that is sent twice is done once, and the person hears so.
func TestAFormIsAnsweredInItsAcknowledgement(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	form := k.types(alice, "isolate DESKTOP-1")
	wrong := k.arrives("interactive", filledIn(k, alice, form, map[string]string{"reason": "x", "for": "for ever"}))
	body, err := json.Marshal(wrong)
	require.NoError(t, err)
	require.Contains(t, string(body), `"response_action":"errors"`)
	require.Contains(t, string(body), `"for"`)
	right := filledIn(k, alice, form, map[string]string{"reason": "beaconing"})
	require.Equal(t, []any{nil}, k.arrives("interactive", right))
	k.await(approvalsChannel, "beaconing")
	require.Equal(t, []any{nil}, k.arrives("interactive", right))
	k.awaitCall("/respond", "This form was already submitted")
	require.Len(t, k.posted(approvalsChannel), 1)
}

func TestWhatCannotBeReadIsAnsweredAsFarAsItSaysWhoSentIt(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	require.Equal(t, []any{nil}, k.arrives("interactive", m{"type": 7, "user": m{"id": dave}, "response_url": k.address + "/respond"}))
	k.awaitCall("/respond", "This button is too old to work")
	require.Equal(t, []any{nil}, k.arrives("interactive", m{"type": 7}))
}

// Talk is not written down: the same message may come again as one that is meant for the bot.
func TestTalkIsAcknowledgedAndForgotten(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	require.Equal(t, []any{nil}, k.arrives("events_api", m{"event_id": "E1", "event": m{"type": "message", "channel_type": "channel", "user": dave, "channel": soc, "ts": "1.1", "text": "lunch?", "blocks": []m{}}}))
	fresh, err := k.bot.Inbox.Save(t.Context(), "message-"+soc+"-1.1", "events_api", []byte(`{}`))()
	require.NoError(t, err)
	require.True(t, fresh)
}

// handedOver is the inbox of a process that stops, as the next one finds it.
type handedOver struct {
	intake.Inbox
	payload  []byte
	released []string
}

func (h *handedOver) Save(ctx context.Context, key, kind string, payload []byte) func() (bool, error) {
	h.payload = payload
	return h.Inbox.Save(ctx, key, kind, payload)
}

func (h *handedOver) Release(_ context.Context, keys []string) error {
	h.released = append(h.released, keys...)
	return nil
}

func (h *handedOver) Unfinished(_ context.Context, each func(key, kind string, payload []byte, at time.Time) error) error {
	for _, key := range h.released {
		if err := each(key, "slash_commands", h.payload, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// A process that stops hands over what waits, and tells whom it is for; the next one takes it up.
func TestWhatWaitsIsHandedOverAndTakenUp(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	inbox := &handedOver{Inbox: k.bot.Inbox}
	k.bot.intake.Inbox, k.bot.scheduler.Inbox = inbox, inbox
	serving := k.bot.scheduler.Work
	k.bot.scheduler.Work = intake.NewWork(k.bot.Log) // nobody serves it
	require.Equal(t, []any{nil}, k.arrives("slash_commands", slashPayload(k, dave, "agents DESKTOP-1", "one")))
	require.Equal(t, 1, k.bot.QueueDepth()["commands"])
	k.bot.scheduler.HandBack(k.bot.scheduler.Work.Close())
	k.answer().has("I'm restarting. Your command is saved")
	require.Len(t, inbox.released, 1)

	k.bot.scheduler.Work = serving
	require.NoError(t, k.bot.scheduler.TakeUpLeftovers(t.Context()))
	k.awaitCall("/respond", "DESKTOP-1")
}

// A search box is answered in its acknowledgement, in its person's turn.
func TestASearchBoxIsAnsweredInItsAcknowledgement(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	answers := make(chan any, 1)
	k.bot.intake.Take(t.Context(), k.envelope("interactive", m{"type": "block_suggestion", "user": m{"id": dave}, "action_id": searchID(t, "agents"), "value": "DESKTOP-2"},
		func(_ context.Context, answer any) error { answers <- answer; return nil }))
	body, err := json.Marshal(<-answers)
	require.NoError(t, err)
	require.Contains(t, string(body), "DESKTOP-2")
	k.bot.intake.Receive(k.envelope("slash_commands", slashPayload(k, dave, "help", "one"), func(context.Context, any) error { return nil }))
	k.awaitCall("/respond", "What I can do")
}

// What is too long for a button lies in the database for 30 days, and the button fetches it.
func TestALongButtonFetchesWhatItCarries(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	args, err := json.Marshal(map[string]string{"computer-name": "DESKTOP-1" + strings.Repeat(" ", 3000)})
	require.NoError(t, err)
	card := k.postedAgain(render.Card{Title: "x", Actions: []render.Action{render.Button{Label: "Again", Do: render.Invocation{Command: "list-agents", Args: args}}}})
	require.Less(t, len(card.button("Again")["value"].(string)), 2000)
	k.clicks(dave, card, "Again").has("Agents")
	gone := k.postedAgain(render.Card{Title: "x", Actions: []render.Action{render.Button{Label: "Again", Do: render.Invocation{Command: post.ClipWord, Args: []byte(`{"id":"gone"}`)}}}})
	k.clicks(dave, gone, "Again").has("This button is too old to work")
}

// With several consoles none is guessed: what names none is asked about, and the answer acts on the one that was chosen.
func TestWithSeveralConsolesOneIsChosen(t *testing.T) {
	t.Parallel()
	other := s1sim.New(s1sim.Options{Empty: true, Agents: -1})
	other.AddAgent(s1sim.AgentSpec{Name: "TOKYO-1"})
	client, err := s1.New(s1.Config{BaseURL: "http://127.0.0.2", Token: s1.NewSecret(s1sim.Token), HTTPClient: &http.Client{Transport: inProcess{other}}, RetryPause: time.Nanosecond})
	require.NoError(t, err)
	k := newKit(t, nil, func(c *Config) {
		first := c.Consoles.All()[0]
		set, err := consoles.NewSet(first, consoles.Console{Name: "apac", Client: client, Catalog: commands.All(), Channels: []string{"C0APAC"}})
		require.NoError(t, err)
		c.Consoles = set
	})
	which := k.types(dave, "agents").has("Which console is this for?")
	require.Equal(t, []string{"default", "apac"}, which.labels())
	k.clicks(dave, which, "apac").has("TOKYO-1")
	k.typesIn(dave, "C0APAC", "agents").has("TOKYO-1")
	k.types(dave, "agents console=default").has("DESKTOP-1")
	k.types(dave, "agents console=apc").has("There is no console", "apac")
	k.types(dave, "case evil.exe").has("Which console is this for?")
	k.types(dave, "routes test 1").has("Which console is this for?", "console=apac")
	k.types(alice, "snooze host=X console=apac").has("snoozed X")
	gone := k.postedAgain(render.Card{Title: "x", Actions: []render.Action{render.Button{Label: "Again", Do: render.Invocation{Command: "list-agents", Console: "emea"}}}})
	k.clicks(dave, gone, "Again").has("which is no longer configured")
}

// Other questions appear in a form as soon as a choice asks for them, and those that are rare when somebody wants them.
func TestAFormIsDrawnAgainForRareQuestions(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	form := k.types(alice, "isolate")
	require.Contains(t, form.labels(), "Advanced")
	payload := filledIn(k, alice, form, nil)
	button := form.button("Advanced")
	payload["type"] = "block_actions"
	payload["actions"] = []m{{"type": "button", "action_id": button["action_id"], "block_id": button["action_id"], "action_ts": "1"}}
	view := payload["view"].(m)
	view["type"] = "modal"
	k.deliver("interactive", payload)
	again := k.answer()
	require.Equal(t, "views.update", again.Method)
	require.NotContains(t, again.labels(), "Advanced")
	require.Greater(t, len(blocksIn(again.tree(), "input")), len(blocksIn(form.tree(), "input")))
}

func TestAHomeTabThatSlackRefusesIsShownPlainerOrOff(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	pages := k.bot.scheduler.Handler.(*handler).shortcuts.pages
	page := render.Page{Title: "Home", Sections: []render.Section{{Rows: []render.Row{{Line: render.Line{render.Text("how things are")}, Actions: []render.Action{render.Button{Label: "Go", Do: render.Invocation{Command: "list-agents"}}}}}}}}
	require.NoError(t, pages.Publish(t.Context(), dave, page))
	said{k.slack.Calls("views.publish")[0], t}.has("how things are")
	k.slack.On("views.publish", webapitest.No("view_too_large"), webapitest.OK(`{"ok":true,"view":{"id":"V1"}}`))
	require.NoError(t, pages.Publish(t.Context(), dave, page))
	said{k.slack.Calls("views.publish")[2], t}.has("I couldn't draw this tab.")
	k.slack.On("views.publish", webapitest.No("not_enabled"))
	require.ErrorIs(t, pages.Publish(t.Context(), dave, page), home.ErrOff)
	k.await(approvalsChannel, "turn on App Home")
}

// New tokens are tried at Slack before anything uses them, and those of another app or workspace are refused: requests and people are ours.
func TestNewTokensAreTriedFirst(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	tokens := webapi.Tokens{App: s1.NewSecret("xapp-2"), Bot: s1.NewSecret("xoxb-2")}
	close(k.bot.known)
	require.NoError(t, k.bot.Try(t.Context(), tokens))
	k.slack.On("auth.test", webapitest.OK(`{"ok":true,"team_id":"T0OTHER","user_id":"U0BOT"}`))
	require.ErrorIs(t, k.bot.Try(t.Context(), tokens), errOtherBot)
	k.slack.On("auth.test", webapitest.No("invalid_auth"))
	require.ErrorContains(t, k.bot.Try(t.Context(), tokens), "the bot token")
	k.slack.On("auth.test")
	k.slack.On("apps.connections.open", webapitest.No("not_allowed_token_type"))
	require.ErrorContains(t, k.bot.Try(t.Context(), tokens), "the app token")
}

func TestABotThatSlackRefusesDoesNotServe(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.slack.On("auth.test", webapitest.No("invalid_auth"))
	require.ErrorContains(t, k.bot.Run(t.Context()), "slack refuses the bot token")
	_, err := New(Config{Sockets: 11})
	require.ErrorContains(t, err, "Slack allows 1 to 10")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, k.bot.meet(stopped), context.Canceled)
}

// Cards of threats and alerts carry a button that keeps their like quiet, where they have anything to keep quiet by.
func TestACardIsKeptQuietByWhatItHas(t *testing.T) {
	t.Parallel()
	action := CardActions()[0]
	threat := s1.Threat{}
	_, can := action.Threat(threat)
	require.False(t, can)
	threat.Info.Storyline, threat.Info.SHA1 = "S1", "abc"
	filling, can := action.Threat(threat)
	require.True(t, can)
	require.JSONEq(t, `{"storyline":"S1","hash":"abc"}`, string(filling.Args))
	require.Equal(t, cards.Filling{Args: filling.Args}, filling)
}

// Who gets no direct messages reads where they asked, and which setting of the app changes that.
func TestWithoutDirectMessagesTheSettingIsNamed(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"messages_tab_disabled": "turn on App Home → Show Tabs → Messages Tab", "user_disabled": "the account is deactivated", "cannot_dm_bot": "to a bot", "channel_not_found": "run `s1bot check`",
	} {
		k := newKit(t, nil)
		k.slack.On("chat.postMessage", webapitest.No(word))
		require.NoError(t, k.bot.scheduler.Responder.InPlaceOfDirect(t.Context(), dave, exchange.Origin{Channel: soc}, slack.SlackErrorResponse{Err: word}, render.Notice("done")))
		k.answer().has("done", want)
	}
}
