package forms

import (
	"encoding/json"
	"slices"
	"time"

	"s1bot/commands/catalog"
	"s1bot/render"
)

// Of asks for the parameters of cmd, filled with args. It asks for a reason and a ticket, too, where the
// command changes something. Arguments that cannot be read open an empty form: it is the way to put
// them right.
func Of(cmd *catalog.Command, args json.RawMessage, caller catalog.Caller) render.Form {
	given, err := catalog.Object(args)
	if err != nil {
		given = map[string]json.RawMessage{}
	}
	asking := questionnaire{cmd}
	if asking.proposeDay(given, caller.Present()) {
		args = catalog.Marshal(given)
	}
	form := asking.ask(asking.questions(given, caller), folded)
	form.Intro = append(form.Intro, asking.lacking(args)...)
	return form
}

// Redraw is a form that somebody is filling in, with what depends on their choices, and with what
// is rare where they unfolded it. What they typed stands in it. Slack sends what was typed whenever
// a choice is made or the button for more is clicked, and draws what it is given in place of the
// old form. A secret is not put back: Slack would keep it in the view.
func Redraw(cmd *catalog.Command, answer render.Answer, unfold bool, caller catalog.Caller) render.Form {
	given, err := catalog.Object(answer.Do.Args)
	if err != nil {
		given = map[string]json.RawMessage{}
	}
	asking := questionnaire{cmd}
	how, questions := folded, asking.questions(given, caller)
	if unfold {
		how = unfolded
	}
	for i, q := range questions {
		if typed, asked := answer.Values[q.Name]; asked && !q.secret {
			questions[i].Value = typed
		}
		if q.rare && slices.Contains(answer.Asked, q.Name) {
			how = unfolded
		}
	}
	form := asking.ask(questions, how)
	form.Do, form.Origin = answer.Do, answer.Origin
	return form
}

// proposeDay fills the times of a command that must have both with the last 24 hours, where neither
// is given. The console wants both ends of a hunt; 24 hours is what is most often meant and what a
// query without times covers elsewhere.
func (cmd questionnaire) proposeDay(given map[string]json.RawMessage, now time.Time) bool {
	if !cmd.NeedsTimes() || !catalog.IsEmpty(given[catalog.StartParam]) || !catalog.IsEmpty(given[catalog.EndParam]) {
		return false
	}
	given[catalog.StartParam] = catalog.Marshal(now.Add(-24 * time.Hour).UTC().Format(time.RFC3339))
	given[catalog.EndParam] = catalog.Marshal(now.UTC().Format(time.RFC3339))
	return true
}

// intro stands above the fields: what the command does and, before anybody fills anything in, that it will not run at once.
func (cmd questionnaire) intro() render.Line {
	line := render.Line{render.Text(cmd.Summary())}
	if cmd.Risk == catalog.Destructive {
		line = append(line, render.Text(" Somebody else has to approve it before it runs."))
	}
	return line
}

// AsksMore tells whether a choice in a form that was sent asks for something which that form did
// not ask for. Some clients send a form before it was redrawn after a choice. It is then shown
// again with the new field instead of an error about a parameter that was never on the screen.
func AsksMore(cmd *catalog.Command, sent render.Answer) bool {
	return slices.ContainsFunc(cmd.Together, func(t catalog.Together) bool {
		if !slices.Contains(sent.Asked, t.On()) || slices.Contains(sent.Asked, t.Param) {
			return false
		}
		form := Redraw(cmd, sent, false, catalog.Caller{})
		return slices.ContainsFunc(form.Fields, func(f render.FormField) bool { return f.Name == t.Param })
	})
}
