package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
	"s1bot/bot/fairqueue"
	"s1bot/bot/intake"
	"s1bot/bot/setup"
	"s1bot/bot/snoozing"
	"s1bot/bot/webapi/webapitest"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

func TestASavedCommandRunsByItsName(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.types(dave, "save desks = agents DESKTOP").has("Saved.", "/s1 desks")
	k.types(dave, "desks").has("DESKTOP-1", "DESKTOP-2")
	kept := k.types(dave, "saved").has("desks")
	k.clicks(dave, kept, "Run").has("DESKTOP-2")
	require.NotContains(t, k.types(alice, "saved").text(), "desks", "each person's are their own")
	k.types(dave, "unsave desks").has("Removed desks")
	k.clicks(dave, kept, "Run").has("saved command no longer exists")
	k.types(dave, "save help = agents").has("Nothing was done")
	k.types(dave, "save")
}

func TestTheHistoryRunsAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.types(dave, "agents DESKTOP-2")
	lines := k.types(dave, "history").has("DESKTOP-2")
	k.clicks(dave, lines, lines.labels()[0]).has("DESKTOP-2")
}

func TestHelpExplainsTheBotACommandAndAnArea(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	first := k.types(dave, "help").has("What I can do", "approve", "deny", "extend", "freeze", "thaw", "Run SentinelOne command", "Approvals waiting for me", "Look up in SentinelOne", "Add to threat notes")
	k.types(dave, "help isolate").has("Disconnect Agent From Network", "reason")
	k.types(dave, "--help").has("What I can do")
	k.types(dave, "help freeze").has("Blocks all changes")
	k.types(dave, "help threats").has("Threat")
	k.clicks(dave, first, "Threats").has("Threat")
	near := k.types(dave, "help isolat")
	near.has("There is no command", "isolate")
	k.clicks(dave, near, near.labels()[0]).has("Disconnect Agent From Network")
}

func TestThePaletteLeadsToACommandsForm(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	form := k.types(alice, "")
	require.Equal(t, "views.open", form.Method)
	form.has("Find a command")
	next := k.bot.intake.Forms.CheckForm(t.Context(), k.bot.intake.Reader.Envelope(k.envelope("interactive", filledIn(k, alice, form, map[string]string{"command": "disconnect-agent-from-network"}), nil)).Payload)
	body, err := json.Marshal(next)
	require.NoError(t, err)
	require.Contains(t, string(body), `"response_action":"update"`)
	require.Contains(t, string(body), "Disconnect Agent From Network")
	none := k.bot.intake.Forms.CheckForm(t.Context(), k.bot.intake.Reader.Envelope(k.envelope("interactive", filledIn(k, alice, form, map[string]string{"command": "frobnicate"}), nil)).Payload)
	body, err = json.Marshal(none)
	require.NoError(t, err)
	require.Contains(t, string(body), `"errors"`)
	k.writes(alice, "", "find").has("What I can do")
}

// The bot's own words are in the palette, too: what needs nothing runs, what takes something or decides has a form.
func TestThePaletteLeadsToTheBotsOwnWords(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	form := k.types(alice, "")
	next := func(picked string) any {
		return k.bot.intake.Forms.CheckForm(t.Context(), k.bot.intake.Reader.Envelope(k.envelope("interactive", filledIn(k, alice, form, map[string]string{"command": picked}), nil)).Payload)
	}
	require.Nil(t, next("word:whoami"), "the form closes")
	k.sends(alice, form, map[string]string{"command": "word:whoami"}).has("Who you are here")
	k.sends(alice, form, map[string]string{"command": "word:frobnicate"}).has("too old")
	for picked, want := range map[string]string{"word:case": "The threat or alert, by name or id", "word:deny": "The request's reference, and why", "word:freeze": "Reason", "word:thaw": "Ends a freeze."} {
		body, err := json.Marshal(next(picked))
		require.NoError(t, err)
		require.Contains(t, string(body), `"response_action":"update"`, picked)
		require.Contains(t, string(body), want)
	}
	k.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	body, err := json.Marshal(next("word:case").(*slack.ViewSubmissionResponse).View)
	require.NoError(t, err)
	k.sends(alice, k.shown(body), map[string]string{"line": "evil.exe"})
	require.Len(t, k.slack.Calls("/upload"), 1)
}

