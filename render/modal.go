package render

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// FormCallback is the callback id of every view that View makes.
const FormCallback = "s1bot.form"

// metadata is what a form's view carries back to us.
type metadata struct {
	Do     Invocation `json:"d"`
	Origin Origin     `json:"o"`
	Fields string     `json:"f"` // names of what it asks for
}

// metadata writes that down. Slack gives it back with the form, in at most 3,000 characters, and
// shows it to nobody.
//
// The parts are joined as text because the invocation is compact already, with its characters
// unescaped; Marshal would make it longer.
func (f Form) metadata() (string, error) {
	do, err := compact(f.Do)
	if err != nil {
		return "", err
	}
	origin, err := json.Marshal(f.Origin)
	if err != nil {
		return "", fmt.Errorf("encode origin: %w", err)
	}
	names := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		names[i] = field.Name
	}
	fields, _ := json.Marshal(strings.Join(names, " "))
	return `{"d":` + do + `,"o":` + string(origin) + `,"f":` + string(fields) + "}", nil
}

// Fits says that a view can carry what the form does not ask for. Where it cannot, store Do and let
// a short one refer to it.
func (f Form) Fits() bool {
	text, err := f.metadata()
	return err == nil && len(text) <= maxMetadata-SealSize
}

// View draws f as a modal. It is total: whatever f holds, Slack takes the view. A form that does
// not fit has no fields and no button; it says so.
//
// A field whose name Slack can't take as a block id, or that comes twice, is left out: the second
// would overwrite the first's answer. One block stays free for the note that says how many fields
// are missing.
func (f Form) View() slack.ModalViewRequest {
	view := slack.ModalViewRequest{
		Type:       slack.VTModal,
		CallbackID: FormCallback,
		Title:      plainText(f.viewTitle()),
		Close:      plainText("Cancel"),
	}
	text, err := f.metadata()
	if err != nil || len(text) > maxMetadata-SealSize {
		sorry := "The values for this are too long for a form. Type the whole command instead, or name fewer things."
		view.Blocks.BlockSet = []slack.Block{paragraph(richText(sorry)...)}
		return view
	}
	view.PrivateMetadata = text
	if above := f.above(); len(above) > 0 {
		intro, _ := linker{}.settle(above).broken(above).rich(maxText)
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, paragraph(intro...))
	}
	names := map[string]bool{}
	for i, field := range f.Fields {
		if len(view.Blocks.BlockSet) == maxViewBlocks-1 {
			view.Blocks.BlockSet = append(view.Blocks.BlockSet, small("… "+count(len(f.Fields)-i, "more field")+": type them in the command"))
			break
		}
		if name := field.Name; name != "" && len(name) <= maxBlockID/2 && !names[name] {
			names[name] = true
			if len(field.Above) > 0 && len(view.Blocks.BlockSet) < maxViewBlocks-2 {
				view.Blocks.BlockSet = append(view.Blocks.BlockSet, small(linker{}.settle(field.Above).plain()))
			}
			view.Blocks.BlockSet = append(view.Blocks.BlockSet, field.block())
		}
	}
	if f.Folded && len(view.Blocks.BlockSet) < maxViewBlocks {
		button := slack.NewButtonBlockElement(unfoldAction, "", plainText("Advanced"))
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, slack.NewActionBlock(unfoldAction, button))
	}
	if len(view.Blocks.BlockSet) == 0 {
		view.Blocks.BlockSet = []slack.Block{paragraph(richText("Nothing more is needed.")...)}
	}
	view.Submit = plainText(short(f.Submit, "Run", maxViewTitle))
	return view
}

// viewTitle is what the modal is called.
func (f Form) viewTitle() string {
	if f.Short != "" && length(f.Title) > maxViewTitle {
		return short(f.Short, none, maxViewTitle)
	}
	return viewTitle(f.Title)
}

// FitsTitle tells whether a modal can be called that as it is.
func FitsTitle(title string) bool { return length(title) <= maxViewTitle }

