package slacksim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// values are the values of inputs as payloads show them, by block_id and action_id.
type values map[string]map[string]any

func (v values) set(block, action string, value map[string]any) {
	if v[block] == nil {
		v[block] = map[string]any{}
	}
	v[block][action] = value
}

// stateOf are the values of all elements that have one: what was put in at this place, else what the app gave at first.
func (ws *Workspace) stateOf(blocks json.RawMessage, place string) values {
	state := values{}
	typed := ws.typed[place]
	eachElement(parseBlocks(blocks), func(b, el map[string]any) {
		block, action := text(b["block_id"]), text(el["action_id"])
		value := object(typed[block][action])
		if value == nil {
			value = initialValue(el)
		}
		if value != nil {
			state.set(block, action, value)
		}
	})
	return state
}

// remember keeps what a person put into an element.
func (ws *Workspace) remember(place, block, action string, value map[string]any) {
	if ws.typed[place] == nil {
		ws.typed[place] = values{}
	}
	ws.typed[place].set(block, action, value)
}

// An input is how an element's value is named: in the app's blocks and in the state of payloads.
type input struct{ initial, value string }

// inputs is the table of elements that have a value [docs.slack.dev/reference/interaction-payloads/view-interactions-payload].
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

func initialValue(el map[string]any) map[string]any {
	kind := text(el["type"])
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
	switch v := state[inputs[text(state["type"])].value].(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// enter makes the state value of an element from what a person types or picks: the visible text of an option, a date,
// a name. offered are the options of an external menu.
func (ws *Workspace) enter(el map[string]any, given []string, offered []Option) (map[string]any, error) {
	kind := text(el["type"])
	in, ok := inputs[kind]
	if !ok {
		return nil, fmt.Errorf("a %s takes no value", kind)
	}
	value, err := ws.valueFor(el, in, given, offered)
	if err != nil {
		return nil, err
	}
	return map[string]any{"type": kind, in.value: value}, nil
}

func (ws *Workspace) valueFor(el map[string]any, in input, given []string, offered []Option) (any, error) {
	several := strings.HasSuffix(in.value, "s")
	if len(given) == 0 || !several && given[0] == "" {
		return object(initialValue(map[string]any{"type": el["type"]}))[in.value], nil
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
		one, err := ws.pick(el, in, g, offered)
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
func (ws *Workspace) pick(el map[string]any, in input, name string, offered []Option) (any, error) {
	switch {
	case strings.Contains(in.value, "user"):
		if u, ok := ws.users.find(name); ok {
			return u.ID, nil
		}
	case strings.Contains(in.value, "channel") || strings.Contains(in.value, "conversation"):
		if c, ok := ws.channels.find(name); ok {
			return c.ID, nil
		}
	default:
		return pickOption(el, name, offered)
	}
	return nil, fmt.Errorf("%q is not in the menu", name)
}

func pickOption(el map[string]any, name string, offered []Option) (any, error) {
	options := allOptions(el)
	for _, o := range offered {
		options = append(options, o.source)
	}
	seen := []string{}
	for _, o := range options {
		label := text(object(o["text"])["text"])
		if label == name {
			return o, nil
		}
		seen = append(seen, label)
	}
	return nil, fmt.Errorf("%q is not among the options %q", name, seen)
}

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

// clientErrors are the errors that Slack's own client shows under the fields, before the app hears of anything; by block_id.
func clientErrors(blocks json.RawMessage, state values) map[string]string {
	errors := map[string]string{}
	for _, b := range inputBlocks(parseBlocks(blocks)) {
		el := object(b["element"])
		block := text(b["block_id"])
		value := object(state[block][text(el["action_id"])])
		if message := clientError(el, value, isTrue(b["optional"])); message != "" {
			errors[block] = message
		}
	}
	return errors
}

var emailPattern = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)

func clientError(el, value map[string]any, optional bool) string {
	if isEmpty(value) {
		if optional {
			return ""
		}
		return "Please complete this required field."
	}
	typed := text(value["value"])
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
	if most := intOf(el["max_selected_items"]); most > 0 {
		if picked, _ := value[inputs[text(el["type"])].value].([]any); len(picked) > most {
			return fmt.Sprintf("Please select at most %d.", most)
		}
	}
	return ""
}

func lengthError(el map[string]any, n int) string {
	if least := intOf(el["min_length"]); n < least {
		return fmt.Sprintf("Please enter at least %d characters.", least)
	}
	most := intOf(el["max_length"])
	if most == 0 {
		most = 3000 // docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element: "maximum is 3000"
	}
	if n > most {
		return fmt.Sprintf("Please enter at most %d characters.", most)
	}
	return ""
}

func numberError(el map[string]any, typed string) string {
	n, err := strconv.ParseFloat(typed, 64)
	switch {
	case err != nil:
		return "Please enter a number."
	case !isTrue(el["is_decimal_allowed"]) && strings.ContainsAny(typed, ".eE"):
		return "Please enter a whole number."
	}
	for _, bound := range []string{"min_value", "max_value"} {
		limit, err := strconv.ParseFloat(text(el[bound]), 64)
		if err == nil && (bound == "min_value" && n < limit || bound == "max_value" && n > limit) {
			return fmt.Sprintf("Please enter a number that fits %s %s.", strings.ReplaceAll(bound, "_value", "imum"), text(el[bound]))
		}
	}
	return ""
}

// labelOf names the field of a block for a person: the label of an input, else the placeholder or the text beside it.
func labelsOf(b, el map[string]any) []string {
	labels := []string{}
	for _, t := range []any{b["label"], el["placeholder"], el["text"], b["text"]} {
		if s := text(object(t)["text"]); s != "" {
			labels = append(labels, s)
		}
	}
	return append(labels, text(b["block_id"]), text(el["action_id"]))
}

// findElement finds an element by a label, a placeholder or an id.
func findElement(blocks []map[string]any, label string, kinds ...string) (block, el map[string]any) {
	eachElement(blocks, func(b, e map[string]any) {
		wanted := len(kinds) == 0 || slices.Contains(kinds, text(e["type"]))
		if el == nil && wanted && slices.Contains(labelsOf(b, e), label) {
			block, el = b, e
		}
	})
	return block, el
}
