package slacksim

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// decode parses JSON and keeps numbers as they were written.
func decode(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("something follows the JSON value")
	}
	return nil
}

// encode writes JSON without the escapes of HTML, as Slack does.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("slacksim: encode: " + err.Error()) // only maps, slices and strings come here
	}
	return bytes.TrimSpace(b.Bytes())
}

// parseBlocks gives the blocks that are objects; what is not an array gives none.
func parseBlocks(raw json.RawMessage) []map[string]any {
	var list []any
	if len(raw) == 0 || decode(raw, &list) != nil {
		return nil
	}
	return objects(list)
}

func objects(value any) []map[string]any {
	list, _ := value.([]any)
	found := make([]map[string]any, 0, len(list))
	for _, item := range list {
		if o, ok := item.(map[string]any); ok {
			found = append(found, o)
		}
	}
	return found
}

func object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}

func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return fmt.Sprint(v)
	}
	return ""
}

// withIDs gives every block and every interactive element the id that Slack makes where the app gave none.
func (ws *Workspace) withIDs(raw json.RawMessage) json.RawMessage {
	blocks := parseBlocks(raw)
	if len(blocks) == 0 {
		return nil
	}
	eachBlock(blocks, func(b map[string]any) {
		if text(b["block_id"]) == "" {
			b["block_id"] = ws.newID("b")
		}
	})
	eachElement(blocks, func(_, el map[string]any) {
		if text(el["action_id"]) == "" {
			el["action_id"] = ws.newID("a")
		}
	})
	return encode(blocks)
}

// eachBlock visits the blocks, then those inside of containers and carousels.
func eachBlock(blocks []map[string]any, visit func(block map[string]any)) {
	for _, b := range blocks {
		visit(b)
		eachBlock(objects(b["child_blocks"]), visit)
		if b["type"] == "carousel" {
			eachBlock(objects(b["elements"]), visit)
		}
	}
}

// eachElement visits the interactive elements in reading order, with the block that holds them.
func eachElement(blocks []map[string]any, visit func(block, element map[string]any)) {
	eachBlock(blocks, func(b map[string]any) {
		for _, el := range elementsOf(b) {
			if interactive(text(el["type"])) {
				visit(b, el)
			}
		}
	})
}

func elementsOf(b map[string]any) []map[string]any {
	switch b["type"] {
	case "section":
		return objects([]any{b["accessory"]})
	case "input":
		return objects([]any{b["element"]})
	case "actions", "context_actions":
		return objects(b["elements"])
	case "card":
		return objects(b["actions"])
	case "data_table":
		return cellButtons(b)
	}
	return nil
}

func cellButtons(table map[string]any) []map[string]any {
	var buttons []map[string]any
	rows, _ := table["rows"].([]any)
	for _, row := range rows {
		for _, cell := range objects(row) {
			if el := object(cell["element"]); el != nil {
				buttons = append(buttons, el)
			}
		}
	}
	return buttons
}

func interactive(elementType string) bool {
	return elementType != "" && elementType != "image" && elementType != "workflow_button"
}

func buttonLabels(blocks []map[string]any) []string {
	labels := []string{}
	eachElement(blocks, func(_, el map[string]any) {
		switch el["type"] {
		case "button", "icon_button":
			labels = append(labels, text(object(el["text"])["text"]))
		}
	})
	return labels
}
