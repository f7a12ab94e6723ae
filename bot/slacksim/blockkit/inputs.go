package blockkit

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"s1bot/bot/slacksim/wire"
)

// An Option is an answer of a search box.
//
// It keeps the option as it came, for Slack sends the chosen one back whole.
type Option struct {
	Text        string
	Value       string
	Description string
	Group       string // label of its group; "" without groups

	source map[string]any
}

// ReadOptions are the options of a search box as the app answered them.
func ReadOptions(list any, group string) []Option {
	options := []Option{}
	for _, o := range wire.Objects(list) {
		options = append(options, Option{Text: wire.Text(wire.Object(o["text"])["text"]), Value: wire.Text(o["value"]), Group: group,
			Description: wire.Text(wire.Object(o["description"])["text"]), source: o})
	}
	return options
}

// allOptions are the options of an element, those of its groups included.
func allOptions(el map[string]any) []map[string]any {
	options := wire.Objects(el["options"])
	for _, group := range wire.Objects(el["option_groups"]) {
		options = append(options, wire.Objects(group["options"])...)
	}
	return options
}

// Values are the values of inputs as payloads show them, by block_id and action_id.
//
// The shape is that of state.values in payloads.
type Values map[string]map[string]any

// Set puts the state of one element.
func (v Values) Set(block, action string, value map[string]any) {
	if v[block] == nil {
		v[block] = map[string]any{}
	}
	v[block][action] = value
}

// StateOf are the values of all elements that have one: what a person put in, else what the app
// gave at first.
//
// A value that the app set at first counts as entered: Slack sends it though nobody touched the
// field.
func StateOf(blocks json.RawMessage, typed Values) Values {
	state := Values{}
	EachElement(ParseBlocks(blocks), func(b, el map[string]any) {
		block, action := wire.Text(b["block_id"]), wire.Text(el["action_id"])
		value := wire.Object(typed[block][action])
		if value == nil {
			value = initialValue(el)
		}
		if value != nil {
			state.Set(block, action, value)
		}
	})
	return state
}

// An input is how an element's value is named: in the app's blocks and in the state of payloads.
type input struct{ initial, value string }

// inputs is the table of elements that have a value
// [docs.slack.dev/reference/interaction-payloads/view-interactions-payload].
var inputs = map[string]input{
	"plain_text_input": {"initial_value", "value"}, "email_text_input": {"initial_value", "value"},
	"url_text_input": {"initial_value", "value"}, "number_input": {"initial_value", "value"},
	"rich_text_input": {"initial_value", "rich_text_value"},
	"datepicker":      {"initial_date", "selected_date"}, "timepicker": {"initial_time", "selected_time"},
	"datetimepicker": {"initial_date_time", "selected_date_time"},
	"static_select":  {"initial_option", "selected_option"}, "external_select": {"initial_option", "selected_option"},
	"radio_buttons": {"initial_option", "selected_option"}, "checkboxes": {"initial_options", "selected_options"},
	"multi_static_select":        {"initial_options", "selected_options"},
	"multi_external_select":      {"initial_options", "selected_options"},
	"users_select":               {"initial_user", "selected_user"},
	"multi_users_select":         {"initial_users", "selected_users"},
	"conversations_select":       {"initial_conversation", "selected_conversation"},
	"multi_conversations_select": {"initial_conversations", "selected_conversations"},
	"channels_select":            {"initial_channel", "selected_channel"},
	"multi_channels_select":      {"initial_channels", "selected_channels"},
	"file_input":                 {"", "files"},
}

// initialValue is the state of an element that nobody has touched; a list is empty and not missing.
func initialValue(el map[string]any) map[string]any {
	kind := wire.Text(el["type"])
	in, ok := inputs[kind]
	if !ok {
		return nil
	}
	value := el[in.initial]
	if value == nil && strings.HasSuffix(in.value, "s") {
		value = []any{}
	}
	return map[string]any{"type": kind, in.value: value}
}

