package bot

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"s1bot/approvals/workflow"
	"s1bot/bot/casework"
	"s1bot/bot/exchange"
	"s1bot/bot/intake"
	"s1bot/bot/library"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/render"
)

// A builtin is a word that the bot itself understands beside the commands of the catalog: it
// concerns the bot and its requests, not the console. Whatever must be known of a word stands in
// its value.
//
// The same value serves three ways in: behind /s1, in a message, and on a button. typed and clicked
// are apart because they are given different things (a line, or what the button carries), and a
// word may have only one of them.
type builtin struct {
	name string

	// What people are told of it.
	summary  string   // what it does, for /s1 help; empty where it is only on buttons
	examples []string // how it is typed
	onHelp   bool     // the first page of help names it

	// The ways in.
	typed   typedWord      // what runs it behind /s1 and in messages; nil where it is only on buttons
	button  string         // what whoever types a word that is only on buttons reads
	clicked clickedWord    // what runs it from a button or a form, whose choice says about what; nil where it is on neither
	alone   *regexp.Regexp // of a word that decides: the form in which it stands alone in a message, see typeddecisions.go
	spoken  plain.Phrases  // sentences that mean the word: "what can you do"; none for words that decide

	// What stands behind it.
	operand operand
	takes   string // what that is, for the palette: "The threat or alert"; empty where nothing must

	asks asking // what it may wait for
}

// An operand is whether something stands behind a word.
type operand int

const (
	named    operand = iota // what it is about
	optional                // may be left out
	nothing                 // with other words it may begin a sentence, "find hosts named LAB"
)

// asking is what a word may wait for, and so whose slots it takes; see intake.Word.
type asking int

const (
	noConsole    asking = iota
	oneConsole          // it stands in its person's queue
	everyConsole        // it takes the slots of none of them
)

type (
	typedWord   func(ctx context.Context, a exchange.Interaction, rest string) error
	clickedWord func(ctx context.Context, a exchange.Interaction) error
)

// answerers are what answers the bot's own words.
type answerers struct {
	help      helpWords
	greetings *greetings
	my        myWords
	cases     casework.Cases
	dryRun    dryRunWord
	report    reportWord
	notices   noticeWords
	requests  requestWords
	extend    extendWord
	jobs      jobWords
	columns   columnsWords
}

// builtins are all of the bot's own words, in the order in which people are shown them. Each type lists those that it answers, beside the
// methods that do.
func (w answerers) builtins() []builtin {
	return slices.Concat(
		w.my.builtins(), w.report.builtins(), caseBuiltins(w.cases), w.help.builtins(), w.dryRun.builtins(), w.notices.builtins(), w.requests.builtins(), w.greetings.builtins(),
		w.extend.builtins(), w.jobs.builtins(), w.columns.builtins(),
	)
}

// unbound are the words with nothing behind them, for whoever only needs to know which there are.
//
// Their names and texts depend on nothing, so help, the manifest and tests need no bot for them.
// Greetings is the one answerer with pointer methods; without a value its method would be taken of
// nil.
func unbound() []builtin { return answerers{greetings: &greetings{}}.builtins() }

// A vocabulary finds the bot's own words by their names.
type vocabulary map[string]builtin

func (v vocabulary) add(words []builtin) {
	for _, b := range words {
		v[b.name] = b
	}
}

// Of is the word that an interaction is, if it is one of the bot's own.
//
// Of what is none it returns the zero builtin, which decides nothing, has no summary and is
// answered with ErrGone: callers need no second result.
func (v vocabulary) Of(a exchange.Interaction) builtin { return v[a.Word()] }

// spoken is the word that a sentence means, and what stands behind it; false where it means none.
func (v vocabulary) spoken(sentence string) (own builtin, rest string, ok bool) {
	read := plain.ReadSentence(sentence)
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if rest, ok := v[name].spoken.Fit(read); ok {
			return v[name], rest, true
		}
	}
	return builtin{}, "", false
}

// BuiltinWords are the names of the bot's own words, sorted.
func BuiltinWords() []string {
	names := namesOf(unbound(), func(b builtin) bool { return b.name != "" })
	slices.Sort(names)
	return names
}

