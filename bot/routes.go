package bot

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/report"
	"s1bot/bot/run"
	"s1bot/bot/snoozing"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// Notices is what the bot asks of whoever tells channels of new threats and alerts.
//
// console is the mark under which the journal knows it, see consoles.Set.Mark: empty where there is
// only one.
type Notices interface {
	exchange.SubjectSource
	// Explain says where a threat or an alert of a console goes, and why.
	Explain(ctx context.Context, console, id string) (render.Card, error)
	// Snooze keeps something quiet on a console.
	Snooze(ctx context.Context, s snoozing.Snooze) (render.Card, error)
	// Snoozed lists what is snoozed now.
	Snoozed(ctx context.Context) (render.Card, error)
	// Unsnooze ends a snooze.
	Unsnooze(ctx context.Context, id string) (render.Card, error)
}

// A ReportedSnooze is one as a shift report tells of it; see [report.Snooze].
type ReportedSnooze = report.Snooze

// A Subject is what a message is about; see [exchange.Subject].
type Subject = exchange.Subject

// A noter writes into the audit trail; see approvals.Ledger.
type noter interface {
	Note(ctx context.Context, p policy.Person, action string, details map[string]any) error
}

// noticeWords are about notifications: where they go, what is kept quiet, notes from their threads.
type noticeWords struct {
	catalog   *catalog.Catalog
	source    Notices
	subjects  exchange.Subjects
	trail     noter
	runner    *run.Runner
	responder *exchange.Responder
	now       func() time.Time
}

func (w noticeWords) builtins() []builtin {
	return []builtin{
		{
			name: snoozing.Word, onHelp: true,
			summary:  "Snoozes notifications for a rule, hash, host or storyline: four hours unless you say otherwise, 30 days at most. For operators and approvers.",
			examples: []string{"/s1 snooze host=DESKTOP-1 for=4h reason=pentest", `/s1 snooze rule="Encoded PowerShell" until="2026-11-30 08:00"`},
			typed:    w.snooze, clicked: w.snoozeClicked, asks: oneConsole, takes: "What, for how long and why",
		},
		{name: snoozesWord, summary: "Lists snoozes: who set each one, when it ends, and a button to end it now.", examples: []string{"/s1 snoozes"}, typed: w.snoozes,
			spoken: plain.MustPhrases("(what is|what's|whats|is anything|is something|anything) [currently|still] (snoozed|muted|silenced|quiet)", "<show> [active|current|our] snoozes")},
		{name: "unsnooze", summary: "Ends a snooze early.", examples: []string{"/s1 unsnooze Z-AB12C"}, typed: w.unsnooze, clicked: w.unsnoozeClicked, takes: "The snooze's id"},
		{
			name: "routes", summary: "Shows which channel a threat or an alert goes to, and which route of the policy file decides it.",
			examples: []string{"/s1 routes test 1845174760470303882"}, typed: w.routes, asks: oneConsole, takes: "“test” and the id of a threat or an alert",
		},
		{
			name: "note", summary: "In the thread of a threat's card: adds your text to the threat's notes in the console.",
			examples: []string{"@s1bot note checked with the user, it is a test"}, typed: w.note, asks: oneConsole, takes: "The threat, and the note in quotes",
		},
	}
}

// notices is Notices, or the reason why there are none.
func (w noticeWords) notices() (Notices, error) {
	if w.source == nil {
		return nil, &catalog.UsageError{Problem: "notifications are off; set S1BOT_THREATS_CHANNEL or S1BOT_ALERTS_CHANNEL to turn them on"}
	}
	return w.source, nil
}

// routes answers "routes test <threat or alert id>".
func (w noticeWords) routes(ctx context.Context, a exchange.Interaction, rest string) error {
	verb, id := text.CutWord(rest)
	if verb != "test" || id == "" {
		return &catalog.UsageError{Problem: "name a threat or an alert", Hint: "For example: /s1 routes test 1845174760470303882"}
	}
	n, err := w.notices()
	if err != nil {
		return err
	}
	id, console, err := w.console(ctx, a, id)
	if err != nil {
		return err
	}
	card, err := n.Explain(ctx, console, id)
	if err != nil {
		return err
	}
	w.responder.Reply(ctx, a, card)
	return nil
}

// console cuts console=… off what was typed behind one of these words, and settles which console it is for, as the journal knows it.
func (w noticeWords) console(ctx context.Context, a exchange.Interaction, typed string) (rest, mark string, err error) {
	if rest, err = w.runner.Settler.Cut(&a.Do, typed); err != nil {
		return rest, "", err
	}
	if err := w.runner.Settler.Settle(ctx, &a); err != nil {
		return rest, "", unsaid(err)
	}
	return rest, w.runner.Settler.Set.Mark(a.On), nil
}

