package bot

import (
	"context"
	"encoding/json"

	"s1bot/bot/post"
)

// learnDirect notes which conversation is the direct message with a person: what people write to the bot and the opening of its home name
// it. A slash command does not: it is typed in other people's direct messages as well.
func (b *Bot) learnDirect(ctx context.Context, payload json.RawMessage) {
	var e struct {
		Event struct {
			Type        string `json:"type"`
			User        string `json:"user"`
			Channel     string `json:"channel"`
			ChannelType string `json:"channel_type"`
		} `json:"event"`
	}
	if json.Unmarshal(payload, &e) != nil || e.Event.User == b.self.User || !post.IsPerson(e.Event.User) || e.Event.Channel == "" {
		return
	}
	if e.Event.Type == "app_home_opened" || e.Event.Type == "message" && e.Event.ChannelType == "im" {
		b.post.Remember(ctx, e.Event.User, e.Event.Channel)
	}
}
