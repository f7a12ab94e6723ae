package blockkit

import (
	"maps"
	"slices"
	"strconv"

	"s1bot/bot/slacksim/wire"
)

// blockRules is the table of blocks [docs.slack.dev/reference/block-kit/blocks].
//
// Numbers are most characters of a text, or least and most items of a list. A message holds 50
// blocks and a view 100; see ValidateMessage and viewRules.
func blockRules() map[string]blockRule {
	rules := map[string]blockRule{
		"section": {everywhere, blockShape(map[string]field{
			"text": may(rich(3000)), "fields": may(list(1, 10, rich(2000))), "accessory": may(element(inSection()...)), "expand": may(boolean),
		}, atLeastOne("text", "fields"))},
		"header":  {everywhere, blockShape(map[string]field{"text": must(plain(150)), "level": may(integer(1, 4))})},
		"divider": {everywhere, blockShape(map[string]field{})},
		"image":   {everywhere, imageBlock()},
		"context": {everywhere, blockShape(map[string]field{"elements": must(list(1, 10, contextElement))})},
		"actions": {everywhere, blockShape(map[string]field{"elements": must(list(1, 25, element(inActions()...)))})},
		"input":   {everywhere, inputBlock()},
		"video": {everywhere, blockShape(map[string]field{
			"alt_text": must(str(1, 200)), "title": must(plain(200)), "video_url": must(link(3000)), "thumbnail_url": must(link(3000)),
			"title_url": may(link(3000)), "description": may(plain(200)), "author_name": may(str(0, 50)), "provider_name": may(str(0, 50)),
			"provider_icon_url": may(link(3000)),
		})},
		"rich_text":       {everywhere, shape(richText())},
		"file":            {onMessage, blockShape(map[string]field{"external_id": must(str(1, 0)), "source": must(enum("remote"))})},
		"markdown":        {onMessage, markdownBlock()},
		"context_actions": {onMessage, blockShape(map[string]field{"elements": must(list(1, 5, element("feedback_buttons", "icon_button")))})},
		"alert": {onModal, blockShape(map[string]field{
			"text": must(rich(200)), "level": may(enum("default", "info", "warning", "error", "success")),
		})},
	}
	maps.Copy(rules, layoutRules())
	return rules
}

// layoutRules are the blocks that Slack added in 2025 and 2026: tables, charts, cards and
// containers. Modals have none but cards.
func layoutRules() map[string]blockRule {
	return map[string]blockRule{
		"table":      {onMessage | onHome, tableBlock()},
		"data_table": {onMessage | onHome, dataTableBlock()},
		"card":       {everywhere, cardBlock()},
		"carousel":   {onMessage | onHome, blockShape(map[string]field{"elements": must(list(1, 10, onlyType("card")))})},
		"container":  {onMessage | onHome, containerBlock()},
		"plan":       {onMessage, blockShape(map[string]field{"title": must(str(1, 0)), "tasks": may(list(0, 0, onlyType("task_card")))})},
		"task_card": {onMessage, blockShape(map[string]field{
			"task_id": must(str(1, 0)), "title": must(str(1, 0)), "status": may(enum("pending", "in_progress", "complete", "error")),
			"details": may(shape(richText())), "output": may(shape(richText())), "hide_title": may(boolean),
			"sources": may(list(0, 0, shape(map[string]field{"type": must(enum("url")), "url": must(link(3000)), "text": must(str(1, 0))}))),
		})},
		"data_visualization": {onMessage, chartBlock()},
	}
}

// blockShape is a shape that also has a type and a block_id.
func blockShape(fields map[string]field, more ...check) check {
	fields["type"], fields["block_id"] = must(anything), may(blockID)
	return shape(fields, more...)
}

// onlyType is a block inside of another one. Its action ids are counted apart from those of the
// block around it.
func onlyType(kinds ...string) check {
	return func(v *validator, at string, value any) {
		if kind := wire.Text(wire.Object(value)["type"]); !slices.Contains(kinds, kind) {
			v.fail(at+"/type", "unsupported type: %s", kind)
			return
		}
		outer := v.actionIDs
		v.block(at, value)
		v.actionIDs = outer
	}
}

// imageBlock is a picture with a title.
func imageBlock() check {
	fields := imageFields()
	fields["title"] = may(plain(2000))
	return blockShape(fields, exactlyOne("image_url", "slack_file"))
}

// contextElement is a picture or a text.
func contextElement(v *validator, at string, value any) {
	if wire.Object(value)["type"] == "image" {
		imageElement()(v, at, value)
		return
	}
	rich(3000)(v, at, value)
}