// unsaid asks for the console in words: one of the bot's own words has no button to choose it by.
func unsaid(err error) error {
	var several *exchange.SeveralError
	if errors.As(err, &several) {
		return &catalog.UsageError{Problem: "which console is this for?", Hint: "Add one of " + catalog.ConsoleParam + "=" + strings.Join(several.Names, ", "+catalog.ConsoleParam+"=")}
	}
	return err
}

// note adds what somebody writes in a threat's thread to the threat's notes: "@s1bot note …".
// Elsewhere, and where parameters are given, it is the command of that name.
//
// The word is in the catalog too, with parameters. Prose is told from parameters by their names
// alone (filter=, text=), because a note may say anything.
func (w noticeWords) note(ctx context.Context, a exchange.Interaction, rest string) error {
	about, _, err := w.subjects.Of(ctx, a.At)
	if err != nil {
		w.subjects.Log.WarnContext(ctx, "cannot look up what a thread is about", "channel", a.At.Channel, "err", err)
	}
	kind, id := about.Kind, about.ID
	if kind == "alert" && !strings.Contains(rest, "filter=") {
		return &catalog.UsageError{Problem: "the console keeps notes on threats, not on alerts", Hint: "What you write in this thread stays in Slack; see /s1 help add-notes-to-threats"}
	}
	if threat, text, ok := noteOn(rest); ok && id == "" {
		return w.addNote(ctx, a, threat, text)
	}
	if id == "" && rest != "" && !strings.Contains(rest, "=") {
		return &catalog.UsageError{Problem: "a note belongs to a threat", Hint: "Write it in the thread of a threat's card, or say which threat: /s1 note <id or name> \"what the note says\""}
	}
	if id == "" || kind != "threat" || strings.Contains(rest, "text=") {
		return w.runner.Command(ctx, a)
	}
	if rest = unescaped(rest); rest == "" {
		return &catalog.UsageError{Problem: "what should the note say?", Hint: "@s1bot note checked with the user, it is a test"}
	}
	return w.addNote(ctx, a, id, rest)
}

// noteOn reads a threat, by its id or name, and what is to be noted of it, in quotes unless the threat is named by its id: elsewhere the
// first word of a note may be any.
func noteOn(rest string) (threat, typed string, ok bool) {
	threat, typed, ok = text.CutValue(rest)
	if !ok || typed == "" {
		return "", "", false
	}
	whole, after, quoted := text.CutValue(typed)
	if quoted = quoted && after == "" && whole != typed; quoted {
		typed = whole
	}
	return threat, unescaped(typed), quoted || s1.LooksLikeID(threat)
}

// noteForm opens the form of a note with a text: on the threat that a message is about, or on one that the person names.
func (w noticeWords) noteForm(ctx context.Context, a exchange.Interaction, text string) error {
	about, _, err := w.subjects.Of(ctx, a.At)
	if err != nil {
		return err
	}
	kind, id := about.Kind, about.ID
	if kind == "alert" {
		return &catalog.UsageError{Problem: "the console keeps notes on threats, not on alerts", Hint: "What you write in the alert's thread stays in Slack"}
	}
	note, ok := w.catalog.Note("threat", id, text)
	if !ok {
		return workflow.ErrGone
	}
	a.Do, a.Do.How = note, render.Open
	return w.runner.Invoke(ctx, a)
}

func (w noticeWords) addNote(ctx context.Context, a exchange.Interaction, threat, text string) error {
	note, ok := w.catalog.Note("threat", threat, text)
	if !ok {
		return workflow.ErrGone
	}
	a.Do = note
	return w.runner.Invoke(ctx, a)
}

// links is what Slack makes of addresses, channels and people in typed text.
//
// The form is <address|label>, or <address> alone; for people and channels the label is the name
// ("Formatting text for app surfaces").
var links = regexp.MustCompile(`<([^<>|]+)(?:\|([^<>]*))?>`)

// unescaped is typed text as its writer saw it, but for the addresses behind labels, which stay: a note that loses a link's address
// loses what it was about. Command lines are the other way round, see text.Unescape.
func unescaped(text string) string {
	text = links.ReplaceAllStringFunc(text, func(match string) string {
		parts := links.FindStringSubmatch(match)
		if parts[2] != "" && !strings.HasPrefix(parts[1], "http") {
			return parts[2]
		}
		return parts[1]
	})
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}
