package exchange

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/render"
	"s1bot/s1"
)

// Each family of errors is told by what the person can do about it; only what is our fault comes back for the log.
func TestAnErrorIsToldByWhatCanBeDoneAboutIt(t *testing.T) {
	t.Parallel()
	isolate := &catalog.Command{Name: "isolate", Title: "Isolate", Needs: "Endpoints › View"}
	again := render.Invocation{Command: "isolate", Args: []byte(`{}`)}
	for name, c := range map[string]struct {
		err     error
		words   []string
		buttons []string
		ours    bool
	}{
		"a mistyped value":       {&catalog.UsageError{Param: "limit", Problem: "it isn't a number", Hint: "such as 10", Given: &again}, []string{"Check", "limit", "It isn't a number.", "Such as 10."}, []string{"Open the form"}, false},
		"a mistyped name":        {&catalog.UsageError{Problem: "there is no command x", Nearest: []string{"a", "b"}, Try: &again, TryLine: "isolate A"}, []string{"Did you mean", "/s1 isolate A"}, []string{"Run this"}, false},
		"several to offer":       {&catalog.UsageError{Problem: "several fit", Offers: []catalog.Offer{{Label: "one", Do: again}, {Label: "two", Do: again}}}, []string{"Several fit."}, []string{"one", "two"}, false},
		"something lacks":        {&catalog.MissingError{Command: isolate, Missing: []catalog.Param{{Name: "agent-ids"}, {Name: "reason"}}, Given: again}, []string{"Isolate", "needs", "agent-ids", "reason"}, []string{"Open the form"}, false},
		"one of several":         {&catalog.MissingError{Command: isolate, OneOf: []catalog.Param{{Name: "agent-ids"}, {Name: "filter"}}, Given: again}, []string{"needs at least one of", "agent-ids", "filter"}, []string{"Open the form"}, false},
		"a console that is busy": {&workflow.CommandError{Command: isolate, Err: &s1.Error{Status: 429, Message: "Too many requests.", RetryAfter: 20 * time.Second}}, []string{"Isolate failed.", "429", "The console was busy, so nothing was done. Run it again in 20 seconds."}, nil, false},
		"the console's no":       {&workflow.CommandError{Command: isolate, Err: &s1.Error{Status: 403, Message: "Unauthorized access.", Reason: s1.LacksPermission}}, []string{"Isolate failed.", "403", "Unauthorized access.", "lacks Endpoints › View"}, nil, false},
		"no name for it":         {&s1.Error{Status: 500, Message: "x"}, []string{"The call to the console failed."}, nil, false},
		"the policy's no":        {&policy.RefusedError{Why: "ask the AD team", Rule: "dc"}, []string{"Not allowed", "Ask the AD team.", "dc"}, nil, false},
		"a missing role":         {&policy.RefusedError{Why: "only operators may", Rule: "a default", Because: "PC-1", Role: true}, []string{"Only operators may.", "Text:Because of PC-1"}, nil, false},
		"no answer":              {&policy.UnansweredError{Question: "I can't read user groups (missing_scope)"}, []string{"Couldn't check", "Nothing was done.", "`s1bot check` names it"}, nil, false},
		"no answer now":          {&policy.UnansweredError{Question: "I can't look up U1"}, []string{"Try again in a moment."}, nil, false},
		"a lost console":         {&consoles.GoneError{Name: "apac"}, []string{"apac", "no longer configured"}, nil, false},
		"a known sentence":       {fmt.Errorf("x: %w", approvals.ErrSelfApproval), []string{"You requested this yourself"}, nil, false},
		"Slack's no":             {slack.SlackErrorResponse{Err: "missing_scope"}, []string{"Slack refused it (missing_scope).", "R123"}, nil, true},
		"not started":            {fmt.Errorf("run: %w: %w", approvals.ErrUnstarted, errors.New("secret detail")), []string{"It hasn't started yet", "I'll start it as soon as I can", "R123"}, nil, true},
		"not saved":              {fmt.Errorf("run: %w: %w", approvals.ErrUnrecorded, errors.New("secret detail")), []string{"couldn't save what came of it", "Don't request it again", "R123"}, nil, true},
		"no audit row":           {fmt.Errorf("submit: %w: %w", approvals.ErrUnwritten, errors.New("secret detail")), []string{"Nothing was done: I couldn't write it to the audit trail", "Try again", "R123"}, nil, true},
		"a fault":                {errors.New("secret detail"), []string{"Something went wrong inside the bot.", "R123"}, nil, true},
	} {
		card, fault := Explain(Interaction{Interaction: workflow.Interaction{At: Origin{Key: "R123"}}}, c.err)
		require.Equal(t, c.ours, fault != nil, name)
		text := fmt.Sprintf("%+v", card)
		for _, w := range c.words {
			require.Contains(t, text, w, name)
		}
		var buttons []string
		for _, a := range card.Actions {
			buttons = append(buttons, a.(render.Button).Label)
		}
		require.Equal(t, c.buttons, buttons, name)
		require.NotContains(t, text, "secret detail", name)
	}
}

