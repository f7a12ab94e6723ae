package library

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/manual"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// The words that buttons of these cards invoke.
const (
	FindWord  = "find"   // opens the palette
	HelpWord  = "help"   // of an area
	SavedWord = "saved"  // runs a saved command
	DropWord  = "unsave" // removes one
)

// Help fits a screen: what somebody uses most, with the other names beside it, and the areas to
// look further in.
//
// Ten commands, because a phone shows about as many lines; the areas below have all.
func (l Library) Help(ctx context.Context, who Reader) (render.Card, error) {
	const shown = 10
	most, err := l.Most(ctx, who, shown)
	if err != nil {
		return render.Card{}, err
	}
	card := render.Card{Tone: render.Info, Title: "What I can do", Text: "What I can do", Parts: []render.Part{
		render.Line{render.Text("Type "), render.Mono("/s1 <command> name=value …"), render.Text(" or plain words: "), render.Mono("/s1 isolate DESKTOP-1 for 4 hours because phishing"),
			render.Text(". "), render.Mono("/s1 help <command>"), render.Text(" explains one.")},
		render.Line{render.Bold("Most useful")},
	}}
	for _, cmd := range most {
		card.Parts = append(card.Parts, shortEntry(cmd))
	}
	own := render.Line{render.Bold("Requests, reports and me"), render.Text("  ")}
	for _, w := range l.Words {
		if w.First {
			own = append(own, render.Mono(w.Name), render.Text("  "))
		}
	}
	card.Parts = append(card.Parts, own, areaButtons(l.Catalog), render.Note{render.Text(strings.TrimSpace(manual.Marks + "\n" + l.Menus))})
	card.Actions = []render.Action{render.Button{Label: "Find a command", Style: render.Primary, Do: render.Invocation{Command: FindWord}}}
	return card, nil
}

// maxSummary is how much of what a command does stands on the first page of help, which fits a
// screen.
const maxSummary = 80

// shortEntry is a command in a line with what it does.
func shortEntry(cmd *catalog.Command) render.Line {
	name := append(slices.Clone(cmd.Aliases), cmd.Name)[0]
	return render.Line{render.Mono(name), render.Text(" "), render.Bold(cmd.Title), render.Text(manual.Mark(cmd) + " · " + text.Shorten(strings.TrimSuffix(cmd.Summary(), "."), maxSummary))}
}

// entry is a command in a line: the name for daily use, its other names, what it does.
//
// The first alias is the name for daily use: people type "isolate" and find the full name beside
// it.
func entry(cmd *catalog.Command) render.Line {
	names := append(append([]string{}, cmd.Aliases...), cmd.Name)
	line := render.Line{render.Mono(names[0]), render.Text(" "), render.Bold(cmd.Title), render.Text(manual.Mark(cmd))}
	if more := names[1:]; len(more) > 0 {
		line = append(line, render.Text(" · also "+strings.Join(more, ", ")))
	}
	return line
}

// areaButtons are the areas, each with its commands behind it. Slack takes 25 buttons in a row of
// them.
func areaButtons(c *catalog.Catalog) render.Part {
	row := render.Row{Line: render.Line{render.Bold("All commands by area")}, All: true}
	for _, area := range manual.Areas(c) {
		row.Actions = append(row.Actions, render.Button{Label: area.Title, Do: render.Invocation{Command: HelpWord, Args: catalog.Marshal(map[string]string{"area": area.Name})}})
	}
	return row
}

// Area lists the commands of an area, each with a button that opens its form.
func (l Library) Area(name string) (render.Card, bool) {
	for _, area := range manual.Areas(l.Catalog) {
		if !strings.EqualFold(area.Name, name) && !strings.EqualFold(area.Title, name) {
			continue
		}
		card := render.Card{Tone: render.Info, Title: area.Title, Text: area.Title}
		for _, cmd := range l.Catalog.Commands() {
			if cmd.Area == area.Name {
				card.Parts = append(card.Parts, render.Row{Line: entry(cmd), Small: render.Line{render.Text(cmd.Summary())}, Actions: []render.Action{
					render.Button{Label: "Open", Do: render.Invocation{Command: cmd.Name, How: render.Open}},
				}})
			}
		}
		card.Parts = append(card.Parts, render.Note{render.Text(manual.Marks)})
		return card, true
	}
	return render.Card{}, false
}

// Ran lists what somebody ran lately, each with a button that runs it again.
func (l Library) Ran(ctx context.Context, user string, zone *time.Location) (render.Card, error) {
	lines, err := l.History.Last(ctx, user, 10)
	if err != nil {
		return render.Card{}, fmt.Errorf("read the history: %w", err)
	}
	if len(lines) == 0 {
		return render.Notice("You haven't run any commands yet. Type /s1 to find one."), nil
	}
	card := render.Card{Title: "Your recent commands", Text: "Your recent commands"}
	for _, line := range lines {
		card.Parts = append(card.Parts, render.Row{Line: render.Line{render.Mono("/s1 " + line)}, Actions: l.again(line, zone)})
	}
	return card, nil
}

// again is the button that runs a line once more, or opens its form where something is missing.
// None where it is no command any more.
//
// A line with a mark of a hidden secret opens its form, where the secret is typed anew; so does one
// that lacks something. One that changes things at once asks before: a click in a list happens more
// easily than a typed command.
func (l Library) again(line string, zone *time.Location) []render.Action {
	inv, x, err := slash.Parse(l.Catalog, line, l.input(zone))
	var missing *catalog.MissingError
	open := errors.As(err, &missing)
	if open {
		inv, err = missing.Given, nil
	}
	cmd, ok := l.Catalog.Find(inv.Command)
	if err != nil || !ok {
		return nil
	}
	if x != (catalog.Extras{}) {
		inv.Said = catalog.Marshal(x)
	}
	if open || strings.Contains(string(inv.Args), catalog.Mark) {
		inv.How = render.Open
		return []render.Action{render.Button{Label: "Open the form", Do: inv}}
	}
	button := render.Button{Label: "Run again", Do: inv}
	if cmd.Risk == catalog.Change {
		button.Confirm = "This runs right away: " + text.Shorten(line, 200)
	}
	return []render.Action{button}
}

// Kept lists what somebody saved.
func (l Library) Kept(ctx context.Context, user string) (render.Card, error) {
	all, err := l.Store.All(ctx, user)
	if err != nil {
		return render.Card{}, err
	}
	if len(all) == 0 {
		return render.Notice("You haven't saved any commands yet. Type: /s1 save morning = threats open"), nil
	}
	card := render.Card{Title: "Your saved commands", Text: "Your saved commands"}
	for _, s := range all {
		args := catalog.Marshal(map[string]string{"line": s.Name})
		card.Parts = append(card.Parts, render.Row{Line: render.Line{render.Bold(s.Name), render.Text("  "), render.Mono("/s1 " + s.Line)}, Actions: []render.Action{
			render.Button{Label: "Run", Do: render.Invocation{Command: SavedWord, Args: args}}, render.Button{Label: "Remove", Do: render.Invocation{Command: DropWord, Args: args}},
		}})
	}
	return card, nil
}