// inputBlock is a question. Its place is noted, since a view with an input needs a submit button.
func inputBlock() check {
	note := func(v *validator, at string, _ any) { v.inputs = append(v.inputs, at) }
	return blockShape(map[string]field{
		"label": must(plain(2000)), "element": must(element(inInput()...)), "hint": may(plain(2000)), "optional": may(boolean),
		"dispatch_action": may(boolean),
	}, note)
}

// markdownBlock counts what all markdown blocks hold together.
func markdownBlock() check {
	return blockShape(map[string]field{"text": must(counting("markdown", str(1, 0)))})
}

// counting adds the characters of what it checks to a total of the payload; see totals.
func counting(kind string, c check) check {
	return func(v *validator, at string, value any) {
		v.inTable = kind
		c(v, at, value)
		v.inTable = ""
	}
}

// tableBlock holds text and rich text; raw_number is refused in some workspaces (slack-go,
// CHANGELOG of 0.32), so it is here.
//
// 100 rows of 20 cells, and 10,000 characters in all tables of a message together (see totals).
func tableBlock() check {
	settings := shape(map[string]field{"align": may(enum("left", "center", "right")), "is_wrapped": may(boolean)})
	return blockShape(map[string]field{
		"rows":            must(counting("table", list(1, 100, list(1, 20, cell("raw_text", "rich_text"))))),
		"column_settings": may(list(0, 20, orNull(settings))),
	}, func(v *validator, _ string, _ any) { v.tables++ })
}

// orNull takes null as well, for a column of a table that has no settings.
func orNull(c check) check {
	return func(v *validator, at string, value any) {
		if value != nil {
			c(v, at, value)
		}
	}
}

// dataTableBlock takes 101 rows: 201 stand in the newest documentation, 101 in the copy before it.
// The careful number is the one that both allow. Its own bound of characters is 20,000.
func dataTableBlock() check {
	return blockShape(map[string]field{
		"caption": must(str(1, 0)), "page_size": may(integer(1, 100)), "row_header_column_index": may(integer(0, 19)),
		"rows": must(counting("data_table", list(2, 101, list(1, 20, cell("raw_text", "raw_number", "rich_text", "action_cell"))))),
	}, rowsAlike, plainHeader)
}

// rowsAlike wants as many cells in each row as in the heading.
func rowsAlike(v *validator, at string, value any) {
	rows, _ := wire.Object(value)["rows"].([]any)
	for i, row := range rows {
		cells, _ := row.([]any)
		if first, _ := rows[0].([]any); len(cells) != len(first) {
			v.fail(at+"/rows/"+strconv.Itoa(i), "all rows must have the same number of cells")
			return
		}
	}
}

// plainHeader refuses rich text and buttons in the heading of a data table.
func plainHeader(v *validator, at string, value any) {
	rows, _ := wire.Object(value)["rows"].([]any)
	if len(rows) == 0 {
		return
	}
	for i, c := range wire.Objects(rows[0]) {
		if c["type"] == "rich_text" || c["type"] == "action_cell" {
			v.fail(at+"/rows/0/"+strconv.Itoa(i)+"/type", "unsupported type: %s", wire.Text(c["type"]))
		}
	}
}

// cell is a cell of a table. @slack/types wants `text` on raw_number, the documentation does not:
// it is required here.
func cell(kinds ...string) check {
	cells := map[string]map[string]field{
		"raw_text":    {"type": must(anything), "text": must(str(1, 0))},
		"raw_number":  {"type": must(anything), "value": must(number), "text": must(str(1, 0))},
		"rich_text":   richText(),
		"action_cell": {"type": must(anything), "element": must(element("button")), "fallback": may(anything)},
	}
	maps.DeleteFunc(cells, func(kind string, _ map[string]field) bool { return !slices.Contains(kinds, kind) })
	return byType(cells)
}

// cardBlock is one card, also of a carousel [docs.slack.dev/reference/block-kit/blocks/card-block].
func cardBlock() check {
	return blockShape(map[string]field{
		"hero_image": may(element("image")), "icon": may(element("image")),
		"slack_icon": may(shape(map[string]field{"type": must(enum("icon")), "name": must(str(1, 0))})),
		"title":      may(rich(150)), "subtitle": may(rich(150)), "body": may(rich(200)), "subtext": may(rich(200)),
		"actions": may(list(1, 3, element("button"))),
	}, atLeastOne("hero_image", "title", "actions", "body"))
}

