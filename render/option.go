package render

import "github.com/slack-go/slack"

// An OptionGroup is options of a search box under a heading.
//
// A search box takes a hundred options or a hundred groups, and less than 20,480 bytes in all,
// since it is answered with the acknowledgement.
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
