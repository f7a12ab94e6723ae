package blockkit

import (
	"reflect"

	"s1bot/bot/slacksim/wire"
)

// plain is a plain_text object of at most so many characters
// [docs.slack.dev/reference/block-kit/composition-objects/text-object].
//
// No text object may be empty.
func plain(most int) check { return textObject(most, "plain_text") }

// rich is a text object of either kind.
func rich(most int) check { return textObject(most, "plain_text", "mrkdwn") }

// textObject is a text object of one of these types. `emoji` belongs to plain_text alone,
// `verbatim` to mrkdwn alone.
func textObject(most int, kinds ...string) check {
	fields := map[string]map[string]field{
		"plain_text": {"type": must(anything), "text": must(str(1, most)), "emoji": may(boolean)},
		"mrkdwn":     {"type": must(anything), "text": must(str(1, most)), "verbatim": may(boolean)},
	}
	checks := map[string]check{}
	for _, kind := range kinds {
		checks[kind] = shape(fields[kind])
	}
	return func(v *validator, at string, value any) {
		kind := wire.Text(wire.Object(value)["type"])
		switch checkKind, ok := checks[kind]; {
		case wire.Object(value) == nil:
			v.fail(at, "must provide an object")
		case !ok:
			v.fail(at+"/type", "unsupported type: %s", kind)
		default:
			checkKind(v, at, value)
		}
	}
}

// confirmation is the dialog "are you sure?"
// [docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object].
func confirmation() check {
	return shape(map[string]field{
		"title": must(plain(100)), "text": must(rich(300)), "confirm": must(plain(30)), "deny": must(plain(30)),
		"style": may(enum("primary", "danger")),
	})
}

// option is a choice [docs.slack.dev/reference/block-kit/composition-objects/option-object]. Its
// value may have 150 characters by the documentation and 75 by @slack/types; Slack has refused more
// than 75.
func option(label func(int) check) check {
	return shape(map[string]field{
		"text": must(label(75)), "value": must(str(1, 75)), "description": may(label(75)),
	})
}

// overflowOption is an entry behind ⋯, which alone may have an address.
func overflowOption() check {
	return shape(map[string]field{
		"text": must(plain(75)), "value": must(str(1, 75)), "description": may(plain(75)), "url": may(link(3000)),
	})
}

// optionGroups are up to a hundred groups of a hundred options.
func optionGroups() check {
	return list(1, 100, shape(map[string]field{"label": must(plain(75)), "options": must(list(1, 100, option(plain)))}))
}

// initialAmong checks that what is chosen at first is one of the options: "must exactly match one
// of the options".
//
// Slack refuses the whole view for a menu whose chosen option has another text than the one in the
// list.
func initialAmong(v *validator, at string, value any) {
	o := wire.Object(value)
	options := allOptions(o)
	chosen := wire.Objects(o["initial_options"])
	if one := wire.Object(o["initial_option"]); one != nil {
		chosen = append(chosen, one)
	}
	for _, c := range chosen {
		if !containsOption(options, c) {
			v.fail(at, "initial option %q must match one of the options", wire.Text(c["value"]))
		}
	}
}

// containsOption compares value and text; Slack compares the whole object.
func containsOption(options []map[string]any, wanted map[string]any) bool {
	for _, o := range options {
		if wire.Text(o["value"]) == wire.Text(wanted["value"]) && reflect.DeepEqual(wire.Object(o["text"])["text"], wire.Object(wanted["text"])["text"]) {
			return true
		}
	}
	return false
}

// imageFields are those of a picture, by address or by Slack file, not both
// [docs.slack.dev/reference/block-kit/blocks/image-block].
func imageFields() map[string]field {
	return map[string]field{
		"type": must(anything), "alt_text": must(str(1, 2000)), "image_url": may(link(3000)),
		"slack_file": may(shape(map[string]field{"id": may(str(1, 0)), "url": may(link(3000))}, exactlyOne("id", "url"))),
	}
}

// imageElement is a picture beside something else.
func imageElement() check {
	return shape(imageFields(), exactlyOne("image_url", "slack_file"))
}

// richText is the rich_text block [docs.slack.dev/reference/block-kit/blocks/rich-text-block].
func richText() map[string]field {
	return map[string]field{"type": must(anything), "block_id": may(blockID), "elements": must(list(1, 0, richTextElement))}
}

// richTextElement and richTextLeaf look the rule up when it is used: the tables refer to each
// other, and a list may hold sections.
func richTextElement(v *validator, at string, value any) { v.rules.richText(v, at, value) }

func richTextLeaf(v *validator, at string, value any) { v.rules.richLeaf(v, at, value) }

// richTextSection is an item of a list, which holds nothing else.
func richTextSection(v *validator, at string, value any) {
	if wire.Object(value)["type"] != "rich_text_section" {
		v.fail(at+"/type", "unsupported type: %s", wire.Text(wire.Object(value)["type"]))
		return
	}
	richTextElement(v, at, value)
}

// richTextRule are the four kinds of paragraphs.
func richTextRule() check {
	leaves := must(list(0, 0, richTextLeaf))
	border := may(integer(0, 1))
	return byType(map[string]map[string]field{
		"rich_text_section":      {"type": must(anything), "elements": leaves},
		"rich_text_quote":        {"type": must(anything), "elements": leaves, "border": border},
		"rich_text_preformatted": {"type": must(anything), "elements": leaves, "border": border, "language": may(str(0, 0))},
		"rich_text_list": {"type": must(anything), "style": must(enum("bullet", "ordered")), "indent": may(integer(0, 8)), "border": border,
			"offset": may(integer(0, 0)), "elements": must(list(1, 0, richTextSection))},
	})
}

// richLeafRule are the things that stand in a paragraph.
func richLeafRule() check {
	styles := map[string]field{}
	for _, name := range []string{"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"} {
		styles[name] = may(boolean)
	}
	leaf := func(fields map[string]field) map[string]field {
		fields["type"], fields["style"] = must(anything), may(shape(styles))
		return fields
	}
	id := must(str(1, 0))
	return byType(map[string]map[string]field{
		"text":      leaf(map[string]field{"text": must(str(1, 0))}),
		"link":      leaf(map[string]field{"url": must(link(3000)), "text": may(str(0, 0)), "unsafe": may(boolean)}),
		"user":      leaf(map[string]field{"user_id": id}),
		"usergroup": leaf(map[string]field{"usergroup_id": id}),
		"channel":   leaf(map[string]field{"channel_id": id}),
		"team":      leaf(map[string]field{"team_id": id}),
		"emoji":     leaf(map[string]field{"name": id, "unicode": may(str(1, 0)), "skin_tone": may(integer(1, 6))}),
		"broadcast": leaf(map[string]field{"range": must(enum("here", "channel", "everyone"))}),
		"color":     leaf(map[string]field{"value": id}),
		"date": leaf(map[string]field{"timestamp": must(integer(0, 0)), "format": must(str(1, 0)), "url": may(link(3000)),
			"fallback": may(str(1, 0)), "timezone": may(str(1, 0))}),
	})
}

// byType picks the fields by the object's type.
func byType(kinds map[string]map[string]field) check {
	checks := map[string]check{}
	for kind, fields := range kinds {
		checks[kind] = shape(fields)
	}
	return func(v *validator, at string, value any) {
		kind := wire.Text(wire.Object(value)["type"])
		checkKind, known := checks[kind]
		switch {
		case wire.Object(value) == nil:
			v.fail(at, "must provide an object")
		case !known:
			v.fail(at+"/type", "unsupported type: %s", kind)
		default:
			checkKind(v, at, value)
		}
	}
}
