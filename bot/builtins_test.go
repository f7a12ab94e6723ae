package bot

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/fairqueue"
	"s1bot/bot/inbound"
	"s1bot/bot/intake"
	"s1bot/bot/socketmode"
	"s1bot/commands"
	"s1bot/render"
)

// allWords find the bot's own words, with nothing behind them.
func allWords() vocabulary {
	v := vocabulary{}
	v.add(unbound())
	return v
}

func TestEachWordOfTheBotsOwnSaysAllThatMustBeKnownOfIt(t *testing.T) {
	t.Parallel()
	commands := commands.All()
	known := allWords()
	require.Len(t, known, len(unbound()), "two words have one name")
	for _, b := range unbound() {
		_, taken := commands.Find(b.name)
		require.False(t, taken && b.name != "note", "%q is a command of the catalog", b.name) // "note" hands over to it, see noticeWords.note
		switch {
		case b.name == "": // "/s1" alone
		case b.typed == nil:
			require.NotEmpty(t, b.button, "%q is only on buttons: whoever types it must hear so", b.name)
			require.NotNil(t, b.clicked, b.name)
			require.Empty(t, b.summary, b.name)
		default:
			require.Regexp(t, `^[A-Z].*\.$`, b.summary, b.name)
			require.NotEmpty(t, b.examples, b.name)
		}
		for _, line := range b.examples[:min(len(b.examples), 1)] {
			word, rest := exchange.FirstWord(exchange.WithoutSlashWord(strings.TrimPrefix(line, "@s1bot ")))
			require.Equal(t, b.name, word, line)
			require.True(t, b.standsAlone(rest), line)
		}
	}
	for _, word := range []string{"approve", "deny", "withdraw", "freeze", "thaw"} {
		require.True(t, decision.MatchString("please "+word+" it"))
		require.True(t, known[word].decides(), word)
	}
}

func TestAWordWithoutAButtonIsGoneAndOneWithoutTextSaysWhere(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, builtin{}.click(t.Context(), exchange.Interaction{}), workflow.ErrGone)
	require.ErrorContains(t, allWords()["cancel"].say(t.Context(), exchange.Interaction{}, ""), "the button on its message")
}

func TestWordsThatDecideAreKnownTypedAndClicked(t *testing.T) {
	t.Parallel()
	for line, decides := range map[string]bool{"approve A-7F3A": true, "Deny A-7F3A": true, "freeze": true, "agents DESKTOP-1": false, "help": false} {
		require.Equal(t, decides, allWords().Of(exchange.Interaction{Line: line}).decides(), line)
	}
	clicked := exchange.Interaction{Interaction: workflow.Interaction{Do: render.Invocation{Command: "approve"}}}
	require.True(t, allWords().Of(clicked).decides(), "the button is as good as the word")
}

func TestAReferenceAndAReasonAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][2]string{
		"A-7F3A":                          {"A-7F3A", ""},
		"a-7f3a no need":                  {"A-7F3A", "no need"},
		"`A-7F3A`, not today":             {"A-7F3A", "not today"},
		"*A-7F3A*: that is the CEO's box": {"A-7F3A", "that is the CEO's box"},
		`A-7F3A reason="not today"`:       {"A-7F3A", "not today"},
		"A-7F3A reason=“not today”":       {"A-7F3A", "not today"},
		`A-7F3A reason=   `:               {"A-7F3A", ""},
	} {
		var got [2]string
		do := func(_ context.Context, _ exchange.Interaction, id, reason string) error {
			got = [2]string{id, reason}
			return nil
		}
		require.NoError(t, byRef(do)(t.Context(), exchange.Interaction{}, line))
		require.Equal(t, want, got, line)
	}
	for _, line := range []string{"", "``", "."} {
		require.ErrorContains(t, byRef(nil)(t.Context(), exchange.Interaction{}, line), "which request", line)
	}
}

// An approval asks the console before it runs anything. Who approved a lot of a console that hangs, and then sees why it should not run, must not wait for it.
func TestWhoseApprovalsHangCanStillStopThings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		work := intake.NewWork(slog.New(slog.DiscardHandler))
		go work.Run(t.Context())
		hung, done := make(chan struct{}), make(chan string, 10)
		push := func(line string, do func(context.Context)) {
			class, user := intake.Classify(allWords(), inbound.Delivery{Kind: inbound.Slash, Command: inbound.SlashCommand{User: "U1", Text: line}})
			require.NoError(t, work.Push(fairqueue.Work{Class: class, Owner: user, Do: do}))
		}
		for range 40 {
			push("approve A-7F3A", func(context.Context) { <-hung })
		}
		stops := []string{"freeze ransomware", "deny A-7F3A no ticket", "withdraw A-7F3A", "close A-7F3A it ran"}
		for _, line := range stops {
			push(line, func(context.Context) { done <- line })
		}
		synctest.Wait()
		require.Len(t, done, len(stops))
		close(hung)
		work.Finish()
	})
}

func TestWhatIsDecidedOrAnsweredAtOnceIsNoCommand(t *testing.T) {
	t.Parallel()
	v := allWords()
	for line, class := range map[string]fairqueue.Class{
		"approve A-7F3A": intake.DecisionClass, "again A-7F3A": intake.DecisionClass, "extend A-7F3A 4h": intake.DecisionClass,
		"Deny A-7F3A no ticket": intake.StopClass, "withdraw A-7F3A": intake.StopClass, "freeze ransomware": intake.StopClass, "thaw": intake.StopClass, "close A-7F3A it ran": intake.StopClass,
		"": intake.AnswerClass, "?": intake.AnswerClass, "--help": intake.AnswerClass, "/s1 help isolate": intake.AnswerClass, "history": intake.AnswerClass,
		"agents DESKTOP-1": intake.CommandClass, "/s1 isolate DESKTOP-1": intake.CommandClass, "can isolate DESKTOP-1": intake.CommandClass, "report -24h": intake.CommandClass,
		"approved": intake.CommandClass,
	} {
		got, user := intake.Classify(v, inbound.Delivery{Kind: inbound.Slash, Command: inbound.SlashCommand{User: "U1", Text: line}})
		require.Equal(t, class, got, line)
		require.Equal(t, "U1", user)
	}
	for _, payload := range []string{`{"type":"block_actions","user":{"id":"U1"},"actions":[]}`, `not JSON`} {
		got, _ := intake.Classify(v, inbound.Reader{}.Envelope(socketmode.Envelope{Type: "interactive", Payload: []byte(payload)}))
		require.Equal(t, intake.AnswerClass, got)
	}
}
