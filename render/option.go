package render

import "github.com/slack-go/slack"

// An OptionGroup is options of a search box under a heading.
type OptionGroup struct {
	Label   string
	Options []Option
}

// Heading is the group's label as a search box's answer carries it, cut to Slack's limits.
func (g OptionGroup) Heading() *slack.TextBlockObject {
	return plainText(short(g.Label, none, maxOptionText))
}

// Block is the option as a search box's answer carries it, cut to Slack's limits.
func (o Option) Block() *slack.OptionBlockObject { return option(o.Value, o.Label) }
