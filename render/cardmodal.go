package render

import (
	"encoding/json"

	"github.com/slack-go/slack"
)

// Modal draws c over the message that it is about, as a page whose title is a word for all such
// cards ("Details"). It is total, as Card.Message is. Slack takes neither tables nor charts in a
// modal: they are lines of text there. A modal takes twice the blocks of a message; a card is drawn
// to a message's size all the same, so that it can be shared from there.
func (c Card) Modal(title string, at Origin, o Options) slack.ModalViewRequest {
	o.NoTables, o.NoCharts = true, true
	view := Page{Title: title, Origin: at}.Modal(o)
	view.Blocks.BlockSet = c.Message(o).Blocks
	return view
}

// origin is what a page carries, as text; a page whose origin is too long for a view answers in the
// direct messages.
func (p Page) origin() string {
	text, err := json.Marshal(p.Origin)
	if err != nil || len(text) > maxMetadata-SealSize {
		return "{}"
	}
	return string(text)
}
