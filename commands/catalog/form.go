package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"s1bot/commands/text"
	"s1bot/render"
)

// The names under which a form asks for the extras.
const (
	// No parameter may have one of these names: Validate refuses it.
	ReasonParam = "reason"
	TicketParam = "ticket"
	ForParam    = "for"
	// ConsoleParam names the console that a command is for, where there are several; no form asks for it.
	ConsoleParam = "console"
)

// IdsSuffix marks the search box that stands beside a filter: its value is the filter's ids. A dot
// is in no parameter's name, so the two cannot be confused.
const IdsSuffix = ".ids"

// Form asks for the parameters, filled with args. It asks for a reason and a ticket, too, where the
// command changes something. Arguments that cannot be read open an empty form: it is the way to put
// them right.
func (cmd *Command) Form(args json.RawMessage, caller Caller) render.Form {
	given, err := Object(args)
	if err != nil {
		given = map[string]json.RawMessage{}
	}
	asking := questionnaire{cmd}
	if asking.proposeDay(given, caller.now()) {
		args = Marshal(given)
	}
	form := asking.ask(asking.questions(given, caller), folded)
	form.Intro = append(form.Intro, asking.lacking(args)...)
	return form
}

// Redraw is a form that somebody is filling in, with what depends on their choices, and with what
// is rare where they unfolded it. What they typed stands in it. Slack sends what was typed whenever
// a choice is made or the button for more is clicked, and draws what it is given in place of the
// old form. A secret is not put back: Slack would keep it in the view.
func (cmd *Command) Redraw(answer render.Answer, unfold bool, caller Caller) render.Form {
	given, err := Object(answer.Do.Args)
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
	if !cmd.NeedsTimes() || !IsEmpty(given[StartParam]) || !IsEmpty(given[EndParam]) {
		return false
	}
	given[StartParam] = Marshal(now.Add(-24 * time.Hour).UTC().Format(time.RFC3339))
	given[EndParam] = Marshal(now.UTC().Format(time.RFC3339))
	return true
}

// intro stands above the fields: what the command does and, before anybody fills anything in, that it will not run at once.
func (cmd questionnaire) intro() render.Line {
	line := render.Line{render.Text(cmd.Summary())}
	if cmd.Risk == Destructive {
		line = append(line, render.Text(" Somebody else has to approve it before it runs."))
	}
	return line
}

// fields are what asks for one parameter: one field, and for a filter a search box beside it. A
// search box can only pick from the console, and a raw filter says everything: beside each other
// they serve both kinds of people. Each alone satisfies what is required, which is why the filter
// itself never is.
func (f Field) fields(given json.RawMessage, caller Caller) []render.FormField {
	q := render.FormField{
		Name: f.Name, Label: f.Title, Hint: f.Hint(), Widget: f.Type.widgetOf(f.List), Required: f.MustBeGiven(), Choices: optionsOf(f),
		Min: f.Min, Max: f.Max, MaxLength: f.Type.Length, Zone: caller.Location(), Value: f.filled(given),
	}
	if q.Widget == render.Search || q.Widget == render.MultiSearch {
		q.Search, q.Hint = f.Type.Search, f.Help // that names do as well is plain to see
	}
	if f.Type.Selects == "" || f.Type.Beside {
		return []render.FormField{q}
	}
	box := render.FormField{Name: f.Name + IdsSuffix, Label: render.Capital(f.Type.Selects), Widget: render.MultiSearch, Search: f.Type.Selects, Hint: "Type part of a name to find them.", Required: q.Required}
	q.Required, q.Hint = false, "Instead of picking them above, or to narrow them down: "+f.Type.Hint
	if OnlyIDs(given) {
		box.Value, q.Value = idWords(given), nil
	}
	return []render.FormField{box, q}
}

// Hint is what stands under a field: what it is for, then how it is written. A date picker needs no word about how.
func (f Field) Hint() string {
	if f.Type.Hint == "" || f.Type.Widget == render.DateTime {
		return f.Help
	}
	return f.Help + " " + render.Capital(strings.TrimSuffix(f.Type.Hint, ".")) + "."
}

// optionsOf are the choices of a menu.
func optionsOf(f Field) []render.Option {
	var options []render.Option
	for _, c := range f.Choices {
		options = append(options, render.Option{Label: c.Label, Value: c.Value})
	}
	return options
}