// shown is a view that came back with an acknowledgement, as if it had been opened.
func (k *kit) shown(view []byte) said {
	return said{webapitest.Call{Method: "views.update", Values: url.Values{"view": {string(view)}}}, k.t}
}

// People who know no command ask in their own words: about the bot, what is open, the shift, who may do what.
func TestPlainQuestionsAboutTheBotAreAnswered(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	for sentence, want := range map[string]string{
		"what can you do?": "What I can do", "How does this work?": "What I can do", "help me please": "What I can do", "show me the commands": "What I can do",
		"what's open right now?": "Shift report", "handover": "Shift report", "hand over my shift": "Shift report", "what happened on the night shift?": "Shift report",
		"who is on shift?": "Who can do what here", "who can approve this?": "Who can do what here", "who are the approvers": "Who can do what here",
		"what is waiting for me?": "Nothing is waiting", "show me open requests": "Nothing is waiting", "is anything frozen?": "Nothing is waiting",
		"who am I?": "Who you are here", "what are my roles": "Who you are here", "my saved commands": "haven't saved any", "what did I run today": "haven't run any",
		"handover to carol": "Type @ and pick the person", "hand over my shift to carol": "Type @ and pick the person", "report -12h": "Shift report",
		"what is snoozed?": "1 snooze", "ok thanks!": "You're welcome.", "Thank you so much": "You're welcome.", "find a command": "What I can do",
		"can I isolate DESKTOP-1?": "Disconnect Agent From Network", "what happens if we isolate DESKTOP-1": "Disconnect Agent From Network",
	} {
		k.writes(alice, "", sentence).has(want)
	}
	for sentence, want := range map[string]string{ // they begin with words of the bot's own, and are no such words
		"find hosts named DESKTOP": "List Agents", "could I get a list of all open threats please?": "Get Threat", "history of DESKTOP-1": "Get Activities", "block evil.example": "Block Remote Hosts", "show me evil.exe": "Get Threat",
	} {
		k.writes(alice, "", sentence).has(want)
	}
	require.NotContains(t, k.writes(alice, "", "who approved the isolation of DESKTOP-1").text(), "Who can do what here")
	k.writes(alice, "", "can you isolate DESKTOP-1 because phishing").has("Open the form")
	k.writes(alice, "", "can we isolate DESKTOP-1 because phishing please").has("I read that as")
	k.types(alice, "save handover = agents DESKTOP")
	k.writes(alice, "", "handover").has("DESKTOP-1")
	require.Empty(t, k.console.Changes())
}

func TestAGreetingHasThreeThingsToTry(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	for _, line := range []string{"hello", "Hi there!", "good morning"} {
		hello := k.writes(dave, "", line).has("Hello! I run SentinelOne commands here.")
		require.Equal(t, 1, strings.Count(fmt.Sprint(hello.tree()), "Hello"), "one greeting is enough")
		require.Equal(t, []string{"Open threats", "Endpoints", "Find a command"}, hello.labels())
	}
	k.clicks(dave, k.writes(dave, "", "hello"), "Endpoints").has("DESKTOP-1")
}

// Who opens the Messages tab for the first time is greeted, once; strangers are left alone.
func TestTheFirstOpeningIsGreetedOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	open := func(user, tab string) []webapitest.Call {
		return k.deliver("events_api", m{"event_id": user + tab + time.Now().String(), "event": m{"type": "app_home_opened", "user": user, "channel": "D" + user[1:], "tab": tab}})
	}
	open(dave, "messages")
	k.answer().has("Hello!")
	open(dave, "messages")
	require.Empty(t, k.answer().Method)
	open(guest, "messages")
	require.Empty(t, k.answer().Method)
}

