package forms

import (
	"errors"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/render"
)

// above is what stands above a parameter in a form: the rule that it is the first of, or part of.
func (cmd questionnaire) above(name string) render.Line {
	if len(cmd.OneOf) > 0 && cmd.firstOf() == name {
		if len(cmd.OneOf) == 1 {
			return render.Line{render.Text("Required:")}
		}
		return render.Line{render.Text("At least one of " + cmd.choices() + ":")}
	}
	if t := cmd.dependence(name); t != nil {
		_, value, _ := strings.Cut(t.With, "=")
		return render.Line{render.Text("Required with " + cmd.titles([]string{t.On()}) + " = " + value + ":")}
	}
	return nil
}

// firstOf is the one of the choice that a form asks for first. That is the first in the order of
// the form, which need not be the order of the rule.
func (cmd questionnaire) firstOf() string {
	for _, f := range cmd.Fields {
		for _, name := range cmd.OneOf {
			if f.Name == name {
				return name
			}
		}
	}
	return ""
}

// choices are the parts of a choice, as a form has them: "Agent IDs or Filter".
func (cmd questionnaire) choices() string {
	return orJoined(cmd.titles(cmd.OneOf))
}

// orJoined puts "or" before the last of several.
func orJoined(all string) string {
	if last := strings.LastIndex(all, ", "); last >= 0 {
		return all[:last] + " or " + all[last+len(", "):]
	}
	return all
}

// titles are the names of parameters as a form has them.
func (cmd questionnaire) titles(names []string) string {
	var titles []string
	for _, name := range names {
		for _, f := range cmd.Fields {
			switch {
			case f.Name != name:
			case f.Type.Selects != "" && !f.Type.Beside: // its box stands first
				titles = append(titles, render.Capital(f.Type.Selects))
			default:
				titles = append(titles, f.Title)
			}
		}
	}
	return strings.Join(titles, ", ")
}

// lacking says what is missing where a form opens because of it: nobody wonders why it is there. It
// stands there until the form is sent, so it says what is required and not that it is still missing:
// a search box that is filled in draws nothing again (FormField.Redraws).
func (cmd questionnaire) lacking(args []byte) render.Line {
	var missing *catalog.MissingError
	if !errors.As(cmd.Check(args), &missing) {
		return nil
	}
	if len(missing.OneOf) > 0 {
		return render.Line{render.Text("\n"), render.Bold("Required: at least one of " + orJoined(cmd.titles(catalog.NamesOf(missing.OneOf))) + ".")}
	}
	return render.Line{render.Text("\n"), render.Bold("Required: " + cmd.titles(catalog.NamesOf(missing.Missing)) + ".")}
}