// isEmpty tells whether a state value holds nothing.
func isEmpty(state map[string]any) bool {
	switch v := state[inputs[wire.Text(state["type"])].value].(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// Enter makes the state value of an element from what a person types or picks: the visible text of
// an option, a date, a name. offered are the options of an external menu.
func Enter(el map[string]any, given []string, offered []Option, find finder) (map[string]any, error) {
	kind := wire.Text(el["type"])
	in, ok := inputs[kind]
	if !ok {
		return nil, fmt.Errorf("a %s takes no value", kind)
	}
	value, err := valueFor(el, in, given, offered, find)
	if err != nil {
		return nil, err
	}
	return map[string]any{"type": kind, in.value: value}, nil
}

// valueFor is what a person gave in the form in which a payload has it. Nothing given, or "",
// empties the field.
func valueFor(el map[string]any, in input, given []string, offered []Option, find finder) (any, error) {
	several := strings.HasSuffix(in.value, "s")
	if len(given) == 0 || !several && given[0] == "" {
		return wire.Object(initialValue(map[string]any{"type": el["type"]}))[in.value], nil
	}
	switch in.value {
	case "value", "selected_date", "selected_time":
		return given[0], nil
	case "selected_date_time":
		return unixTime(given[0])
	case "rich_text_value":
		section := map[string]any{"type": "rich_text_section", "elements": []any{map[string]any{"type": "text", "text": given[0]}}}
		return map[string]any{"type": "rich_text", "elements": []any{section}}, nil
	}
	picked := []any{}
	for _, g := range given {
		one, err := pick(el, in, g, offered, find)
		if err != nil {
			return nil, err
		}
		picked = append(picked, one)
	}
	if several {
		return picked, nil
	}
	return picked[0], nil
}

// pick finds what a person means by one name in a menu.
func pick(el map[string]any, in input, name string, offered []Option, find finder) (any, error) {
	switch {
	case strings.Contains(in.value, "user"):
		if id, ok := find(ListedUsers, name); ok {
			return id, nil
		}
	case strings.Contains(in.value, "channel") || strings.Contains(in.value, "conversation"):
		if id, ok := find(ListedChannels, name); ok {
			return id, nil
		}
	default:
		return FindOption(el, name, offered)
	}
	return nil, fmt.Errorf("%q is not in the menu", name)
}

// FindOption finds an option by its visible text, among those of the element and those that the app
// offered.
//
// The error lists what there is, for a label that changed is the usual reason for a test to fail
// here.
func FindOption(el map[string]any, name string, offered []Option) (any, error) {
	options := allOptions(el)
	for _, o := range offered {
		options = append(options, o.source)
	}
	seen := []string{}
	for _, o := range options {
		label := wire.Text(wire.Object(o["text"])["text"])
		if label == name {
			return o, nil
		}
		seen = append(seen, label)
	}
	return nil, fmt.Errorf("%q is not among the options %q", name, seen)
}

// unixTime reads a date and time as tests write it; without a zone it is UTC.
func unixTime(s string) (any, error) {
	if _, err := strconv.ParseInt(s, 10, 64); err == nil {
		return json.Number(s), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return json.Number(strconv.FormatInt(t.Unix(), 10)), nil
		}
	}
	return nil, fmt.Errorf("%q is no date and time", s)
}

// ClientErrors are the errors that Slack's own client shows under the fields, before the app hears
// of anything; by block_id.
//
// The app's own check of the same things is therefore never reached by people; a bot must have it
// all the same, for who sends a forged form has no such client.
func ClientErrors(blocks json.RawMessage, state Values) map[string]string {
	errors := map[string]string{}
	for _, b := range InputBlocks(ParseBlocks(blocks)) {
		el := wire.Object(b["element"])
		block := wire.Text(b["block_id"])
		value := wire.Object(state[block][wire.Text(el["action_id"])])
		if message := clientError(el, value, wire.IsTrue(b["optional"])); message != "" {
			errors[block] = message
		}
	}
	return errors
}

var emailPattern = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)

