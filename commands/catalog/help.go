package catalog

import (
	"fmt"
	"strings"

	"s1bot/commands/text"
	"s1bot/render"
)

// Summary is the first sentence of the documentation.
func (cmd *Command) Summary() string {
	if i := strings.Index(cmd.Doc, ". "); i >= 0 {
		return cmd.Doc[:i+1]
	}
	return cmd.Doc
}

// Entry is the command in a menu: its area, its title and the names for daily use, which are found when somebody types them.
func (cmd *Command) Entry() string {
	entry := areaTitle(cmd.Area) + " · " + cmd.Title
	if len(cmd.Aliases) > 0 {
		entry += " (" + strings.Join(cmd.Aliases[:min(len(cmd.Aliases), 2)], ", ") + ")"
	}
	return entry
}

func areaTitle(area string) string {
	if area == "iocs" {
		return "IOCs"
	}
	return Capital(area)
}

// Help explains a command: what it does and to whom it is open, its parameters, examples, and what the console's token needs.
func (cmd *Command) Help() render.Card {
	card := render.Card{Tone: render.Info, Title: cmd.Title, Text: cmd.Summary(), Parts: []render.Part{
		render.Line{render.Text(cmd.Doc)},
		render.Fields{
			{Label: "Command", Value: render.Line{render.Mono(strings.Join(append([]string{cmd.Name}, cmd.Aliases...), ", "))}},
			{Label: "Risk", Value: render.Line{render.Text(cmd.riskWords())}},
			{Label: "The console's token needs", Value: render.Line{render.Text(text.FirstNonEmpty(cmd.Needs, "no permission"))}},
		},
	}}
	if len(cmd.Params) > 0 {
		card.Parts = append(card.Parts, cmd.paramTable())
	}
	for _, rule := range cmd.crossRules() {
		card.Parts = append(card.Parts, rule)
	}
	for _, example := range cmd.Examples {
		card.Parts = append(card.Parts, render.Line{render.Mono("/s1 " + example)})
	}
	card.Actions = []render.Action{render.Button{Label: "Open the form", Do: Invocation{Command: cmd.Name, How: render.Open}}}
	return card
}

func (cmd *Command) riskWords() string {
	switch {
	case cmd.Guarded:
		return "destructive: operators ask, somebody else always has to approve"
	case cmd.Risk == Destructive:
		return "destructive: operators ask, approvers decide"
	case cmd.Risk == Change:
		return "change: operators, at once; it is audited"
	default:
		return "read: everybody, at once"
	}
}

func (cmd *Command) paramTable() render.Table {
	table := render.Table{Columns: []render.Column{{Title: "Parameter"}, {Title: "Takes"}, {Title: "For"}}}
	add := func(name, takes, help string) {
		table.Rows = append(table.Rows, []render.Line{{render.Mono(name)}, {render.Text(takes)}, {render.Text(help)}})
	}
	for _, f := range cmd.Fields {
		if f.hidden {
			continue
		}
		name := f.Name
		if len(f.Aliases) > 0 {
			name += " (" + strings.Join(f.Aliases[:min(len(f.Aliases), 2)], ", ") + ")"
		}
		add(name, f.takes(), f.hint())
	}
	if cmd.Timed {
		add(ForParam, "a length of time", "How long; "+text.SpanBounds+". At the end the bot asks for "+cmd.Undo+".")
	}
	if cmd.Risk != Read {
		add(ReasonParam, required(cmd.NeedsReason())+"text", "Why; for the approver and the audit trail.")
		add(TicketParam, "text", "Number of a ticket; for the audit trail.")
	}
	return table
}

// takes says what values a parameter has.
func (f field) takes() string {
	words := required(f.Required) + f.Kind
	if f.kind.secret {
		words = f.Kind + ", made by the bot if left out"
	}
	if len(f.Choices) > 0 {
		var labels []string
		for _, c := range f.Choices {
			labels = append(labels, c.Label)
		}
		words = required(f.Required) + strings.Join(labels, " | ")
	}
	if f.Min != nil && f.Max != nil {
		words += fmt.Sprintf(" %d to %d", *f.Min, *f.Max)
	}
	if f.List {
		words += ", several"
	}
	return words
}

func required(yes bool) string {
	if yes {
		return "required, "
	}
	return ""
}

// Help lists all commands, a paragraph for each area.
func (c *Catalog) Help() render.Card {
	card := render.Card{Tone: render.Info, Title: "What the bot can do", Text: fmt.Sprintf("%d commands", len(c.commands)), Parts: []render.Part{
		render.Line{render.Text("Write "), render.Mono("/s1 <command> name=value …"), render.Text("; "), render.Mono("/s1"),
			render.Text(" alone finds one and asks for the rest; "), render.Mono("/s1 help <command>"), render.Text(" explains one.")},
	}}
	for i := 0; i < len(c.commands); {
		area := c.commands[i].Area
		line := render.Line{render.Bold(areaTitle(area)), render.Text("  ")}
		for n := 0; i < len(c.commands) && c.commands[i].Area == area; i, n = i+1, n+1 {
			if n > 0 {
				line = append(line, render.Text("  "))
			}
			line = append(line, render.Mono(c.commands[i].Name), render.Text(mark(c.commands[i])))
		}
		card.Parts = append(card.Parts, line)
	}
	card.Parts = append(card.Parts, render.Note{render.Text("✎ changes something · ⚠ waits for an approval")})
	return card
}

func mark(cmd *Command) string {
	switch cmd.Risk {
	case Destructive:
		return " ⚠"
	case Change:
		return " ✎"
	default:
		return ""
	}
}
