package render

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// What is left of a card that Slack refuses as it is drawn.
const (
	maxSimpleText    = 2900 // of the 3,000 characters of a section
	maxSimpleButtons = 5    // what every client ever took in one row
)

// Simple draws c with the oldest and plainest of blocks: its words as text and its first buttons
// without colours and menus. It is for Slacks that refuse what Message draws, and needs nothing of
// what may be refused there.
//
// There is no rich text in it, no table, no overflow and no style. A decision can still be made on
// it.
func (c Card) Simple(o Options) Message {
	k := canvas{linker: newLinker(o), seal: o.Seal, blocks: maxBlocks, chars: maxChars, bytes: maxBytes - 2*maxFallback}
	text := slack.NewTextBlockObject(slack.PlainTextType, Cut(or(c.words(), none), maxSimpleText), false, false)
	blocks := []slack.Block{slack.NewSectionBlock(text, nil, nil)}
	var buttons []slack.BlockElement
	for _, a := range c.Actions {
		button, ok := a.(Button)
		if !ok || button.Rare || len(buttons) == maxSimpleButtons {
			continue
		}
		button.Style = ""
		for _, it := range k.items(button, o) {
			buttons = append(buttons, k.button(it))
		}
	}
	if len(buttons) > 0 {
		blocks = append(blocks, slack.NewActionBlock("", buttons...))
	}
	return Message{Text: k.fallback(c), Blocks: blocks}
}

// Bare is c without any block: its words alone, for what refuses even Simple.
func (c Card) Bare() Message {
	text := inertLines(Cut(c.words(), maxSimpleText))
	if len(c.Actions) > 0 {
		text += "\nSlack didn't accept the buttons here. /s1 pending lists what is waiting for a decision; /s1 help lists what else you can type."
	}
	return Message{Text: or(text, none)}
}

// words is the whole card as text, without what can be clicked.
func (c Card) words() string {
	c.Actions, c.Files = nil, nil
	return strings.TrimSpace(c.plain(Line.unlinked))
}

// unlinked is a line as text for people: a link is its words alone.
func (l Line) unlinked() string {
	l = slices.Clone(l)
	for i, s := range l {
		if s.Kind == LinkSpan && s.Text != "" {
			l[i] = Text(s.Text)
		}
	}
	return l.plain()
}
