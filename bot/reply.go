package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"s1bot/bot/post"
	"s1bot/render"
)

// reply answers the person who asked, and them alone: through the response URL, else in the channel or thread for their eyes
// only, else in their direct messages, else in the thread. It returns the message, where that is one that can be edited. An answer that
// cannot be given at all is logged; nobody is left to be told.
func (b *Bot) reply(ctx context.Context, a interaction, card render.Card) post.Sent {
	if a.silent {
		return post.Sent{} // two bots could go on for ever
	}
	ctx = context.WithoutCancel(ctx)
	if b.aside(ctx, a.User, a.At, post.Replacing(a.patience.answered()), card) == nil {
		return post.Sent{}
	}
	channel, ts, err := b.post.Post(ctx, a.User, "", "", card)
	if err == nil {
		return post.Sent{Channel: channel, TS: ts}
	}
	at, err := b.broadcast(ctx, a.User, a.At, withNote(card, whyNoDirect(err)))
	if err != nil {
		b.Log.Error("cannot answer", "user", a.User, "channel", a.At.Channel, "err", err)
	}
	return at
}

// aside answers for one person's eyes where they asked, in place of what was said there before if replace is set.
func (b *Bot) aside(ctx context.Context, user string, at origin, replace post.Replacing, card render.Card) error {
	err := errNowhere
	if at.ResponseURL != "" {
		if err = b.post.Respond(ctx, at.ResponseURL, replace, card); err == nil {
			return nil
		}
	}
	if at.Channel != "" {
		err = b.post.PostEphemeral(ctx, at.Channel, at.Thread, user, card)
	}
	return err
}

// broadcast answers in the thread where somebody asked, or in a new one in that channel: it is the last that is left.
func (b *Bot) broadcast(ctx context.Context, user string, at origin, card render.Card) (post.Sent, error) {
	if at.Channel == "" || strings.HasPrefix(at.Channel, "D") {
		return post.Sent{}, errNowhere
	}
	card.Parts = append([]render.Part{render.Line{render.Text("For "), render.User(user)}}, card.Parts...)
	channel, ts, err := b.post.Post(ctx, at.Channel, at.Thread, "", card)
	return post.Sent{Channel: channel, TS: ts}, err
}

var errNowhere = errors.New("there is no channel to answer in")

// deliver gives a card and its files to a person who is not at it any more: in their direct messages or, where Slack refuses that, as reply
// does, and says which setting to change. Files that cannot go to the direct messages go into the thread. The message is returned where it
// can be edited.
func (b *Bot) deliver(ctx context.Context, user string, at origin, card render.Card) (post.Sent, error) {
	ctx = context.WithoutCancel(ctx)
	channel, ts, err := b.post.Post(ctx, user, "", "", card)
	var missing *post.FilesError
	if err == nil || errors.As(err, &missing) {
		return post.Sent{Channel: channel, TS: ts}, err
	}
	b.noteNoDirect(ctx, user, err)
	where, other := b.deliverElsewhere(ctx, user, at, withNote(card, whyNoDirect(err)))
	if other != nil {
		return where, fmt.Errorf("tell %s: %w", user, errors.Join(err, other))
	}
	return where, nil
}

// deliverElsewhere is deliver where there are no direct messages.
func (b *Bot) deliverElsewhere(ctx context.Context, user string, at origin, card render.Card) (post.Sent, error) {
	if len(card.Files) > 0 {
		return b.broadcast(ctx, user, at, card) // an ephemeral message holds no file
	}
	if b.aside(ctx, user, at, false, card) == nil {
		return post.Sent{}, nil
	}
	return b.broadcast(ctx, user, at, card)
}

// withNote adds small print to a card that has other notes, or none.
func withNote(card render.Card, words string) render.Card {
	card.Parts = append(slices.Clip(card.Parts), render.Note{render.Text(words)})
	return card
}

// whyNoDirect says why something is not in the direct messages, and what to do about it.
func whyNoDirect(err error) string {
	var unconfirmed post.UnconfirmedError
	var refused slack.SlackErrorResponse
	switch {
	case post.RefusedWith(err, "messages_tab_disabled"):
		return "Slack refuses my direct messages: in the settings of this Slack app, turn on App Home → Show Tabs → Messages Tab (messages_tab_enabled)."
	case post.RefusedWith(err, "user_disabled", "account_inactive", "user_not_found", "user_not_visible"):
		return "Slack refuses my direct messages to this person: the account is deactivated, or I can't see it."
	case post.RefusedWith(err, "cannot_dm_bot"):
		return "Slack refuses my direct messages to a bot."
	case errors.As(err, &unconfirmed):
		return "Slack did not confirm my direct message, so this may be there, too."
	case errors.As(err, &refused):
		return "Slack refuses my direct messages (" + refused.Err + "); run `s1bot check` to see whether the app is missing something."
	}
	return "Slack did not take my direct message."
}

// noteNoDirect logs that somebody gets no direct messages; where that is a setting of the app, operators hear of it once.
func (b *Bot) noteNoDirect(ctx context.Context, user string, err error) {
	b.Log.Warn("Slack takes no direct message", "user", user, "err", err)
	if post.RefusedWith(err, "messages_tab_disabled") {
		b.tellOperators(ctx, "messages_tab_disabled", "Direct messages with this bot are turned off, so results and files go to the channels where they were requested. "+whyNoDirect(err))
	}
}
