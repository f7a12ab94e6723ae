package exchange

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"s1bot/bot/post"
	"s1bot/render"
)

// Share posts an answer that was for one person to everybody in the channel: by the response URL of
// the click, which works where the bot is no member, too, else as a message of its own.
//
// RespondInChannel is not repeated where it may have got through: twice in a channel is worse than
// a question to the person, who sees whether it is there.
func (r *Responder) Share(ctx context.Context, a Interaction, card render.Card) error {
	card.Parts = append(card.Parts, render.Note{render.Text("Shared by "), render.User(a.Who.ID)})
	err := errNowhere
	if a.At.ResponseURL != "" {
		if err = r.Post.RespondInChannel(ctx, a.At.ResponseURL, a.At.Thread, card); err == nil {
			return nil
		}
	}
	if post.Unclear(err) {
		r.Reply(ctx, a, render.Notice("Slack didn't confirm the message, so it may already be in the channel. If you don't see it there, share it again."))
		return nil
	}
	if _, _, err := r.Post.Post(ctx, a.At.Channel, a.At.Thread, "", card); err != nil {
		return fmt.Errorf("share the answer in this channel: %w", errors.Join(errUnshared, err))
	}
	return nil
}

// errUnshared tells a person how to share where the bot is not invited.
var errUnshared = errors.New("slack doesn't let me post here; invite me with /invite @s1bot, then share it again")

// SendDownload sends files to the caller's direct messages: an ephemeral message cannot hold a file,
// and one in the channel would be for everybody. The answer says what was sent and where it is, and
// what is missing from it.
func (r *Responder) SendDownload(ctx context.Context, a Interaction, card render.Card) error {
	where, err := r.sendFiles(ctx, a, card)
	if err != nil {
		return err
	}
	words := where[0].Text
	if card.Title != "" {
		words = card.Title + ". " + words
		where = append(render.Line{render.Bold(card.Title), render.Text(". ")}, where...)
	}
	r.Reply(ctx, a, render.Card{Tone: card.Tone, Outcome: card.Outcome, Text: words, Parts: append([]render.Part{where}, caveats(card)...)})
	return nil
}

// caveats are what a card with a file says of the file itself: its notes, and what makes of it a
// partial success, which stands first.
func caveats(card render.Card) (said []render.Part) {
	for i, part := range card.Parts {
		if _, note := part.(render.Note); note || i == 0 && card.Outcome == render.Partial {
			said = append(said, part)
		}
	}
	return said
}

// AnswerWithDownload answers with a card and sends its files to the caller's direct messages.
func (r *Responder) AnswerWithDownload(ctx context.Context, a Interaction, card render.Card) error {
	where, err := r.sendFiles(ctx, a, render.Card{Title: card.Files[0].Title, Files: card.Files})
	if err != nil {
		return err
	}
	card.Files, card.Parts = nil, append(slices.Clip(card.Parts), render.Note(where))
	r.Reply(ctx, a, card)
	return nil
}

// sendFiles sends files to the caller and says where they are, with a link to the message, or what
// became of them.
//
// What became of files is said in the answer in any case. Only if nothing at all could be delivered
// is it an error.
func (r *Responder) sendFiles(ctx context.Context, a Interaction, card render.Card) (where render.Line, err error) {
	at, err := r.Deliver(ctx, a.Who.ID, a.At, card)
	var missing *post.FilesError
	switch {
	case errors.As(err, &missing):
		return render.Line{render.Text(missing.Words())}, nil
	case err != nil:
		return nil, err
	case !strings.HasPrefix(at.Channel, "D"):
		return render.Line{render.Text("The file is in a thread in this channel, because Slack refuses my direct messages.")}, nil
	}
	where = render.Line{render.Text("The file is in your direct messages with me.")}
	if link := Permalink(r.Address(), at.Channel, at.TS, ""); link != "" {
		where = append(where, render.Text(" "), render.MessageLink("Open it", link))
	}
	return where, nil
}
