package bot

import (
	"context"
	"maps"
	"slices"
	"strings"

	"s1bot/approvals/workflow"
	"s1bot/bot/library"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// A builtin is something the bot itself understands beside the commands of the catalog: it concerns the bot and its requests,
// not the console.
type builtin struct {
	typed   func(ctx context.Context, a interaction, rest string) error
	clicked func(ctx context.Context, a interaction) error // a.choice says about what
	console bool                                           // may wait for the console, so it stands in its person's queue
}

// A vocabulary is all of the bot's own words.
type vocabulary map[string]builtin

// newVocabulary is what the words of all types are.
func newVocabulary(g *greetings, h helpWords, my myWords, c caseWords, r requestWords, n noticeWords, rep reportWord, j jobWords) vocabulary {
	return vocabulary{
		"":                    {h.palette, nothing, false},
		library.FindWord:      {h.palette, h.findClicked, false},
		helloWord:             {g.hello, g.helloClicked, false},
		reviewWord:            {byRef(r.review), r.byID(r.review), false},
		library.HelpWord:      {h.help, h.helpClicked, false},
		"history":             {h.history, nothing, false},
		"save":                {h.save, nothing, false},
		library.SavedWord:     {h.saved, h.savedClicked, true},
		library.DropWord:      {h.unsave, h.unsaveClicked, false},
		"pending":             {my.pending, my.pendingClicked, false},
		"whoami":              {my.whoami, nothing, false},
		caseWord:              {c.file, c.fileClicked, true},
		"can":                 {r.can, nothing, true},
		"approve":             {byRef(r.approve), r.onCard(r.approve), false},
		"deny":                {byRef(r.deny), r.onCard(r.deny), false},
		"withdraw":            {byRef(r.withdraw), r.withdrawClicked, false},
		workflow.ShowCardWord: {noCard, r.byID(r.showHere), false},
		"raw":                 {byRef(r.raw), r.onCard(r.raw), false},
		"again":               {byRef(r.runAgain), r.onCard(r.runAgain), false},
		"close":               {byRef(r.closeRequest), r.onCard(r.closeRequest), false},
		workflow.ExtendWord:   {r.extendTyped, r.extendClicked, false},
		"freeze":              {r.freeze, r.freezeClicked, false},
		"thaw":                {r.thaw, r.thawClicked, false},
		"cancel":              {noJob, j.cancel, false},
		"note":                {n.note, nothing, true},
		"report":              {rep.report, nothing, true},
		"routes":              {n.routes, nothing, true},
		snoozeWord:            {n.snooze, n.snoozeClicked, true},
		"snoozes":             {n.snoozes, nothing, false},
		"unsnooze":            {n.unsnooze, n.unsnoozeClicked, false},
	}
}

const (
	helloWord  = "hello"
	reviewWord = "review" // shows a request in a window
)

// BuiltinWords are the names of the bot's own words, sorted.
func BuiltinWords() []string {
	words := slices.Sorted(maps.Keys(newVocabulary(&greetings{}, helpWords{}, myWords{}, caseWords{}, requestWords{}, noticeWords{}, reportWord{}, jobWords{})))
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// nothing answers clicks on words that no button has.
func nothing(context.Context, interaction) error { return workflow.ErrGone }

// A decide is one person's word on one request; reason may be empty.
type decide func(ctx context.Context, a interaction, id, reason string) error

// around is what a reference that was copied out of a sentence brings along.
const around = "`*_~.,:;!?()<>\"'“”"

// whyOf is a reason as people write it: bare words, or as the parameter of a command.
func whyOf(text string) string {
	text = strings.TrimSpace(text)
	if given, ok := strings.CutPrefix(text, "reason="); ok {
		text = strings.TrimSpace(strings.Trim(given, "\"'“”„"))
	}
	return text
}

// byRef reads "A-7F3A because of …".
func byRef(do decide) func(context.Context, interaction, string) error {
	return func(ctx context.Context, a interaction, rest string) error {
		ref, reason := text.CutWord(rest)
		if ref = strings.Trim(ref, around); ref == "" {
			return &catalog.UsageError{Problem: "which request? Give its reference, such as A-7F3A"}
		}
		return do(ctx, a, strings.ToUpper(ref), whyOf(reason))
	}
}

func noCard(context.Context, interaction, string) error {
	return &catalog.UsageError{Problem: "a request's card is shown with the button on its message"}
}

func noJob(context.Context, interaction, string) error {
	return &catalog.UsageError{Problem: "long work is cancelled with the button on its message"}
}