// inPalette are the words that the palette finds: those that can be typed. It finds no palette.
func inPalette() (words []library.Word) {
	for _, b := range unbound() {
		if b.typed != nil && b.name != "" && b.name != library.FindWord {
			button := ""
			if b.decides() {
				button = render.Capital(b.name)
			}
			words = append(words, library.Word{
				Button: button, Name: b.name, Summary: b.summary, Also: b.spoken.Words(), First: b.onHelp,
				Takes: b.takes, Bare: b.operand == optional, Asks: b.takes != "" || b.decides(), Example: b.example(),
			})
		}
	}
	return words
}

func namesOf(words []builtin, keep func(builtin) bool) (names []string) {
	for _, b := range words {
		if keep(b) {
			names = append(names, b.name)
		}
	}
	return names
}

// example is what an example of the word has behind it.
func (b builtin) example() string {
	if len(b.examples) == 0 {
		return ""
	}
	_, rest := exchange.FirstWord(exchange.WithoutSlashWord(b.examples[0]))
	return rest
}

// say runs a word that was typed, with what stands behind it.
//
// Some words are only on buttons because what they need cannot be typed (the message of a job, a
// form's fields). Who types one is told where its button is.
func (b builtin) say(ctx context.Context, a exchange.Interaction, rest string) error {
	if b.typed == nil {
		return &catalog.UsageError{Problem: b.button}
	}
	return b.typed(ctx, a, rest)
}

// click runs a word from a button or a form.
func (b builtin) click(ctx context.Context, a exchange.Interaction) error {
	if b.clicked == nil {
		return workflow.ErrGone
	}
	return b.clicked(ctx, a)
}

// Word is what the scheduling asks of the word with a name, if there is one.
func (v vocabulary) Word(name string) (word intake.Word, known bool) {
	own, known := v[name]
	return own.scheduled(), known
}

// Meant is what the scheduling asks of the word that a sentence means.
func (v vocabulary) Meant(sentence string) intake.Word {
	own, _, _ := v.spoken(sentence)
	return own.scheduled()
}

// scheduled is what decides whose slots the word takes.
func (b builtin) scheduled() intake.Word {
	return intake.Word{Decides: b.decides(), Console: b.asks != noConsole, Every: b.asks == everyConsole}
}

// decides tells whether the word is a person's decision on something that waits for one.
func (b builtin) decides() bool { return b.alone != nil }

// standsAlone tells whether the word, with what follows it, is nothing but itself. What decides
// nothing may have any words around it.
//
// The text is unescaped first: Slack sends quotes and ampersands as entities and addresses in angle
// brackets, in which no reason would look as it was written.
func (b builtin) standsAlone(rest string) bool {
	return b.alone == nil || b.alone.MatchString(unescaped(rest))
}

// help explains the word: what it does, then how it is typed.
func (b builtin) help() render.Card {
	card := render.Card{Title: b.name, Parts: []render.Part{render.Line{render.Text(b.summary)}}}
	for _, line := range b.examples {
		card.Parts = append(card.Parts, render.Line{render.Mono(line)})
	}
	return card
}

// bare is a button that says the word and nothing else.
func bare(do typedWord) clickedWord {
	return func(ctx context.Context, a exchange.Interaction) error { return do(ctx, a, "") }
}

// withLine is a button that says the word with the line it carries behind it.
func withLine(do typedWord) clickedWord {
	return func(ctx context.Context, a exchange.Interaction) error { return do(ctx, a, a.Choice.Line) }
}

// A decide is one person's word on one request; reason may be empty.
type decide func(ctx context.Context, a exchange.Interaction, id, reason string) error

// whyOf is a reason as people write it: bare words, or as the parameter of a command.
func whyOf(text string) string {
	text = strings.TrimSpace(text)
	if given, ok := strings.CutPrefix(text, "reason="); ok {
		text = strings.TrimSpace(strings.Trim(given, "\"'“”„"))
	}
	return text
}

// byRef reads "A-7F3A because of …".
func byRef(do decide) typedWord {
	return func(ctx context.Context, a exchange.Interaction, rest string) error {
		ref, reason := exchange.Reference(rest)
		if ref == "" {
			return &catalog.UsageError{Problem: "which request? Give the reference on its card", Hint: "/s1 pending lists what's waiting"}
		}
		return do(ctx, a, ref, whyOf(reason))
	}
}
