package bot

import (
	"context"

	"s1bot/render"
)

// reply answers the person who asked, and them alone: through the response URL, else in the channel or thread for their eyes
// only, else in their direct messages. An answer that cannot be given at all is logged; nobody is left to be told.
func (b *Bot) reply(ctx context.Context, a ask, card render.Card) {
	if a.silent {
		return // two bots could go on for ever
	}
	ctx = context.WithoutCancel(ctx)
	var err error
	if a.at.ResponseURL != "" {
		if err = b.post.respond(ctx, a.at.ResponseURL, false, card); err == nil {
			return
		}
	}
	if a.at.Channel != "" {
		if err = b.post.whisper(ctx, a.at.Channel, a.at.Thread, a.user, card); err == nil {
			return
		}
	}
	if err = b.post.direct(ctx, a.user, card); err != nil {
		b.Log.Error("cannot answer", "user", a.user, "channel", a.at.Channel, "err", err)
	}
}

// notice is a card of one sentence.
func notice(words string) render.Card {
	return render.Card{Tone: render.Info, Text: words, Parts: []render.Part{render.Line{render.Text(words)}}}
}
