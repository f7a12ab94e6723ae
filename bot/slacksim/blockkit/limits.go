package blockkit

import (
	"encoding/json"
	"unicode/utf8"
)

// CharacterLimit is what chat.postMessage takes in all blocks together, tables and charts not
// counted. Undocumented: Slack's people speak of "12,000 text characters with a buffer for block
// containers" (slackapi/bolt-js#2509, #2867).
//
// It is the reason why a message whose blocks are each within their limits may still be refused
// (msg_blocks_too_long).
const CharacterLimit = 12000

// Characters counts the text in all blocks of a message that the limit counts.
func Characters(raw json.RawMessage) int {
	n := 0
	for _, b := range ParseBlocks(raw) {
		if kind := b["type"]; kind != "table" && kind != "data_table" && kind != "data_visualization" {
			n += textCharacters(b)
		}
	}
	return n
}

// textCharacters adds up all fields called text, however deep: that is where people read.
func textCharacters(value any) int {
	n := 0
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			n += textCharacters(item)
		}
	case map[string]any:
		for name, field := range v {
			if s, ok := field.(string); ok && name == "text" {
				n += utf8.RuneCountInString(s)
			} else {
				n += textCharacters(field)
			}
		}
	}
	return n
}

// MaxViewSize is the size over which Slack answers view_too_large: "greater than 250kb".
const MaxViewSize = 250 << 10