// filled returns an argument as the form's element takes it. A list of texts is one text of several
// lines. A secret never fills a form, not even as its mark: typing over a mark would send the mark.
func (f Field) filled(given json.RawMessage) []string {
	if IsEmpty(given) || f.Type.Secret || f.MayHide() && Word(given) == Mark {
		return nil
	}
	if f.Type.Name == "object" {
		return []string{indented(given)}
	}
	if !f.List {
		return []string{Word(given)}
	}
	words := ListWords(string(given))
	if !strings.HasPrefix(string(given), "[") {
		words = []string{Word(given)}
	}
	if f.Type.widgetOf(true) != render.MultiLine {
		return words
	}
	lines := make([]string, len(words))
	for i, w := range words {
		lines[i] = lineOf(w)
	}
	return []string{strings.Join(lines, "\n")}
}

// indented is JSON that a person can edit in a box of several lines.
func indented(raw json.RawMessage) string {
	b, err := json.MarshalIndent(raw, "", "  ")
	if err != nil {
		return string(raw)
	}
	return string(b)
}

// idWords are the ids that a filter names, for the search box beside it.
func idWords(filter json.RawMessage) []string {
	var named struct {
		IDs []string `json:"ids"`
	}
	if json.Unmarshal(filter, &named) != nil {
		return nil
	}
	return named.IDs
}

// FromForm reads a form that was sent: values by field's name, over base, the arguments that the
// form did not ask for. Errors are sentences by the name of the field under which they belong. The
// base keeps what the form did not show (folded filters, hidden fields, the console's name), and an
// emptied field removes its argument. All errors come at once, each under its field, because Slack
// shows a form only as often as a person sends it.
func (cmd *Command) FromForm(values map[string][]string, base json.RawMessage, caller Caller) (json.RawMessage, Extras, map[string]string) {
	args := map[string]any{}
	if given, err := Object(base); err == nil {
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
		value, err := f.answer(values, in)
		switch {
		case err != nil:
			wrongs[f.Name] = problemOf(err)
		case value != nil:
			args[f.Name] = value
		case f.MustBeGiven():
			wrongs[f.box(values)] = problemOf(errUnfilled)
		default:
			delete(args, f.Name)
		}
	}
	extras := Extras{Reason: oneText(values[ReasonParam]), Ticket: oneText(values[TicketParam])}
	if length := oneText(values[ForParam]); cmd.Timed && length != "" {
		var err error
		if extras.For, err = ReadSpan(length); err != nil {
			wrongs[ForParam] = problemOf(err)
		}
	}
	if _, asked := values[ReasonParam]; asked && cmd.NeedsReason() && extras.Reason == "" {
		wrongs[ReasonParam] = "Please say why. The approver will see this."
	}
	raw := Marshal(args)
	if len(wrongs) == 0 {
		maps.Copy(wrongs, questionnaire{cmd}.crossed(raw, values, caller.now()))
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

// box is the field under which a missing value is told: the search box where there is one. Slack
// shows an error only under a block that is in the view.
func (f Field) box(values map[string][]string) string {
	if _, ok := values[f.Name+IdsSuffix]; ok {
		return f.Name + IdsSuffix
	}
	return f.Name
}

// answer reads what was entered for one parameter; nil for nothing.
func (f Field) answer(values map[string][]string, in text.Input) (any, error) {
	entered := values[f.Name]
	if picked := values[f.Name+IdsSuffix]; len(picked) > 0 {
		return f.pick(picked, oneText(entered), in)
	}
	if !f.List {
		text := strings.TrimSpace(strings.Join(entered, " "))
		if text == "" {
			return nil, nil
		}
		return f.ReadOne(text, in)
	}
	if f.Type.widgetOf(true) == render.MultiLine {
		entered = LinesOf(strings.Join(entered, "\n"))
	}
	list, err := f.ReadAll(entered, in)
	if err != nil || len(list.([]any)) == 0 {
		return nil, err
	}
	return list, nil
}

// pick joins the ids of a search box with the filter beside it: both must hold. A filter with ids
// and other keys means the intersection at the console as well.
func (f Field) pick(ids []string, filter string, in text.Input) (any, error) {
	fields := map[string]any{}
	if filter != "" {
		value, err := f.ReadOne(filter, in)
		if err != nil {
			return nil, err
		}
		given, _ := Object(value.(json.RawMessage))
		for key, v := range given {
			fields[key] = v
		}
	}
	fields["ids"] = ids
	return f.ReadOne(string(Marshal(fields)), in)
}

// LinesOf reads a list of texts: one a line, or several on a line with commas between them, as in
// slash text. Quotes keep a comma; those inside a text are its own. It reads what lineOf writes,
// byte for byte: a form that is opened and sent without a change must not change the list.
func LinesOf(text string) []string {
	var words []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			words = append(words, ListWords(line)...)
			continue
		}
		for line != "" {
			var word string
			word, line = cutWord(line)
			words = append(words, word)
		}
	}
	return words
}

