package forms

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// Read reads a form that was sent: values by field's name, over base, the arguments that the
// form did not ask for. Errors are sentences by the name of the field under which they belong. The
// base keeps what the form did not show (folded filters, hidden fields, the console's name), and an
// emptied field removes its argument. All errors come at once, each under its field, because Slack
// shows a form only as often as a person sends it.
func Read(cmd *catalog.Command, values map[string][]string, base json.RawMessage, caller catalog.Caller) (json.RawMessage, catalog.Extras, map[string]string) {
	args := map[string]any{}
	if given, err := catalog.Object(base); err == nil {
		for name, value := range given {
			args[name] = value
		}
	}
	wrongs := map[string]string{}
	in := text.Input{Zone: caller.Zone}
	for _, f := range cmd.Fields {
		if f.Hidden || !asked(values, f.Name) {
			continue
		}
		value, err := answerOf(f, values, in)
		switch {
		case err != nil:
			wrongs[f.Name] = problemOf(err)
		case value != nil:
			args[f.Name] = value
		case f.MustBeGiven():
			wrongs[boxOf(f, values)] = problemOf(errUnfilled)
		default:
			delete(args, f.Name)
		}
	}
	extras := catalog.Extras{Reason: oneText(values[catalog.ReasonParam]), Ticket: oneText(values[catalog.TicketParam])}
	if length := oneText(values[catalog.ForParam]); cmd.Timed && length != "" {
		var err error
		if extras.For, err = catalog.ReadSpan(length); err != nil {
			wrongs[catalog.ForParam] = problemOf(err)
		}
	}
	if _, asked := values[catalog.ReasonParam]; asked && cmd.NeedsReason() && extras.Reason == "" {
		wrongs[catalog.ReasonParam] = "Please say why. The approver will see this."
	}
	raw := catalog.Marshal(args)
	if len(wrongs) == 0 {
		maps.Copy(wrongs, questionnaire{cmd}.crossed(raw, values, caller.Present()))
	}
	if len(wrongs) == 0 {
		return raw, extras, nil
	}
	return raw, extras, wrongs
}

// asked tells whether the form had the parameter at all: what it did not ask for stays as it was.
func asked(values map[string][]string, name string) bool {
	_, plain := values[name]
	_, box := values[name+IdsSuffix]
	return plain || box
}

// boxOf is the field under which a missing value is told: the search box where there is one. Slack
// shows an error only under a block that is in the view.
func boxOf(f catalog.Field, values map[string][]string) string {
	if _, ok := values[f.Name+IdsSuffix]; ok {
		return f.Name + IdsSuffix
	}
	return f.Name
}

// answerOf reads what was entered for one parameter; nil for nothing.
func answerOf(f catalog.Field, values map[string][]string, in text.Input) (any, error) {
	entered := values[f.Name]
	if ids := values[f.Name+IdsSuffix]; len(ids) > 0 {
		return joined(f, ids, oneText(entered), in)
	}
	if !f.List {
		text := strings.TrimSpace(strings.Join(entered, " "))
		if text == "" {
			return nil, nil
		}
		return f.ReadOne(text, in)
	}
	if f.Type.WidgetOf(true) == render.MultiLine {
		entered = LinesOf(strings.Join(entered, "\n"))
	}
	list, err := f.ReadAll(entered, in)
	if err != nil || len(list.([]any)) == 0 {
		return nil, err
	}
	return list, nil
}

// joined puts the ids of a search box with the filter beside it: both must hold. A filter with ids
// and other keys means the intersection at the console as well.
func joined(f catalog.Field, ids []string, filter string, in text.Input) (any, error) {
	fields := map[string]any{}
	if filter != "" {
		value, err := f.ReadOne(filter, in)
		if err != nil {
			return nil, err
		}
		given, _ := catalog.Object(value.(json.RawMessage))
		for key, v := range given {
			fields[key] = v
		}
	}
	fields["ids"] = ids
	return f.ReadOne(string(catalog.Marshal(fields)), in)
}

// oneText is what was entered in all boxes of a field, as one text.
func oneText(values []string) string { return strings.TrimSpace(strings.Join(values, " ")) }

// errUnfilled asks for a value.
var errUnfilled = errors.New("please fill this in")

// crossed checks the rules across fields. One about several goes under the field it names if that is
// shown, else under the first one shown, so that it is not lost.
func (cmd questionnaire) crossed(args json.RawMessage, values map[string][]string, now time.Time) map[string]string {
	err := cmd.CheckAt(args, now)
	if err == nil {
		return nil
	}
	if told := Under(cmd.Command, err, values); told != nil {
		return told
	}
	name := ""
	for _, f := range cmd.Fields {
		if name == "" && asked(values, f.Name) {
			name = boxOf(f, values)
		}
	}
	if name == "" {
		return nil
	}
	return map[string]string{name: problemOf(asMissing(err))}
}

// Under puts an error of ours under the field that it names; nil where the form that was sent does not
// have that field, or the error is none of what a person entered. Slack ties every error to a field of
// the view, and refuses one that is tied to anything else.
func Under(cmd *catalog.Command, err error, values map[string][]string) map[string]string {
	name := ""
	var usage *catalog.UsageError
	var missing *catalog.MissingError
	switch {
	case errors.As(err, &usage):
		name, err = usage.Param, usage
	case errors.As(err, &missing):
		name, err = missing.Missing[0].Name, asMissing(missing)
	}
	at := slices.IndexFunc(cmd.Fields, func(f catalog.Field) bool { return f.Name == name })
	if at < 0 || !asked(values, name) {
		return nil
	}
	return map[string]string{boxOf(cmd.Fields[at], values): problemOf(err)}
}

// asMissing words what is missing as a form does, and leaves other errors as they are.
func asMissing(err error) error {
	var missing *catalog.MissingError
	if errors.As(err, &missing) {
		return unfilled(missing)
	}
	return err
}

// problemOf is an error as a sentence under a field, which has its name above it.
func problemOf(err error) string {
	e, ok := err.(*catalog.UsageError)
	if !ok {
		return render.Sentence(err.Error())
	}
	text := render.Sentence(e.Problem)
	if e.Hint != "" {
		text += " " + render.Sentence(e.Hint)
	}
	if len(e.Nearest) > 0 {
		text += fmt.Sprintf(" Did you mean %s?", strings.Join(e.Nearest, ", "))
	}
	return text
}

// unfilled asks in a form for what is missing.
func unfilled(e *catalog.MissingError) error {
	if len(e.OneOf) == 0 {
		return errUnfilled
	}
	var titles []string
	for _, p := range e.OneOf {
		titles = append(titles, p.Title)
	}
	return fmt.Errorf("please fill in at least one of %s", strings.Join(titles, ", "))
}
