package blockkit

import (
	"slices"
	"time"

	"s1bot/bot/slacksim/wire"
)

// rules are the tables of Block Kit: what each block and element may hold, and where it may stand.
//
// They are functions and not literals of one another, since they refer to each other: a section has
// buttons, a button a confirmation, a confirmation texts.
type rules struct {
	blocks     map[string]blockRule
	elements   map[string]check
	views      map[surface]check
	richText   check // a paragraph of rich text
	richLeaf   check // a thing in a paragraph
	suggestion check // the answer to a block_suggestion
}

// A blockRule says where a block may stand and what it holds.
type blockRule struct {
	where surface
	check check
}

func newRules() rules {
	return rules{blocks: blockRules(), elements: elementRules(), views: viewRules(), richText: richTextRule(), richLeaf: richLeafRule(),
		suggestion: suggestionRule()}
}

// menus are the elements from which a person picks one thing; multiMenus those for several.
//
// They may stand in actions, sections and inputs; their multi-select twins in sections and inputs
// alone.
func menus() []string {
	return []string{"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
}

func multiMenus() []string {
	return []string{"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select"}
}

// inActions are the elements of an actions block: menus for one thing, but neither multi-select
// menus nor typed inputs, which Slack refuses there ("unsupported element: multiselect",
// "unsupported type").
func inActions() []string {
	return slices.Concat([]string{"button", "checkboxes", "datepicker", "datetimepicker", "timepicker", "overflow", "radio_buttons",
		"workflow_button"}, menus())
}

// inSection are the accessories of a section
// [docs.slack.dev/reference/block-kit/blocks/section-block].
func inSection() []string {
	return slices.Concat([]string{"button", "checkboxes", "datepicker", "image", "overflow", "radio_buttons", "timepicker",
		"workflow_button"}, menus(), multiMenus())
}

// inInput are the elements of an input block [docs.slack.dev/reference/block-kit/blocks/input-block].
func inInput() []string {
	return slices.Concat([]string{"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input",
		"checkboxes", "datepicker", "datetimepicker", "timepicker", "radio_buttons"}, menus(), multiMenus())
}

// elementRules is the table of block elements [docs.slack.dev/reference/block-kit/block-elements].
//
// The same element has the same rule wherever it stands; where it may stand is said by inActions,
// inSection and inInput.
func elementRules() map[string]check {
	confirm, placeholder, label := may(confirmation()), may(plain(150)), may(str(1, 75))
	options := must(list(1, 10, option(rich)))
	rules := map[string]check{
		"image":  imageElement(),
		"button": interactiveShape(buttonFields()),
		"workflow_button": interactiveShape(map[string]field{
			"text": must(plain(75)), "workflow": must(anything), "style": style(), "accessibility_label": label,
		}),
		"icon_button": interactiveShape(map[string]field{
			"icon": must(enum("trash")), "text": must(plain(75)), "value": may(str(0, 2000)), "confirm": confirm, "accessibility_label": label,
			"visible_to_user_ids": may(list(1, 10, str(1, 0))),
		}),
		"feedback_buttons": interactiveShape(map[string]field{
			"positive_button": must(feedbackButton()), "negative_button": must(feedbackButton()),
		}),
		"overflow": interactiveShape(map[string]field{"options": must(list(1, 5, overflowOption())), "confirm": confirm}),
		"checkboxes": interactiveShape(focusable(map[string]field{
			"options": options, "initial_options": may(list(1, 10, option(rich))), "confirm": confirm,
		}), initialAmong),
		"radio_buttons": interactiveShape(focusable(map[string]field{
			"options": options, "initial_option": may(option(rich)), "confirm": confirm,
		}), initialAmong),
		"datepicker": interactiveShape(focusable(map[string]field{
			"initial_date": may(timeAs(time.DateOnly)), "placeholder": placeholder, "confirm": confirm,
		})),
		"timepicker": interactiveShape(focusable(map[string]field{
			"initial_time": may(timeAs("15:04")), "timezone": may(str(1, 0)), "placeholder": placeholder, "confirm": confirm,
		})),
		"datetimepicker": interactiveShape(focusable(map[string]field{"initial_date_time": may(tenDigits), "confirm": confirm})),
		"file_input":     interactiveShape(map[string]field{"filetypes": may(list(1, 0, str(1, 0))), "max_files": may(integer(1, 10))}),
	}
	addInputs(rules)
	addMenus(rules)
	return rules
}

// addInputs are the elements that a person types into. number_input wants its numbers as strings.
// Their max_length is at most 3,000.
func addInputs(rules map[string]check) {
	typed := func(fields map[string]field) map[string]field {
		fields["placeholder"] = may(plain(150))
		fields["dispatch_action_config"] = may(shape(map[string]field{
			"trigger_actions_on": may(list(1, 2, enum("on_enter_pressed", "on_character_entered"))),
		}))
		return focusable(fields)
	}
	rules["plain_text_input"] = interactiveShape(typed(map[string]field{"initial_value": may(str(0, 3000)), "multiline": may(boolean),
		"min_length": may(integer(0, 3000)), "max_length": may(integer(1, 3000))}), lengthsInOrder)
	rules["email_text_input"] = interactiveShape(typed(map[string]field{"initial_value": may(str(0, 0))}))
	rules["url_text_input"] = interactiveShape(typed(map[string]field{"initial_value": may(str(0, 0))}))
	rules["number_input"] = interactiveShape(typed(map[string]field{"is_decimal_allowed": must(boolean), "initial_value": may(numeric),
		"min_value": may(numeric), "max_value": may(numeric)}))
	rules["rich_text_input"] = interactiveShape(typed(map[string]field{"initial_value": may(shape(richText())),
		"min_lines": may(integer(1, 0)), "max_lines": may(integer(1, 0))}))
}

// A menuRule is what a kind of select menu has of its own: fields, and what is chosen at first.
type menuRule struct {
	fields  func() map[string]field
	initial string
	chosen  check
}

// menuRules is the table of select menus
// [docs.slack.dev/reference/block-kit/block-elements/select-menu-element].
func menuRules() map[string]menuRule {
	none := func() map[string]field { return map[string]field{} }
	id := str(1, 0)
	return map[string]menuRule{
		"static_select": {func() map[string]field {
			return map[string]field{"options": may(list(1, 100, option(plain))), "option_groups": may(optionGroups())}
		}, "initial_option", option(plain)},
		"external_select": {func() map[string]field {
			return map[string]field{"min_query_length": may(integer(0, 0))}
		}, "initial_option", option(plain)},
		"conversations_select": {func() map[string]field {
			return map[string]field{"default_to_current_conversation": may(boolean), "filter": may(conversationFilter())}
		}, "initial_conversation", id},
		"channels_select": {none, "initial_channel", id},
		"users_select":    {none, "initial_user", id},
	}
}

// conversationFilter limits which conversations a menu lists; it must say at least one thing.
func conversationFilter() check {
	return shape(map[string]field{
		"include":                          may(list(1, 4, enum("im", "mpim", "private", "public"))),
		"exclude_external_shared_channels": may(boolean), "exclude_bot_users": may(boolean),
	}, atLeastOne("include", "exclude_external_shared_channels", "exclude_bot_users"))
}

// addMenus makes the select menus, each with its multi-select twin.
//
// A multi-select differs in three ways: its initial value is a list with an s at its name's end, it
// may be bounded, and it has no response URL.
func addMenus(rules map[string]check) {
	for name, rule := range menuRules() {
		single, several := rule.fields(), rule.fields()
		single[rule.initial] = may(rule.chosen)
		if name == "conversations_select" || name == "channels_select" {
			single["response_url_enabled"] = may(boolean)
		}
		several[rule.initial+"s"] = may(list(1, 0, rule.chosen))
		several["max_selected_items"] = may(integer(1, 0))
		rules[name], rules["multi_"+name] = menu(name, single), menu(name, several)
	}
}

// menu is a select menu with what all of them have; only a static one has options of its own,
// either flat or in groups.
func menu(name string, fields map[string]field) check {
	fields["placeholder"], fields["confirm"] = may(plain(150)), may(confirmation())
	if name == "static_select" {
		return interactiveShape(focusable(fields), exactlyOne("options", "option_groups"), initialAmong)
	}
	return interactiveShape(focusable(fields))
}

// buttonFields are a button's. An address and a value may stand together: a click on it opens the
// one and sends the other.
func buttonFields() map[string]field {
	return map[string]field{
		"text": must(plain(75)), "url": may(link(3000)), "value": may(str(0, 2000)), "style": style(), "confirm": may(confirmation()),
		"accessibility_label": may(str(1, 75)), "visible_to_user_ids": may(list(1, 10, str(1, 0))),
	}
}

// style is left out for an ordinary button.
func style() field { return may(enum("primary", "danger")) }

// feedbackButton is one of a pair, thumbs up or down.
func feedbackButton() check {
	return shape(map[string]field{"text": must(plain(75)), "value": must(str(0, 2000)), "accessibility_label": may(str(1, 75))})
}

// interactiveShape is a shape that also has a type and an action_id.
func interactiveShape(fields map[string]field, more ...check) check {
	fields["type"], fields["action_id"] = must(anything), may(actionID)
	return shape(fields, more...)
}

// focusable adds focus_on_load, which one element of a view may have.
func focusable(fields map[string]field) map[string]field {
	fields["focus_on_load"] = may(func(v *validator, at string, value any) {
		boolean(v, at, value)
		if wire.IsTrue(value) {
			v.focused++
		}
	})
	return fields
}

// lengthsInOrder refuses a text box that no text could fill.
func lengthsInOrder(v *validator, at string, value any) {
	o := wire.Object(value)
	if most, given := o["max_length"]; given && wire.IntOf(o["min_length"]) > wire.IntOf(most) {
		v.fail(at, "min_length must be less than max_length")
	}
}

// timeAs checks a date or a time of day.
func timeAs(layout string) check {
	return func(v *validator, at string, value any) {
		s, _ := value.(string)
		if _, err := time.Parse(layout, s); err != nil {
			v.fail(at, "must be in the format %s", map[string]string{time.DateOnly: "YYYY-MM-DD", "15:04": "HH:mm"}[layout])
		}
	}
}

// tenDigits checks seconds since 1970: "in the format of 10 digits" [datetimepicker]. A timestamp
// in milliseconds, the usual slip, has thirteen.
func tenDigits(v *validator, at string, value any) {
	if s := wire.Text(value); len(s) != 10 || wire.IntOf(value) < 0 {
		v.fail(at, "must be a UNIX timestamp of 10 digits")
	}
}

// suggestionRule is the answer to a block_suggestion
// [docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select].
func suggestionRule() check {
	return shape(map[string]field{
		"options": may(list(0, 100, option(plain))),
		"option_groups": may(list(0, 100, shape(map[string]field{
			"label": must(plain(75)), "options": must(list(0, 100, option(plain))),
		}))),
	}, exactlyOne("options", "option_groups"))
}