func TestAnInvitationIsAnsweredWithWhatTheBotDoesThere(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(s *policy.Settings) { s.Operators = policy.Members([]string{"*", "@soc", "S0SOC", alice}) }, func(c *Config) {
		c.Feeds = func(channel string) []string { return map[string][]string{"C0NEWS": {"threats"}}[channel] }
	})
	k.slack.On("usergroups.list", webapitest.OK(`{"ok":true,"usergroups":[{"id":"S0SOC","handle":"soc-team"}]}`))
	join := func(channel string) said {
		k.deliver("events_api", m{"event_id": channel, "event": m{"type": "member_joined_channel", "user": "U0BOT", "channel": channel, "event_ts": "1.1"}})
		return k.answer()
	}
	join("C0NEWS").has("New threats appear here", "every full member", "@soc", "@soc-team", "alice")
	join(approvalsChannel).has("Requests that need approval appear here")
	join("C0OTHER").has("I answer commands here. Only you can see an answer until you share it.")
}

// Who takes over gets the report and its reader's name; who may not read it gets nothing.
func TestAShiftIsHandedOverToSomebody(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.types(alice, "report -24h to <@"+bob+"|bob>").has("Shift handed over to")
	k.await(bob, "hands the shift over to you").has("last 24 h")
	k.types(alice, "hand my shift over to <@"+bob+">").has("Shift handed over to")
	k.types(alice, "report to <@"+guest+">").has("nobody got the report")
	k.types(alice, "report to @somebody").has("pick the person from Slack's list")
	k.types(alice, "report").has("/s1 report to @name")
}

func TestWhatIsNotTypedCanBeTypedOrSaysWhere(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.types(dave, "cancel").has("To cancel long-running work, click the button on its message")
	shift := k.types(dave, "report")
	shift.has("Shift")
	shared := k.clicks(dave, shift, "Share in channel")
	shared.has("Shift report", "Shared by")
	require.Contains(t, string(shared.Body), `"response_type":"in_channel"`)
}

func TestASnoozeIsForThoseWithARoleAndStandsInTheTrail(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.types(alice, "snooze host=DESKTOP-1 for=2h reason=pentest")
	require.Len(t, k.notices.snoozed, 1)
	require.Contains(t, k.notices.snoozed[0], "host=DESKTOP-1 (pentest) for 2h0m0s")
	k.types(dave, "snooze host=DESKTOP-1").has("Only operators and approvers can snooze")
	k.types(alice, "snooze for=2h").has("Give one of rule=, hash=, host= or storyline=")
	k.types(alice, "snooze host=X for=60d").has("30 days at most")
	k.types(alice, "snooze colour=red").has("Say what", "a rule, a hash, a host or a storyline")
	k.types(alice, "snooze DESKTOP-1 for 4h").has("/s1 snooze host=DESKTOP-1")
	for _, list := range []string{"snoozes", "snooze list", "snooze LIST ", "snooze snoozes", "snooze"} {
		k.types(dave, list).has("1 snooze")
	}
	k.types(dave, "unsnooze Z-1").has("Only operators and approvers can end a snooze")
	k.types(alice, "unsnooze Z-1").has("ended Z-1")
	require.Len(t, k.notices.snoozed, 1)
	k.notices.fails = errors.New("disk full")
	k.types(dave, "snoozes").has("can find it in the log under")
}