// containerBlock is a box with a heading around other blocks
// [docs.slack.dev/reference/block-kit/blocks/container-block].
//
// What may stand in it is a list of its own: no container, no table of data, no chart.
func containerBlock() check {
	return blockShape(map[string]field{
		"title": may(plain(150)), "rich_text_title": may(shape(richText())), "subtitle": may(rich(150)), "icon": may(element("image")),
		"width": may(enum("narrow", "standard", "wide", "full")), "is_collapsible": may(boolean), "default_collapsed": may(boolean),
		"has_header_divider": may(boolean),
		"child_blocks": must(list(1, 10, onlyType("actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section",
			"table", "video"))),
	}, atLeastOne("title", "rich_text_title"), func(v *validator, at string, value any) {
		o := wire.Object(value)
		if wire.IsTrue(o["default_collapsed"]) && !wire.IsTrue(o["is_collapsible"]) {
			v.fail(at, "default_collapsed requires is_collapsible")
		}
		if wire.IsTrue(o["has_header_divider"]) && wire.IsTrue(o["is_collapsible"]) {
			v.fail(at, "has_header_divider is not supported on collapsible containers")
		}
	})
}

// chartBlock is a chart. An older copy of the documentation has 6 series; the newest has 12.
//
// A chart may have 20 points a series, and a message two charts.
func chartBlock() check {
	labelled := map[string]field{"label": must(str(1, 20)), "value": must(number)}
	series := must(list(1, 12, shape(map[string]field{"name": must(str(1, 20)), "data": must(list(1, 20, shape(labelled)))})))
	axes := must(shape(map[string]field{
		"categories": must(list(1, 20, str(1, 20))), "x_label": may(str(1, 50)), "y_label": may(str(1, 50)),
	}))
	charts := map[string]map[string]field{"pie": {"type": must(anything), "segments": must(list(1, 12, shape(labelled, positive)))}}
	for _, kind := range []string{"bar", "line", "area"} {
		charts[kind] = map[string]field{"type": must(anything), "series": series, "axis_config": axes}
	}
	return blockShape(map[string]field{"title": must(str(1, 50)), "chart": must(byType(charts))},
		pointsMatchAxis, func(v *validator, _ string, _ any) { v.charts++ })
}

// positive refuses a segment of a pie that has no size.
func positive(v *validator, at string, value any) {
	if n := wire.Text(wire.Object(value)["value"]); n != "" && (n[0] == '-' || n == "0") {
		v.fail(at+"/value", "must be greater than 0")
	}
}

// pointsMatchAxis checks that each series has a point for each category, in that order, and that
// names differ.
func pointsMatchAxis(v *validator, at string, value any) {
	chart := wire.Object(wire.Object(value)["chart"])
	categories, _ := wire.Object(chart["axis_config"])["categories"].([]any)
	names := map[string]bool{}
	for i, s := range wire.Objects(chart["series"]) {
		here := at + "/chart/series/" + strconv.Itoa(i)
		unique(v, here+"/name", "name", names, wire.Text(s["name"]))
		if len(wire.Objects(s["data"])) != len(categories) {
			v.fail(here+"/data", "must have a point for each category")
			continue
		}
		for j, point := range wire.Objects(s["data"]) {
			if wire.Text(point["label"]) != wire.Text(categories[j]) {
				v.fail(here+"/data/"+strconv.Itoa(j)+"/label", "must match the category")
			}
		}
	}
}

// viewRules are the fields of views [docs.slack.dev/reference/views]. `submit_disabled` belongs to
// workflow steps: Slack refuses it.
//
// A view must have one block at least. private_metadata holds 3,000 characters, which is all the
// memory that a form has.
func viewRules() map[surface]check {
	common := func() map[string]field {
		return map[string]field{
			"type": must(enum("modal", "home")), "private_metadata": may(str(0, 3000)), "callback_id": may(str(0, 255)), "external_id": may(str(0, 255)),
			"blocks": must(func(v *validator, at string, value any) { list(1, 100, (*validator).block)(v, at, value) }),
		}
	}
	modal := common()
	maps.Copy(modal, map[string]field{"title": must(plain(24)), "submit": may(plain(24)), "close": may(plain(24)),
		"clear_on_close": may(boolean), "notify_on_close": may(boolean)})
	return map[surface]check{onModal: shape(modal, submitForInputs), onHome: shape(common())}
}

// submitForInputs has Slack's words from slackapi/node-slack-sdk#875.
func submitForInputs(v *validator, _ string, value any) {
	if _, has := wire.Object(value)["submit"]; has {
		return
	}
	for _, input := range v.inputs {
		v.fail(input+"/input", "must define `submit` to use `input` block")
	}
}
