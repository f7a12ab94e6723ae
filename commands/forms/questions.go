package forms

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/render"
)

// A questionnaire is a command as its form asks for it: what is asked, in which order, and which
// rules across fields stand where.
type questionnaire struct{ *catalog.Command }

// A question is a field of a form with what decides whether and where it stands. Both forms that
// Slack shows are made of it: the first, and each redrawing after a choice.
type question struct {
	render.FormField
	rank   int               // fields are asked for in this order, and in that of the parameters where it is the same
	rare   bool              // folded away
	secret bool              // what is typed into it goes nowhere but to the command
	when   *catalog.Together // asked for only if that other parameter has that value
}

// The ranks.
const (
	// A person sees five or six fields before scrolling: what stops them from sending comes first,
	// why second.
	mustBeGiven = iota // alone, or as one of several
	saysWhy
	mayBeGiven
	extraDetail
	rawFilter
)

// folding says whether what is rare is asked for.
type folding bool

const (
	folded   folding = false
	unfolded folding = true
)

// questions are all that the command can ask for, filled with what is given, in their order.
func (cmd questionnaire) questions(given map[string]json.RawMessage, caller catalog.Caller) []question {
	var all []question
	for _, f := range cmd.Fields {
		if f.Hidden {
			continue
		}
		for i, field := range fieldsOf(f, given[f.Name], caller) {
			q := question{FormField: field, rank: mayBeGiven, secret: f.Type.Secret || f.MayHide(), when: cmd.dependence(f.Name)}
			q.Shown = cmd.shownNames(field)
			q.Redraws = slices.ContainsFunc(cmd.Together, func(t catalog.Together) bool { return t.On() == f.Name })
			if i == 0 {
				q.Above = cmd.above(f.Name)
			}
			switch {
			case field.Name == f.Name && cmd.foldable(f):
				q.rank, q.rare = rawFilter, true
			case field.Required, q.when != nil, slices.Contains(cmd.OneOf, f.Name):
				q.rank = mustBeGiven
			}
			q.Required = q.Required || q.when != nil
			all = append(all, q)
		}
	}
	all = append(all, cmd.extraQuestions()...)
	slices.SortStableFunc(all, func(a, b question) int { return cmp.Compare(a.rank, b.rank) })
	return all
}

// shownNames are what a search box shows for the ids that are filled in.
func (cmd questionnaire) shownNames(f render.FormField) (names []string) {
	if f.Search == "" {
		return nil
	}
	for _, id := range f.Value {
		names = append(names, cmd.Names.Label(id))
	}
	return names
}

// foldable tells whether a raw filter can be folded away: something else asks for the same, or
// nobody must give it. What a person must give cannot be folded away.
func (cmd questionnaire) foldable(f catalog.Field) bool {
	beside := f.Type.Selects != "" && !f.Type.Beside
	others := slices.ContainsFunc(cmd.OneOf, func(name string) bool { return name != f.Name })
	return f.Type.Filter && (beside || !f.MustBeGiven() && (others || !slices.Contains(cmd.OneOf, f.Name)))
}

// extraQuestions ask for what is said beside the parameters.
func (cmd questionnaire) extraQuestions() []question {
	if cmd.Risk == catalog.Read {
		return nil
	}
	reason := question{rank: extraDetail, FormField: render.FormField{Name: catalog.ReasonParam, Label: "Reason", Widget: render.MultiLine, Required: cmd.NeedsReason(), MaxLength: 1000,
		Hint: "For the approver and the audit trail; not sent to the console."}}
	if cmd.NeedsReason() {
		reason.rank = saysWhy
	}
	all := []question{reason}
	if cmd.Timed {
		all = append(all, question{rank: extraDetail, FormField: catalog.SpanField(catalog.ForParam, "For how long", "I warn you before the end. When the time is up, I ask an approver to reconnect it. Leave empty for no end.")})
	}
	return append(all, question{rank: extraDetail, FormField: render.FormField{Name: catalog.TicketParam, Label: "Ticket", Widget: render.TextInput, MaxLength: 200, Placeholder: "INC-1042"}})
}

// ask makes a form of the questions that matter: those whose condition holds, and the rare ones where they are unfolded or answered already.
func (cmd questionnaire) ask(all []question, how folding) render.Form {
	form := render.Form{Title: cmd.Title, Short: cmd.Short, Intro: cmd.intro(), Do: catalog.Invocation{Command: cmd.Name}}
	if cmd.Risk == catalog.Destructive {
		form.Submit = "Request approval"
	}
	if slices.ContainsFunc(all, func(q question) bool { return q.rare && len(q.Value) > 0 }) {
		how = unfolded
	}
	for _, q := range all {
		switch {
		case q.rare && how == folded:
			form.Folded = true
		case q.when == nil || len(q.Value) > 0 || holds(q.when, all):
			form.Fields = append(form.Fields, q.FormField)
		}
	}
	cmd.settleChoice(&form)
	return form
}

// settleChoice says where the rest of a choice is while a part of it is folded away. A single part
// that is left must be given then; a search box need not be where the filter beside it is asked
// for, too. Without it a form could be sent that Check then refuses for a field nobody sees.
func (cmd questionnaire) settleChoice(form *render.Form) {
	var parts []int
	for i, f := range form.Fields {
		name, box := strings.CutSuffix(f.Name, IdsSuffix)
		if box && slices.ContainsFunc(form.Fields, func(f render.FormField) bool { return f.Name == name }) {
			form.Fields[i].Required = false
		}
		if slices.Contains(cmd.OneOf, name) {
			parts = append(parts, i)
		}
	}
	if form.Folded && len(parts) == 1 && len(cmd.OneOf) > 1 {
		first := &form.Fields[parts[0]]
		first.Required = true
		first.Above = append(slices.Clip(first.Above), render.Text(" The filter is under Advanced."))
	}
}

// dependence is the rule by which a parameter is asked for only with a value of another; nil where there is none.
func (cmd questionnaire) dependence(name string) *catalog.Together {
	for _, t := range cmd.Together {
		if t.Param == name {
			return &t
		}
	}
	return nil
}

// holds tells whether the other parameter has the value. A box that is not ticked says false.
func holds(t *catalog.Together, all []question) bool {
	_, want, _ := strings.Cut(t.With, "=")
	for _, q := range all {
		if q.Name != t.On() {
			continue
		}
		if q.Widget == render.Checkbox && len(q.Value) == 0 {
			return want == "false"
		}
		return slices.ContainsFunc(q.Value, func(v string) bool {
			return v == want || slices.ContainsFunc(q.Choices, func(o render.Option) bool { return o.Value == v && o.Label == want })
		})
	}
	return false
}