// clientError is what stands under one field, in the words of Slack's client as far as they are
// known; empty where all is well.
func clientError(el, value map[string]any, optional bool) string {
	if isEmpty(value) {
		if optional {
			return ""
		}
		return "Please complete this required field."
	}
	typed := wire.Text(value["value"])
	switch el["type"] {
	case "plain_text_input":
		return lengthError(el, utf8.RuneCountInString(typed))
	case "number_input":
		return numberError(el, typed)
	case "email_text_input":
		if !emailPattern.MatchString(typed) {
			return "Please enter a valid email address."
		}
	case "url_text_input":
		if !strings.HasPrefix(typed, "http://") && !strings.HasPrefix(typed, "https://") {
			return "Please enter a valid URL."
		}
	}
	if most := wire.IntOf(el["max_selected_items"]); most > 0 {
		if picked, _ := value[inputs[wire.Text(el["type"])].value].([]any); len(picked) > most {
			return fmt.Sprintf("Please select at most %d.", most)
		}
	}
	return ""
}

// lengthError counts characters against min_length and max_length.
func lengthError(el map[string]any, n int) string {
	if least := wire.IntOf(el["min_length"]); n < least {
		return fmt.Sprintf("Please enter at least %d characters.", least)
	}
	most := wire.IntOf(el["max_length"])
	if most == 0 {
		most = 3000 // docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element: "maximum is 3000"
	}
	if n > most {
		return fmt.Sprintf("Please enter at most %d characters.", most)
	}
	return ""
}

// numberError reads a number and holds it against its bounds.
func numberError(el map[string]any, typed string) string {
	n, err := strconv.ParseFloat(typed, 64)
	switch {
	case err != nil:
		return "Please enter a number."
	case !wire.IsTrue(el["is_decimal_allowed"]) && strings.ContainsAny(typed, ".eE"):
		return "Please enter a whole number."
	}
	for _, bound := range []string{"min_value", "max_value"} {
		limit, err := strconv.ParseFloat(wire.Text(el[bound]), 64)
		if err == nil && (bound == "min_value" && n < limit || bound == "max_value" && n > limit) {
			return fmt.Sprintf("Please enter a number that fits %s %s.", strings.ReplaceAll(bound, "_value", "imum"), wire.Text(el[bound]))
		}
	}
	return ""
}

// A finder gives the id that a name stands for in a menu of people or of channels. Whoever keeps
// people and channels brings it.
type finder func(what Listing, name string) (id string, known bool)

// Listing is what a menu without options of its own lists.
type Listing int

const (
	ListedUsers Listing = iota
	ListedChannels
)

// ValueFrom is the new state of an element as a client sends it; nil for buttons, which have none.
func ValueFrom(el, sent map[string]any) map[string]any {
	kind := wire.Text(el["type"])
	if kind == "overflow" {
		return map[string]any{"selected_option": sent["selected_option"]}
	}
	in, ok := inputs[kind]
	if !ok {
		return nil
	}
	return map[string]any{"type": kind, in.value: sent[in.value]}
}

// OptionList gives options in the form in which the app gave them: flat, or in groups.
//
// Groups are put together again from options that follow each other.
func OptionList(options []Option) map[string]any {
	flat, groups := []any{}, []any{}
	for _, o := range options {
		flat = append(flat, o.source)
		if o.Group == "" {
			continue
		}
		if last := len(groups) - 1; last >= 0 && wire.Object(wire.Object(groups[last])["label"])["text"] == o.Group {
			group := wire.Object(groups[last])
			group["options"] = append(group["options"].([]any), o.source)
			continue
		}
		groups = append(groups, map[string]any{"label": map[string]any{"type": "plain_text", "text": o.Group}, "options": []any{o.source}})
	}
	if len(groups) > 0 {
		return map[string]any{"option_groups": groups}
	}
	return map[string]any{"options": flat}
}

// MinQueryLength is how much must be typed into a search box before the app is asked
// [docs.slack.dev/reference/block-kit/block-elements/select-menu-element: "default value is 3"].
func MinQueryLength(el map[string]any) int {
	if el["min_query_length"] != nil {
		return wire.IntOf(el["min_query_length"])
	}
	return 3
}
