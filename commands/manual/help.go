// Package manual explains commands to people: the card behind /s1 help, the entries of the menu that finds a command, and the reference
// page for operators. All of it is made of the catalog's values, so that no text can go stale.
package manual

import (
	"cmp"
	"fmt"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// Entry is the command in a menu, under its area: its title and the names for daily use.
func Entry(cmd *catalog.Command) string {
	entry := cmd.Title
	if len(cmd.Aliases) > 0 {
		entry += " (" + strings.Join(cmd.Aliases[:min(len(cmd.Aliases), 2)], ", ") + ")"
	}
	return entry
}

// AreaTitle is an area as people read it.
func AreaTitle(area string) string {
	if area == "iocs" {
		return "IOCs"
	}
	return render.Capital(area)
}

// Help explains a command: what it does and to whom it is open, its parameters, examples, and what the console's token needs.
func Of(cmd *catalog.Command) render.Card {
	card := render.Card{Tone: render.Info, Title: cmd.Title, Text: cmd.Summary(), Parts: []render.Part{
		render.Line{render.Text(cmd.Doc)},
		render.Fields{
			{Label: "Command", Value: render.Line{render.Mono(strings.Join(append([]string{cmd.Name}, cmd.Aliases...), ", "))}},
			{Label: "Risk", Value: render.Line{render.Text(riskWords(cmd))}},
			{Label: "The console's token needs", Value: render.Line{render.Text(cmp.Or(cmd.Needs, "no permission"))}},
		},
	}}
	if len(cmd.Params) > 0 {
		card.Parts = append(card.Parts, paramTable(cmd))
	}
	for _, rule := range crossRules(cmd) {
		card.Parts = append(card.Parts, rule)
	}
	for _, example := range cmd.Examples {
		card.Parts = append(card.Parts, render.Line{render.Mono("/s1 " + example)})
	}
	card.Actions = []render.Action{render.Button{Label: "Open the form", Do: catalog.Invocation{Command: cmd.Name, How: render.Open}}}
	return card
}

func riskWords(cmd *catalog.Command) string {
	switch {
	case cmd.Guarded:
		return "destructive: operators request it, and somebody else always has to approve it"
	case cmd.Risk == catalog.Destructive:
		return "destructive: operators request it, approvers decide"
	case cmd.Risk == catalog.Change:
		return "change: operators run it at once; it is audited"
	default:
		return "read: everybody runs it at once"
	}
}

func paramTable(cmd *catalog.Command) render.Table {
	table := render.Table{Columns: []render.Column{{Title: "Parameter"}, {Title: "Takes"}, {Title: "For"}}}
	add := func(name, takes, help string) {
		table.Rows = append(table.Rows, []render.Line{{render.Mono(name)}, {render.Text(takes)}, {render.Text(help)}})
	}
	for _, f := range cmd.Fields {
		if f.Hidden {
			continue
		}
		name := f.Name
		if len(f.Aliases) > 0 {
			name += " (" + strings.Join(f.Aliases[:min(len(f.Aliases), 2)], ", ") + ")"
		}
		add(name, fieldTakes(f), f.Hint())
	}
	if cmd.Timed {
		add(catalog.ForParam, "a duration", "How long: "+text.SpanBounds+". When the time is up, I ask an approver to run "+cmd.Undo+".")
	}
	if cmd.Risk != catalog.Read {
		add(catalog.ReasonParam, required(cmd.NeedsReason())+"text", "Why; for the approver and the audit trail.")
		add(catalog.TicketParam, "text", "Number of a ticket; for the audit trail.")
	}
	return table
}

// takes says what values a parameter has.
func fieldTakes(f catalog.Field) string {
	words := required(f.Required) + f.Kind
	if f.Type.Secret {
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

// Marks explains what Mark says.
const Marks = "✎ changes something · ⚠ waits for an approval"

// Mark says of a command what it may break.
func Mark(cmd *catalog.Command) string {
	switch cmd.Risk {
	case catalog.Destructive:
		return " ⚠"
	case catalog.Change:
		return " ✎"
	default:
		return ""
	}
}

// crossRules are the rules across parameters as sentences, for help.
func crossRules(cmd *catalog.Command) []render.Line {
	var rules []render.Line
	if len(cmd.OneOf) > 0 {
		line := render.Line{render.Text("At least one of ")}
		if len(cmd.OneOf) == 1 {
			line = nil
		}
		for i, name := range cmd.OneOf {
			if i > 0 {
				line = append(line, render.Text(", "))
			}
			line = append(line, render.Mono(name))
		}
		rules = append(rules, append(line, render.Text(" is required.")))
	}
	for _, t := range cmd.Together {
		rules = append(rules, render.Line{render.Mono(t.Param), render.Text(" is required with "), render.Mono(t.With), render.Text(".")})
	}
	return rules
}

// takes says what values a parameter takes: "required, several of: Low, Medium".
func paramTakes(p catalog.Param) string {
	var labels []string
	for _, c := range p.Choices {
		labels = append(labels, c.Label)
	}
	what := p.Kind
	if len(labels) > 0 {
		what = "one of: " + strings.Join(labels, ", ")
	}
	if p.List {
		what = "several, " + what
	}
	if p.Required {
		what = "**required**, " + what
	}
	return cell(what)
}

// cell keeps a text from ending its table's cell.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
