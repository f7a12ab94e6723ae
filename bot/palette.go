package bot

import (
	"context"
	"encoding/json"

	"github.com/slack-go/slack"

	"s1bot/commands/catalog"
	"s1bot/commands/manual"
	"s1bot/render"
)

const (
	paletteWord = "palette" // what the palette's form invokes
	findWord    = "find"    // what a button invokes that opens the palette
)

// palette opens what "/s1" alone shows: every command, to find one by typing and then fill its form.
func (b *Bot) palette(ctx context.Context, a interaction, _ string) error {
	if a.trigger == "" {
		return b.help(ctx, a, "")
	}
	form := paletteForm(b.Catalog)
	form.Origin = a.At
	return b.open(ctx, a, form)
}

func paletteForm(catalog *catalog.Catalog) render.Form {
	field := render.FormField{Name: "command", Label: "Command", Widget: render.Select, Required: true, Placeholder: "Type to find one", Hint: "Faster: type /s1 and the command's name. /s1 help lists them all."}
	for _, cmd := range catalog.Commands() {
		field.Choices = append(field.Choices, render.Option{Label: manual.Entry(cmd), Value: cmd.Name})
	}
	return render.Form{Title: "Find a command", Submit: "Next", Do: render.Invocation{Command: paletteWord}, Fields: []render.FormField{field}}
}

// findClicked opens the palette from a button.
func (b *Bot) findClicked(ctx context.Context, a interaction, _ json.RawMessage) error {
	return b.palette(ctx, a, "")
}

// picked puts the form of the chosen command in the palette's place.
func (b *Bot) picked(a interaction, answer render.Answer) any {
	chosen := answer.Values["command"]
	if len(chosen) == 0 {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"command": "Choose a command."})
	}
	cmd, ok := b.Catalog.Find(chosen[0])
	if !ok {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"command": "This command is gone. Choose another one."})
	}
	view := b.view(formOf(cmd, a), a.User)
	return slack.NewUpdateViewSubmissionResponse(&view)
}
