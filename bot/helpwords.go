package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/library"
	"s1bot/bot/run"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/commands/manual"
	"s1bot/commands/plain"
	"s1bot/commands/slash"
	"s1bot/render"
)

// helpWords find commands: the palette, help, what somebody ran lately, what they saved.
type helpWords struct {
	library   library.Library
	catalog   *catalog.Catalog
	set       *consoles.Set
	forms     *run.Forms
	responder *exchange.Responder
	runner    *run.Runner
	words     vocabulary // all of the bot's own; filled once each has what answers it
}

func (w helpWords) builtins() []builtin {
	return []builtin{
		{typed: w.palette},
		{name: library.FindWord, summary: "Finds a command by keywords. Typing just /s1 does the same.", examples: []string{"/s1 find"}, typed: w.palette, clicked: bare(w.palette), operand: nothing, spoken: plain.MustPhrases("(find|search|search for|look for) [any] command", "which command (is for this|do i need|should i use|is that)", "command palette")},
		{name: run.PaletteWord, button: "type /s1 alone, or find, to open the palette", clicked: w.picked, asks: oneConsole},
		{
			name: library.HelpWord, summary: "Explains the bot, one command, or an area of commands.", examples: []string{"/s1 help", "/s1 help isolate", "/s1 help threats"},
			typed: w.help, clicked: w.helpClicked,
			spoken: plain.MustPhrases(
				"what (can|could|do|should) (you|i|we|bot|s1bot|this bot) do [here|with this|with you|now|next]", "what are you [able to do|good for]", "what is (this|this bot|s1bot)", "what are you for",
				"how (do|does|can) (i|we|you|it|this|that|bot|this bot) (work|use you|use this|use this bot|use it|start|begin|get started)", "how to use (you|this|it|this bot|bot)",
				"(what|which) commands [(are there|do you have|do you know|can i use|can i run)]", "<show> [your|available] commands", "list of commands", "help me", "i need [some] help", "<show> help", "menu", "usage",
				"(getting|get) started", "i am (new|new here|lost)", "i'm (new|new here|lost)",
			),
		},
		{
			name: "history", onHelp: true, summary: "Lists your recent commands, each with a button to run it again.", examples: []string{"/s1 history"}, typed: w.history, operand: nothing,
			spoken: plain.MustPhrases("<show> [my] (history|last commands|recent commands|latest commands|previous commands)", "history of my commands", "what (did|have) i (run|do|done|type|typed|ask|asked) [last|before|today|lately|recently]"),
		},
		{
			name: library.SavedWord, onHelp: true, summary: "Lists your saved commands, each with buttons to run or remove it.", examples: []string{"/s1 saved"},
			typed: w.saved, clicked: w.savedClicked, asks: oneConsole, operand: nothing, spoken: plain.MustPhrases("<show> [my] saved commands", "what (did|have) i (save|saved)", "<show> my commands"),
		},
		{
			name: "save", onHelp: true, summary: "Saves a command under a name you choose; then type /s1 and the name to run it. Times such as -24h count from the moment it runs.",
			examples: []string{"/s1 save morning = threats open", "/s1 morning"}, typed: w.save, takes: "A name, “=” and the command",
		},
		{name: library.DropWord, summary: "Removes a saved command.", examples: []string{"/s1 unsave morning"}, typed: w.unsave, clicked: withLine(w.unsave), takes: "The name you saved it under"},
	}
}

// palette opens what "/s1" alone shows: a box that finds commands by words, those that the person
// saved and ran lately first. The card of help stands in where no window can be opened, as in a
// message, which brings no trigger.
func (w helpWords) palette(ctx context.Context, a exchange.Interaction, _ string) error {
	instead, err := w.library.Help(ctx, reader(a))
	if err != nil {
		return err
	}
	form := paletteForm()
	form.Origin = a.At
	if w.set.Several() {
		form.Fields = append(form.Fields, w.consoleField(ctx, a))
	}
	return w.forms.Open(ctx, a, form, instead)
}

func paletteForm() render.Form {
	field := render.FormField{
		Name: "command", Label: "Command", Widget: render.Search, Search: library.Box, Required: true, Placeholder: "Type to find one",
		Hint: "By name or by what it does: isolate, hash, policy. Yours come first. Faster: type /s1 and the command's name.",
	}
	return render.Form{Title: "Find a command", Submit: "Next", Do: render.Invocation{Command: run.PaletteWord}, Fields: []render.FormField{field}}
}

// picked runs one of the bot's own words that was picked in the palette, with what was typed behind it, as if all of it had been typed.
func (w helpWords) picked(ctx context.Context, a exchange.Interaction) error {
	word, ok := w.library.PickedWord(a.Choice.Picked)
	own := w.words[cmp.Or(word.Name, a.Choice.Word)]
	if !ok && a.Choice.Word == "" || own.typed == nil {
		return workflow.ErrGone
	}
	a.Do, a.Drawn = render.Invocation{Console: a.Do.Console}, false
	return own.say(ctx, a, strings.TrimSpace(a.Choice.Line))
}