// cutWord cuts the first text off a line: one in quotes, or what stands before the first comma
// outside of quotes. An odd number of quotes means none of them is one: 6" is an inch.
func cutWord(line string) (word, rest string) {
	if content, after, ok := text.CutQuoted(line, true); ok {
		after = text.TrimBlank(after)
		if after == "" || strings.HasPrefix(after, ",") {
			return content, text.TrimBlank(strings.TrimPrefix(after, ","))
		}
	}
	inside, paired := false, strings.Count(line, `"`)%2 == 0
	for i, r := range line {
		switch {
		case r == '"' && paired:
			inside = !inside
		case r == ',' && !inside:
			return strings.TrimSpace(line[:i]), text.TrimBlank(line[i+1:])
		}
	}
	return line, ""
}

// lineOf writes a text so that linesOf reads it: as it is where that does, in quotes, or as a list of one.
func lineOf(word string) string {
	for _, written := range []string{word, `"` + strings.ReplaceAll(word, `"`, `""`) + `"`} {
		if read := LinesOf(written); len(read) == 1 && read[0] == word {
			return written
		}
	}
	return string(Marshal([]string{word}))
}

// oneText is what was entered in all boxes of a field, as one text.
func oneText(values []string) string { return strings.TrimSpace(strings.Join(values, " ")) }

// errUnfilled asks for a value.
var errUnfilled = errors.New("please fill this in")

// crossed checks the rules across fields, and puts what is wrong under a field that the form has.
// Slack ties every error to a field. A rule about several goes under the field it names if that is
// shown, else under the last one shown, so that it is not lost.
func (cmd questionnaire) crossed(args json.RawMessage, values map[string][]string, now time.Time) map[string]string {
	err := cmd.CheckAt(args, now)
	if err == nil {
		return nil
	}
	name := ""
	var usage *UsageError
	var missing *MissingError
	switch {
	case errors.As(err, &usage):
		name = usage.Param
	case errors.As(err, &missing):
		name, err = missing.Missing[0].Name, missing.unfilled()
	}
	if !asked(values, name) {
		name = ""
	}
	for _, f := range cmd.Fields {
		if name == "" && asked(values, f.Name) {
			name = f.box(values)
		}
	}
	if name == "" {
		return nil
	}
	return map[string]string{name: problemOf(err)}
}

// problemOf is an error as a sentence under a field, which has its name above it.
func problemOf(err error) string {
	e, ok := err.(*UsageError)
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

// Extras are what a person says beside the parameters of a command that changes things. They go
// into the card and the audit trail, not to the console. They are apart from the arguments so that
// the same arguments mean the same invocation, whoever asks and why.
type Extras struct {
	Reason string        `json:"reason,omitempty"`
	Ticket string        `json:"ticket,omitempty"`
	For    time.Duration `json:"for,omitempty"` // until it is undone; 0 = until somebody does; see Command.Timed
}

// WithExtras is an invocation with what was said beside its parameters.
func WithExtras(inv Invocation, x Extras) Invocation {
	if x != (Extras{}) {
		inv.Said, _ = json.Marshal(x) // two strings and a number
	}
	return inv
}

// NeedsReason tells whether the command may be asked for only with a reason.
func (cmd *Command) NeedsReason() bool { return cmd.Risk == Destructive }

// NeedsTimes tells whether a command must have a stretch of time.
func (cmd *Command) NeedsTimes() bool {
	required := func(name string) bool {
		return slices.ContainsFunc(cmd.Fields, func(f Field) bool { return f.Name == name && f.Required })
	}
	return required(StartParam) && required(EndParam)
}

// The stretch of time that a hunt looks at.
const (
	StartParam = "start-time"
	EndParam   = "end-time"
)