// viewTitle is the title, or its first whole words: "Disconnect Agent From…".
//
// Whole words, because "Disconnect Agent From Netw" reads like a fault.
func viewTitle(title string) string {
	words := strings.Fields(short(title, none, maxHeader))
	for n := len(words); n > 1; n-- {
		text := strings.Join(words[:n], " ")
		if n < len(words) {
			text += "…"
		}
		if length(text) <= maxViewTitle {
			return text
		}
	}
	return short(title, none, maxViewTitle)
}

// above is what stands above the fields: the whole title where the view's had to be cut, and the
// intro.
func (f Form) above() Line {
	if viewTitle(f.Title) == short(f.Title, none, maxHeader) {
		return f.Intro
	}
	return append(Line{Bold(f.Title), Text("\n")}, f.Intro...)
}

// broken puts back the line feeds at the ends of an intro's own words, which settling made visible.
func (l Line) broken(original Line) Line {
	for i, s := range original {
		if s.Kind == PlainSpan && strings.HasSuffix(s.Text, "\n") {
			l[i].Text = strings.TrimSuffix(l[i].Text, "⏎") + "\n"
		}
	}
	return l
}

// block draws a question. Notes are about what could not be filled in; they go into the hint.
//
// The label is what a screen reader says, the hint what stands below it.
func (f FormField) block() slack.Block {
	element, notes := f.element()
	hint := strings.TrimSpace(strings.Join(append([]string{lines(f.Hint)}, notes...), " "))
	block := slack.NewInputBlock(f.Name, plainText(short(or(f.Label, f.Name), none, maxInputLabel)), nil, element)
	if hint != "" {
		block.Hint = plainText(Cut(defang(hint), maxInputHint))
	}
	block.DispatchAction = f.Redraws
	block.Optional = !f.Required || f.Widget == Checkbox // a required checkbox could not be left unticked
	return block
}

// element is the widget of a field, with what has to be said about it. Whatever cannot be drawn as
// what it is, a menu without choices say, is a text box: a person can always type.
func (f FormField) element() (slack.BlockElement, []string) {
	switch f.Widget {
	case Number:
		return f.number(), nil
	case Checkbox:
		return f.checkbox(), nil
	case Select, MultiSelect:
		if options, notes := f.options(); len(options) > 0 {
			return f.choice(options), notes
		}
	case DateTime:
		return f.dateTime(), nil
	case Search, MultiSearch:
		return f.search()
	}
	return f.text()
}

// placeholder is none where it would be empty, which Slack refuses.
func (f FormField) placeholder() *slack.TextBlockObject {
	if strings.TrimSpace(f.Placeholder) == "" {
		return nil
	}
	return plainText(short(f.Placeholder, none, maxPlaceholder))
}

// first is the one value of a field that takes one; empty where there is none.
func (f FormField) first() string {
	if len(f.Value) == 0 {
		return ""
	}
	return f.Value[0]
}

// text is a box to type into. A value that is too long for it is left out and said to be: cut, it
// would be sent back as if it were whole.
func (f FormField) text() (slack.BlockElement, []string) {
	e := slack.NewPlainTextInputBlockElement(f.placeholder(), f.Name).WithMultiline(f.Widget == MultiLine)
	e.MaxLength = maxInputText
	if f.MaxLength > 0 {
		e.MaxLength = min(f.MaxLength, maxInputText)
	}
	value := strings.ToValidUTF8(strings.Join(f.Value, ","), "\uFFFD")
	if utf8.RuneCountInString(value) > e.MaxLength {
		return e, []string{"The value given is too long for this box."}
	}
	e.InitialValue = value
	return e, nil
}

// number takes whole numbers. Slack keeps people from typing others, and refuses a view whose
// initial value is out of bounds, so one that is goes without.
func (f FormField) number() slack.BlockElement {
	e := slack.NewNumberInputBlockElement(f.placeholder(), f.Name, false)
	if f.Min != nil {
		e.MinValue = strconv.FormatInt(*f.Min, 10)
	}
	if f.Max != nil {
		e.MaxValue = strconv.FormatInt(*f.Max, 10)
	}
	n, err := strconv.ParseInt(f.first(), 10, 64)
	if err == nil && (f.Min == nil || n >= *f.Min) && (f.Max == nil || n <= *f.Max) {
		e.InitialValue = strconv.FormatInt(n, 10)
	}
	return e
}

