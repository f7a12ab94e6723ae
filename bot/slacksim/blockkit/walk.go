package blockkit

import (
	"encoding/json"
	"slices"

	"s1bot/bot/slacksim/wire"
)

// ParseBlocks gives the blocks that are objects; what is not an array gives none.
func ParseBlocks(raw json.RawMessage) []map[string]any {
	var list []any
	if len(raw) == 0 || wire.Decode(raw, &list) != nil {
		return nil
	}
	return wire.Objects(list)
}

// eachBlock visits the blocks, then those inside of containers and carousels.
func eachBlock(blocks []map[string]any, visit func(block map[string]any)) {
	for _, b := range blocks {
		visit(b)
		eachBlock(wire.Objects(b["child_blocks"]), visit)
		if b["type"] == "carousel" {
			eachBlock(wire.Objects(b["elements"]), visit)
		}
	}
}

// EachElement visits the interactive elements in reading order, with the block that holds them.
//
// Reading order matters: where two elements have the same label, a person's eye finds the first one
// first.
func EachElement(blocks []map[string]any, visit func(block, element map[string]any)) {
	eachBlock(blocks, func(b map[string]any) {
		for _, el := range elementsOf(b) {
			if interactive(wire.Text(el["type"])) {
				visit(b, el)
			}
		}
	})
}

// elementsOf are the elements of a block, wherever its kind keeps them.
func elementsOf(b map[string]any) []map[string]any {
	switch b["type"] {
	case "section":
		return wire.Objects([]any{b["accessory"]})
	case "input":
		return wire.Objects([]any{b["element"]})
	case "actions", "context_actions":
		return wire.Objects(b["elements"])
	case "card":
		return wire.Objects(b["actions"])
	case "data_table":
		return cellButtons(b)
	}
	return nil
}

// cellButtons are the buttons in the cells of a table.
func cellButtons(table map[string]any) []map[string]any {
	var buttons []map[string]any
	rows, _ := table["rows"].([]any)
	for _, row := range rows {
		for _, cell := range wire.Objects(row) {
			if el := wire.Object(cell["element"]); el != nil {
				buttons = append(buttons, el)
			}
		}
	}
	return buttons
}

// interactive tells what the app hears of; a workflow button starts something of Slack's own.
func interactive(elementType string) bool {
	return elementType != "" && elementType != "image" && elementType != "workflow_button"
}

// ButtonLabels are the labels of the buttons, in reading order.
func ButtonLabels(blocks []map[string]any) []string {
	labels := []string{}
	EachElement(blocks, func(_, el map[string]any) {
		switch el["type"] {
		case "button", "icon_button":
			labels = append(labels, wire.Text(wire.Object(el["text"])["text"]))
		}
	})
	return labels
}

// labelsOf are the names by which a person would call an element: the label of an input, the
// placeholder, the text on it or beside it; and its ids, for tests.
func labelsOf(b, el map[string]any) []string {
	labels := []string{}
	for _, t := range []any{b["label"], el["placeholder"], el["text"], b["text"]} {
		if s := wire.Text(wire.Object(t)["text"]); s != "" {
			labels = append(labels, s)
		}
	}
	return append(labels, wire.Text(b["block_id"]), wire.Text(el["action_id"]))
}

// FindElement finds an element by a label, a placeholder or an id.
func FindElement(blocks []map[string]any, label string, kinds ...string) (block, el map[string]any) {
	EachElement(blocks, func(b, e map[string]any) {
		wanted := len(kinds) == 0 || slices.Contains(kinds, wire.Text(e["type"]))
		if el == nil && wanted && slices.Contains(labelsOf(b, e), label) {
			block, el = b, e
		}
	})
	return block, el
}

// FindOverflow finds an overflow menu by the text of one of its options.
func FindOverflow(blocks []map[string]any, label string) (block, el, option map[string]any) {
	EachElement(blocks, func(b, e map[string]any) {
		if e["type"] != "overflow" || option != nil {
			return
		}
		for _, o := range wire.Objects(e["options"]) {
			if wire.Text(wire.Object(o["text"])["text"]) == label {
				block, el, option = b, e, o
			}
		}
	})
	return block, el, option
}

// FindInput finds an element that has a value, by a label, a placeholder or an id.
func FindInput(blocks []map[string]any, label string) (block, el map[string]any) {
	return FindElement(blocks, label, inputKinds()...)
}

// inputKinds are the types of elements that have a value.
func inputKinds() []string {
	kinds := []string{}
	for kind := range inputs {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// InputBlocks are the blocks in which a person can put something.
func InputBlocks(blocks []map[string]any) []map[string]any {
	return slices.DeleteFunc(slices.Clone(blocks), func(b map[string]any) bool { return b["type"] != "input" })
}

// WithIDs gives every block and every interactive element the id that Slack makes where the app
// gave none.
//
// Ids are part of what the app is told with a click, and new ones at each drawing make what was
// typed get lost.
func WithIDs(raw json.RawMessage, newID func(prefix string) string) json.RawMessage {
	blocks := ParseBlocks(raw)
	if len(blocks) == 0 {
		return nil
	}
	eachBlock(blocks, func(b map[string]any) {
		if wire.Text(b["block_id"]) == "" {
			b["block_id"] = newID("b")
		}
	})
	EachElement(blocks, func(_, el map[string]any) {
		if wire.Text(el["action_id"]) == "" {
			el["action_id"] = newID("a")
		}
	})
	return wire.Encode(blocks)
}