func TestASnoozeByItsButtonAsksWhatAndForHowLong(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	card := render.Card{Title: "x", Actions: []render.Action{render.Button{Label: "Snooze", Do: render.Invocation{Command: snoozing.Word, How: render.Open, Args: []byte(`{"hash":"3395856ce81f2b73","host":"DESKTOP-1","file":"evil.exe"}`)}}}}
	_, _, err := k.bot.Channels.Messenger.Post(t.Context(), soc, "", "key", card)
	require.NoError(t, err)
	form := k.clicks(alice, k.posted(soc)[0], "Snooze")
	form.has("This file: evil.exe (3395856…)", "This host: DESKTOP-1", "evil.exe  on  DESKTOP-1", "about what you pick here")
	k.sends(alice, form, map[string]string{"by": "host", "for": "1d", "reason": "pentest"}).has("snoozed DESKTOP-1")
	require.Contains(t, k.notices.snoozed[0], "host=DESKTOP-1 (pentest) for 24h0m0s")
	k.sends(alice, k.clicks(alice, k.postedAgain(card), "Snooze"), map[string]string{"by": "rule", "for": "1d"})
	require.Len(t, k.notices.snoozed, 1, "no such choice was on the form")
}

// postedAgain posts a card to a channel.
func (k *kit) postedAgain(card render.Card) said {
	k.t.Helper()
	k.slack.Forget()
	_, _, err := k.bot.Channels.Messenger.Post(k.t.Context(), soc, "", "key", card)
	require.NoError(k.t, err)
	return k.posted(soc)[0]
}

func TestRoutesAreExplained(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.types(dave, "routes test 1845174760470303882").has("route of 1845174760470303882")
	k.types(dave, "routes").has("Name a threat or an alert")
	off := newKit(t, nil, func(c *Config) { c.Notices = nil })
	off.types(dave, "routes test 1").has("Notifications are off")
	off.types(alice, "snooze host=X").has("Notifications are off")
}

// A note in a threat's thread is the threat's; in an alert's it stays there; elsewhere somebody has to say whose it is.
func TestANoteBelongsToTheThreatOfItsThread(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.notices.threat = k.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	k.writes(alice, "5.5", "note checked with the user")
	require.Len(t, k.console.Changes(), 1)
	require.Contains(t, k.console.Changes()[0].Body, "checked with the user")
	require.Contains(t, k.console.Changes()[0].Body, k.notices.threat)
	k.writes(alice, "6.6", "note checked").has("notes on threats, not on alerts")
	k.writes(alice, "", "note checked with the user").has("A note belongs to a threat")
	k.writes(alice, "5.5", "note").has("What should the note say?")
	k.writes(dave, "5.5", "note mine").has("operators")
	require.Len(t, k.console.Changes(), 1)
	k.types(alice, `note `+k.notices.threat+` "by its id"`)
	require.Len(t, k.console.Changes(), 2)
}

// shortcut is somebody who picks one of the bot's entries in Slack's own menus.
func (k *kit) shortcut(user, callback, message string) said {
	k.t.Helper()
	kind := "shortcut"
	payload := m{"user": m{"id": user}, "callback_id": callback, "trigger_id": "t.1"}
	if message != "" {
		kind = "message_action"
		payload["channel"], payload["message_ts"] = m{"id": soc}, "9.9"
		payload["message"] = m{"ts": "9.9", "text": message}
		payload["response_url"] = k.address + "/respond"
	}
	payload["type"] = kind
	k.n++
	payload["action_ts"] = time.Now().String()
	k.deliver("interactive", payload)
	return k.answer()
}

func TestShortcutsOpenThePaletteAndWhatWaits(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	_, ref := k.asks()
	k.shortcut(bob, setup.RunShortcut, "").has("Find a command")
	k.shortcut(bob, setup.WaitingShortcut, "").has(ref)
	k.shortcut(guest, setup.WaitingShortcut, "").has("Only full members")
	k.shortcut(bob, "of another version", "").has("too old")
}

// A window that Slack does not open is no reason to say nothing: what waits is written to the person, in rows that show the card as it is by then.
func TestWhatWaitsIsWrittenWhereNoWindowOpens(t *testing.T) {
	t.Parallel()
	for _, refused := range []webapitest.Answer{webapitest.No("expired_trigger_id"), webapitest.Slow(1), webapitest.Status(500), webapitest.Broken} {
		k := newKit(t, nil)
		_, ref := k.asks()
		k.slack.On("views.open", refused)
		k.shortcut(bob, setup.WaitingShortcut, "")
		list := k.await(bob, ref)
		require.Equal(t, "chat.postMessage", list.Method)
		list.button("Review")
	}
}