// checkbox is one box to tick. Slack's group takes ten; one is what a yes or no needs.
func (f FormField) checkbox() slack.BlockElement {
	yes := option("true", "Yes")
	if len(f.Choices) > 0 {
		yes = option("true", f.Choices[0].Label)
	}
	e := slack.NewCheckboxGroupsBlockElement(f.Name, yes)
	if ticked, err := strconv.ParseBool(f.first()); err == nil && ticked {
		e.InitialOptions = []*slack.OptionBlockObject{yes}
	}
	return e
}

// dateTime is a picker in the person's own time zone. Slack wants seconds of ten digits, which is
// 2001 to 2286.
func (f FormField) dateTime() slack.BlockElement {
	e := slack.NewDateTimePickerBlockElement(f.Name)
	if t, err := time.Parse(time.RFC3339, f.first()); err == nil && t.Unix() >= 1e9 && t.Unix() < 1e10 { // ten digits
		e.InitialDateTime = t.Unix()
	}
	return e
}

// options are the choices that a menu takes; the others can be typed.
func (f FormField) options() (out []*slack.OptionBlockObject, notes []string) {
	seen := map[string]bool{}
	lost := 0
	for _, c := range f.Choices {
		switch {
		case seen[c.Value]:
		case c.Value == "" || len(c.Value) > maxOptionValue || len(out) == maxOptions:
			lost++
		default:
			seen[c.Value] = true
			out = append(out, option(c.Value, c.Label))
		}
	}
	if lost > 0 && len(out) > 0 {
		notes = append(notes, "… "+count(lost, "more choice")+": type them in the command.")
	}
	return out, notes
}

// choice is a menu with what is filled in chosen. Slack compares initial options with the options
// as whole objects, so they are the same ones.
func (f FormField) choice(options []*slack.OptionBlockObject) slack.BlockElement {
	var chosen []*slack.OptionBlockObject
	for _, o := range options {
		if slices.Contains(f.Value, o.Value) {
			chosen = append(chosen, o)
		}
	}
	if f.Widget == MultiSelect {
		e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, f.placeholder(), f.Name, options...)
		e.InitialOptions = chosen
		return e
	}
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, f.placeholder(), f.Name, options...)
	if len(chosen) > 0 {
		e.InitialOption = chosen[0]
	}
	return e
}

// searchPrefix begins the action id of a search box: search:agents:agent-ids.
const searchPrefix = "search:"

// search is a box that asks while a person types (external_select; each letter is a
// block_suggestion that must be answered within three seconds). What is filled in has its name
// beside the id, for Slack asks nobody for that.
func (f FormField) search() (slack.BlockElement, []string) {
	id := searchPrefix + f.Search + ":" + f.Name
	if len(id) > maxActionID || strings.Contains(f.Search, ":") {
		return f.text()
	}
	var chosen []*slack.OptionBlockObject
	var notes []string
	for i, v := range f.Value {
		name := v
		if i < len(f.Shown) {
			name = or(f.Shown[i], v)
		}
		if v == "" || len(v) > maxOptionValue || len(chosen) == maxOptions {
			notes = []string{"Some of the values don't fit in this box."}
			continue
		}
		chosen = append(chosen, option(v, name))
	}
	now := 0 // offer something before the first letter
	if f.Widget == MultiSearch {
		e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeExternal, f.placeholder(), id)
		e.MinQueryLength, e.InitialOptions = &now, chosen
		return e, notes
	}
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, f.placeholder(), id)
	e.MinQueryLength = &now
	if len(chosen) > 0 {
		e.InitialOption = chosen[0]
	}
	return e, notes
}

// ReadSearch tells what a search box looks for ("agents"), by its action id.
func ReadSearch(actionID string) (kind string, ok bool) {
	rest, ok := strings.CutPrefix(actionID, searchPrefix)
	if !ok {
		return "", false
	}
	kind, _, ok = strings.Cut(rest, ":")
	return kind, ok && kind != ""
}