// consoleField asks which console the command is for: that of the place, unless the person chooses
// another. Drawn is cleared, because the invocation that opened the form is not the one that it
// will send: with Drawn, an empty console would count as one that was decided on.
func (w helpWords) consoleField(ctx context.Context, a exchange.Interaction) render.FormField {
	field := render.FormField{Name: catalog.ConsoleParam, Label: "Console", Widget: render.Select, Required: true, Hint: "Search boxes in the next step search this console."}
	for _, name := range w.set.Names() {
		field.Choices = append(field.Choices, render.Option{Label: name, Value: name})
	}
	a.Do, a.Drawn = render.Invocation{}, false
	if w.runner.Settler.Settle(ctx, &a) == nil {
		field.Value = []string{a.Label}
	}
	return field
}

// reader is for whom help is: whoever has a role may change things.
func reader(a exchange.Interaction) library.Reader {
	return library.Reader{User: a.User, Acts: a.Who.Somewhere().Yes()}
}

// help explains the bot, one command, or an area.
//
// A name is looked for among commands, the bot's own words and areas, in this order: the most exact
// first.
func (w helpWords) help(ctx context.Context, a exchange.Interaction, rest string) error {
	if rest == "" {
		card, err := w.library.Help(ctx, reader(a))
		if err == nil {
			w.responder.Reply(ctx, a, card)
		}
		return err
	}
	if cmd, ok := w.catalog.Find(rest); ok {
		card := manual.Of(cmd)
		if w.set.Several() {
			card.Parts = append(card.Parts, render.Line{render.Mono(catalog.ConsoleParam), render.Text("  which console it is for: " + strings.Join(w.set.Names(), ", "))})
		}
		w.responder.Reply(ctx, a, card)
		return nil
	}
	if own := w.words[strings.ToLower(rest)]; own.summary != "" {
		w.responder.Reply(ctx, a, own.help())
		return nil
	}
	if card, ok := w.library.Area(rest); ok {
		w.responder.Reply(ctx, a, card)
		return nil
	}
	e := &catalog.UsageError{Problem: fmt.Sprintf("there is no command %q", rest)}
	for _, name := range slash.Nearest(w.catalog, rest) {
		e.Nearest = append(e.Nearest, name)
		e.Offers = append(e.Offers, catalog.Offer{Label: name, Do: helpOf(name)})
	}
	return e
}

// helpOf is a button's way to help on a command.
func helpOf(name string) render.Invocation {
	return render.Invocation{Command: library.HelpWord, Args: catalog.Marshal(map[string]string{"line": name})}
}

// helpClicked lists an area, or explains what a line names.
func (w helpWords) helpClicked(ctx context.Context, a exchange.Interaction) error {
	card, ok := w.library.Area(a.Choice.Area)
	if !ok {
		return w.help(ctx, a, a.Choice.Line)
	}
	w.responder.Reply(ctx, a, card)
	return nil
}

// history lists what the person ran lately, to run again.
func (w helpWords) history(ctx context.Context, a exchange.Interaction, _ string) error {
	card, err := w.library.Ran(ctx, a.User, a.Who.Zone)
	if err == nil {
		w.responder.Reply(ctx, a, card)
	}
	return err
}

// save keeps a command under a name.
func (w helpWords) save(ctx context.Context, a exchange.Interaction, rest string) error {
	if strings.TrimSpace(rest) == "" {
		return w.saved(ctx, a, "")
	}
	s, err := w.library.Save(ctx, a.User, rest, a.Who.Zone)
	if err != nil {
		return err
	}
	words := "Saved. From now on /s1 " + s.Name + " runs /s1 " + s.Line
	w.responder.Reply(ctx, a, render.Card{Tone: render.Good, Text: words, Parts: []render.Part{
		render.Line{render.Text("Saved. From now on "), render.Mono("/s1 " + s.Name), render.Text(" runs "), render.Mono("/s1 " + s.Line)},
	}})
	return nil
}

// saved lists what the person saved.
func (w helpWords) saved(ctx context.Context, a exchange.Interaction, _ string) error {
	card, err := w.library.Kept(ctx, a.User)
	if err == nil {
		w.responder.Reply(ctx, a, card)
	}
	return err
}

// savedClicked runs a saved command, as if its name had been typed. The name is expanded now and
// not when the button was drawn: what the person has changed since then counts.
func (w helpWords) savedClicked(ctx context.Context, a exchange.Interaction) error {
	line, found, err := w.library.Expand(ctx, a.User, a.Choice.Line)
	if err == nil && !found {
		err = &catalog.UsageError{Problem: "that saved command no longer exists"}
	}
	if err != nil {
		return err
	}
	a.Line = line
	err = w.runner.Command(ctx, a)
	var none run.NoCommandError
	if errors.As(err, &none) {
		return none.Why
	}
	return err
}

func (w helpWords) unsave(ctx context.Context, a exchange.Interaction, rest string) error {
	if err := w.library.Forget(ctx, a.User, rest); err != nil {
		return err
	}
	w.responder.Reply(ctx, a, render.Notice("Removed "+strings.TrimSpace(rest)+" from your saved commands."))
	return nil
}