func TestAMessagesTextBecomesANote(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.notices.threat = k.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	form := k.shortcut(alice, setup.NoteShortcut, "the user says it was a test &lt;really&gt;")
	require.Equal(t, "views.open", form.Method)
	require.Contains(t, form.Get("view"), "the user says it was a test")
	require.Contains(t, form.Get("view"), "soc.slack.com/archives/C0SOC/p99", "with a link to the message")
}

func TestAMessageIsLookedUpInAWindow(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.shortcut(dave, setup.LookUpShortcut, "saw DESKTOP-1 and 8bb7f1b034c20e776d450bbd69a232ed947ba8b0")
	found := k.awaitView("DESKTOP-1")
	found.has("DESKTOP-1")
	k.shortcut(guest, setup.LookUpShortcut, "saw DESKTOP-1")
	k.awaitView("Only full members")
	k.shortcut(dave, setup.LookUpShortcut, "nothing to see")
	k.awaitView("I found no hash, address")
}

// clicksIn is somebody who clicks on a button in a window.
func (k *kit) clicksIn(user string, window said, label string) said {
	k.t.Helper()
	payload := filledIn(k, user, window, nil)
	button := window.button(label)
	payload["type"], payload["view"].(m)["type"] = "block_actions", "modal"
	payload["actions"] = []m{{"type": "button", "action_id": button["action_id"], "block_id": "b", "value": button["value"], "action_ts": fmt.Sprint("1.", k.n)}}
	k.deliver("interactive", payload)
	return k.answer()
}

// A form that a button in a window opens stands above it, an answer too; a decision takes the window's place, for below it would stay what is
// not true any more.
func TestAWindowStaysBelowWhatItsButtonsOpen(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	_, ref := k.asks()
	k.shortcut(alice, setup.LookUpShortcut, "saw DESKTOP-2")
	found := k.awaitView("DESKTOP-2")
	require.Equal(t, "views.push", k.clicksIn(alice, found, "Disconnect host").Method)
	waiting := k.shortcut(bob, setup.WaitingShortcut, "").has(ref)
	form := k.clicksIn(bob, waiting, "Deny")
	require.Equal(t, "views.update", form.Method)
	require.Contains(t, form.Get("view"), "Why?")
	k.clicksIn(bob, waiting, "Approve")
	k.await(alice, "DESKTOP-1")
	k.awaitView("Approved")
}

// awaitView waits for a window that shows these words.
func (k *kit) awaitView(words string) said {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), 20*time.Second)
	defer cancel()
	c, err := k.slack.Await(ctx, func(c webapitest.Call) bool {
		return strings.HasPrefix(c.Method, "views.") && strings.Contains(said{c, k.t}.text(), words)
	})
	require.NoError(k.t, err)
	return said{c, k.t}
}

func TestACaseFileIsPostedWhereItWasAskedFor(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	id := k.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	k.console.AddThreat(s1sim.ThreatSpec{Name: "odd.exe", Agent: "DESKTOP-1"})
	k.console.AddThreat(s1sim.ThreatSpec{Name: "odd.exe", Agent: "DESKTOP-2"})
	k.types(dave, "case "+id)
	require.NotEmpty(t, k.posted(soc))
	k.posted(soc)[0].has("evil.exe")
	require.Len(t, k.slack.Calls("/upload"), 1)
	k.types(dave, "case").has("A case file needs a threat or an alert")
	k.types(dave, "case no-such.exe").has("no threat or alert called")
	several := k.types(dave, "case odd.exe").has("Several threats or alerts match")
	k.clicks(dave, several, several.labels()[0])
	require.NotEmpty(t, k.posted(soc))
}

