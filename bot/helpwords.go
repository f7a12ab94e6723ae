package bot

import (
	"context"
	"fmt"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/commands/manual"
	"s1bot/commands/slash"
	"s1bot/render"
)

// helpWords find commands: the palette, help, what was asked lately.
type helpWords struct {
	catalog *catalog.Catalog
	set     *consoles.Set
	asked   History
	forms   *forms
	answers *answers
}

const (
	paletteWord = "palette" // what the palette's form invokes
	findWord    = "find"    // what a button invokes that opens the palette
)

// palette opens what "/s1" alone shows: every command, to find one by typing and then fill its form.
func (w helpWords) palette(ctx context.Context, a interaction, _ string) error {
	form := paletteForm(w.catalog)
	form.Origin = a.At
	return w.forms.open(ctx, a, form, w.helpCard())
}

func paletteForm(catalog *catalog.Catalog) render.Form {
	field := render.FormField{Name: "command", Label: "Command", Widget: render.Select, Required: true, Placeholder: "Type to find one", Hint: "Faster: type /s1 and the command's name. /s1 help lists them all."}
	for _, cmd := range catalog.Commands() {
		field.Choices = append(field.Choices, render.Option{Label: manual.Entry(cmd), Value: cmd.Name})
	}
	return render.Form{Title: "Find a command", Submit: "Next", Do: render.Invocation{Command: paletteWord}, Fields: []render.FormField{field}}
}

// findClicked opens the palette from a button.
func (w helpWords) findClicked(ctx context.Context, a interaction) error {
	return w.palette(ctx, a, "")
}

// help explains the bot, or one command.
func (w helpWords) help(ctx context.Context, a interaction, rest string) error {
	if rest == "" {
		w.answers.reply(ctx, a, w.helpCard())
		return nil
	}
	cmd, ok := w.catalog.Find(rest)
	if about := builtinHelp(rest); !ok && about != nil {
		w.answers.reply(ctx, a, render.Card{Title: rest, Parts: about})
		return nil
	}
	if !ok {
		return &catalog.UsageError{Problem: fmt.Sprintf("there is no command %q", rest), Nearest: slash.Nearest(w.catalog, rest)}
	}
	card := manual.Of(cmd)
	if w.set.Several() {
		card.Parts = append(card.Parts, render.Line{render.Mono(catalog.ConsoleParam), render.Text("  which console it is for: " + strings.Join(w.set.Names(), ", "))})
	}
	w.answers.reply(ctx, a, card)
	return nil
}

// helpCard lists the commands and the bot's own words.
func (w helpWords) helpCard() render.Card {
	card := manual.All(w.catalog)
	own := render.Line{render.Bold("The bot itself"), render.Text("  ")}
	for i, w := range []string{"history", "can", "report", "note", "snooze", "snoozes", "routes", "freeze", "thaw"} {
		if i > 0 {
			own = append(own, render.Text("  "))
		}
		own = append(own, render.Mono(w))
	}
	last := len(card.Parts) - 1
	card.Parts = append(card.Parts[:last:last], own, card.Parts[last])
	card.Actions = []render.Action{render.Button{Label: "Find a command", Do: render.Invocation{Command: findWord}}}
	return card
}

// history lists what the person asked for lately, to run again.
func (w helpWords) history(ctx context.Context, a interaction, _ string) error {
	lines, err := w.asked.Last(ctx, a.User, 10)
	if err != nil {
		return fmt.Errorf("read the history: %w", err)
	}
	if len(lines) == 0 {
		w.answers.reply(ctx, a, render.Notice("You haven't run any commands yet. Type /s1 to find one."))
		return nil
	}
	card := render.Card{Title: "Your last commands", Text: "Your last commands"}
	for _, line := range lines {
		card.Parts = append(card.Parts, render.Line{render.Mono("/s1 " + line)})
	}
	w.answers.reply(ctx, a, card)
	return nil
}
