package render

import "github.com/slack-go/slack"

// Block is the option as a search box's answer carries it, cut to Slack's limits.
func (o Option) Block() *slack.OptionBlockObject { return option(o.Value, o.Label) }