// A decision that nobody could check did not count, which is not the same as that nothing was done.
func TestAnUncheckedDecisionIsSaidNotToCount(t *testing.T) {
	t.Parallel()
	card, _ := Explain(Interaction{Decides: true}, &policy.UnansweredError{Question: "I can't look up U1"})
	require.Contains(t, card.Text, "your decision didn't count")
}

func TestAnAmbiguousNameShowsWhatTellsThemApart(t *testing.T) {
	t.Parallel()
	e := &catalog.AmbiguousError{Name: "TWIN", Matches: []catalog.Target{{Kind: "agent", ID: "1", Name: "TWIN", Site: "Paris"}, {Kind: "agent", ID: "2", Name: "TWIN", Site: "Lyon"}}, More: 3}
	card, fault := Explain(Interaction{}, e)
	require.NoError(t, fault)
	text := fmt.Sprintf("%+v", card)
	for _, w := range []string{"Paris", "Lyon", "Which one do you mean?", "and 3 more: give a site or an id."} {
		require.Contains(t, text, w)
	}
	require.Len(t, card.Actions, 2)
}

// What was said beside the parameters goes on with the buttons under an explanation, and so does the console.
func TestTheReasonSurvivesADetour(t *testing.T) {
	t.Parallel()
	said := catalog.Extras{Reason: "phishing", Ticket: "INC-1"}
	err := WithExtras(said, OnConsole("emea", &catalog.UsageError{Problem: "x"}))
	card := render.Card{Actions: []render.Action{render.Button{Label: "one", Do: render.Invocation{Command: "isolate"}}, render.Button{Label: "link", URL: "u"}}}
	kept := KeepConsole(KeepExtras(card, err), err)
	do := kept.Actions[0].(render.Button).Do
	require.Equal(t, said, ExtrasOf(do))
	require.Equal(t, "emea", do.Console)
	require.Empty(t, kept.Actions[1].(render.Button).Do.Said)
	require.Equal(t, card, KeepConsole(KeepExtras(card, errors.New("x")), errors.New("x")))
	require.NoError(t, WithExtras(said, nil))
	require.NoError(t, OnConsole("emea", nil))
	plain := errors.New("x")
	require.Equal(t, plain, WithExtras(catalog.Extras{}, plain))
	var usage *catalog.UsageError
	require.ErrorAs(t, err, &usage, "the cause stays what it was")
}

func TestALineIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	require.Equal(t, "agents X", WithoutSlashWord("/s1 agents X"), "copied from a card")
	require.Equal(t, "agents X", WithoutSlashWord(" /S1 agents X"))
	require.Equal(t, "agents X", WithoutSlashWord("agents X"))
	for line, want := range map[string]string{"--help": "help|", "-h x": "help|x", "?": "help|", "APPROVE A-1": "approve|A-1", "": "|"} {
		word, rest := FirstWord(line)
		require.Equal(t, want, word+"|"+rest, line)
	}
	require.Equal(t, "isolate", (&Interaction{Interaction: workflow.Interaction{Do: render.Invocation{Command: "isolate"}}, Line: "approve A-1"}).Word())
	require.Equal(t, "approve", (&Interaction{Line: "Approve A-1"}).Word())
}

// A secret that the bot tells one person goes where only they see it, or nowhere.
func TestWhatIsConfidedIsForOnePersonAlone(t *testing.T) {
	t.Parallel()
	responder, box := responderBy()
	d := responder.Dialog(Interaction{Interaction: asked}).Dialog
	require.NoError(t, d.Confide(t.Context(), asked.At, render.Notice("the password")))
	require.Equal(t, []string{"url"}, box.sent)
	responder, box = responderBy("url", "ephemeral")
	d = responder.Dialog(Interaction{Interaction: asked}).Dialog
	require.Error(t, d.Confide(t.Context(), asked.At, render.Notice("the password")))
	require.Empty(t, box.sent)
	require.Error(t, d.Confide(t.Context(), Origin{}, render.Notice("the password")), "there is no place")
}