// A console that has unified alerts alone still knows the alert of a rule by the id on its old cards.
func TestACaseFileIsFoundByTheOldIdOfAnAlert(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	id := k.console.AddAlert(s1sim.AlertSpec{Rule: "Encoded PowerShell", Agent: "DESKTOP-1"})
	k.console.Fail(s1sim.Match{PathPrefix: "/cloud-detection/alerts"}, s1sim.Fault{Kind: s1sim.Refused, Status: 410, Title: "Gone", Times: -1})
	k.types(dave, "case "+id)
	require.NotEmpty(t, k.posted(soc))
	k.posted(soc)[0].has("Encoded PowerShell")
}

func TestLongWorkIsCancelledByWhoAskedOrARole(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	button := func(job string) said {
		args, err := json.Marshal(map[string]string{"job": job, "user": dave})
		require.NoError(t, err)
		return k.postedAgain(render.Card{Title: "x", Actions: []render.Action{render.Button{Label: "Cancel", Do: render.Invocation{Command: "cancel", Args: args}}}})
	}
	k.clicks(carol, button("Jgone"), "Cancel").has("too old")
	k.clicks("U0EVE", button("Jgone"), "Cancel").has("Only the requester, an operator or an approver can cancel this")
	require.NoError(t, addJob(t, k, "Jhere"))
	k.clicks(dave, button("Jhere"), "Cancel").has("Cancelling.")
}

// addJob writes down a job that another process does.
func addJob(t *testing.T, k *kit, id string) error {
	t.Helper()
	_, err := k.bot.Jobs.Add(t.Context(), id, "another process", []byte(`{}`), time.Now().Add(time.Hour))
	return err
}

// endsWait does what tells who is turned away. The watches of those that wait end with the test: else they tell of it later.
func endsWait(t *testing.T, slots *fairqueue.Queue) {
	for _, w := range slots.Close() {
		if w.Stopped == nil {
			w.Do(t.Context())
			continue
		}
		t.Cleanup(func() { w.Stopped(context.Background()) })
	}
}

// Whoever has too much waiting is told so, and the rest of the world is served.
func TestOnesOwnBacklogIsSaid(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	slots := intake.NewWork(k.bot.Log) // nobody serves it
	k.bot.scheduler.Work = slots
	command := func() {
		k.bot.scheduler.Schedule(t.Context(), k.bot.intake.Reader.Envelope(k.envelope("slash_commands", m{"user_id": dave, "channel_id": soc, "text": "agents", "trigger_id": time.Now().String(), "response_url": k.address + "/respond"}, nil)))
	}
	for range 55 {
		command()
	}
	require.Equal(t, 54, slots.Depth()["commands"], "four have a slot")
	require.Equal(t, 1, slots.Depth()["chores"], "the 55th is told")
	endsWait(t, slots)
	k.answer().has("I'm busy with your earlier commands")
	require.Equal(t, "other busy", k.metered.last())
}

// An unspoken inbox wants that nobody has heard anything when a delivery is done with.
type unspoken struct {
	intake.Inbox
	k    *kit
	done int
}

func (u *unspoken) Finish(ctx context.Context, key string) error {
	require.Empty(u.k.t, u.k.slack.Calls(), "a crash would take it up again, after somebody was told that it was not begun")
	u.done++
	return u.Inbox.Finish(ctx, key)
}

func TestWhatIsTurnedAwayIsDoneWithBeforeItIsSaid(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.slack.Forget()
	inbox := &unspoken{Inbox: k.bot.Inbox, k: k}
	slots := intake.NewWork(k.bot.Log) // nobody serves it
	k.bot.scheduler.Work, k.bot.scheduler.Inbox = slots, inbox
	for i := 0; slots.Depth()["chores"] == 0; i++ {
		k.bot.scheduler.Schedule(t.Context(), k.bot.intake.Reader.Envelope(k.envelope("slash_commands", m{"user_id": dave, "channel_id": soc, "text": "agents", "trigger_id": fmt.Sprint(i), "response_url": k.address + "/respond"}, nil)))
	}
	endsWait(t, slots)
	k.answer().has("I'm busy with your earlier commands")
	require.Equal(t, 1, inbox.done)
}
