package inbound

import (
	"encoding/json"
	"strconv"
	"strings"

	"s1bot/commands/text"
)

// An inline is a piece of a message as its reader sees it: of a rich_text block, which is what
// Slack makes of all that people type.
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
//
// Kinds that Slack may add have none of these fields: such a piece has no words, the comparison
// with the text fails, and the message is doubtful rather than obeyed.
type inline struct {
	Type      string `json:"type"`
	Text      string `json:"text"`
	UserID    string `json:"user_id"`
	GroupID   string `json:"usergroup_id"`
	ChannelID string `json:"channel_id"`
	Range     string `json:"range"`
	Name      string `json:"name"`
	SkinTone  int    `json:"skin_tone"`
	Style     struct{ Code, Strike bool }
	in        string // the container: rich_text_section, _list, _quote or _preformatted
	number    string // of an item of a numbered list, before its first piece
}

type container struct {
	Type     string            `json:"type"`
	Style    json.RawMessage   `json:"style"` // of a list: "bullet" or "ordered"
	Offset   int               `json:"offset"`
	Elements []json.RawMessage `json:"elements"`
}

// readBlocks is what a message shows, in reading order and without blanks before it. It is not
// readable where something else than a person's typing stands first: an app made that.
func readBlocks(raw json.RawMessage) (shown []inline, readable bool) {
	if !present(raw) {
		return nil, true
	}
	var blocks []container
	if json.Unmarshal(raw, &blocks) != nil {
		return nil, false
	}
	for _, block := range blocks {
		if block.Type != "rich_text" {
			return nil, false
		}
		for _, e := range block.Elements {
			var c container
			if json.Unmarshal(e, &c) != nil {
				return nil, false
			}
			pieces, ok := c.pieces(c.Type)
			if !ok {
				return nil, false
			}
			shown = append(shown, pieces...)
		}
	}
	for len(shown) > 0 && shown[0].blank() {
		shown = shown[1:]
	}
	return shown, len(blocks) == 0 || len(shown) > 0
}

// pieces are those of a container; the items of a list are containers of their own.
//
// Slack writes the numbers of a list into the text and not into the blocks; they are counted here,
// or no numbered list would say the same in both.
func (c container) pieces(in string) (all []inline, ok bool) {
	for n, raw := range c.Elements {
		if c.Type == "rich_text_list" {
			var item container
			if json.Unmarshal(raw, &item) != nil {
				return nil, false
			}
			pieces, ok := item.pieces(in)
			if !ok {
				return nil, false
			}
			if len(pieces) > 0 && string(c.Style) == `"ordered"` {
				pieces[0].number = strconv.Itoa(c.Offset + n + 1)
			}
			all = append(all, pieces...)
			continue
		}
		piece := inline{in: in}
		if json.Unmarshal(raw, &piece) != nil {
			return nil, false
		}
		all = append(all, piece)
	}
	return all, true
}

// blank tells what stands before the words without saying anything.
func (i inline) blank() bool {
	return i.Type == "text" && !i.apart() && text.TrimBlank(i.Text) == ""
}

// apart tells what is shown rather than said: code, a quotation, words struck through.
func (i inline) apart() bool {
	return i.Style.Code || i.Style.Strike || i.in == "rich_text_quote" || i.in == "rich_text_preformatted"
}

// isMention tells whether this mentions a user, in plain words.
func (i inline) isMention(user string) bool {
	return i.Type == "user" && i.UserID == user && i.in == "rich_text_section" && !i.apart()
}

// words are what the text of the message has for a piece; nothing for addresses and dates, see
// tokens.
func (i inline) words() string {
	switch {
	case i.Type == "link", i.Type == "date":
		return i.number
	case i.SkinTone > 0:
		return i.number + i.Name + "skintone" + strconv.Itoa(i.SkinTone)
	}
	return i.number + strings.Join([]string{i.Text, i.UserID, i.GroupID, i.ChannelID, i.Range, i.Name}, "")
}
