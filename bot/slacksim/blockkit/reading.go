package blockkit

import (
	"encoding/json"
	"strings"

	"s1bot/bot/slacksim/wire"
)

// PlainText flattens blocks to what a reader sees: a line for each text, cells of a row separated
// by tabs.
//
// It is for assertions: what it leaves out (colours, links behind words) no test of words asks for.
func PlainText(blocks []map[string]any) string {
	lines := make([]any, 0, len(blocks))
	for _, b := range blocks {
		lines = append(lines, b)
	}
	return join(lines, "\n")
}

// join puts together what is visible of several things, and leaves out what is not.
func join(list []any, separator string) string {
	parts := make([]string, 0, len(list))
	for _, item := range list {
		if t := visibleText(item); t != "" {
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, separator)
}

// visibleText is what a person reads of any value of a block.
func visibleText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case []any:
		return join(v, "\n")
	case map[string]any:
		return visibleObject(v)
	}
	return ""
}

// visibleObject reads an object by its type. One that no case knows is read by its fields, so a new
// kind of block is not invisible to tests.
func visibleObject(o map[string]any) string {
	elements, _ := o["elements"].([]any)
	switch o["type"] {
	case "plain_text", "mrkdwn", "markdown", "raw_text":
		return wire.Text(o["text"])
	case "raw_number":
		return either(o["text"], o["value"])
	case "action_cell":
		return visibleText(o["element"])
	case "table", "data_table":
		return tableText(o)
	case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
		return join(elements, "")
	}
	if leaf, ok := leafText(o); ok {
		return leaf
	}
	if label, point := o["label"].(string); point {
		return label + " " + wire.Text(o["value"])
	}
	return joinFields(o)
}

// either is the first of the two that says something.
func either(value, otherwise any) string {
	if s := wire.Text(value); s != "" {
		return s
	}
	return wire.Text(otherwise)
}

// leafText is what stands for the parts of rich text.
func leafText(o map[string]any) (string, bool) {
	switch o["type"] {
	case "text":
		return wire.Text(o["text"]), true
	case "link":
		return either(o["text"], o["url"]), true
	case "date":
		return either(o["fallback"], o["format"]), true
	case "user":
		return "<@" + wire.Text(o["user_id"]) + ">", true
	case "usergroup":
		return "<!subteam^" + wire.Text(o["usergroup_id"]) + ">", true
	case "channel":
		return "<#" + wire.Text(o["channel_id"]) + ">", true
	case "broadcast":
		return "<!" + wire.Text(o["range"]) + ">", true
	case "emoji":
		return ":" + wire.Text(o["name"]) + ":", true
	}
	return "", false
}

// Markup is what Slack reads as markup: in plain_text, raw_text and the text of rich text,
// <!channel> is nine letters.
//
// Who is mentioned, and called by it, depends on that alone.
func Markup(value any) string {
	parts := []string{}
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			parts = append(parts, Markup(item))
		}
	case map[string]any:
		switch v["type"] {
		case "mrkdwn", "markdown":
			return wire.Text(v["text"])
		case "user", "usergroup", "broadcast":
			leaf, _ := leafText(v)
			return leaf
		}
		for _, field := range v {
			parts = append(parts, Markup(field))
		}
	}
	return strings.Join(parts, "\n")
}

// tableText is a table with its caption, a line for each row.
func tableText(table map[string]any) string {
	lines := []string{}
	if caption := wire.Text(table["caption"]); caption != "" {
		lines = append(lines, caption)
	}
	rows, _ := table["rows"].([]any)
	for _, row := range rows {
		cells, _ := row.([]any)
		lines = append(lines, join(cells, "\t"))
	}
	return strings.Join(lines, "\n")
}

// joinFields reads the fields of blocks and elements in the order in which they stand on the screen.
func joinFields(o map[string]any) string {
	parts := []any{}
	for _, name := range []string{
		"rich_text_title", "title", "subtitle", "label", "text", "fields", "body", "subtext", "placeholder", "initial_option", "initial_value",
		"alt_text", "description", "hint", "accessory", "element", "positive_button", "negative_button", "elements", "options",
		"option_groups", "child_blocks", "actions", "chart", "segments", "series", "data",
	} {
		parts = append(parts, o[name])
	}
	return join(parts, "\n")
}
