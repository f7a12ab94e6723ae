package inbound

import (
	"bytes"
	"encoding/json"
	"slices"
)

// What holds words in a message of Slack's, however deep it stands. The values of buttons are for
// machines, and Slack's own addresses of files are nobody's words.
var (
	blockKeys      = []string{"text", "url", "title", "alt_text", "caption"}
	attachmentKeys = append(slices.Clone(blockKeys), "value", "pretext", "fallback", "title_link", "from_url", "author_name", "footer")
	fileKeys       = []string{"name", "title"}
)

// maxTexts bounds what is read of one message.
const maxTexts = 5000

// textsOf are the texts of the message in a payload, in the order in which the message has them:
// its own, those of its blocks and attachments, the names of its files.
//
// It is for looking things up only: what these texts say is never run.
func textsOf(payload json.RawMessage) (texts []string) {
	var p struct {
		Message struct {
			Text        string          `json:"text"`
			Blocks      json.RawMessage `json:"blocks"`
			Attachments json.RawMessage `json:"attachments"`
			Files       json.RawMessage `json:"files"`
		} `json:"message"`
	}
	if json.Unmarshal(payload, &p) != nil {
		return nil
	}
	texts = append(texts, p.Message.Text)
	texts = append(texts, valuesOf(p.Message.Blocks, blockKeys)...)
	texts = append(texts, valuesOf(p.Message.Attachments, attachmentKeys)...)
	return append(texts, valuesOf(p.Message.Files, fileKeys)...)
}

// valuesOf are the texts under some keys, however deep, in their order. A decoder of tokens keeps
// that order, which a map does not.
func valuesOf(raw json.RawMessage, keys []string) (values []string) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	type level struct{ object, isKey bool }
	var open []level
	key := ""
	for len(values) < maxTexts {
		token, err := decoder.Token()
		if err != nil {
			return values
		}
		inside := len(open) > 0 && open[len(open)-1].object
		if delim, ok := token.(json.Delim); ok {
			if delim == '{' || delim == '[' {
				open = append(open, level{delim == '{', true})
				continue
			}
			open = open[:len(open)-1]
			if len(open) > 0 {
				open[len(open)-1].isKey = true
			}
			continue
		}
		text, isText := token.(string)
		switch {
		case inside && open[len(open)-1].isKey:
			key, open[len(open)-1].isKey = text, false
		case inside:
			open[len(open)-1].isKey = true
			if isText && slices.Contains(keys, key) {
				values = append(values, text)
			}
		}
	}
	return values
}