func TestLongWorkIsLinkedToWhereItWasAskedFor(t *testing.T) {
	t.Parallel()
	responder, box := responderBy()
	responder.Address = func() string { return "https://soc.slack.com/" }
	responder.ShownAt(t.Context(), "U1", asked.At, post.Sent{Channel: "D1", TS: "12.34"})
	require.Contains(t, fmt.Sprintf("%+v", box.last), "https://soc.slack.com/archives/D1/p1234")
	own := asked.At
	own.Own = true
	responder.ShownAt(t.Context(), "U1", own, post.Sent{Channel: "D1", TS: "12.34"})
	require.Equal(t, []string{"url", "url in place"}, box.sent, "one message says that it takes long, and where")
	require.Equal(t, "https://soc.slack.com/archives/C1/p22?thread_ts=1.1&cid=C1", Permalink("https://soc.slack.com/", "C1", "2.2", "1.1"))
	require.Empty(t, Permalink("", "C1", "2.2", ""))
	responder.Address = func() string { return "" }
	box.sent = nil
	responder.ShownAt(t.Context(), "U1", asked.At, post.Sent{Channel: "D1", TS: "12.34"})
	require.Empty(t, box.sent, "they know of their direct messages already")
}

// Who clicks on a card in a channel sees nothing of an answer in its thread.
func TestWhoClickedIsToldThatTheAnswerIsInTheThread(t *testing.T) {
	t.Parallel()
	responder, box := responderBy()
	responder.Address = func() string { return "https://soc.slack.com/" }
	in, sent := Origin{Channel: "C1", Thread: "1.1", ResponseURL: "https://hooks.slack.com/1"}, post.Sent{Channel: "C1", TS: "2.2"}
	responder.InThread(t.Context(), "U1", in, sent, "The case file is in the thread")
	require.Contains(t, fmt.Sprintf("%+v", box.last), "The case file is in the thread: ")
	require.Contains(t, fmt.Sprintf("%+v", box.last), "https://soc.slack.com/archives/C1/p22?thread_ts=1.1&cid=C1")
	require.Equal(t, []string{"url"}, box.sent)
	responder.Address = func() string { return "" }
	responder.InThread(t.Context(), "U1", in, sent, "The case file is in the thread")
	require.Contains(t, fmt.Sprintf("%+v", box.last), "The case file is in the thread.")
	box.sent = nil
	in.Thread = ""
	responder.InThread(t.Context(), "U1", in, sent, "The case file is in the thread")
	require.Empty(t, box.sent, "it stands in the channel")
}

// Why there is no direct message is a setting of the app, or of the person.
func TestWithoutDirectMessagesTheReasonIsNamed(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"messages_tab_disabled": "turn on App Home", "user_disabled": "the account is deactivated", "cannot_dm_bot": "to a bot", "channel_not_found": "run `s1bot check`",
	} {
		require.Contains(t, whyNoDirect(slack.SlackErrorResponse{Err: word}), want)
	}
	require.Contains(t, whyNoDirect(fmt.Errorf("x: %w", post.UnconfirmedError{})), "you may find this there, too")
	require.Equal(t, "Slack didn't accept my direct message.", whyNoDirect(errors.New("EOF")))
}

// Threats of one name differ by the host that they are on, which is what people know of them.
func TestThreatsOfOneNameAreToldApartByTheirHosts(t *testing.T) {
	t.Parallel()
	twin := func(id, host string) catalog.Target {
		return catalog.Target{Kind: "threat", ID: id, Name: "evil.exe", Host: host, Site: "Paris"}
	}
	card, fault := Explain(Interaction{}, &catalog.AmbiguousError{Name: "evil.exe", Matches: []catalog.Target{twin("1", "DESKTOP-1"), twin("2", "DESKTOP-2")}})
	require.NoError(t, fault)
	table, is := card.Parts[1].(render.Table)
	require.True(t, is)
	require.Equal(t, "Host", table.Columns[1].Title, "a phone shows the first columns")
	require.Equal(t, render.Line{render.Text("DESKTOP-2")}, table.Rows[1][1])
	require.NotContains(t, fmt.Sprint(table.Columns), "User", "nothing is said of it")
}
